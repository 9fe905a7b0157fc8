"""One source, a web of a few documents, the real desks on a real database, and a clock that is set."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from in_process import run_here
from sqlmodel import select
from stores import read_store

from monitor.deliver.routing import deliveries
from monitor.errors import FetchError
from monitor.model import Alert, Document, Source
from monitor.poll.desk import PollDesk
from monitor.poll.outage import Outage
from monitor.read.desk import ReadDesk
from monitor.store import PollStore, ReviewStore
from monitor.store.history_tables import GapRow, NoticeRow, RevisionRow
from monitor.store.outbox_tables import DeliveryRow
from monitor.store.tables import ArticleRow, HitRow
from monitor.urls import host_of

FEED = "https://harbour.example/feed"
GROUP = "The ministers of the contact group came together and promised more air defence to Kyiv, as was expected. "
RAIN = "Rain is expected along the coast until Sunday, with a fresh wind from the west and mild nights inland. "
TOPIC = (
    "{name: ramstein, threshold: 3, certain: 5, concepts: {group: {en: [contact group*]}}, "
    "hits: [{rule: named, concept: group, weight: {title: 5, lead: 5, text: 5}}]}"
)
MAIL = Alert("mail", "mailto://desk@example.org", ("ramstein",))
GONE = FetchError("http", "answers 410", status=410, permanent=True)
CUT = FetchError("dns", "no address")


def item(number, published=None, title=None, text="", link=None, guid=None):
    """One entry of a feed, by default known by its number."""
    link = f"https://harbour.example/story/{number}" if link is None else link
    guid = link if guid is None else guid
    return (
        f"<item><title>{escape(title or f'Story {number}')}</title>"
        + (f"<link>{escape(link)}</link>" if link else "")
        + (f'<guid isPermaLink="false">{escape(guid)}</guid>' if guid else "")
        + (f"<pubDate>{format_datetime(published)}</pubDate>" if published else "")
        + f"<description>{escape(text)}</description></item>"
    )


def rss(*items, head=""):
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>Harbour</title>{head}{''.join(items)}</channel></rss>"
    ).encode()


def page(title, text):
    body = f"<h1>{escape(title)}</h1>" + "".join(f"<p>{escape(text)}</p>" for _ in range(4))
    return f"<html><head><title>{escape(title)}</title></head><body><article>{body}</article></body></html>".encode()


class SmallHouse:
    """The desks with their stores; ``web`` maps addresses to bytes, or to what is raised; the rest is not there."""

    def __init__(self, database, clock, *sources, run=None, hosts=None):
        self.database, self.clock = database, clock
        self.sources = sources or (Source("Harbour", FEED, pace=timedelta(0)),)
        self.web, self.asked, self.run = {}, [], run or run_here()
        self.start(hosts)

    def start(self, hosts=None):
        """Wire everything anew, as after a restart."""
        self.polls = PollStore(self.database, self.sources)
        self.reads = read_store(self.database, self.sources)
        self.review = ReviewStore(self.database)
        self.polls.sync(self.clock())
        self.polls.recover()
        self.reads.recover()
        outage = Outage(hosts or len({host_of(source.url) for source in self.sources}), self.polls.down_since())
        self.poll_desk = PollDesk(self.polls, self.fetch, self.run, lambda: 0.5, outage)
        setup = {"topics": [{"file": "topic.yaml", "text": TOPIC}]}
        self.read_desk = ReadDesk(self.reads, self.fetch, self.run, self.route, setup=setup, obey_robots=False)

    def route(self, finding, article, now):
        hits = [verdict.topic for verdict in finding.verdicts if verdict.hit]
        return deliveries(finding, hits, [MAIL], source=None, found=article.found, backlog=article.backlog, now=now)

    def fetch(self, url, *, etag=None, **_):
        self.asked.append(url)
        answer = self.web.get(url, FetchError("http", "answers 404", status=404, permanent=True))
        answer = answer() if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Document):
            return answer
        kind = "text/html" if answer.startswith(b"<html") else "text/xml"
        return Document(url, url, 200, {"content-type": kind}, answer)

    def poll(self, name="Harbour"):
        """Poll one source now, with all that is read back for it; return how many requests that took."""
        asked = len(self.asked)
        while True:
            due = self.polls.claim_named(name, self.clock())
            self.poll_desk.save(due, self.poll_desk.work(due), self.clock())
            if not self.view(name).next_poll - self.clock() < timedelta(minutes=1):
                return len(self.asked) - asked
            self.clock.forward(seconds=2)

    def read(self):
        """Read what is due; return how many pages."""
        number = 0
        while (article := self.read_desk.claim(self.clock())) is not None:
            self.read_desk.save(article, self.read_desk.work(article), self.clock())
            self.clock.forward(seconds=2)
            number += 1
        return number

    def view(self, name="Harbour"):
        return next(view for view in self.review.sources() if view.name == name)

    def rows(self, table, *where):
        with self.database.read() as session:
            found = list(session.exec(select(table).where(*where)))
            session.expunge_all()
        return found

    def titles(self):
        return sorted(row.heading or row.title for row in self.rows(ArticleRow))

    def article(self, number):
        return next(row for row in self.rows(ArticleRow) if row.url.endswith(f"/{number}"))

    def notices(self, subject="Harbour"):
        return [notice.state for notice in self.rows(NoticeRow, NoticeRow.subject == subject)]

    def gaps(self):
        return self.rows(GapRow)

    def revisions(self):
        return self.rows(RevisionRow)

    def alerts(self):
        return self.rows(DeliveryRow, DeliveryRow.state.in_(("pending", "held")))

    def hits(self):
        return self.rows(HitRow)
