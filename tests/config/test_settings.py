"""What a good sources.yaml gives, and what becomes of files that cannot be read."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import loading
from monitor.config import values
from monitor.config.located import read_located
from monitor.config.models import MAPPINGS
from monitor.config.schema import schema_text
from monitor.config.settings import FetchOptions, WatchOptions, load
from monitor.errors import ConfigError
from monitor.model import Alert, KeepFor, Manner, Source

PROJECT = Path(__file__).resolve().parents[2]
DAY = timedelta(days=1)
CASES = Path(__file__).parent / "cases"
MINIMAL = "topics: [ramstein]\nsources:\n  - {name: A, url: https://a.example/feed}\n"


@pytest.fixture
def given_file(tmp_path):
    def write(text, environ=None):
        path = tmp_path / "sources.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(path, environ or {})

    return write


def every(**span):
    """An interval and the limits it has where none are written."""
    interval = timedelta(**span)
    return {"interval": interval, "interval_min": interval / 5, "interval_max": interval * 2}


def only_message(text, given_file):
    with pytest.raises(ConfigError) as caught:
        given_file(text)
    (problem,) = caught.value.problems
    return problem.line, problem.message


def test_the_designs_example_loads_as_written():
    settings = load(CASES / "design_example.yaml", {"TELEGRAM_TOKEN": "1:abc", "TELEGRAM_CHAT": "-100"})
    assert settings.sources == (
        Source("Ukrainska Pravda", "https://www.pravda.com.ua/rss/", language="uk", **every(minutes=5)),
    )
    assert settings.alerts == (
        Alert("desk-telegram", "tgram://1:abc/-100", ("ramstein",), "now", "22:00-06:00", "Europe/Berlin"),
        Alert("desk-mail", "mailto://...", ("ramstein", "ukraine-aid"), "0 7 * * *", None, "Europe/Berlin"),
    )
    assert [topic.name for topic in settings.topics] == ["ramstein", "ukraine-aid"]
    assert settings.fetch == FetchOptions(contact="mailto:desk@example.org")
    assert settings.timezone == "Europe/Berlin"


def test_what_is_not_written_has_its_default(given_file):
    settings = given_file(MINIMAL + "alerts:\n  - {name: m, url: json://x}\n")
    assert settings.sources == (Source("A", "https://a.example/feed"),)
    assert settings.alerts == (Alert("m", "json://x", ("ramstein",)),)
    assert (settings.keep, settings.timezone, settings.warnings) == (KeepFor(), "UTC", ())


def test_defaults_hold_where_an_entry_says_nothing_else(given_file):
    settings = given_file(
        "defaults: {interval: 1h, language: uk, country: ua, alert_backlog: 0s, expires: 2d, timezone: Europe/Kyiv}\n"
        "keep: {text: 1w}\ntopics: [ramstein]\nsources:\n"
        "  - {name: A, url: https://a.example/}\n"
        "  - {name: B, url: https://b.example/, interval: 90s, language: no, country: NO,\n"
        "     alert_backlog: 2d, enabled: off}\n"
        "alerts:\n  - {name: m, url: json://x, timezone: UTC}\n",
    )
    a, b = settings.sources
    assert a == Source("A", "https://a.example/", "feed", "uk", "UA", **every(hours=1), alert_backlog=timedelta(0))
    assert b == replace(
        Source("B", "https://b.example/", "feed", "no", "NO", alert_backlog=timedelta(days=2), enabled=False),
        interval=timedelta(seconds=90),
        interval_min=timedelta(minutes=1),
        interval_max=timedelta(minutes=3),
    )
    assert settings.alerts[0].expires == timedelta(days=2)
    assert (settings.alerts[0].timezone, settings.timezone) == ("UTC", "Europe/Kyiv")
    assert settings.keep == KeepFor(text=timedelta(weeks=1))


def rules_of(name):
    settings = load(CASES / "alert_rules.yaml", {"GOOD": "hunter2secret"})
    return next(alert for alert in settings.alerts if alert.name == name)


def test_an_alert_says_what_it_wants_and_when():
    assert rules_of("desk/1") == Alert(
        "desk/1",
        "mailto://a",
        ("ramstein",),
        quiet="22:30-06:00",
        timezone="Europe/Kyiv",
        grades=("certain",),
        languages=("no", "uk", "zh-Hant"),
        countries=("NO",),
        tiers=(1, 2),
        fields=("title",),
        filters=("Air defence", "Українська"),
        urgent=("spike", "certain"),
        cooldown=timedelta(minutes=10),
        max_per_hour=5,
        updates=timedelta(hours=2),
        notices=False,
        templates=str(CASES / "topics"),
    )


def test_each_of_several_urls_is_a_channel_of_its_own():
    assert replace(rules_of("desk/2"), name="desk/1", url="mailto://a") == rules_of("desk/1")
    assert rules_of("desk/2").url == "mailto://b"


def test_an_alert_goes_before_the_defaults_of_alerts_and_those_before_the_defaults():
    assert rules_of("all") == Alert(
        "all",
        "mailto://c",
        ("ramstein", "ukraine-aid"),
        quiet="08:30-09:00",
        timezone="Europe/Kyiv",
        languages=("no",),
        urgent=(),
        updates=None,
    )


def test_what_an_alert_takes_back_of_the_defaults(given_file):
    settings = given_file(
        "defaults: {alerts: {timezone: Europe/Kyiv, expires: 1d, quiet: 22:00-06:00, updates: 1h}}\n"
        + MINIMAL
        + "alerts:\n  - {name: m, url: json://x}\n"
        + "  - {name: n, url: json://x, quiet: never, updates: NEVER, expires: 2d}\n"
    )
    m, n = settings.alerts
    assert (m.timezone, m.expires, m.quiet, m.updates) == ("Europe/Kyiv", DAY, "22:00-06:00", timedelta(hours=1))
    assert (n.timezone, n.expires, n.quiet, n.updates) == ("Europe/Kyiv", 2 * DAY, None, None)
    assert settings.timezone == "UTC"


def test_the_place_of_each_channels_address_is_known():
    places = load(CASES / "alert_rules.yaml", {"GOOD": "hunter2secret"}).places
    assert places["desk/2", "url"].key == "alerts[0].url[1]"
    assert (places["all", "url"].key, places["desk/1", "templates"].key) == ("alerts[1].url", "alerts[0].templates")
    assert places["desk/2", "url"].line == places["desk/1", "url"].line + 1


def test_own_templates_are_checked_with_the_rest(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    file = tmp_path / "sources.yaml"
    file.write_text(
        MINIMAL + "alerts:\n  - name: m\n    url: [json://x.example, json://y.example]\n    templates: own\n"
    )
    (folder / "alert.txt.j2").write_text("{{ no_such_name }}")
    with pytest.raises(ConfigError) as caught:
        loading.load(file, {})
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (7, "alerts[0].templates")
    assert "no_such_name" in problem.message


def test_how_the_monitor_watches_itself(given_file):
    settings = load(CASES / "alert_rules.yaml", {"GOOD": "hunter2secret"})
    assert settings.watch == WatchOptions(
        heartbeat_url="https://hc-ping.example/hunter2secret/path-hunter2",
        heartbeat_every=timedelta(minutes=5),
        alive=None,
        canary="30 08 * * *",
        canary_within=timedelta(minutes=20),
        low_disk=2 * 1024**3,
        backlog=timedelta(hours=1),
    )
    assert "hunter2" not in repr(settings)
    assert settings.secrets() >= {"hunter2secret", "path-hunter2"}
    assert given_file(MINIMAL + "watch:\n").watch == WatchOptions()


@pytest.mark.parametrize(
    ("text", "size"),
    [("500MB", 500_000_000), ("1kb", 1000), ("10 GiB", 10 * 1024**3), ("3TB", 3 * 10**12), ("1500MB", 1_500_000_000)],
)
def test_a_size_is_read_and_written(text, size):
    assert values.size(text) == size
    assert values.size(values.brief_size(size)) == size


@pytest.mark.parametrize(("size", "words"), [(1234, "1234 bytes"), (2**30, "1GiB"), (10**12, "1TB")])
def test_a_size_is_written_in_its_largest_unit(size, words):
    assert values.brief_size(size) == words


def test_a_source_is_asked_as_it_is_written():
    settings = load(CASES / "manner.yaml", {"GOOD": "hunter2secret"})
    a, b, c = settings.sources
    headers = (("Accept-Language", "uk"), ("X-Api-Key", "hunter2secret"), ("Cookie", "consent=yes"))
    agent = "Mozilla/5.0 (compatible; ExampleDesk/1.0)"
    assert a.manner == Manner(agent, headers, "2", proxy=None, origin="https://a.example")
    assert (a.tier, a.control, a.polite, a.pace, a.connections) == (1, True, "domain", timedelta(0), 1)
    assert (a.interval_min, a.interval_max) == (a.interval, a.interval)
    assert b.manner == Manner("ExampleDesk/1.0", proxy="http://me:hunter2secret@proxy.internal:3128")
    assert (b.tier, b.control, b.polite, b.pace, b.connections) == (None, False, "source", timedelta(seconds=2), 4)
    assert (b.interval_min, b.interval_max) == (timedelta(seconds=30), timedelta(minutes=1))
    assert not c.enabled


def test_what_a_source_is_asked_with_is_secret(given_file):
    text = MINIMAL.replace(
        "}\n",
        ", proxy: 'http://me:pa%40ssword@proxy.example',"
        " headers: {Authorization: Bearer hunter2hunter2, Cookie: hunter3=1, Accept-Language: uk-UA}}\n",
    )
    settings = given_file(text)
    assert settings.secrets() >= {"hunter2hunter2", "Bearer hunter2hunter2", "hunter3=1", "pa@ssword", "pa%40ssword"}
    assert "uk-UA" not in settings.secrets()
    assert "hunter" not in repr(settings)
    assert "ssword" not in repr(settings)


def test_a_disabled_alert_is_left_out_and_a_disabled_source_is_kept():
    settings = load(CASES / "disabled_needs_no_variables.yaml", {})
    assert settings.alerts == ()
    assert [(source.name, source.enabled) for source in settings.sources] == [("A", True), ("B", False)]


@pytest.mark.fault("I1")
def test_words_that_yaml_would_change_stay_as_written():
    numbers = load(CASES / "name_is_a_number.yaml", {})
    assert [source.name for source in numbers.sources] == ["010", "on"]
    booleans = load(CASES / "booleans_in_any_words.yaml", {})
    assert booleans.fetch.allow_private_addresses
    assert not booleans.fetch.obey_robots


def test_variables_are_filled_in_and_known_as_secrets(given_file):
    text = MINIMAL + "alerts:\n  - {name: m, url: 'tgram://${TOKEN}/$${x'}\n"
    settings = given_file(text, {"TOKEN": "12:hunter2"})
    assert settings.alerts[0].url == "tgram://12:hunter2/${x"
    assert "12:hunter2" in settings.secrets()
    assert "hunter2" not in repr(settings)


@pytest.mark.fault("I6")
def test_a_secret_file_is_read_without_its_line_end(given_file, tmp_path):
    secret = tmp_path / "token"
    secret.write_text("12:hunter2\r\n")
    secret.chmod(0o600)
    text = MINIMAL + "alerts:\n  - {name: m, url: 'tgram://${TOKEN}/1'}\n"
    settings = given_file(text, {"TOKEN_FILE": str(secret)})
    assert (settings.alerts[0].url, settings.warnings) == ("tgram://12:hunter2/1", ())
    secret.chmod(0o644)
    assert given_file(text, {"TOKEN_FILE": str(secret)}).warnings == (
        f"{secret} (TOKEN_FILE) can be read by every user of this machine; chmod 600 it",
    )


def test_an_inline_topic_keeps_its_lines():
    (topic,) = load(CASES / "topic_inline.yaml", {}).topics
    located = read_located(topic.text, topic.file)
    assert (topic.name, topic.file) == ("harbours", str(CASES / "topic_inline.yaml"))
    assert located.line(("concepts",)) == 3


def test_a_topic_file_is_found_beside_the_configuration():
    (topic,) = load(CASES / "topic_file.yaml", {}).topics
    assert (topic.name, topic.file) == ("harbours", str(CASES / "topics/harbours.yaml"))
    assert topic.text == (CASES / "topics/harbours.yaml").read_text("utf-8")


def test_a_shipped_topic_is_named_with_its_place(given_file):
    (topic,) = given_file(MINIMAL).topics
    assert (topic.text, topic.place.line, topic.place.key) == (None, 1, "topics[0]")


def test_a_missing_file_says_how_to_name_one(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "sources.yaml", {})
    assert str(caught.value) == (
        f"{tmp_path}/sources.yaml: no such file; write one, or name it with --config FILE or MONITOR_CONFIG"
    )


def test_a_folder_in_place_of_the_file_is_a_mistake(tmp_path):
    with pytest.raises(ConfigError, match="is a directory"):
        load(tmp_path, {})


def test_another_encoding_is_named_with_its_line(given_file):
    line, message = only_message(MINIMAL.encode() + "# Україна".encode("cp1251"), given_file)
    assert (line, message) == (4, "not UTF-8: byte 0xd3 at position 73; save the file as UTF-8")


def test_a_huge_file_is_refused_without_being_read_whole(given_file):
    assert only_message(b"\xd0\xb0" * 2**21, given_file)[0] == 0


def test_a_half_written_file_is_refused(given_file):
    whole = (PROJECT / "sources.yaml").read_bytes()
    with pytest.raises(ConfigError):
        given_file(whole[: whole.index(b"url:") + 4])


@pytest.mark.fault("I4")
def test_five_thousand_sources_load(given_file):
    rows = [f"  - {{name: S{n}, url: https://s{n}.example/feed}}\n" for n in range(5000)]
    assert len(given_file("topics: [ramstein]\nsources:\n" + "".join(rows)).sources) == 5000


def test_a_source_taken_out_is_no_longer_there(given_file):
    both = given_file(MINIMAL + "  - {name: B, url: https://b.example/feed}\n")
    one = given_file(MINIMAL)
    assert [source.name for source in both.sources] == ["A", "B"]
    assert [source.name for source in one.sources] == ["A"]


def test_the_shipped_list_loads_without_any_variable():
    settings = load(PROJECT / "sources.yaml", {})
    assert len(settings.sources) >= 60
    assert len({source.language for source in settings.sources}) >= 25
    assert all(source.language for source in settings.sources)


def test_the_shipped_list_names_its_schema():
    assert (
        (PROJECT / "sources.yaml")
        .read_text("utf-8")
        .startswith(
            "# yaml-language-server: $schema=docs/sources.schema.json\n",
        )
    )


def test_the_schema_in_the_documents_is_current():
    assert (PROJECT / "docs/sources.schema.json").read_text("utf-8") == schema_text()


@pytest.mark.parametrize("section", [section for section in MAPPINGS if section], ids=".".join)
def test_every_key_is_described_in_the_documents(section):
    text = (PROJECT / "docs/configuration.md").read_text("utf-8")
    part = text.split(f"\n### `{section[-1]}`\n")[1].split("\n##")[0]
    rows = [f"| `{key}` |" for key in MAPPINGS[section].model_fields]
    assert [row for row in rows if row not in part] == []
