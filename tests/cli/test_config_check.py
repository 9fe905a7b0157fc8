"""`monitor config check` shows the rules of each channel and how the monitor watches itself, and no secret."""

import json

import pytest

from monitor.cli.main import run

SOURCES = """
defaults: {timezone: Europe/Kyiv, alerts: {quiet: 22:00-06:00}}
watch: {heartbeat_url: https://hc-ping.example/canary-5150-heartbeat, alive: never, low_disk: 2GiB}
topics: [ramstein]
sources:
  - {name: A, url: https://a.example/feed}
alerts:
  - name: desk
    url: ["json://user:canary-password@a.example/x", "tgram://123456:canary-token/-100"]
    grade: certain
    languages: [uk, pl]
    tiers: 1
    cooldown: 10m
    updates: never
    notices: no
  - {name: morning, url: json://b.example, when: 0 7 * * *, quiet: never}
"""


@pytest.fixture
def check(tmp_path, capsys):
    file = tmp_path / "sources.yaml"
    file.write_text(SOURCES)

    def said(*options):
        assert run(["config", "check", "--config", str(file), *options]) == 0
        out = capsys.readouterr().out
        assert "canary-" not in out
        return out

    return said


def test_in_words(check):
    words = " ".join(check().split())
    assert (
        "alert desk/2: tgram://***/-100 · ramstein · now · grades: certain · languages: uk, pl · tiers: 1 · quiet "
        "22:00-06:00 Europe/Kyiv · cooldown 10m · urgent: spike · at most 30 an hour · no updates · tried for 7d · "
        "no notices"
    ) in words
    assert "alert morning: json://b.example · ramstein · 0 7 * * * Europe/Kyiv · tried for 7d" in words
    assert (
        "watch: heartbeat https://hc-ping.example/*** every 1m · still alive never · canary 30 5 * * * within 15m · "
        "free space below 2GiB · backlog over 30m"
    ) in words


def test_for_a_program(check):
    report = json.loads(check("--json"))
    assert [alert["name"] for alert in report["alerts"]] == ["desk/1", "desk/2", "morning"]
    assert (report["alerts"][0]["cooldown"], report["alerts"][0]["updates"]) == ("10m", None)
    assert report["watch"] == {
        "heartbeat_url": "https://hc-ping.example/***",
        "heartbeat_every": "1m",
        "alive": None,
        "canary": "30 5 * * *",
        "canary_within": "15m",
        "low_disk": 2147483648,
        "backlog": "30m",
    }


def test_mistakes_for_a_program(tmp_path, capsys):
    file = tmp_path / "sources.yaml"
    file.write_text(SOURCES.replace("10m", "soon"))
    assert run(["config", "check", "--config", str(file), "--json"]) == 2
    said = capsys.readouterr()
    (problem,) = json.loads(said.out)["problems"]
    assert (problem["file"], problem["line"], problem["key"]) == (str(file), 13, "alerts[0].cooldown")
    assert problem["message"].startswith("expected a duration")
    assert "alerts[0].cooldown: expected a duration" in said.err
    assert "canary-" not in said.out + said.err


@pytest.mark.fault("J6")
def test_what_is_in_force_comes_with_limits_versions_and_where_each_variable_is_from(check, monkeypatch, tmp_path):
    url = tmp_path / "url"
    url.write_text("postgresql://me:canary-database@db.example/news?password=canary-query")
    url.chmod(0o600)
    monkeypatch.setenv("MONITOR_DATABASE_URL_FILE", str(url))
    report = json.loads(check("--json"))
    variables = {one["name"]: (one["value"], one["file"]) for one in report["environment"]}
    assert variables["MONITOR_DATABASE_URL"] == ("postgresql://***@db.example/news?password=***", str(url))
    assert report["database"] == "postgresql://***@db.example/news?password=***"
    assert {"monitor", "python", "sqlite", "expat", "certifi", "trafilatura"} <= report["versions"].keys()
    assert report["limits"]["redirects"] == 5
    assert report["good"] is True
