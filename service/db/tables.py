"""The tables, as SQLAlchemy sees them; `migrations/` makes them, `alembic check` compares.

The rules are the schema's: a paragraph stands in at most one bead of an alignment, a revision's
content is stored once, a draft is never changed. Times are UTC; identifiers are UUIDv7, so that
they sort by the time they were made.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

from service.db.vector_type import Vector
from service.domain.glossary import LetterCase, PartOfSpeech, TermKind
from service.domain.language import Language
from service.domain.paragraph import Kind
from service.domain.review import DraftOrigin, JobStatus, LinkOrigin, Provenance, State


class Side(StrEnum):
    """Which edition of an alignment a member of a link stands in."""

    SOURCE = "source"
    TARGET = "target"


class JobKind(StrEnum):
    """What a job does."""

    TRANSLATE = "translate"
    ALIGN = "align"


def _words(words: type[StrEnum], *, name: str | None = None) -> Enum:
    """Return the column type of an enumeration: text with a named CHECK, not a PostgreSQL type."""
    return Enum(
        words,
        name=name or words.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


class Row(DeclarativeBase):
    """Parent of all tables; every constraint has a name that a migration can speak of."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        Language: _words(Language),
        Kind: _words(Kind),
        Provenance: _words(Provenance),
        State: _words(State),
        DraftOrigin: _words(DraftOrigin),
        LinkOrigin: _words(LinkOrigin),
        Side: _words(Side),
        JobKind: _words(JobKind),
        JobStatus: _words(JobStatus),
        TermKind: _words(TermKind),
        LetterCase: _words(LetterCase),
        PartOfSpeech: _words(PartOfSpeech),
    }


class Identified:
    """A UUIDv7 key and the time the row was made."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-1)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=90)


class ArticleRow(Identified, Row):
    """What editions are editions of; `key` is how people and addresses name it."""

    __tablename__ = "article"

    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]


class EditionRow(Identified, Row):
    """An article in one language, from one kind of hand."""

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("article_id", "language", "provenance"),
        ForeignKeyConstraint(
            ["current_revision_id", "id"],
            ["edition_revision.id", "edition_revision.edition_id"],
            name="fk_edition_current_revision",
            use_alter=True,
        ),
        Index(None, "source_edition_id"),
    )

    article_id: Mapped[UUID] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    language: Mapped[Language]
    provenance: Mapped[Provenance]
    source_edition_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE")
    )
    current_revision_id: Mapped[UUID | None]


class EditionRevisionRow(Identified, Row):
    """An edition's content as it was at one time; the same content again is the same row."""

    __tablename__ = "edition_revision"
    __table_args__ = (
        UniqueConstraint("edition_id", "seq"),
        UniqueConstraint("edition_id", "content_hash"),
        UniqueConstraint("id", "edition_id"),
        Index(None, "content_hash"),
    )

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    seq: Mapped[int]
    content_hash: Mapped[str]
    format: Mapped[str]
    encoding: Mapped[str]
    repairs: Mapped[list[dict[str, Any]]]


class SegmentRow(Identified, Row):
    """A paragraph's identity within its edition, whatever its text becomes."""

    __tablename__ = "segment"
    __table_args__ = (Index(None, "edition_id"),)

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))


class SegmentTextRow(Identified, Row):
    """One version of a paragraph's text; never changed."""

    __tablename__ = "segment_text"
    __table_args__ = (
        UniqueConstraint("segment_id", "version"),
        Index(None, "norm_hash"),
    )

    segment_id: Mapped[UUID] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"))
    version: Mapped[int]
    kind: Mapped[Kind]
    level: Mapped[int]
    text: Mapped[str]
    markup: Mapped[str | None]
    exact_hash: Mapped[str]
    norm_hash: Mapped[str]


class RevisionItemRow(Row):
    """The paragraphs of a revision in order, from 0."""

    __tablename__ = "revision_item"
    __table_args__ = (Index(None, "segment_text_id"),)

    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("edition_revision.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    segment_text_id: Mapped[UUID] = mapped_column(ForeignKey("segment_text.id", ondelete="CASCADE"))


class AlignmentRow(Identified, Row):
    """Two editions side by side: a source revision, and the target it is aligned with.

    `target_revision_id` is NULL until a machine edition's last paragraph is translated;
    `signature` is NULL until the links are made.
    """

    __tablename__ = "alignment"
    __table_args__ = (
        Index(
            "uq_alignment_current",
            "source_revision_id",
            "target_edition_id",
            unique=True,
            postgresql_where=text("is_current"),
        ),
        Index(None, "source_revision_id"),
        Index(None, "target_edition_id"),
        Index(None, "target_revision_id"),
    )

    source_revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("edition_revision.id", ondelete="CASCADE")
    )
    target_edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    target_revision_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("edition_revision.id", ondelete="CASCADE")
    )
    signature: Mapped[str | None]
    is_current: Mapped[bool] = mapped_column(default=True)


class LinkRow(Identified, Row):
    """One n-m bead of an alignment, and how its review stands; `version` counts its writes."""

    __tablename__ = "link"
    __table_args__ = (
        UniqueConstraint("alignment_id", "position"),
        UniqueConstraint("id", "alignment_id"),
        Index(None, "alignment_id", "state", "position"),
        CheckConstraint("confidence between 0 and 1", name="confidence"),
        ForeignKeyConstraint(
            ["draft_id", "id"],
            ["draft.id", "draft.link_id"],
            name="fk_link_draft",
            use_alter=True,
        ),
    )

    alignment_id: Mapped[UUID] = mapped_column(ForeignKey("alignment.id", ondelete="CASCADE"))
    position: Mapped[int]
    confidence: Mapped[float]
    cost: Mapped[float]
    origin: Mapped[LinkOrigin]
    moved: Mapped[bool] = mapped_column(server_default=text("false"))
    reason: Mapped[str | None]
    state: Mapped[State]
    draft_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)


class LinkMemberRow(Row):
    """A paragraph on one side of exactly one link of an alignment."""

    __tablename__ = "link_member"
    __table_args__ = (
        ForeignKeyConstraint(
            ["link_id", "alignment_id"], ["link.id", "link.alignment_id"], ondelete="CASCADE"
        ),
        UniqueConstraint("alignment_id", "side", "segment_text_id"),
        Index(None, "segment_text_id"),
    )

    link_id: Mapped[UUID] = mapped_column(primary_key=True)
    side: Mapped[Side] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    alignment_id: Mapped[UUID]
    segment_text_id: Mapped[UUID] = mapped_column(ForeignKey("segment_text.id", ondelete="CASCADE"))


class DraftRow(Identified, Row):
    """A target text of a link; written once, never changed."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("link_id", "seq"), UniqueConstraint("id", "link_id"))

    link_id: Mapped[UUID] = mapped_column(ForeignKey("link.id", ondelete="CASCADE"))
    seq: Mapped[int]
    text: Mapped[str]
    markup: Mapped[str | None]
    origin: Mapped[DraftOrigin]
    model: Mapped[str | None]
    signature: Mapped[str]
    flags: Mapped[list[dict[str, Any]]]
    source_hash: Mapped[str]
    author: Mapped[str | None]


class WorkingCopyRow(Row):
    """What one person has typed into a link and not committed; autosaved."""

    __tablename__ = "working_copy"

    link_id: Mapped[UUID] = mapped_column(
        ForeignKey("link.id", ondelete="CASCADE"), primary_key=True
    )
    reviewer: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    base_version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DecisionRow(Identified, Row):
    """Who moved a link from which state to which, and why; never changed."""

    __tablename__ = "decision"
    __table_args__ = (
        Index(None, "link_id"),
        ForeignKeyConstraint(
            ["draft_id", "link_id"], ["draft.id", "draft.link_id"], name="fk_decision_draft"
        ),
    )

    link_id: Mapped[UUID] = mapped_column(ForeignKey("link.id", ondelete="CASCADE"))
    draft_id: Mapped[UUID | None]
    actor: Mapped[str]
    from_state: Mapped[State] = mapped_column(_words(State, name="from_state"))
    to_state: Mapped[State] = mapped_column(_words(State, name="to_state"))
    note: Mapped[str | None]


class SentenceVectorRow(Row):
    """The vector of a sentence, which is not kept itself: a cache, whose rows may go any time."""

    __tablename__ = "sentence_vector"

    encoder: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    vector: Mapped[NDArray[np.float32]] = mapped_column(Vector)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class JobRow(Identified, Row):
    """A job as users see it; procrastinate's own tables carry the queue."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "uq_job_active",
            "alignment_id",
            unique=True,
            postgresql_where=text("status in ('queued', 'running')"),
        ),
        Index(None, "article_id"),
        Index(None, "alignment_id"),
        CheckConstraint("progress_done between 0 and progress_total", name="progress"),
    )

    kind: Mapped[JobKind]
    article_id: Mapped[UUID] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    alignment_id: Mapped[UUID] = mapped_column(ForeignKey("alignment.id", ondelete="CASCADE"))
    status: Mapped[JobStatus] = mapped_column(default=JobStatus.QUEUED)
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int]
    glossary: Mapped[str | None]
    """Its name, as the glossary may be replaced or deleted at any time."""
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class GlossaryRow(Identified, Row):
    """A glossary by its name; `version` is the hash of its terms."""

    __tablename__ = "glossary"

    name: Mapped[str] = mapped_column(unique=True)
    version: Mapped[str]


class GlossaryTermRow(Row):
    """The terms of a glossary in order, from 0; forms stand one after the other, with a bar."""

    __tablename__ = "glossary_term"

    glossary_id: Mapped[UUID] = mapped_column(
        ForeignKey("glossary.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    source_language: Mapped[Language] = mapped_column(_words(Language, name="source_language"))
    target_language: Mapped[Language] = mapped_column(_words(Language, name="target_language"))
    source: Mapped[str]
    target: Mapped[str]
    kind: Mapped[TermKind]
    letter_case: Mapped[LetterCase]
    part_of_speech: Mapped[PartOfSpeech | None]
    source_forms: Mapped[str]
    target_forms: Mapped[str]
    note: Mapped[str]
