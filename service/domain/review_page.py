"""What the review page shows: rows of source paragraphs beside the links of each column."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.domain.language import Language
from service.domain.paragraph import Kind
from service.domain.review import DraftOrigin, JobStatus, Provenance, State
from service.domain.translation import Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionHead:
    """An edition as a column's head names it; ``revision`` counts from 1."""

    language: Language
    provenance: Provenance
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """How far a job is, in paragraphs."""

    id: UUID
    status: JobStatus
    done: int
    total: int
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewColumn:
    """A target edition beside a source revision; counts leave out what was set aside."""

    alignment_id: UUID
    source_revision_id: UUID
    language: Language
    provenance: Provenance
    models: tuple[str, ...]
    total: int
    counts: dict[State, int]
    job: JobProgress | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewColumnChoice:
    """A column that could be shown.

    ``beside`` is the language of its source where that is another than the article's original.
    """

    alignment_id: UUID
    language: Language
    provenance: Provenance
    beside: Language | None
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceParagraph:
    """A source paragraph of a row; ``index`` is from 0 in its edition."""

    index: int
    kind: Kind
    level: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCell:
    """One link in its column.

    ``confidence`` is ``None`` where the link holds by construction; ``working_copy`` is what this
    reviewer has typed on top of version ``working_copy_base`` and not committed.
    """

    link_id: UUID
    version: int
    state: State
    text: str
    source_indexes: tuple[int, ...]
    source_ids: tuple[UUID, ...]
    target_ids: tuple[UUID, ...]
    confidence: float | None
    reason: str | None
    moved: bool
    confirmed: bool
    model: str | None
    origin: DraftOrigin | None
    flags: tuple[Flag, ...]
    set_aside: bool
    working_copy: str | None
    working_copy_base: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """Source paragraphs and, for each column in order, the links that stand beside them.

    ``number`` counts rows from 1; ``elsewhere`` are, by column, the numbers of other rows in which
    links of paragraphs of this row stand.
    """

    number: int
    source: tuple[SourceParagraph, ...]
    cells: tuple[tuple[ReviewCell, ...], ...]
    elsewhere: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """An article under review."""

    article_key: str
    title: str
    source: EditionHead
    columns: tuple[ReviewColumn, ...]
    available: tuple[ReviewColumnChoice, ...]
    rows: tuple[ReviewRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSummary:
    """An article in the list, with how far each of its columns is."""

    id: UUID
    key: str
    title: str
    language: Language
    """The original's."""
    created_at: datetime
    columns: tuple[ReviewColumn, ...]
