"""Lists that stay fast, search in every script, tags, saved filters, logins, what a source brought by day."""

import sqlalchemy as sa
from alembic import op

from monitor.store.search import drop_index, fill_index, make_index

revision = "0006"
down_revision = "0005"

_LISTED = ["found", "id", "topic", "grade", "language", "source_id", "country", "state", "withdrawn"]


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
    op.add_column("decision", sa.Column("who", sa.String(), nullable=False, server_default=""))
    op.add_column("decision", sa.Column("tags", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("decision", sa.Column("undoes", sa.Integer(), nullable=True))
    op.create_index("ix_decision_at", "decision", ["at"], unique=False)
    op.create_index("delivery_sent", "delivery", ["sent"], unique=False)


def _hits() -> None:
    """In place: SQLite cannot make the table anew while others refer to it."""
    op.drop_index("ix_hit_topic", "hit")
    op.drop_index("ix_hit_found", "hit")
    op.execute("ALTER TABLE hit DROP COLUMN search")
    op.execute("ALTER TABLE hit ADD COLUMN source_id INTEGER REFERENCES source (id)")
    op.add_column("hit", sa.Column("language", sa.String(), nullable=True))
    op.add_column("hit", sa.Column("country", sa.String(), nullable=True))
    op.execute(
        f"UPDATE hit SET source_id = {_of_article('article.source_id')}, language = {_of_article('article.language')},"  # noqa: S608
        f" country = {_of_article('source.country')}"
    )
    op.create_index("ix_hit_source_id", "hit", ["source_id"], unique=False)
    op.create_index("hit_listed", "hit", _LISTED, unique=False)


def _articles() -> None:
    op.drop_index("article_near", "article")
    for name, column, only in (
        ("article_near", "found", sa.text("near IS NOT NULL")),
        ("article_canonical", "canonical_url", sa.text("canonical_url IS NOT NULL")),
    ):
        op.create_index(name, "article", [column], unique=False, sqlite_where=only, postgresql_where=only)


def _sources() -> None:
    op.add_column("source", sa.Column("paused", sa.DateTime(), nullable=True))
    op.add_column("source", sa.Column("paused_by", sa.String(), nullable=False, server_default=""))
    op.execute(
        "INSERT INTO source_day (source_id, day, entries, hits) SELECT source_id, substr(found, 1, 10), count(*), 0"
        " FROM article GROUP BY 1, 2"
    )
    op.execute(
        "UPDATE source_day SET hits = (SELECT count(*) FROM hit JOIN article ON article.id = hit.article_id"
        " WHERE article.source_id = source_day.source_id AND substr(hit.found, 1, 10) = source_day.day)"
    )


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
    op.drop_index("delivery_sent", "delivery")
    op.drop_index("ix_decision_at", "decision")
    for table, columns in (("decision", ("undoes", "tags", "who")), ("source", ("paused_by", "paused"))):
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_index("article_canonical", "article")
    op.drop_index("article_near", "article")
    op.create_index("article_near", "article", ["near", "found"], unique=False)
    op.drop_index("hit_listed", "hit")
    op.drop_index("ix_hit_source_id", "hit")
    op.add_column("hit", sa.Column("search", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE hit SET search = (SELECT folded FROM hit_text WHERE hit_id = hit.id)")
    for column in ("country", "language", "source_id"):
        op.execute(f"ALTER TABLE hit DROP COLUMN {column}")
    op.create_index("ix_hit_found", "hit", ["found"], unique=False)
    op.create_index("ix_hit_topic", "hit", ["topic"], unique=False)
    for table in ("source_day", "login", "saved_filter", "hit_tag", "hit_text"):
        op.drop_table(table)
