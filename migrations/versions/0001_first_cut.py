"""The first cut of the data model: articles, editions, alignments and their review."""

from alembic import op

revision = "0001"
down_revision = None

_STATES = "'untranslated', 'draft', 'needs_work', 'reviewed', 'approved', 'published', 'rejected'"

_ARTICLES = """
CREATE TABLE article (
    id uuid NOT NULL,
    key varchar NOT NULL,
    title varchar NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_article PRIMARY KEY (id),
    CONSTRAINT uq_article_key UNIQUE (key)
);

CREATE TABLE edition (
    id uuid NOT NULL,
    article_id uuid NOT NULL,
    language varchar(32) NOT NULL,
    provenance varchar(32) NOT NULL,
    source_edition_id uuid,
    current_revision_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_edition PRIMARY KEY (id),
    CONSTRAINT uq_edition_article_id_language_provenance
        UNIQUE (article_id, language, provenance),
    CONSTRAINT fk_edition_article_id
        FOREIGN KEY (article_id) REFERENCES article (id) ON DELETE CASCADE,
    CONSTRAINT fk_edition_source_edition_id
        FOREIGN KEY (source_edition_id) REFERENCES edition (id) ON DELETE CASCADE,
    CONSTRAINT ck_edition_language CHECK (language IN ('en', 'fr', 'ru')),
    CONSTRAINT ck_edition_provenance
        CHECK (provenance IN ('original', 'human', 'machine', 'post_edited'))
);
CREATE INDEX ix_edition_source_edition_id ON edition (source_edition_id);

CREATE TABLE edition_revision (
    id uuid NOT NULL,
    edition_id uuid NOT NULL,
    seq integer NOT NULL,
    content_hash varchar NOT NULL,
    format varchar NOT NULL,
    encoding varchar NOT NULL,
    repairs jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_edition_revision PRIMARY KEY (id),
    CONSTRAINT uq_edition_revision_edition_id_seq UNIQUE (edition_id, seq),
    CONSTRAINT uq_edition_revision_edition_id_content_hash UNIQUE (edition_id, content_hash),
    CONSTRAINT uq_edition_revision_id_edition_id UNIQUE (id, edition_id),
    CONSTRAINT fk_edition_revision_edition_id
        FOREIGN KEY (edition_id) REFERENCES edition (id) ON DELETE CASCADE
);
ALTER TABLE edition ADD CONSTRAINT fk_edition_current_revision
    FOREIGN KEY (current_revision_id, id) REFERENCES edition_revision (id, edition_id);

CREATE TABLE segment (
    id uuid NOT NULL,
    edition_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_segment PRIMARY KEY (id),
    CONSTRAINT fk_segment_edition_id
        FOREIGN KEY (edition_id) REFERENCES edition (id) ON DELETE CASCADE
);
CREATE INDEX ix_segment_edition_id ON segment (edition_id);

CREATE TABLE segment_text (
    id uuid NOT NULL,
    segment_id uuid NOT NULL,
    version integer NOT NULL,
    kind varchar(32) NOT NULL,
    level integer NOT NULL,
    text varchar NOT NULL,
    markup varchar,
    exact_hash varchar NOT NULL,
    norm_hash varchar NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_segment_text PRIMARY KEY (id),
    CONSTRAINT uq_segment_text_segment_id_version UNIQUE (segment_id, version),
    CONSTRAINT fk_segment_text_segment_id
        FOREIGN KEY (segment_id) REFERENCES segment (id) ON DELETE CASCADE,
    CONSTRAINT ck_segment_text_kind CHECK (kind IN (
        'title', 'byline', 'date', 'heading', 'para', 'quote', 'caption', 'list_item',
        'furniture'))
);
CREATE INDEX ix_segment_text_norm_hash ON segment_text (norm_hash);

CREATE TABLE revision_item (
    revision_id uuid NOT NULL,
    position integer NOT NULL,
    segment_text_id uuid NOT NULL,
    CONSTRAINT pk_revision_item PRIMARY KEY (revision_id, position),
    CONSTRAINT fk_revision_item_revision_id
        FOREIGN KEY (revision_id) REFERENCES edition_revision (id) ON DELETE CASCADE,
    CONSTRAINT fk_revision_item_segment_text_id
        FOREIGN KEY (segment_text_id) REFERENCES segment_text (id) ON DELETE CASCADE
);
CREATE INDEX ix_revision_item_segment_text_id ON revision_item (segment_text_id);
"""

_ALIGNMENTS = f"""
CREATE TABLE alignment (
    id uuid NOT NULL,
    source_revision_id uuid NOT NULL,
    target_edition_id uuid NOT NULL,
    target_revision_id uuid,
    signature varchar,
    is_current boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_alignment PRIMARY KEY (id),
    CONSTRAINT fk_alignment_source_revision_id
        FOREIGN KEY (source_revision_id) REFERENCES edition_revision (id) ON DELETE CASCADE,
    CONSTRAINT fk_alignment_target_edition_id
        FOREIGN KEY (target_edition_id) REFERENCES edition (id) ON DELETE CASCADE,
    CONSTRAINT fk_alignment_target_revision_id
        FOREIGN KEY (target_revision_id) REFERENCES edition_revision (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_alignment_current
    ON alignment (source_revision_id, target_edition_id) WHERE is_current;
CREATE INDEX ix_alignment_source_revision_id ON alignment (source_revision_id);
CREATE INDEX ix_alignment_target_edition_id ON alignment (target_edition_id);
CREATE INDEX ix_alignment_target_revision_id ON alignment (target_revision_id);

CREATE TABLE link (
    id uuid NOT NULL,
    alignment_id uuid NOT NULL,
    position integer NOT NULL,
    confidence double precision NOT NULL,
    cost double precision NOT NULL,
    origin varchar(32) NOT NULL,
    state varchar(32) NOT NULL,
    draft_id uuid,
    version integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_link PRIMARY KEY (id),
    CONSTRAINT uq_link_alignment_id_position UNIQUE (alignment_id, position),
    CONSTRAINT uq_link_id_alignment_id UNIQUE (id, alignment_id),
    CONSTRAINT fk_link_alignment_id
        FOREIGN KEY (alignment_id) REFERENCES alignment (id) ON DELETE CASCADE,
    CONSTRAINT ck_link_confidence CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT ck_link_linkorigin CHECK (origin IN ('auto', 'manual', 'imported')),
    CONSTRAINT ck_link_state CHECK (state IN ({_STATES}))
);
CREATE INDEX ix_link_alignment_id_state_position ON link (alignment_id, state, position);

CREATE TABLE link_member (
    link_id uuid NOT NULL,
    side varchar(32) NOT NULL,
    position integer NOT NULL,
    alignment_id uuid NOT NULL,
    segment_text_id uuid NOT NULL,
    CONSTRAINT pk_link_member PRIMARY KEY (link_id, side, position),
    CONSTRAINT uq_link_member_alignment_id_side_segment_text_id
        UNIQUE (alignment_id, side, segment_text_id),
    CONSTRAINT fk_link_member_link_id_alignment_id
        FOREIGN KEY (link_id, alignment_id) REFERENCES link (id, alignment_id)
        ON DELETE CASCADE,
    CONSTRAINT fk_link_member_segment_text_id
        FOREIGN KEY (segment_text_id) REFERENCES segment_text (id) ON DELETE CASCADE,
    CONSTRAINT ck_link_member_side CHECK (side IN ('source', 'target'))
);
CREATE INDEX ix_link_member_segment_text_id ON link_member (segment_text_id);
"""

_REVIEW = f"""
CREATE TABLE draft (
    id uuid NOT NULL,
    link_id uuid NOT NULL,
    seq integer NOT NULL,
    text varchar NOT NULL,
    markup varchar,
    origin varchar(32) NOT NULL,
    model varchar,
    signature varchar NOT NULL,
    flags jsonb NOT NULL,
    source_hash varchar NOT NULL,
    author varchar,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_draft PRIMARY KEY (id),
    CONSTRAINT uq_draft_link_id_seq UNIQUE (link_id, seq),
    CONSTRAINT uq_draft_id_link_id UNIQUE (id, link_id),
    CONSTRAINT fk_draft_link_id
        FOREIGN KEY (link_id) REFERENCES link (id) ON DELETE CASCADE,
    CONSTRAINT ck_draft_draftorigin CHECK (origin IN ('mt', 'tm', 'human', 'import'))
);
ALTER TABLE link ADD CONSTRAINT fk_link_draft
    FOREIGN KEY (draft_id, id) REFERENCES draft (id, link_id);

CREATE TABLE working_copy (
    link_id uuid NOT NULL,
    reviewer varchar NOT NULL,
    text varchar NOT NULL,
    base_version integer NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_working_copy PRIMARY KEY (link_id, reviewer),
    CONSTRAINT fk_working_copy_link_id
        FOREIGN KEY (link_id) REFERENCES link (id) ON DELETE CASCADE
);

CREATE TABLE decision (
    id uuid NOT NULL,
    link_id uuid NOT NULL,
    draft_id uuid,
    actor varchar NOT NULL,
    from_state varchar(32) NOT NULL,
    to_state varchar(32) NOT NULL,
    note varchar,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_decision PRIMARY KEY (id),
    CONSTRAINT fk_decision_link_id
        FOREIGN KEY (link_id) REFERENCES link (id) ON DELETE CASCADE,
    CONSTRAINT fk_decision_draft
        FOREIGN KEY (draft_id, link_id) REFERENCES draft (id, link_id),
    CONSTRAINT ck_decision_from_state CHECK (from_state IN ({_STATES})),
    CONSTRAINT ck_decision_to_state CHECK (to_state IN ({_STATES}))
);
CREATE INDEX ix_decision_link_id ON decision (link_id);
"""

_JOBS = """
CREATE TABLE job (
    id uuid NOT NULL,
    kind varchar(32) NOT NULL,
    article_id uuid NOT NULL,
    alignment_id uuid NOT NULL,
    status varchar(32) NOT NULL,
    progress_done integer NOT NULL,
    progress_total integer NOT NULL,
    error varchar,
    attempts integer NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_job PRIMARY KEY (id),
    CONSTRAINT fk_job_article_id
        FOREIGN KEY (article_id) REFERENCES article (id) ON DELETE CASCADE,
    CONSTRAINT fk_job_alignment_id
        FOREIGN KEY (alignment_id) REFERENCES alignment (id) ON DELETE CASCADE,
    CONSTRAINT ck_job_jobkind CHECK (kind IN ('translate', 'align')),
    CONSTRAINT ck_job_jobstatus
        CHECK (status IN ('queued', 'running', 'succeeded', 'failed')),
    CONSTRAINT ck_job_progress CHECK (progress_done BETWEEN 0 AND progress_total)
);
CREATE UNIQUE INDEX uq_job_active
    ON job (alignment_id) WHERE status IN ('queued', 'running');
CREATE INDEX ix_job_article_id ON job (article_id);
CREATE INDEX ix_job_alignment_id ON job (alignment_id);
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_ARTICLES, _ALIGNMENTS, _REVIEW, _JOBS):
        op.execute(statements)


def downgrade() -> None:
    """Drop the tables with all that is in them."""
    op.execute("ALTER TABLE edition DROP CONSTRAINT fk_edition_current_revision")
    op.execute("ALTER TABLE link DROP CONSTRAINT fk_link_draft")
    op.execute("""
        DROP TABLE job, decision, working_copy, draft, link_member, link, alignment,
            revision_item, segment_text, segment, edition_revision, edition, article
    """)
