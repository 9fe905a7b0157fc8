"""Hits put straight into the tables, for tests of what people decide on them."""

from monitor.store.review_tables import HitTextRow
from monitor.store.story_tables import PrintRow, StoryRow
from monitor.store.tables import ArticleRow, HitRow, SourceRow


def add_hits(database, now, *stories, topic="ramstein", **more):
    """One hit for each number given, in the story of that number (0: in none). Returns their numbers."""
    with database.write() as session:
        source = session.get(SourceRow, 1) or SourceRow(name="Harbour Post", url="u", kind="feed", host="h", due=now)
        session.add(source)
        for number in sorted(set(stories) - {0}):
            session.merge(StoryRow(id=number, opened=now))
        session.flush()
        return [_hit(session, source.id, now, story, topic, more).id for story in stories]


def _hit(session, source, now, story, topic, more):
    article = ArticleRow(url_key="", source_id=source, title="t", found=now, due=now, state="done")
    article.url_key = f"key{id(article)}"
    session.add(article)
    session.flush()
    article.url_key = f"key{article.id}"
    values = {"grade": "certain", "score": 8, "source_id": source, "story_id": story or None, "language": "en", **more}
    hit = HitRow(article_id=article.id, topic=topic, found=now, **values)
    session.add(hit)
    session.flush()
    session.add(HitTextRow(hit_id=hit.id, folded="t"))
    if story:
        made = PrintRow(article_id=article.id, story_id=story, when=now, title="t", length=1, signature=b"")
        session.add(made)
        session.flush()
    return hit
