"""Which sightings are those of second nets, and what became of the articles they showed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("sighting") as sighting:
        sighting.add_column(sa.Column("control", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("article") as article:
        article.add_column(sa.Column("outlet", sa.String(), nullable=True))
    op.create_table(
        "coverage",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.DateTime(), nullable=False),
        sa.Column("caught", sa.String(), nullable=False),
        sa.Column("ours", sa.Integer(), nullable=True),
        sa.Column("came", sa.DateTime(), nullable=True),
        sa.Column("twin", sa.Integer(), nullable=True),
        sa.Column("ruled", sa.DateTime(), nullable=False),
        sa.CheckConstraint("caught IN ('found', 'later', 'missed')", name="caught_known"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["ours"], ["article.id"]),
        sa.ForeignKeyConstraint(["twin"], ["article.id"]),
        sa.PrimaryKeyConstraint("article_id"),
    )
    op.create_index("ix_coverage_seen", "coverage", ["seen"], unique=False)


def downgrade() -> None:
    op.drop_table("coverage")
    with op.batch_alter_table("article") as article:
        article.drop_column("outlet")
    with op.batch_alter_table("sighting") as sighting:
        sighting.drop_column("control")
