"""The words in which the pages speak of editions, states, models and confidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from alignment.beads import Span
from service.domain.language import Language
from service.domain.paragraph import Kind
from service.domain.review import DraftOrigin, JobStatus, Provenance, State
from service.domain.review_page import (
    JobProgress,
    ReviewCell,
    ReviewColumn,
    ReviewColumnChoice,
    ReviewRow,
)
from service.domain.translation import Flag

STOPGAP_MODELS: Final = frozenset({"compact", "compact-into-english"})
"""The small models that travel in the wheel until better ones are installed."""

EDITION_WORDS: Final[dict[Provenance, str]] = {
    Provenance.ORIGINAL: "original",
    Provenance.HUMAN: "human edition",
    Provenance.MACHINE: "machine draft",
    Provenance.POST_EDITED: "post-edited draft",
}

STATE_WORDS: Final[dict[State, str]] = {
    State.UNTRANSLATED: "not translated yet",
    State.DRAFT: "draft",
    State.NEEDS_WORK: "needs work",
    State.REVIEWED: "reviewed",
    State.APPROVED: "approved",
    State.PUBLISHED: "published",
    State.REJECTED: "rejected",
}

VIEW_WORDS: Final = {"": "Paragraphs", "overview": "Overview"}
"""The views of an article, by the last part of their addresses."""

_DRAFT_WORDS: Final[dict[DraftOrigin, str]] = {
    DraftOrigin.MT: "machine draft",
    DraftOrigin.TM: "draft from memory",
    DraftOrigin.HUMAN: "draft",
    DraftOrigin.IMPORT: "imported text",
}

_JOB_WORDS: Final[dict[JobStatus, str]] = {
    JobStatus.QUEUED: "waiting for a worker",
    JobStatus.RUNNING: "in progress",
    JobStatus.SUCCEEDED: "done",
    JobStatus.FAILED: "stopped",
}

_DOUBTFUL_BELOW: Final = 0.5
_MOST_PLACES: Final = 3
_LONGEST_EXCERPT: Final = 60
"""Characters of the text beside a flag."""


def edition_words(language: Language, provenance: Provenance) -> str:
    """Return the name of an edition: ``French, machine draft``."""
    return f"{language.english_name}, {EDITION_WORDS[provenance]}"


def choice_words(choice: ReviewColumnChoice) -> str:
    """Return the name of a column to choose: ``Russian, human edition, beside the French``."""
    beside = f", beside the {choice.beside.english_name}" if choice.beside else ""
    return edition_words(choice.language, choice.provenance) + beside


def approved(column: ReviewColumn) -> int:
    """Return how many of a column's paragraphs are approved, published ones included."""
    return column.counts.get(State.APPROVED, 0) + column.counts.get(State.PUBLISHED, 0)


def state_words(cell: ReviewCell) -> str:
    """Return in a few words how a cell stands: ``machine draft``, ``approved``."""
    if has_no_counterpart(cell) and cell.state is State.UNTRANSLATED:
        return "no counterpart"
    if cell.state is State.DRAFT and cell.origin is not None:
        return _DRAFT_WORDS[cell.origin]
    return STATE_WORDS[cell.state]


def has_no_counterpart(cell: ReviewCell) -> bool:
    """Say whether the aligner found nothing on one of the two sides."""
    return cell.confidence is not None and not (cell.text and cell.source_indexes)


def warnings_words(count: int) -> str:
    """Return ``1 warning``, ``2 warnings`` or nothing."""
    return f"{count} warning{'s' * (count > 1)}" if count else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagPlace:
    """Words that a flag points at."""

    words: str
    language: Language


def flag_places(
    flag: Flag, cell: ReviewCell, row: ReviewRow, column: ReviewColumn, source: Language
) -> list[FlagPlace]:
    """Return the words that a flag points at, in the draft, or else in the source.

    The page's scripts draw them the same way.
    """
    if flag.target:
        text, spans, language = cell.text, flag.target, column.language
    else:
        parts = [part.text for part in row.source if part.index in cell.source_indexes]
        if len(parts) != 1:
            return []
        text, spans, language = parts[0], flag.source, source
    return [
        FlagPlace(words=_excerpt(text, span), language=language) for span in spans[:_MOST_PLACES]
    ]


def _excerpt(text: str, span: Span) -> str:
    words = text[span.start : min(span.end, span.start + _LONGEST_EXCERPT)]
    return words + "…" * (len(span) > _LONGEST_EXCERPT)


def place_words(column: ReviewColumn, number: int, total: int) -> str:
    """Return where a cell stands: ``French, paragraph 12 of 34``."""
    return f"{column.language.english_name}, paragraph {number} of {total}"


def cell_label(cell: ReviewCell, place: str) -> str:
    """Return what a screen reader says of a cell; the page's scripts rebuild it the same way."""
    return ", ".join(filter(None, (place, state_words(cell), warnings_words(len(cell.flags)))))


def is_doubtful(confidence: float) -> bool:
    """Say whether an aligner's link deserves a second look."""
    return confidence < _DOUBTFUL_BELOW


def confidence_words(cell: ReviewCell) -> str:
    """Return the aligner's confidence: ``match 97 %``, ``no match 88 %``, or nothing."""
    if cell.confidence is None:
        return ""
    match = "no match" if has_no_counterpart(cell) else "match"
    doubtful = "doubtful: " if is_doubtful(cell.confidence) else ""
    return f"{doubtful}{match} {round(100 * cell.confidence)} %"


def why_words(cell: ReviewCell) -> str:
    """Return why a link is there: ``1,250 and Kidal, moved from another place``, or nothing."""
    if cell.confidence is None:
        return ""
    moved = "moved from another place" if cell.moved else ""
    confirmed = "confirmed" if cell.confirmed and cell.reason != "confirmed" else ""
    return ", ".join(filter(None, (cell.reason, moved, confirmed)))


def is_numbered(row: ReviewRow) -> bool:
    """Say whether the source paragraphs of a row need their numbers to be told from others."""
    own = {part.index for part in row.source}
    held = {index for cells in row.cells for cell in cells for index in cell.source_indexes}
    return len(own) > 1 or any(row.elsewhere) or not held <= own


def span_words(cell: ReviewCell, row: ReviewRow, source: Language) -> str:
    """Return which source paragraphs a cell stands for, where that is not plain to see.

    Paragraphs are counted from 1, as readers count.
    """
    if not cell.source_indexes:
        return f"not in the {source.english_name}"
    if len(cell.source_indexes) == len(row.source) == 1:
        return ""
    numbers = [str(index + 1) for index in cell.source_indexes]
    if len(numbers) == 1:
        return f"for source paragraph {numbers[0]}"
    return f"for source paragraphs {', '.join(numbers[:-1])} and {numbers[-1]}"


def cell_kind(cell: ReviewCell, row: ReviewRow) -> Kind:
    """Return the kind that a cell's text is set in: that of its first source paragraph."""
    kinds = [part.kind for part in row.source if part.index in cell.source_indexes]
    return kinds[0] if kinds else Kind.PARA


def model_words(models: Sequence[str]) -> str:
    """Return which models made a column, and which of them are stopgaps."""
    if not models:
        return ""
    made = f"drafted by {', '.join(models)}"
    stopgaps = sorted(STOPGAP_MODELS & {name for model in models for name in model.split("+")})
    if stopgaps:
        are = "is a stopgap model" if len(stopgaps) == 1 else "are stopgap models"
        made += f" ({' and '.join(stopgaps)} {are}: expect mistakes)"
    return made


def job_words(job: JobProgress) -> str:
    """Return how far a job is: ``in progress: 12 of 34``, ``stopped: disk full``."""
    if job.status is JobStatus.RUNNING:
        return f"{_JOB_WORDS[job.status]}: {job.done} of {job.total}"
    if job.status is JobStatus.FAILED and job.error:
        return f"{_JOB_WORDS[job.status]}: {job.error}"
    return _JOB_WORDS[job.status]


def is_active(job: JobProgress | None) -> bool:
    """Say whether a job may still change the page."""
    return job is not None and job.status in {JobStatus.QUEUED, JobStatus.RUNNING}
