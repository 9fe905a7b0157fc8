"""Stories, channels, notices as deliveries, and why a delivery waits."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_STATES = "state IN ('pending', 'held', 'sending', 'failed', 'sent', 'expired', 'dead', 'suppressed', 'cancelled')"
_STATES_BEFORE = "state IN ('pending', 'sending', 'failed', 'sent', 'expired', 'dead', 'suppressed')"


def _flag(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def upgrade() -> None:
    _stories()
    with op.batch_alter_table("source") as source:
        source.add_column(sa.Column("country", sa.String(), nullable=True))
    with op.batch_alter_table("notice") as notice:
        notice.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="source"))
        notice.add_column(sa.Column("topic", sa.String(), nullable=True))
        notice.add_column(sa.Column("language", sa.String(), nullable=True))
        notice.add_column(_flag("told"))
        notice.create_index("ix_notice_told", ["told"], unique=False)
    op.execute("UPDATE notice SET told = true")
    op.execute("UPDATE notice SET kind = 'network' WHERE subject = 'network'")
    _outbox()
    op.execute("DELETE FROM pace WHERE key LIKE 'alert:%'")


def _stories() -> None:
    op.create_table(
        "story",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opened", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "print",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"]),
        sa.PrimaryKeyConstraint("article_id"),
    )
    op.create_index("ix_print_story_id", "print", ["story_id"], unique=False)
    op.create_index("ix_print_at", "print", ["at"], unique=False)
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided", sa.DateTime(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'merged', 'rejected')", name="state_known"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("article_id", "story_id"),
    )
    op.create_index("ix_suggestion_article_id", "suggestion", ["article_id"], unique=False)
    op.create_index("ix_suggestion_story_id", "suggestion", ["story_id"], unique=False)


def _outbox() -> None:
    with op.batch_alter_table("delivery") as delivery:
        delivery.alter_column("hit_id", existing_type=sa.Integer(), nullable=True)
        delivery.alter_column("article_id", existing_type=sa.Integer(), nullable=True)
        delivery.add_column(sa.Column("notice_id", sa.Integer(), nullable=True))
        delivery.add_column(sa.Column("story_id", sa.Integer(), nullable=True))
        delivery.add_column(sa.Column("held", sa.String(), nullable=True))
        for name in ("is_update", "urgent", "alone", "put_off", "refused"):
            delivery.add_column(_flag(name))
        delivery.add_column(sa.Column("wakes", sa.Integer(), nullable=False, server_default="0"))
        delivery.create_foreign_key("delivery_notice", "notice", ["notice_id"], ["id"])
        delivery.create_foreign_key("delivery_story", "story", ["story_id"], ["id"])
        delivery.create_unique_constraint("delivery_notice_once", ["notice_id", "alert"])
        delivery.drop_constraint("state_known", type_="check")
        delivery.create_check_constraint("state_known", _STATES)
    op.create_index("delivery_of_alert", "delivery", ["alert", "state"], unique=False)
    op.create_index("delivery_of_story", "delivery", ["story_id", "alert"], unique=False)
    with op.batch_alter_table("attempt") as attempt:
        attempt.add_column(sa.Column("alert", sa.String(), nullable=False, server_default=""))
        attempt.add_column(sa.Column("message", sa.String(), nullable=False, server_default=""))
    op.create_index("attempt_of_alert", "attempt", ["alert", "ended"], unique=False)
    op.create_table(
        "channel",
        sa.Column("alert", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("health", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=True),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.CheckConstraint("health IN ('ok', 'failing', 'refused')", name="health_known"),
        sa.PrimaryKeyConstraint("alert"),
    )
    op.create_index("ix_channel_address", "channel", ["address"], unique=False)


def downgrade() -> None:
    op.drop_table("channel")
    op.drop_index("attempt_of_alert", "attempt")
    with op.batch_alter_table("attempt") as attempt:
        attempt.drop_column("message")
        attempt.drop_column("alert")
    op.drop_index("delivery_of_story", "delivery")
    op.drop_index("delivery_of_alert", "delivery")
    op.execute("DELETE FROM attempt WHERE delivery_id IN (SELECT id FROM delivery WHERE hit_id IS NULL)")
    op.execute("DELETE FROM delivery WHERE hit_id IS NULL")
    op.execute("UPDATE delivery SET state = 'pending' WHERE state = 'held'")
    op.execute("UPDATE delivery SET state = 'suppressed' WHERE state = 'cancelled'")
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_constraint("state_known", type_="check")
        delivery.create_check_constraint("state_known", _STATES_BEFORE)
        delivery.drop_constraint("delivery_notice_once", type_="unique")
        delivery.drop_constraint("delivery_story", type_="foreignkey")
        delivery.drop_constraint("delivery_notice", type_="foreignkey")
        for name in ("wakes", "refused", "put_off", "alone", "urgent", "is_update", "held", "story_id", "notice_id"):
            delivery.drop_column(name)
        delivery.alter_column("article_id", existing_type=sa.Integer(), nullable=False)
        delivery.alter_column("hit_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("suggestion")
    op.drop_table("print")
    op.drop_table("story")
    with op.batch_alter_table("notice") as notice:
        notice.drop_index("ix_notice_told")
        for name in ("told", "language", "topic", "kind"):
            notice.drop_column(name)
    with op.batch_alter_table("source") as source:
        source.drop_column("country")
