"""Health as a table: the state before, what a poll shows, the state after, and what the operator is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import Cursor, DueSource, PollResult, Source, Standing, Tally
from monitor.poll.standing import after

CASES = sorted((Path(__file__).parent / "health").glob("*.json"))
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SOURCE = Source("Harbour", "https://harbour.example/feed")


def standing_from(said):
    fields = {name: said[name] for name in said.keys() & set(Standing.__dataclass_fields__)}
    last_ok = NOW - timedelta(hours=said["ok_hours_ago"]) if "ok_hours_ago" in said else None
    arrivals = tuple((NOW - timedelta(hours=hours)).timestamp() for hours in said.get("arrived_hours_ago", ()))
    planned = NOW - timedelta(days=1)
    last_poll = planned + timedelta(minutes=said.get("was_late_minutes", 0))
    return Standing(**fields, last_ok=last_ok, arrivals=arrivals, planned=planned, last_poll=last_poll)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path):
    case = json.loads(path.read_text("utf-8"))
    before, expect = standing_from(case["before"]), case["expect"]
    due_at = NOW - timedelta(minutes=case.get("late_minutes", 0))
    due = DueSource(SOURCE, Cursor(), before.last_ok is None, NOW, due_at, before)
    result = PollResult("Harbour", **case["result"])
    what = after(due, result, Tally(**case.get("tally", {})), 0.5, NOW)
    told = f"{what.notice.was} -> {what.notice.state}" if what.notice else None
    assert (what.standing.health, told) == (expect["health"], expect["notice"])
    assert what.standing.since == (NOW if before.health != what.standing.health else before.since)
    if "counted" in expect:
        kind = expect["counted"]
        assert getattr(what.standing, kind) == getattr(before, kind) + 1
    if "address" in expect:
        assert what.standing.address == expect["address"]


def test_there_are_cases():
    assert len(CASES) > 30
