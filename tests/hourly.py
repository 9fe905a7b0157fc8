"""Hits by the hour, for tests of spikes: written straight into the tables of a real database."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from monitor.keep.spikes import told
from monitor.store import SpikeStore
from monitor.store.story_tables import PrintRow, StoryRow
from monitor.store.tables import ArticleRow, HitRow, SourceRow

END = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
NOW = END + timedelta(minutes=10)
HOUR = timedelta(hours=1)


class Hourly:
    """Sources and their hits, and what is told of them."""

    def __init__(self, database):
        self.database = database
        self.store = SpikeStore(database)
        self.sources = {}

    def source(self, name, **more):
        if name not in self.sources:
            with self.database.write() as session:
                row = SourceRow(
                    name=name, url=f"https://{len(self.sources)}.example/", kind="feed", host="h", due=END, **more
                )
                session.add(row)
                session.flush()
                self.sources[name] = row.id
        return self.sources[name]

    def hit(self, found, *, source="A", language="uk", topic="ramstein", story=None, late=timedelta(0), **more):
        number, withdrawn = self.source(source), more.pop("withdrawn", False)
        with self.database.write() as session:
            key = f"{found.isoformat()} {len(session.exec(select(ArticleRow.id)).all())}"
            title = more.pop("title", key)
            row = ArticleRow(
                url_key=key,
                source_id=number,
                title=title,
                found=found,
                due=found,
                language=language,
                state="done",
                **more,
            )
            session.add(row)
            session.flush()
            session.add(
                HitRow(
                    article_id=row.id, topic=topic, grade="certain", score=5, found=found + late, withdrawn=withdrawn
                )
            )
            if story is not None:
                session.merge(StoryRow(id=story, opened=found))
                session.flush()
                session.add(PrintRow(article_id=row.id, story_id=story, when=found, title="", length=1, signature=b""))

    def quiet(self, hours=336, each=1):
        """So many hours with one hit in every tenth."""
        for hour in range(2, hours + 2, 10):
            for _ in range(each):
                self.hit(END - hour * HOUR)

    def burst(self, count=10, end=END, outlets=6):
        for number in range(count):
            self.hit(end - timedelta(minutes=5 + number), source=f"Paper {number % outlets}")

    def series(self, now=NOW):
        return self.store.series(now, 5)

    def told(self, now=NOW):
        notices = told(self.series(now), str, now)
        self.store.tell(notices)
        return [(one.subject, one.state) for one in notices]
