"""Links say whether they moved, and why their two sides stand together."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add both columns."""
    op.add_column(
        "link", sa.Column("moved", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("link", sa.Column("reason", sa.String(), nullable=True))


def downgrade() -> None:
    """Drop both."""
    op.drop_column("link", "reason")
    op.drop_column("link", "moved")
