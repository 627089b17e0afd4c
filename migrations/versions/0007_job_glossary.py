"""A job says which glossary its drafts are held to."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; jobs before have none."""
    op.execute("ALTER TABLE job ADD COLUMN glossary varchar")


def downgrade() -> None:
    """Drop it; a job that is running goes on without its glossary."""
    op.execute("ALTER TABLE job DROP COLUMN glossary")
