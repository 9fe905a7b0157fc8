"""Claims that cost the same however much waits: what waits and what was read have an index each, in order of time."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
LEASED, DONE, WAITS = "lease_until IS NOT NULL", "state = 'done'", "state IN ('pending', 'again')"


def upgrade() -> None:
    op.drop_index("article_queue", "article")
    _index("article_waiting", WAITS, "due", "id", "polite", "lease_until", "source_id", "state")
    _index("article_done", DONE, "due", "id")
    op.drop_index("article_leased", "article")
    _index("article_leased", LEASED, "polite", "lease_until")


def downgrade() -> None:
    op.drop_index("article_leased", "article")
    _index("article_leased", LEASED, "polite")
    op.drop_index("article_done", "article")
    op.drop_index("article_waiting", "article")
    op.create_index("article_queue", "article", ["state", "due"])


def _index(name: str, where: str, *columns: str) -> None:
    op.create_index(name, "article", list(columns), sqlite_where=sa.text(where), postgresql_where=sa.text(where))
