"""Each command on an installation that has done one round."""

import csv
import email.policy
import io
import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from installation import monitor
from rich.cells import cell_len

SUM = re.compile(r"sources (\d+), articles (\d+), hits (\d+), delivered (\d+), failed (\d+)")
HIT_KEYS = ["id", "url", "title", "source", "language", "topic", "grade", "score", "terms"]
HIT_KEYS += ["published", "found", "state", "story"]
ALL = {"group", "retried", "gone", "uk", "zh", "bn", "sum"}


HARBOURS = """name: harbours
threshold: 3
concepts:
  harbour:
    en: [harbour*]
hits:
  - {rule: named, concept: harbour, weight: {title: 5, lead: 5, text: 5}}
examples:
  en:
    hit: [The harbours are open.]
    miss: [A harbour of hope.]
"""


def slugs(text):
    return {item["url"].rpartition("/")[2] for item in json.loads(text)}


def number(desk, slug):
    hits = json.loads(desk.monitor("hits", "--json", "--limit", "0").out)
    return next(hit["id"] for hit in hits if hit["url"].endswith(f"/{slug}"))


def delivery(desk, alert, state):
    rows = json.loads(desk.monitor("alerts", "--json").out)
    return next(row["id"] for row in rows if (row["alert"], row["state"]) == (alert, state))


# --- poll ----------------------------------------------------------------------------------------


def test_the_last_line_of_poll_is_the_sum(polled):
    assert polled.said.code == 0
    sums = [int(count) for count in SUM.fullmatch(polled.said.lines[-1]).groups()]
    assert sums == [3, 8, 7, 6, 4]  # one message for each story; failed: a source, two pages, a message


def test_poll_names_what_was_found_and_what_failed(polled):
    assert "Outlet 3: connect: 127.0.0.1: connection refused" in polled.said.out
    assert "Rain until Sunday" not in polled.said.out
    assert len(re.findall(r"^read ", polled.said.out, re.MULTILINE)) == 7


def test_poll_again_finds_nothing_and_says_so_in_json(own):
    before = len(own.mails)
    said = own.monitor("poll", "--json")
    assert said.code == 0
    sums = json.loads(said.out)
    notices = own.mails[before:]  # one that was collected goes out where a quarter of an hour has just ended
    assert sums.pop("delivered") == len(notices) <= 1
    subjects = [email.message_from_bytes(one.content, policy=email.policy.default)["subject"] for one in notices]
    assert not [subject for subject in subjects if "Defense" in subject]
    assert sums == dict.fromkeys(("sources", "articles", "hits", "failed"), 0)


def test_poll_where_nothing_answers_ends_with_1(desk):
    said = desk.write("http://127.0.0.1:9/feed").monitor("poll")
    assert (said.code, said.lines[-1]) == (1, "sources 1, articles 0, hits 0, delivered 0, failed 1")


# --- hits ----------------------------------------------------------------------------------------


def test_hits_json_has_the_documented_keys_and_times_in_utc(polled):
    said = polled.monitor("hits", "--json")
    assert said.out == polled.monitor("hits", "list", "--json").out
    hits = json.loads(said.out)
    assert all(list(hit) == HIT_KEYS for hit in hits)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", hit["found"]) for hit in hits)
    assert all({"concept", "form", "start", "end"} <= set(term) for hit in hits for term in hit["terms"])
    assert {hit["url"].rpartition("/")[2] for hit in hits} == ALL


def test_terms_can_be_cut_out_of_the_text_they_count_in(polled):
    hit = json.loads(polled.monitor("hits", "show", number(polled, "uk"), "--json").out)
    whole = f"{hit['title']}\n\n{hit['text']}"
    spans = [term for term in hit["terms"] if term["field"] != "url"]
    assert spans
    assert all(whole[term["start"] : term["end"]] == term["form"] for term in spans)


TOMORROW = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--topic", "ramstein"], ALL),
        (["--topic", "other"], set()),
        (["--language", "uk"], {"uk"}),
        (["--source", "Outlet 1"], {"group", "retried", "gone"}),
        (["--source", "Outlet 2", "--language", "zh"], {"zh"}),
        (["--state", "new"], ALL),
        (["--state", "starred"], set()),
        (["--since", "1h"], ALL),
        (["--since", TOMORROW], set()),
        (["--until", TOMORROW], ALL),
        (["--until", "1h"], set()),
        (["--since", "2020-01-01T00:00", "--until", "2020-01-02T00:00+02:00"], set()),
        (["--search", "протиповітряної"], {"uk"}),
        (["--search", "ПРОТИПОВІТРЯ"], {"uk"}),
        (["--search", "拉姆施泰因"], {"zh"}),
        (["--search", "100%"], set()),
        (["--limit", "0"], ALL),
    ],
    ids=lambda words: " ".join(sorted(words) if isinstance(words, set) else words),
)
def test_hits_can_be_filtered(polled, filters, found):
    said = polled.monitor("hits", "--json", *filters)
    assert (said.code, slugs(said.out)) == (0, found)


def test_a_limit_keeps_the_newest(polled):
    hits = json.loads(polled.monitor("hits", "--json").out)
    assert json.loads(polled.monitor("hits", "--json", "--limit", "2").out) == hits[:2]


def test_hits_are_listed_with_their_words_marked_and_why(polled):
    said = polled.monitor("hits", "--language", "uk")
    assert re.search(r"^ +\d+  Рамштайн: міністри оборони", said.lines[0])
    assert "Outlet 2 · uk · " in said.lines[1]
    assert re.search(r"\[Контактна\s+група\]", said.out)
    assert "why: " in said.out


def test_no_hits_says_what_to_do(polled):
    said = polled.monitor("hits", "--search", "nothing like this")
    assert said.code == 0
    assert "monitor sources" in said.out


def test_csv_reads_back_and_no_cell_is_a_formula(polled):
    rows = list(csv.DictReader(io.StringIO(polled.monitor("hits", "--csv").out)))
    assert {row["url"].rpartition("/")[2] for row in rows} == ALL
    (formula,) = (row["title"] for row in rows if row["url"].endswith("/sum"))
    assert formula.startswith("'=HYPERLINK(")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_show_tells_text_reasons_and_alerts_of_one_hit(polled):
    said = polled.monitor("hits", "show", number(polled, "group"))
    assert said.code == 0
    for words in ("[Contact Group]", "read: full", "why: ", "alert: mail: sent ", f"{polled.west.base}/group"):
        assert words in said.out


def test_mark_keeps_state_and_note(own):
    hit = number(own, "uk")
    said = own.monitor("hits", "mark", hit, "starred", "--note", "first report", "--tag", "aid").out
    assert said == f"hit {hit} is starred, it was new (decision 1)\n"
    assert (
        own.monitor("hits", "mark", hit, number(own, "zh"), "relevant", "--who", "anna")
        .lines[1]
        .endswith("(decision 3)")
    )
    assert slugs(own.monitor("hits", "--state", "relevant", "--json").out) == {"uk", "zh"}
    shown = own.monitor("hits", "show", hit)
    assert "note: first report" in shown.out
    assert "tags: aid" in shown.lines
    assert [line.partition(": ")[2] for line in shown.lines if line.startswith("decided ")][1].startswith(
        "new → starred"
    )
    assert [one["who"] for one in json.loads(own.monitor("hits", "show", hit, "--json").out)["history"]] == ["anna", ""]


def test_undo_takes_back_what_nobody_decided_on_since(own):
    hit = number(own, "uk")
    for state in ("starred", "irrelevant"):
        own.monitor("hits", "mark", hit, state)
    said = own.monitor("hits", "undo", "1", "99")
    assert (said.code, said.out) == (1, "")
    assert said.errors == [f"no decision number 99; hit {hit} stays as it is: 2 was decided since"]
    assert own.monitor("hits", "undo", "2").out == f"hit {hit} is starred, it was irrelevant (decision 3)\n"


def test_learn_tells_which_rules_were_wrong(own):
    own.monitor("hits", "mark", number(own, "uk"), "irrelevant")
    learnt = json.loads(own.monitor("topics", "learn", "ramstein", "--json").out)
    assert (learnt["judged"]["hits"], learnt["irrelevant"]) == (1, 1)
    assert {rule["irrelevant"] for rule in learnt["rules"]} <= {0, 1}
    said = own.monitor("topics", "learn", "ramstein")
    assert said.lines[-1].endswith("; 1 judged, 1 irrelevant")
    assert all(len(line) <= 100 for line in said.lines)
    assert own.monitor("topics", "learn", "nope").code == 2


# --- why -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("group", ["found on its page", "ramstein: HIT, certain", "as hit ", "words: ", "alert     mail: sent "]),
        ("rain", ["ramstein: no hit", "in Outlet 1"]),
        ("retried", ["only the feed's own text", "answered 503", "tried again", "ramstein: HIT"]),
        ("gone", ["only the feed's own text", "answered 410", "ramstein: HIT"]),
    ],
)
def test_why_tells_what_became_of_an_article(polled, slug, words):
    said = polled.monitor("why", f"{polled.west.base}/{slug}")
    assert said.code == 0
    for word in words:
        assert word in said.out
    assert ("tried again" in said.out) == (slug in {"retried", "gone"})


def test_why_finds_an_article_by_another_form_of_its_address(polled):
    address = f"{polled.west.base}/group?utm_source=feed#top"
    assert "ramstein: HIT" in polled.monitor("why", address).out


def test_why_tells_what_became_of_an_alert(polled):
    ledgers = [polled.monitor("why", hit["url"]).out for hit in json.loads(polled.monitor("hits", "--json").out)]
    assert all(re.search(r"chat( \(update\))?: held until 01 Jan .* UTC: digest at 00:00", one) for one in ledgers)
    (refused,) = (ledger for ledger in ledgers if "mail: given up: " in ledger)
    assert "monitor alerts retry" in refused


def test_why_json_holds_the_whole_ledger(polled):
    ledger = json.loads(polled.monitor("why", f"{polled.west.base}/group", "--json").out)
    assert ledger["verdicts"][0]["hit"] is True
    assert {item["alert"] for item in ledger["deliveries"]} == {"mail", "chat"}


def test_why_of_an_address_never_seen_says_so(polled):
    said = polled.monitor("why", "https://www.example.org/never")
    assert (said.code, said.out) == (1, "")
    assert said.errors == [
        "https://www.example.org/never: never seen in any source; `monitor sources` shows which are read"
    ]


# --- sources, topics, alerts, config -------------------------------------------------------------


def test_sources_show_trouble_first(polled):
    said = polled.monitor("sources")
    assert said.lines[1].startswith("✕ failing  Outlet 3")
    assert "connection refused" in said.lines[2]
    assert said.lines[3].strip() == "→ `monitor sources check 'Outlet 3'` shows at which step"
    assert said.lines[-1] == "3 sources, 1 failing"


def test_sources_before_the_first_round_are_those_of_the_file(desk, outlet):
    said = desk.write(outlet.feed).monitor("sources")
    assert "○ new   Outlet 1" in said.out
    assert "monitor poll" in said.lines[-1]
    assert not (desk.folder / "monitor.db").exists()


def test_sources_json(polled):
    views = json.loads(polled.monitor("sources", "list", "--json").out)
    assert {view["name"]: view["health"] for view in views} == {
        "Outlet 1": "ok",
        "Outlet 2": "ok",
        "Outlet 3": "failing",
    }


def test_sources_check_tries_a_source_and_stores_nothing(polled):
    before = polled.monitor("sources", "--json").out
    said = polled.monitor("sources", "check", "Outlet 1")
    assert said.code == 0
    assert said.lines[0].startswith("Outlet 1: 4 entries")
    assert "hit: ramstein (certain)" in said.out
    assert "answered 503" in said.out
    assert polled.monitor("sources", "--json").out == before


def test_sources_check_by_address_and_in_json(polled):
    result = json.loads(polled.monitor("sources", "check", polled.east.feed, "--pages", "0", "--json").out)
    assert result["outcome"] == "new"
    assert len(result["verdicts"]) == 4


def test_sources_check_of_a_source_that_is_down_ends_with_1(polled):
    said = polled.monitor("sources", "check", "Outlet 3")
    assert (said.code, said.errors) == (1, ["Outlet 3: connect: 127.0.0.1: connection refused"])


def test_sources_check_of_an_empty_feed_ends_with_1(desk, outlet):
    outlet.publish()
    said = desk.write(outlet.feed).monitor("sources", "check", "Outlet 1")
    assert said.code == 1
    assert said.errors == ["Outlet 1: answered, but holds no entries; is it the right address?"]


def test_topics_list(polled):
    (topic,) = json.loads(polled.monitor("topics", "--json").out)
    assert topic["name"] == "ramstein"
    assert (topic["languages"], topic["examples"]) == (4, 0)
    assert "ramstein" in polled.monitor("topics").out


def test_topics_without_a_configuration_are_those_that_ship(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    topics = {topic["name"]: topic for topic in json.loads(monitor("topics", "--json").out)}
    assert {"ramstein", "ukraine-aid"} <= set(topics)
    assert all(topic["languages"] > 20 and topic["examples"] > 20 for topic in topics.values())


def test_topics_check_runs_the_examples(polled):
    said = polled.monitor("topics", "check", "ukraine-aid")
    assert said.code == 0
    assert re.fullmatch(r"ukraine-aid: [1-9]\d* examples, 0 wrong", said.lines[-1])


def test_topics_check_of_a_file_names_the_example_that_is_wrong(polled, tmp_path):
    topic = tmp_path / "harbours.yaml"
    topic.write_text(HARBOURS)
    said = polled.monitor("topics", "check", topic)
    assert said.code == 1
    assert said.lines[-1] == "harbours: 2 examples, 1 wrong"
    assert "A harbour of hope." in said.out


def test_alerts_list_what_was_sent_and_what_failed(polled):
    said = polled.monitor("alerts")
    (head,) = (at for at, line in enumerate(said.lines) if line.split()[:4] == ["id", "state", "alert", "tries"])
    assert sum(" sent " in line for line in said.lines[head:]) == 6
    (dead,) = json.loads(polled.monitor("alerts", "list", "--state", "dead", "--json").out)
    assert (dead["alert"], dead["attempts"]) == ("mail", 1)
    assert "spam" in dead["error"]
    rows = json.loads(polled.monitor("alerts", "--state", "dead", "--state", "sent", "--json").out)
    assert [row["state"] for row in rows].count("sent") == 6
    assert len(rows) == 7
    assert "No deliveries" in polled.monitor("alerts", "--state", "suppressed").out


def test_alerts_test_sends_one_message(own):
    before = len(own.mails)
    said = own.monitor("alerts", "test", "mail")
    assert re.match(r"mail: accepted by the channel in \d+\.\d s as test-mail-\d{8}T\d{6}; \d+ waiting, ", said.out)
    assert len(own.mails) == before + 1
    body = email.message_from_bytes(own.mails[-1].content, policy=email.policy.default).get_body(("plain",))
    assert said.out.split(" as ")[1].partition(";")[0] in body.get_content()


def test_alerts_retry_sends_again_in_the_next_round(own):
    before, rows = len(own.mails), [delivery(own, "mail", state) for state in ("dead", "sent")]
    for state, row in zip(("dead", "sent"), rows, strict=True):
        assert own.monitor("alerts", "retry", row).out == f"delivery {row} ({state}) is in the outbox again\n"
    said = own.monitor("poll")
    assert said.code == 0
    assert len(own.mails) - before in (2, 3)  # with the collected notice, where a quarter of an hour has just ended
    states = {row["id"]: row["state"] for row in json.loads(own.monitor("alerts", "--json").out)}
    assert [states[row] for row in rows] == ["sent", "sent"]


def test_config_check_shows_what_is_in_force(polled):
    said = polled.monitor("config", "check")
    assert said.code == 0
    assert "tgram://***/-100123" in said.out
    assert "15m" in said.out
    assert said.lines[-1] == f"{polled.config} is good: 3 sources, 2 alerts, topics: ramstein"
    report = json.loads(polled.monitor("config", "check", "--json").out)
    assert [source["interval"] for source in report["sources"]] == ["15m"] * 3


# --- export --------------------------------------------------------------------------------------


def test_export_jsonl(polled):
    rows = [json.loads(line) for line in polled.monitor("export").lines]
    assert [{key: row[key] for key in HIT_KEYS} for row in rows] == json.loads(polled.monitor("hits", "--json").out)
    assert all(list(row)[len(HIT_KEYS) :] == ["country", "tags", "note", "stamp"] for row in rows)


def test_export_csv(polled):
    assert polled.monitor("export", "--format", "csv").out == polled.monitor("hits", "--csv", "--limit", "0").out


def test_export_atom_is_read_by_others(polled):
    text = polled.monitor("export", "--format", "atom", "--topic", "ramstein", "--since", "1h").out
    assert len(ET.fromstring(text).findall("{http://www.w3.org/2005/Atom}entry")) == 7
    feed = feedparser.parse(io.BytesIO(text.encode()))
    assert not feed.bozo
    assert {entry.link.rpartition("/")[2] for entry in feed.entries} == ALL


# --- the options that every command knows --------------------------------------------------------


@pytest.mark.parametrize(
    "order",
    [
        ["--config", "C", "--database", "D", "hits", "list", "--json"],
        ["hits", "list", "--json", "--config", "C", "--database", "D"],
        ["hits", "--json", "--config", "C", "--database", "D"],
        ["hits", "--config", "C", "--database", "D", "list", "--json"],
        ["hits", "--database=D", "--json"],
        ["--database", "sqlite:///nowhere.db", "hits", "--database", "D", "list", "--json"],
    ],
    ids=lambda words: " ".join(sorted(words) if isinstance(words, set) else words),
)
def test_config_and_database_may_stand_before_and_after_the_name(polled, order):
    places = {"C": polled.config, "D": polled.database}
    said = monitor(*(places.get(word, str(word).replace("=D", f"={polled.database}")) for word in order))
    assert (said.code, slugs(said.out)) == (0, ALL)


@pytest.mark.parametrize(
    "command",
    [
        "hits list",
        "hits show 1",
        "hits mark 1 new",
        "why URL",
        "sources list",
        "sources check X",
        "sources add X",
        "sources import X",
        "sources export",
        "topics list",
        "topics check X",
        "alerts list",
        "alerts test X",
        "alerts retry 1",
        "config check",
        "export",
        "match FILE",
    ],
)
def test_every_command_takes_both_options(polled, command):
    said = monitor(*command.split(), "--config", polled.config, "--database", polled.database, "--help")
    assert said.code == 0
    assert "--config" in said.out
    assert "--database" in said.out


@pytest.mark.parametrize(
    "command",
    ["hits", "hits show 1", "sources", "alerts", "topics", "config check", "sources check 'Outlet 2'"],
)
def test_every_listing_fits_100_columns(polled, command):
    words = re.findall(r"'[^']*'|\S+", command)
    said = polled.monitor(*(word.strip("'") for word in words))
    assert said.code == 0
    lines = [line.replace(str(polled.folder), "here") for line in said.lines]
    assert [line for line in lines if cell_len(line) > 100] == []
    assert [line for line in lines if line != line.rstrip()] == []
