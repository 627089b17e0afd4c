"""Glossaries and their terms."""

from alembic import op

revision = "0006"
down_revision = "0005"

_TABLES = """
CREATE TABLE glossary (
    id uuid NOT NULL,
    name varchar NOT NULL,
    version varchar NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_glossary PRIMARY KEY (id),
    CONSTRAINT uq_glossary_name UNIQUE (name)
);

CREATE TABLE glossary_term (
    glossary_id uuid NOT NULL,
    position integer NOT NULL,
    source_language varchar(32) NOT NULL,
    target_language varchar(32) NOT NULL,
    source varchar NOT NULL,
    target varchar NOT NULL,
    kind varchar(32) NOT NULL,
    letter_case varchar(32) NOT NULL,
    part_of_speech varchar(32),
    source_forms varchar NOT NULL,
    target_forms varchar NOT NULL,
    note varchar NOT NULL,
    CONSTRAINT pk_glossary_term PRIMARY KEY (glossary_id, position),
    CONSTRAINT fk_glossary_term_glossary_id
        FOREIGN KEY (glossary_id) REFERENCES glossary (id) ON DELETE CASCADE,
    CONSTRAINT ck_glossary_term_source_language CHECK (source_language IN ('en', 'fr', 'ru')),
    CONSTRAINT ck_glossary_term_target_language CHECK (target_language IN ('en', 'fr', 'ru')),
    CONSTRAINT ck_glossary_term_termkind CHECK (kind IN ('required', 'forbidden', 'keep')),
    CONSTRAINT ck_glossary_term_lettercase CHECK (letter_case IN ('auto', 'exact', 'any')),
    CONSTRAINT ck_glossary_term_partofspeech CHECK (
        part_of_speech IN ('noun', 'verb', 'adjective', 'adverb', 'properNoun', 'other')
    )
);
"""


def upgrade() -> None:
    """Make both tables."""
    op.execute(_TABLES)


def downgrade() -> None:
    """Drop both, with all glossaries."""
    op.execute("DROP TABLE glossary_term")
    op.execute("DROP TABLE glossary")
