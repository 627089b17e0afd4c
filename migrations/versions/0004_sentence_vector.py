"""Vectors of sentences, by the encoder's name and the hash of the text."""

from alembic import op

revision = "0004"
down_revision = "0003"

_TABLE = """
CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE sentence_vector (
    encoder varchar NOT NULL,
    hash bytea NOT NULL,
    vector vector NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_sentence_vector PRIMARY KEY (encoder, hash)
)
"""


def upgrade() -> None:
    """Make the table, and pgvector's type for it."""
    op.execute(_TABLE)


def downgrade() -> None:
    """Drop the table; pgvector stays, as others may have come to use it."""
    op.execute("DROP TABLE sentence_vector")
