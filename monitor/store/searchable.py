"""The search index made anew from what is stored: for a database in which it is not true any more."""

from __future__ import annotations

import zlib

from sqlmodel import Session, col, select

from monitor.store.folding import fold
from monitor.store.review_tables import HitTextRow
from monitor.store.search import drop_index, fill_index, make_index
from monitor.store.tables import ArticleRow, HitRow, TextRow


def make_searchable_anew(session: Session) -> None:
    """Fold the texts of hits that have none to search, and index all of them; some 2 ms each."""
    _add_lacking(session)
    session.flush()
    connection = session.connection()
    drop_index(connection)
    make_index(connection)
    fill_index(connection)


def _add_lacking(session: Session) -> None:
    has = select(HitTextRow.hit_id)
    query = (
        select(HitRow.id, ArticleRow.title, TextRow.body)
        .join(ArticleRow, col(ArticleRow.id) == col(HitRow.article_id))
        .join(TextRow, col(TextRow.article_id) == col(HitRow.article_id), isouter=True)
        .where(col(HitRow.id).not_in(has))
    )
    for hit, title, body in session.exec(query).all():
        said = zlib.decompress(body).decode() if body else ""
        session.add(HitTextRow(hit_id=hit or 0, folded=fold(f"{title}\n{said}")))
