"""An index by which an article is found by its content, whatever it is called."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_edition_revision_content_hash", "edition_revision", ["content_hash"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_edition_revision_content_hash")
