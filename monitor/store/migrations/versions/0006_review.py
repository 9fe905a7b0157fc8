"""Lists that stay fast, search in every script, tags, saved filters, logins, what a source brought by day."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from monitor.model import CANARY
from monitor.store.search import drop_index, fill_index, make_index

revision = "0006"
down_revision = "0005"

_IN_LIST = ["found", "id", "topic", "grade", "language", "source_id", "country", "state", "withdrawn"]
_INDEXES = {
    "hit_listed": [*_IN_LIST, "story_id"],
    "hit_of_story": ["story_id", *_IN_LIST, "article_id"],
    "hit_of_source": ["source_id", "found", "id", "withdrawn"],
    "hit_kind": ["language", "topic", "source_id", "withdrawn"],
}
_OF_DELIVERIES = {
    "delivery_sent": ["sent"],
    "delivery_in_state": ["state", "id"],
    "delivery_on_alert": ["alert", "id"],
    "delivery_last": ["alert", "sent"],
}


def _of_article(column: str) -> str:
    joined = "article JOIN source ON source.id = article.source_id"
    return f"(SELECT {column} FROM {joined} WHERE article.id = article_id)"  # noqa: S608


def upgrade() -> None:
    _tables()
    op.execute("INSERT INTO hit_text (hit_id, folded) SELECT id, search FROM hit")
    make_index(op.get_bind())
    fill_index(op.get_bind())
    _hits()
    _articles()
    _sources()
    _sightings()
    op.add_column("decision", sa.Column("who", sa.String(), nullable=False, server_default=""))
    op.add_column("decision", sa.Column("tags", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("decision", sa.Column("undoes", sa.Integer(), nullable=True))
    op.create_index("ix_decision_at", "decision", ["at"], unique=False)
    for name, columns in _OF_DELIVERIES.items():
        op.create_index(name, "delivery", columns, unique=False)
    op.create_index("suggestion_open", "suggestion", ["state", "score"], unique=False)


def _hits() -> None:
    """In place: SQLite cannot make the table anew while others refer to it."""
    op.drop_index("ix_hit_topic", "hit")
    op.drop_index("ix_hit_found", "hit")
    op.execute("ALTER TABLE hit DROP COLUMN search")
    op.execute("ALTER TABLE hit ADD COLUMN source_id INTEGER REFERENCES source (id)")
    op.execute("ALTER TABLE hit ADD COLUMN story_id INTEGER REFERENCES story (id)")
    op.add_column("hit", sa.Column("language", sa.String(), nullable=True))
    op.add_column("hit", sa.Column("country", sa.String(), nullable=True))
    op.execute(
        f"UPDATE hit SET source_id = {_of_article('article.source_id')}, language = {_of_article('article.language')},"  # noqa: S608
        f" country = {_of_article('source.country')},"
        " story_id = (SELECT story_id FROM print WHERE print.article_id = hit.article_id)"
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, "hit", columns, unique=False)


def _articles() -> None:
    op.drop_index("article_near", "article")
    for name, columns, only in (
        ("article_near", ["found", "id", "language", "source_id"], sa.text("near IS NOT NULL")),
        ("article_canonical", ["canonical_url"], sa.text("canonical_url IS NOT NULL")),
        ("article_on_page", ["url"], sa.text("url_key >= 'entry:' AND url_key < 'entry;'")),
    ):
        op.create_index(name, "article", columns, unique=False, sqlite_where=only, postgresql_where=only)


def _sightings() -> None:
    only: dict[str, Any] = {"sqlite_where": sa.text("control IS 1"), "postgresql_where": sa.text("control IS true")}
    columns = ["source_id", "article_id", "seen", "control"]
    op.create_index("sighting_of_nets", "sighting", columns, unique=False, **only)


def _sources() -> None:
    op.add_column("source", sa.Column("paused", sa.DateTime(), nullable=True))
    op.add_column("source", sa.Column("paused_by", sa.String(), nullable=False, server_default=""))
    op.add_column("source", sa.Column("articles", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE source SET articles = (SELECT count(*) FROM article WHERE source_id = source.id)")
    others = f"source_id <> coalesce((SELECT id FROM source WHERE name = '{CANARY}'), 0)"  # noqa: S608
    op.execute(
        "INSERT INTO source_day (source_id, day, entries, hits)"  # noqa: S608
        f" SELECT source_id, {_day('seen')}, count(*), 0 FROM sighting WHERE {others} GROUP BY 1, 2"
    )
    op.execute(
        "INSERT INTO source_day (source_id, day, entries, hits)"  # noqa: S608
        f" SELECT source_id, {_day('found')}, 0, count(*) FROM hit WHERE NOT withdrawn AND {others} GROUP BY 1, 2"
        " ON CONFLICT (source_id, day) DO UPDATE SET hits = excluded.hits"
    )


def _day(column: str) -> str:
    return f"substr(CAST({column} AS VARCHAR), 1, 10)"


def _tables() -> None:
    op.create_table(
        "hit_text",
        sa.Column("hit_id", sa.Integer(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["hit_id"], ["hit.id"]),
        sa.PrimaryKeyConstraint("hit_id"),
    )
    op.create_table(
        "hit_tag",
        sa.Column("hit_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["hit_id"], ["hit.id"]),
        sa.PrimaryKeyConstraint("hit_id", "tag"),
    )
    op.create_index("ix_hit_tag_tag", "hit_tag", ["tag"], unique=False)
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "login",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_login_expires", "login", ["expires"], unique=False)
    op.create_table(
        "source_day",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
        sa.PrimaryKeyConstraint("source_id", "day"),
    )


def downgrade() -> None:
    drop_index(op.get_bind())
    op.drop_index("suggestion_open", "suggestion")
    for name in _OF_DELIVERIES:
        op.drop_index(name, "delivery")
    op.drop_index("ix_decision_at", "decision")
    for table, columns in (("decision", ("undoes", "tags", "who")), ("source", ("articles", "paused_by", "paused"))):
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_index("sighting_of_nets", "sighting")
    op.drop_index("article_on_page", "article")
    op.drop_index("article_canonical", "article")
    op.drop_index("article_near", "article")
    op.create_index("article_near", "article", ["near", "found"], unique=False)
    for name in _INDEXES:
        op.drop_index(name, "hit")
    op.add_column("hit", sa.Column("search", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE hit SET search = (SELECT folded FROM hit_text WHERE hit_id = hit.id)")
    for column in ("country", "language", "story_id", "source_id"):
        op.execute(f"ALTER TABLE hit DROP COLUMN {column}")
    op.create_index("ix_hit_found", "hit", ["found"], unique=False)
    op.create_index("ix_hit_topic", "hit", ["topic"], unique=False)
    for table in ("source_day", "login", "saved_filter", "hit_tag", "hit_text"):
        op.drop_table(table)
