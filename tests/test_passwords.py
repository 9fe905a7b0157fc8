"""Passwords: their hashes, what matches them, which are refused."""

import time
import unicodedata

import pytest
from argon2 import PasswordHasher

from monitor import passwords
from monitor.model import Access, User
from monitor.web.credentials import Credentials

GOOD = "five words in a row"


def test_a_hash_says_how_it_was_made_and_matches_its_password_alone():
    made = passwords.hashed(GOOD, b"0123456789abcdef")
    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert GOOD not in made
    assert passwords.hash_fault(made) == ""
    assert passwords.matches(GOOD, made)
    assert not passwords.matches(GOOD + " ", made)
    assert not passwords.matches(made, made)
    assert made != passwords.hashed(GOOD, b"fedcba9876543210")


@pytest.mark.parametrize(
    ("one", "other"), [("caf\u00e9", "cafe\u0301"), ("\u0439", "\u0438\u0306"), ("\u2126", "\u03a9")]
)
def test_what_keyboards_write_in_two_ways_is_one(one, other):
    assert passwords.matches(one, other)
    assert passwords.matches(one, PasswordHasher(1, 8, 1).hash(unicodedata.normalize("NFC", other)))
    assert passwords.matches(other, passwords.hashed(one, b"0123456789abcdef"))


def test_a_password_that_is_no_hash_is_compared_as_it_is():
    assert passwords.matches("correct horse", "correct horse")
    assert not passwords.matches("correct hors", "correct horse")
    assert not passwords.matches("", "correct horse")
    assert not passwords.matches("\udcff", "correct horse")


@pytest.mark.parametrize(
    "text",
    [
        "", "hunter2", "$argon2id$", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$argon2id$v=18$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA==\n",
        "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$" + "a" * 500,
    ],
)  # fmt: skip
def test_what_is_no_hash_is_told_with_the_command_that_makes_one(text):
    fault = passwords.hash_fault(text)
    assert "monitor config password" in fault
    assert "hunter2" not in fault


@pytest.mark.parametrize("costs", ["m=999999,t=1,p=1", "m=7,t=1,p=1", "m=8,t=0,p=1", "m=8,t=1,p=0", "m=8,t=1,p=2"])
def test_a_hash_that_no_check_could_afford_is_refused(costs):
    made = f"$argon2id$v=19${costs}$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"
    assert "at most 256 MiB" in passwords.hash_fault(made)


@pytest.mark.fault("H6")
@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "empty"), (" \t ", "empty"), ("short", "shorter than 8"), ("Password", "first that anybody tries"),
        ("12345678", "first that"), ("aaaaaaaaaaaa", "first that"), ("changeme ", "first that"),
        ("x" * 257, "shorter"), (GOOD, ""), ("кінь батарея", ""),
    ],
)  # fmt: skip
def test_empty_short_and_obvious_passwords_are_refused(password, why):
    said = passwords.weakness(password)
    assert (why in said) if why != "shorter" else "longer than 256" in said
    assert bool(said) == bool(why)


@pytest.mark.fault("H6")
def test_whether_there_is_such_a_user_cannot_be_told_by_the_time_it_takes():
    hashed = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1).hash(GOOD)
    credentials = Credentials(Access((User("olena", hashed),), password="correct horse"))

    def spent(name):
        start = time.perf_counter()
        assert credentials.who(name, "wrong password") is None
        return time.perf_counter() - start

    assert min(spent("nobody") for _ in range(3)) > min(spent("olena") for _ in range(3)) / 3
