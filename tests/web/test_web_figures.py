"""The pages Figures and Coverage: they say what the store says, draw it cleanly, and nothing hostile gets in."""

import re
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from figured import SOURCES, Sent, Told, fill
from web_house import NOW, house

from monitor.model import Latency, Span
from monitor.web.charts import Chart, Series, lines, stacked_bars
from monitor.web.figures import SPANS
from monitor.web.figures import read as asked
from monitor.web.plots import MARKS, duration, marks

LANGUAGES = ("uk", "de", "ar", "bn", "ja", "vi", "pl", "en", None)
HOSTILE = "</title><script>alert(1)</script>"
QUOTED = 'x" onload="alert(2)'
OUTLETS = (*SOURCES[:3], HOSTILE, QUOTED, "الجزيرة نت", "News search")
ALERTED = (Sent("desk-telegram", 0.1), Sent(HOSTILE, 9))
ARTICLES = (
    *(
        Told(
            hours * 2 + 1,
            hours % 6,
            LANGUAGES[hours % 9],
            "UA" if hours % 2 else None,
            story=hours // 3 + 1,
            published=0.25,
            sent=ALERTED,
            topic="ramstein" if hours % 4 else QUOTED,
        )
        for hours in range(36)
    ),
    Told(5.5, 4, QUOTED, HOSTILE, state="relevant", decided=((2, HOSTILE, False),)),
    Told(40.5, 6, net="found", title="Had it"),
    Told(41.5, 6, net="later", title="Had it later"),
    Told(42.5, 6, net="missed", title=HOSTILE, site="lost.example"),
    Told(43.5, 6, "bn", net="missed", title="রামস্টেইনে ৫০ দেশের বৈঠক", site="www.lost.example"),
    Told(44.5, 6, "ar", net="missed", title="اجتماع رامشتاين", site="s2.example"),
    Told(3.5, 6, net="waiting"),
)


class Attributes(HTMLParser):
    """The names of all attributes and elements of a page, as a browser reads it."""

    def __init__(self, page):
        super().__init__()
        self.names, self.elements = set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.names |= {name for name, _ in attrs}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    with house(tmp_path_factory.mktemp("figures"), ()) as running:
        fill(running.database, ARTICLES, NOW, OUTLETS)
        yield running


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    with house(tmp_path_factory.mktemp("nothing"), ()) as running:
        yield running


def plain(page):
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


def tables(page):
    """The cells of each table in words, row by row."""
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
        yield [[plain(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def drawings(page):
    return [ET.fromstring(svg) for svg in re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL)]


@pytest.mark.parametrize("since", SPANS)
def test_tables_say_what_the_store_says(shown, since):
    page = shown.get(f"/figures?since={since}").text
    figures = shown.review.figures.read(SPANS[since], "Europe/Berlin", NOW)
    by_language, by_topic, latency, decisions, outlets, firsts, countries, channels, states = tables(page)
    newest = figures.stretches[::-1]
    assert len(by_language) == len(newest) + 1
    for row, stretch in zip(by_language[1:], newest, strict=True):
        hits, stories, *layers = map(int, row[1:])
        assert (hits, stories, sum(layers)) == (stretch.hits, stretch.stories, stretch.hits)
    assert [int(row[1]) for row in by_topic[1:]] == [stretch.hits for stretch in newest]
    assert [int(row[1]) for row in latency[1:]] == [stretch.latency.n for stretch in newest]
    assert [int(row[1]) for row in decisions[1:]] == [stretch.decisions for stretch in newest]
    assert [int(row[-1]) for row in outlets[1:]] == [one.hits for one in figures.outlets]
    assert all(row[0].startswith(one.name) for row, one in zip(outlets[1:], figures.outlets, strict=True))
    assert "News search second net" in [row[0] for row in outlets]
    assert [int(row[-1]) for row in firsts[1:]] == [one.first for one in figures.firsts]
    assert [int(row[-1]) for row in countries[1:]] == list(figures.countries.values())
    assert [row[0] for row in channels[1:-1]] == list(figures.latencies.channels)
    assert {row[0]: int(row[-1]) for row in states[1:] if row[-1] != "0"} == figures.states
    words = plain(page)
    assert f"Hits {figures.hits} " in words
    assert f"New stories {figures.stories} " in words
    assert f"Publication to alert {duration(figures.latencies.first.median)} median of" in words


def test_charts_can_be_read_by_who_cannot_see_them(shown):
    page = shown.get("/figures").text
    found = drawings(page)
    assert len(found) == 4
    for drawing in found:
        assert drawing.get("role") == "img"
        names = {child.get("id"): child for child in drawing}
        title, says = (names[name] for name in drawing.get("aria-labelledby").split())
        assert (title.tag, says.tag) == ("title", "desc")
        assert title.text
        assert says.text
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert page.count('<details class="numbers">') == 4


@pytest.mark.fault("H1")
@pytest.mark.parametrize("path", ["/figures?since=7d", "/figures?since=90d", "/coverage"])
def test_nothing_hostile_gets_in(shown, path):
    page = shown.get(path).text
    read = Attributes(page)
    assert not any(name.startswith("on") for name in read.names)
    assert "style" not in read.names | read.elements
    assert page.count("<script") == page.count('<script type="module" src="/static/')
    assert HOSTILE.replace("<", "&lt;").replace(">", "&gt;") in page
    for drawing in drawings(page):
        for node in drawing.iter():
            assert node.tag in {"svg", "g", "rect", "path", "line", "circle", "text", "title", "desc"}
            allowed = "class|transform|d|x|y|x1|y1|x2|y2|cx|cy|r|width|height|viewBox|role|id|aria-labelledby"
            assert all(re.fullmatch(allowed, name) for name in node.keys())  # noqa: SIM118 - an element, no dict


def test_a_topic_and_a_span_are_chosen(shown):
    page = shown.get("/figures?since=7d&topic=ramstein").text
    figures = shown.review.figures.read(Span(7), "Europe/Berlin", NOW, "ramstein")
    assert f"Hits {figures.hits} " in plain(page)
    assert 'href="?since=90d&amp;topic=ramstein"' in page
    assert '<option value="ramstein" selected>' in page
    assert "Hits a day by topic" not in page
    assert "Hits a week by language" in shown.get("/figures?since=365d").text
    assert "since is one of 7d, 30d, 90d, 365d" in shown.get("/figures?since=yesterday").text
    assert "No hits in this span for this topic" in plain(shown.get("/figures?topic=nothing").text)


def test_links_lead_to_the_hits_that_were_counted(shown):
    page = shown.get("/figures?since=7d&topic=ramstein").text
    links = re.findall(r'href="(/\?since=7d&amp;topic=ramstein&amp;country=UA)"', page)
    counted = shown.review.figures.read(Span(7), "Europe/Berlin", NOW, "ramstein").countries["UA"]
    assert len(links) == 1
    assert shown.get(unescape(links[0])).status_code == 200
    assert f"{counted}" in plain(page)


def test_an_outlet_that_writes_from_the_right_stands_by_itself(shown):
    assert "<bdi>الجزيرة نت</bdi>" in shown.get("/figures").text


def test_no_figures_yet(empty):
    page = plain(empty.get("/figures").text)
    assert "No hits in this span" in page
    assert "nothing was alerted" in page


def test_recall_is_said_with_its_sample_and_its_interval(shown):
    page = shown.get("/coverage").text
    (recall,) = tables(page)
    assert recall[1][:2] == ["Ukrainian", "67 %"]
    assert recall[1][3:] == ["21 % to 94 %", "1", "1", "1", "3", "2.0 h"]
    assert recall[-1][0] == "All"
    words = plain(page)
    assert "Measured recall 40 % 12 % to 77 % (95 % interval)" in words
    assert "Articles compared 5 shown by 1 second net" in words
    assert "Not ruled on yet 1" in words
    assert "Measured recall 40 % 12 % to 77 %, of 5" in plain(shown.get("/figures").text)


def test_what_was_missed_is_listed_with_who_should_have_had_it(shown):
    page = plain(shown.get("/coverage").text)
    assert "lost.example 2 articles, Bangla, Ukrainian None of the sources is of this outlet." in page
    assert "monitor sources add https://lost.example/ finds its feed" in page
    assert "রামস্টেইনে ৫০ দেশের বৈঠক" in page
    assert "s2.example 1 article, Arabic Should have had it: Tagesschau ● ok" in page
    assert "its feed does not carry everything" in page
    assert "by News search" in page
    assert "Second nets: News search ." in page


def test_without_a_second_net_the_page_says_how_to_set_one_up(empty):
    page = plain(empty.get("/coverage").text)
    assert "Nothing to compare with yet." in page
    assert "control: true" in page


def chart(values, **more):
    labels = [f"{number} Feb" for number in range(1, len(values[0]) + 1)]
    return Chart("k", "Title", "Says", labels, [Series(f"s{at}", one) for at, one in enumerate(values)], **more)


def test_bars_have_the_heights_of_their_numbers():
    drawing = ET.fromstring(stacked_bars(chart([[1, 2, 0], [3, 0, 4]])))
    bars = {
        bar.find("title").text: float(bar.find("rect").get("height"))
        for bar in drawing.iter()
        if bar.find("rect") is not None
    }
    unit = bars["1 Feb, s0: 1"]
    assert set(bars) == {"1 Feb, s0: 1", "2 Feb, s0: 2", "1 Feb, s1: 3", "3 Feb, s1: 4"}, "nothing is drawn for nothing"
    assert all(height == pytest.approx(int(name[-1]) * unit, rel=0.01) for name, height in bars.items())


def test_a_line_is_interrupted_where_nothing_was_measured():
    drawing = ET.fromstring(lines(chart([[2, None, 8], [20, None, 50]], marks=(1, 5, 15, 60))))
    texts = [node.text for node in drawing.iter("text")]
    assert {"1", "5", "15", "60"} <= set(texts)
    assert len(list(drawing.iter("circle"))) == 4


@pytest.mark.parametrize("count", [1, 2, 7, 30, 31, 52, 90])
def test_labels_do_not_touch(count):
    drawing = ET.fromstring(stacked_bars(chart([[1] * count])))
    places = sorted(float(node.get("x")) for node in drawing.iter("text") if node.text.endswith("Feb"))
    assert 1 <= len(places) <= 6
    assert all(other - one >= 80 for one, other in pairwise(places)), "six letters of 20 units with a space"
    assert places[0] > 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "–"), (0, "0 s"), (89, "89 s"), (90, "2 min"), (5940, "99 min"), (6000, "1.7 h"), (172800, "2.0 days")],
)
def test_durations_in_words(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "named"),
    [([], (1, 5)), ([30], (1, 5)), ([60, 600], (1, 5, 15)), ([400, 9000], (5, 15, 60, 240)), ([10**8], MARKS[-2:])],
)
def test_the_axis_reaches_around_what_is_drawn(seconds, named):
    assert marks([Latency(1, value, value) for value in seconds]) == named


def test_anything_may_be_asked():
    assert asked({}).since == "30d"
    assert asked({"since": "1y", "topic": " a\x00b "}).problems
    assert len(asked({"topic": "x" * 9999}).topic) == 200
