"""What the overview of an article shows: its editions whole, and what is linked with what."""

from dataclasses import dataclass

from service.domain.paragraph import Kind
from service.domain.review_page import ReviewColumn, ReviewPage


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewParagraph:
    """A paragraph and the row of the review page it stands in, if it is linked or a source's."""

    text: str
    kind: Kind
    row: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewLink:
    """A bead between source and target, by indexes from 0, and its row of the review page."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    confidence: float
    moved: bool
    """Whether it is out of the order in which most others stand on both sides."""
    confirmed: bool
    """Whether a person made it, or approved its text."""
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewColumn:
    """A target edition and its links with the source."""

    column: ReviewColumn
    paragraphs: tuple[OverviewParagraph, ...]
    links: tuple[OverviewLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """An article's editions; ``page`` is the review page of the same columns."""

    page: ReviewPage
    source: tuple[OverviewParagraph, ...]
    columns: tuple[OverviewColumn, ...]
