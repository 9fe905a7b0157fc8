"""Group B of the faults in one round: many bad feeds at once, each ends as it should, and the good one is read."""

from __future__ import annotations

import contextlib
import gzip
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import format_datetime

import pytest
from channels import BotApi, SmtpServer
from installation import SMALL, Desk
from world import Answer, Outlet

from monitor.model import HitFilter

CYRILLIC = "Контактна група з питань оборони України засідає"
DOCTYPE = "<!DOCTYPE rss [{}]>"
MANY = " ".join(f'a{number}="1"' for number in range(40_000))


def item(title="", more=""):
    return f"<item><title>{title}</title>{more}</item>"


def rss(items, prolog='<?xml version="1.0"?>', head=""):
    return f'{prolog}<rss version="2.0"><channel><title>T</title>{head}{items}</channel></rss>'


def chain(length):
    links = "".join(f'<!ENTITY e{n} "&e{n + 1};">' for n in range(length))
    return rss(item("Contact group B1 &e0;"), DOCTYPE.format(f'{links}<!ENTITY e{length} "x">'))


def laughs():
    levels = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    return rss(item("Contact group B2 &l9;"), DOCTYPE.format(f'<!ENTITY l0 "lol">{levels}'))


def outside(secret, base):
    entities = (
        f'<!ENTITY f SYSTEM "file://{secret}"><!ENTITY % p SYSTEM "{base}/dtd"> %p; <!ENTITY u SYSTEM "{base}/u">'
    )
    return rss(item("Contact group B3 &f; &u;"), DOCTYPE.format(entities))


def dated(*dates):
    return rss("".join(item(f"Contact group B13 {n}", f"<pubDate>{date}</pubDate>") for n, date in enumerate(dates)))


def feeds(base, secret):
    """Each fault's feed: what a server sends."""
    now = datetime.now(UTC)
    old = format_datetime(now - timedelta(days=400))
    return {
        "B1": chain(50_000),
        "B2": laughs(),
        "B3": outside(secret, base),
        "B4 path": str(secret),
        "B4 device": "/dev/zero",
        "B4 url": f"{base}/good",
        "B5": rss(item("Contact group B5").replace("<title>", f"<title {MANY}>")),
        "B6 deep": rss(item("Contact group B6") + "<a>" * 2_000),
        "B6 long": Answer(b"<rss>", "text/xml", headers={"X-Of": "50 MB"}),
        "B7 koi8-u": rss(item(f"{CYRILLIC} B7 1"), "").encode("koi8-u"),
        "B7 utf-16": rss(item(f"{CYRILLIC} B7 2"), '<?xml version="1.0" encoding="utf-8"?>').encode("utf-16-le"),
        "B8": rss(item(f"{CYRILLIC} B8"), '<?xml version="1.0" encoding="punycode"?>'),
        "B9": rss(item("Contact\x00 group\x1b[31m B9\x07 \u202ex\ufffe", "<guid>g\x08\x9b</guid>")),
        "B10": rss("".join(item(f"Contact group B10 {n}", "<guid isPermaLink='false'>same</guid>") for n in range(3))),
        "B11": rss("".join(item(f"Contact group B11 {n}", f"<pubDate>{old}</pubDate>") for n in range(20))),
        "B13": dated(
            *("Mon, 01 Jan 99999 00:00:00 GMT", "-1", "Mon, 04 May 2026 10:00:00 +99:99", "31 травня", ""),
            *("Thu, 01 Jan 1970 00:00:00 GMT", format_datetime(now + timedelta(days=3))),
        ),
        "B14": rss(
            item(
                "&lt;img src=x onerror=alert(1)&gt; Contact group B14",
                "<link>javascript:alert(1)</link><author>&lt;script&gt;x&lt;/script&gt;</author><guid>&lt;b&gt;</guid>",
            )
        ),
        "B15 mixed": '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>1</id>'
        "<title>Contact group B15 1</title></entry><item><title>x</title></item></feed>",
        "B15 page": "<!doctype html><html><body>Log in to read Contact group news</body></html>",
        "B15 empty": "",
        "B15 gzip": gzip.compress(rss(item("Contact group B15 2")).encode()),
        "B16": rss("".join(item(f"Contact group B16 {n}", "<b>" if n == 3 else "") for n in range(1, 11))),
        "B17": rss(
            item("Contact group B17 1", "<link>/relative</link>")
            + item("Contact group B17 2", "<link><![CDATA[ ../up ]]></link>")
        ),
        "B18": rss(item("Contact group B18 1 &#x110000;") + item("Contact group B18 2")),
    }


def answer_of(feed):
    if isinstance(feed, Answer):
        return feed
    return Answer(feed if isinstance(feed, bytes) else feed.encode("utf-8", "surrogatepass"), "text/xml")


def plain(mail):
    """The plain words of a mail."""
    part = message_from_bytes(mail, policy=policy.default).get_body(("plain",))
    return part.get_content()


class World:
    """What one round over all these feeds left behind."""

    def __init__(self, app, outlet, desk, first):
        self.first = first
        self.sources = {view.name: view for view in app.review.sources()}
        self.hits = list(app.review.hits(HitFilter(limit=500)))
        self.base, self.asked = outlet.base, list(outlet.asked)
        self.mails = [plain(mail.content) for mail in desk.mails]

    def titles(self, fault):
        return sorted(hit.title for hit in self.hits if hit.source.split()[0] == fault)

    def error(self, name):
        return (self.sources[name].error or "").partition(":")[0]

    def notes(self, name):
        return "\n".join(self.first[name].notes)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    secret = folder / "secret.xml"
    secret.write_text(rss(item("Contact group SECRET")))
    with contextlib.ExitStack() as stack:
        outlet = stack.enter_context(Outlet())
        desk = Desk(folder, stack.enter_context(SmtpServer()), stack.enter_context(BotApi()))
        all_feeds = {**feeds(outlet.base, secret), "good": rss(item("Contact group good"))}
        paths = {name: f"/dir/{name.replace(' ', '-')}" for name in all_feeds}
        for name, feed in all_feeds.items():
            outlet.answers[paths[name]] = answer_of(feed)
        outlet.answers["/good"] = answer_of(all_feeds["good"])
        outlet.answers[paths["B6 long"]] = Answer(bytes(11 << 20), "text/xml")
        desk.write(*(outlet.base + path for path in paths.values()), topic=SMALL)
        text = desk.config.read_text().replace(f'  - {{name: chat, url: "{desk.bot.url}", topics: [ramstein]}}', "")
        for number, name in reversed(list(enumerate(paths, 1))):
            text = text.replace(f'"Outlet {number}"', f'"{name}"')
        desk.config.write_text(text)
        with desk.app() as app:
            app.round()
            first = {view.name: view for view in app.review.sources()}
            app.round(everything=True)
            yield World(app, outlet, desk, first)


def test_the_good_feed_is_read(world):
    assert world.titles("good") == ["Contact group good"]
    assert world.error("good") == ""


@pytest.mark.fault("B1", "B2")
@pytest.mark.parametrize("fault", ["B1", "B2"])
def test_entities_never_reach_a_title(world, fault):
    assert world.titles(fault) == [f"Contact group {fault}"]
    assert "unsafe entities dropped" in world.notes(fault)


@pytest.mark.fault("B3")
def test_nothing_outside_is_read_or_asked_for(world):
    assert world.titles("B3") == ["Contact group B3"]
    assert not {"/dtd", "/u"} & set(world.asked)


@pytest.mark.fault("B4")
@pytest.mark.parametrize("name", ["B4 path", "B4 device", "B4 url"])
def test_a_body_is_not_opened(world, name):
    assert (world.error(name), world.titles("B4")) == ("not_a_feed", [])
    assert not any("SECRET" in hit.title for hit in world.hits)


@pytest.mark.fault("B5", "B6")
@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("B5", {"parse_error", "not_a_feed", "timeout"}),
        ("B6 deep", {"", "parse_error", "not_a_feed", "timeout", "crashed", "failed"}),
        ("B6 long", {"too_large"}),
    ],
)
def test_what_is_too_much_ends(world, name, kinds):
    assert world.error(name) in kinds


@pytest.mark.fault("B7", "B8")
def test_a_wrong_encoding_hides_nothing(world):
    assert world.titles("B7") == [f"{CYRILLIC} B7 1", f"{CYRILLIC} B7 2"]
    assert world.titles("B8") == [f"{CYRILLIC} B8"]
    assert "encoding" in world.notes("B7 koi8-u")


@pytest.mark.fault("B9")
def test_control_characters_are_nowhere(world):
    (title,) = world.titles("B9")
    assert title.isprintable()
    assert "Contact group" in title
    assert all(character.isprintable() or character in "\r\n" for mail in world.mails for character in mail)


@pytest.mark.fault("B10")
def test_one_guid_for_all_is_none(world):
    assert world.titles("B10") == [f"Contact group B10 {number}" for number in range(3)]


@pytest.mark.fault("B11")
def test_what_a_new_source_already_holds_is_kept_quietly(world):
    assert len(world.titles("B11")) == 20
    assert not any("B11" in mail for mail in world.mails)


@pytest.mark.fault("B13")
def test_a_date_that_cannot_be_is_none(world):
    found = {hit.title[-1]: hit.published for hit in world.hits if hit.source == "B13"}
    assert len(found) == 7
    assert [found[number] for number in "01234"] == [None] * 5
    now = datetime.now(UTC)
    assert all(date is None or date <= now + timedelta(days=4) for date in found.values())


@pytest.mark.fault("B14")
def test_markup_is_text_and_a_link_leads_to_the_web(world):
    (hit,) = (hit for hit in world.hits if hit.source == "B14")
    assert hit.url is None
    assert "Contact group B14" in hit.title
    assert not any("javascript:" in mail for mail in world.mails)


@pytest.mark.fault("B15")
def test_what_is_a_feed_is_seen_and_what_is_none_too(world):
    assert world.titles("B15") == ["Contact group B15 1", "Contact group B15 2"]
    assert world.error("B15 page") == "not_a_feed"
    assert world.error("B15 empty") in ("empty", "not_a_feed")


@pytest.mark.fault("B16")
def test_a_broken_entry_costs_no_other(world):
    numbers = {int(title.split()[3]) for title in world.titles("B16")}
    assert numbers >= set(range(1, 11)) - {3}
    assert world.notes("B16")


@pytest.mark.fault("B17")
def test_links_start_from_where_the_feed_was(world):
    assert {hit.url for hit in world.hits if hit.source == "B17"} == {f"{world.base}/relative", f"{world.base}/up"}


@pytest.mark.fault("B18")
def test_what_makes_the_parser_raise_costs_one_entry_at_most(world):
    assert "Contact group B18 2" in world.titles("B18")


@pytest.mark.fault("B10", "B11")
def test_the_second_poll_brought_nothing_new_and_nothing_was_sent_twice(world):
    told = "".join(world.mails)
    assert len(world.mails) == len(set(world.mails))
    assert sum(hit.title in told for hit in world.hits) > 10
    assert len(world.hits) == len({(hit.source, hit.title) for hit in world.hits})
