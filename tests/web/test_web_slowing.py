"""How long whoever guesses has to wait."""

import pytest

from monitor.web.slowing import FORGIVEN, TRIES, Slowing, network

pytestmark = pytest.mark.fault("H6")


@pytest.fixture
def time():
    return [0.0]


@pytest.fixture
def slowing(time):
    return Slowing(lambda: time[0])


def test_the_first_wrong_ones_cost_nothing_and_then_the_wait_doubles(slowing):
    assert [slowing.wrong(["a"]) for _ in range(TRIES + 4)] == [0.0] * (TRIES - 1) + [1, 2, 4, 8, 16]
    assert slowing.wait(["a", "b"]) == 16
    assert slowing.wait(["b"]) == 0


def test_one_a_minute_is_forgiven(slowing, time):
    for _ in range(TRIES - 1):
        slowing.wrong(["a"])
    time[0] += FORGIVEN * 2
    assert [slowing.wrong(["a"]) for _ in range(3)] == [0, 0, 1]


def test_an_endless_attack_settles_at_about_one_guess_a_minute(slowing, time):
    tries = 0
    while time[0] < 24 * 3600:
        slowing.wrong(["a"])
        tries += 1
        time[0] += max(slowing.wait(["a"]), 0.001)
    assert 1000 < tries < 1600


def test_it_stays_bounded_and_forgets_nobody_who_is_at_it(slowing):
    for number in range(30_000):
        slowing.wrong([f"name {number}", "attacker"])
    assert slowing.wait(["attacker"]) == 2**10
    assert len(slowing) <= 10_001


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_an_address_counts_as_what_one_subscriber_has(address, counted):
    assert network(address) == counted
