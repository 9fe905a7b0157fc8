"""/metrics: what it holds, who may read it; the dashboard and the rules that rest on it."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert
from sqlmodel import select
from web_house import ALERTS, NOW, SOURCES, house

from monitor.meter import HITS, RESTARTS, WORK, WORKING, Meter
from monitor.model import ApiToken
from monitor.store.metering import LISTED, MeterStore
from monitor.store.outbox_tables import DeliveryRow
from monitor.store.tables import SourceRow

DOCS = Path(__file__).resolve().parents[2] / "docs"
READER = {"Authorization": "Bearer scrape-token-1234567890"}
TOKENS = (ApiToken("prometheus", "scrape-token-1234567890", frozenset({"read"})),)
NAME = re.compile(r"\b(?:monitor|process|python|go)_[a-z_]+")


class Scraped:
    """One answer, by name and labels."""

    def __init__(self, text):
        self.families = {family.name: family for family in text_string_to_metric_families(text)}
        self.samples = [sample for family in self.families.values() for sample in family.samples]
        self.names = {sample.name for sample in self.samples} | set(self.families)

    def __call__(self, name, **labels):
        """The numbers with these labels."""
        wanted = labels.items()
        return [one.value for one in self.samples if one.name == name and wanted <= one.labels.items()]


def scrape(running, **options):
    answer = running.get("/metrics", **options)
    assert answer.status_code == 200
    return Scraped(answer.text)


def metered():
    """A meter that has counted something of everything."""
    meter = Meter()
    for desk, outcome in (("poll", "new"), ("poll", "failed"), ("read", "hit"), ("deliver", "sent")):
        meter.count(WORK, desk, outcome)
        meter.time(WORKING, 0.3, desk)
    meter.count(HITS, by=2)
    meter.count(RESTARTS, "recycled")
    meter.read({"prefilter": 0.002, "extract": 0.02, "match": 0.004})
    return meter


@pytest.fixture(scope="module")
def scraped(tmp_path_factory):
    with house(tmp_path_factory.mktemp("metrics"), meter=metered()) as running:
        running.pulse.beat("poll", 990.0)
        yield scrape(running)


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    with house(tmp_path_factory.mktemp("closed"), (), password="secret", tokens=TOKENS) as running:
        yield running


@pytest.mark.fault("H2")
def test_it_stands_behind_the_login_and_a_token_that_may_read_opens_it(closed):
    assert closed.get("/metrics").status_code == 401
    assert closed.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert closed.get("/metrics?token=scrape-token-1234567890").status_code == 401
    answer = closed.get("/metrics", headers=READER)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


def test_each_configured_source_is_one_label_and_nothing_else_is(scraped):
    names = {sample.labels["source"] for sample in scraped.samples if "source" in sample.labels}
    assert names == {source.name for source in SOURCES}
    (quiet,) = scraped("monitor_source_lateness_seconds", source="Not Yet Polled")
    assert quiet == timedelta(days=3).total_seconds()
    assert scraped("monitor_source_failures", source="RBC-Україна") == [4]
    assert scraped("monitor_source_last_success_timestamp_seconds", source="RBC-Україна") == []
    assert scraped("monitor_source_articles_total", source="Tagesschau") == [1]
    assert scraped("monitor_source_health", source="Not Yet Polled", health="new") == [1]
    assert scraped("monitor_sources_unlisted") == [0]


def test_each_channel_shows_how_it_stands_and_what_waits_for_it(scraped):
    names = {sample.labels["channel"] for sample in scraped.samples if "channel" in sample.labels}
    assert names == {alert.name for alert in ALERTS}
    assert scraped("monitor_deliveries", channel="desk-telegram", state="sent") == [1]
    assert scraped("monitor_channel_last_sent_timestamp_seconds", channel="desk-telegram") == [NOW.timestamp() - 60]
    assert scraped("monitor_channel_failures", channel="desk-mail") == [1]
    assert scraped("monitor_channel_waited_seconds", channel="desk-mail") == [55]


def test_queues_room_and_memory(scraped):
    assert scraped("monitor_articles", state="done") == [2]
    assert scraped("monitor_articles", state="again") == [4]
    assert scraped("monitor_articles", state="pending") == [0]
    assert scraped("monitor_queue_due", desk="poll") == [1]
    assert scraped("monitor_queue_oldest_seconds", desk="poll") == [timedelta(days=3).total_seconds()]
    assert scraped("monitor_desk_quiet_seconds", desk="poll") == [10]
    assert scraped("monitor_healthy") == scraped("monitor_database_up") == [1]
    for name in ("database_bytes", "disk_free_bytes", "memory_pss_bytes", "memory_rss_bytes", "open_files", "threads"):
        assert scraped(f"monitor_{name}")[0] > 0, name
    assert scraped("process_cpu_seconds_total")[0] > 0


def test_what_the_process_did_is_counted_by_outcome(scraped):
    assert scraped("monitor_work_total", desk="poll", outcome="failed") == [1]
    assert scraped("monitor_hits_total") == [2]
    assert scraped("monitor_child_restarts_total", reason="recycled") == [1]
    assert scraped("monitor_work_seconds_count", desk="read") == [1]
    assert scraped("monitor_work_seconds_bucket", desk="read", le="0.25") == [0]
    assert scraped("monitor_work_seconds_bucket", desk="read", le="0.5") == [1]
    assert scraped("monitor_reading_seconds_sum", stage="extract") == [0.02]


def test_names_follow_the_practice_of_prometheus(scraped):
    for family in scraped.families.values():
        assert re.fullmatch(r"(monitor|process)_[a-z]+(_[a-z]+)*", family.name)
        assert family.documentation
        assert family.type in {"gauge", "counter", "histogram"}
        for sample in family.samples:
            assert (family.type == "counter") == sample.name.endswith("_total"), sample.name
            assert not re.search(r"_(ms|minutes|hours|kb|mb|percent)$", sample.name)


def sent(running, minutes):
    """The one alert that was sent was sent then, of a source that is long known."""
    with running.database.write() as session:
        session.exec(select(DeliveryRow).where(DeliveryRow.state == "sent")).one().sent = NOW + timedelta(
            minutes=minutes
        )
        for source in session.exec(select(SourceRow)):
            source.first_poll = NOW - timedelta(days=30)


def latencies(running, *minutes):
    """How many alerts were counted at each of these times."""
    for minute in minutes:
        running.clock[0] = NOW + timedelta(minutes=minute)
        running.time[0] += 60
        yield scrape(running)("monitor_alert_latency_seconds_count")[0]


def test_alerts_are_sorted_by_their_latency_once_each(tmp_path):
    with house(tmp_path) as running:
        sent(running, -1)
        assert list(latencies(running, 0, 1)) == [0, 0]  # what was sent before it began does not count
        sent(running, 2)
        assert list(latencies(running, 2, 3, 4)) == [0, 1, 1]
        assert scrape(running)("monitor_alert_latency_seconds_sum")[0] > 0


@pytest.mark.fault("G2")
def test_alerts_are_counted_on_after_the_clock_was_put_back(tmp_path):
    with house(tmp_path) as running:
        assert list(latencies(running, 1, -100)) == [0, 0]
        sent(running, -99)
        assert list(latencies(running, -98, -97)) == [1, 1]


def test_a_scrape_is_made_once_in_some_seconds_however_often_it_is_asked(tmp_path):
    with house(tmp_path, ()) as running:
        first = scrape(running)("monitor_look_timestamp_seconds")
        running.clock[0] += timedelta(seconds=4)
        running.time[0] += 4
        assert scrape(running)("monitor_look_timestamp_seconds") == first
        running.time[0] += 1
        assert scrape(running)("monitor_look_timestamp_seconds") == [first[0] + 4]


def test_a_database_that_cannot_be_read_takes_no_scrape_down(tmp_path):
    with house(tmp_path, (), meter=metered()) as running:
        with running.database.write() as session:
            session.connection().exec_driver_sql("DROP TABLE channel")
        found = scrape(running)
    assert found("monitor_database_up") == found("monitor_healthy") == [0]
    assert found("monitor_hits_total") == [2]
    assert "monitor_articles" not in found.names


def test_names_that_could_forge_a_line_are_escaped(tmp_path):
    hostile = 'a"} 1\nmonitor_healthy 0\n# \\ \u2028'
    with house(tmp_path, ()) as running:
        with running.database.write() as session:
            session.add(SourceRow(name=hostile, url="https://x.example", kind="feed", host="x", due=NOW))
        found = scrape(running)
    assert found("monitor_source_failures", source=hostile) == [0]
    assert found("monitor_healthy") == [1]


def test_of_very_many_sources_those_in_trouble_are_listed_and_the_others_are_counted(database):
    lists = {"arrivals": [], "trail": [], "notes": []}
    row = {"url": "https://x.example", "kind": "feed", "host": "x", "due": NOW, **lists}
    with database.write() as session:
        session.execute(insert(SourceRow), [row | {"name": f"s{n}", "failures": n == 2010} for n in range(LISTED + 20)])
    standings = MeterStore(database).standings(NOW)
    assert (len(standings.sources), standings.unlisted) == (LISTED, 20)
    assert standings.sources[0].name == "s2010"


def expressions():
    """Each expression of the dashboard and the rules, by where it stands."""
    board = json.loads((DOCS / "grafana.json").read_text("utf-8"))
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            yield f"grafana: {panel['title']}", target["expr"]
    yield "grafana: instances", board["templating"]["list"][1]["query"]["query"]
    for group in yaml.safe_load((DOCS / "alert-rules.yaml").read_text("utf-8"))["groups"]:
        for rule in group["rules"]:
            yield f"rules: {rule['alert']}", rule["expr"]


@pytest.mark.parametrize(("place", "expression"), list(expressions()), ids=lambda value: value if ":" in value else "")
def test_dashboard_and_rules_use_only_what_there_is(scraped, place, expression):
    names = set(NAME.findall(re.sub(r'"[^"]*"', "", expression)))
    assert names or "up{" in expression, place
    assert names - scraped.names == set()


def test_every_figure_is_explained(scraped):
    words = (DOCS / "monitoring.md").read_text("utf-8")
    assert {name for name in scraped.families if name.startswith("monitor_") and f"`{name}" not in words} == set()
    assert {name for name in NAME.findall(words) if name.startswith("monitor_")} - scraped.names == set()
