"""Logins in the database: found until they are over, and then removed."""

from datetime import timedelta

import pytest

from monitor.model import Login
from monitor.store import LoginStore


@pytest.fixture
def logins(database):
    return LoginStore(database)


def login(clock, key="k", **span):
    return Login(key, "olena", "proof", clock(), clock() + timedelta(**(span or {"days": 30})))


def test_a_login_is_found_until_it_is_over(logins, clock):
    kept = login(clock)
    logins.add(kept, clock())
    assert logins.find("k", clock()) == kept
    assert logins.find("K", clock()) is None
    assert logins.find("k", clock() + timedelta(days=30)) is None
    logins.remove("k")
    logins.remove("k")
    assert logins.find("k", clock()) is None


def test_a_login_may_be_made_longer(logins, clock):
    logins.add(login(clock, days=1), clock())
    logins.move("k", clock() + timedelta(days=9))
    logins.move("nobody", clock())
    assert logins.find("k", clock() + timedelta(days=8)).expires == clock() + timedelta(days=9)


def test_those_that_are_over_go_when_another_one_comes(logins, clock, database):
    logins.add(login(clock, "old", hours=1), clock())
    logins.add(login(clock, "long", days=2), clock())
    clock.forward(hours=2)
    logins.add(login(clock, "new"), clock())
    with database.connection() as connection:
        assert {key for (key,) in connection.exec_driver_sql("SELECT key FROM login")} == {"long", "new"}
