"""Near misses, hits that changed rules withdrew, deliveries that go out together."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("article") as article:
        article.add_column(sa.Column("near", sa.String(), nullable=True))
        article.create_index("article_near", ["near", "found"], unique=False)
    with op.batch_alter_table("hit") as hit:
        hit.add_column(sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("delivery") as delivery:
        delivery.add_column(sa.Column("batch", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_column("batch")
    with op.batch_alter_table("hit") as hit:
        hit.drop_column("withdrawn")
    with op.batch_alter_table("article") as article:
        article.drop_index("article_near")
        article.drop_column("near")
