"""Sources watched: health, rhythm, moves, gaps; articles edited, blocked and read again; notices."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_SOURCE = (
    ("address", sa.String(), None),
    ("polite", sa.String(), ""),
    ("whole", sa.DateTime(), None),
    ("passing", sa.Integer(), "0"),
    ("soft", sa.Integer(), "0"),
    ("hard", sa.Integer(), "0"),
    ("walls", sa.Integer(), "0"),
    ("health", sa.String(), "new"),
    ("health_since", sa.DateTime(), None),
    ("moved_to", sa.String(), None),
    ("moved_since", sa.DateTime(), None),
    ("moved_seen", sa.Integer(), "0"),
    ("interval", sa.Float(), None),
    ("arrivals", sa.JSON(), "[]"),
    ("planned", sa.DateTime(), None),
    ("identity", sa.String(), None),
    ("trail", sa.JSON(), "[]"),
)
_ARTICLE = (
    ("page_url", sa.String(), None),
    ("heading", sa.String(), None),
    ("polite", sa.String(), None),
    ("revision", sa.Integer(), "1"),
    ("edited", sa.DateTime(), None),
    ("blocked", sa.String(), None),
)


def _column(name: str, kind: Any, default: str | None) -> "sa.Column[Any]":
    return sa.Column(name, kind, nullable=default is None, server_default=default)


def upgrade() -> None:
    with op.batch_alter_table("source") as source:
        for column in _SOURCE:
            source.add_column(_column(*column))
    op.execute("UPDATE source SET polite = 'host:' || host")
    op.execute(
        "UPDATE source SET health = CASE WHEN last_poll IS NULL THEN 'new' WHEN failures > 0 THEN 'failing' "
        "ELSE 'ok' END"
    )
    with op.batch_alter_table("article") as article:
        for column in _ARTICLE:
            article.add_column(_column(*column))
        article.drop_constraint("state_known", type_="check")
        article.create_check_constraint("state_known", "state IN ('pending', 'again', 'done')")
    leased = sa.text("lease_until IS NOT NULL")
    op.create_index("article_leased", "article", ["polite"], sqlite_where=leased, postgresql_where=leased)
    op.execute("UPDATE article SET polite = 'host:' || host WHERE host IS NOT NULL")
    with op.batch_alter_table("sighting") as sighting:
        sighting.add_column(sa.Column("fingerprint", sa.String(), nullable=True))
        sighting.add_column(sa.Column("letters", sa.String(), nullable=True))
        sighting.create_index("sighting_fingerprint", ["source_id", "fingerprint"])
    with op.batch_alter_table("hit") as hit:
        hit.add_column(_column("revision", sa.Integer(), "1"))
    op.create_table(
        "gap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("noticed", sa.DateTime(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("read_back", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('reading', 'closed', 'open')", name="state_known"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_gap_source_id", "gap", ["source_id"])
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("was", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notice_at", "notice", ["at"])
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("article_id", "number"),
    )
    op.create_index("ix_revision_article_id", "revision", ["article_id"])


def downgrade() -> None:
    for table in ("revision", "notice", "gap"):
        op.drop_table(table)
    with op.batch_alter_table("hit") as hit:
        hit.drop_column("revision")
    with op.batch_alter_table("sighting") as sighting:
        sighting.drop_index("sighting_fingerprint")
        sighting.drop_column("letters")
        sighting.drop_column("fingerprint")
    op.execute("UPDATE article SET state = 'done' WHERE state = 'again'")
    op.drop_index("article_leased", "article")
    with op.batch_alter_table("article") as article:
        article.drop_constraint("state_known", type_="check")
        article.create_check_constraint("state_known", "state IN ('pending', 'done')")
        for name, *_ in reversed(_ARTICLE):
            article.drop_column(name)
    with op.batch_alter_table("source") as source:
        for name, *_ in reversed(_SOURCE):
            source.drop_column(name)
