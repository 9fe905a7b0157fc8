"""Many machines: what is under way at a host is known without a look at all sources."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    leased = sa.text("lease_until IS NOT NULL")
    op.create_index("source_leased", "source", ["polite"], sqlite_where=leased, postgresql_where=leased)


def downgrade() -> None:
    op.drop_index("source_leased", "source")
