"""Review pages made by hand, without a database."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from service.domain.language import Language
from service.domain.paragraph import Kind
from service.domain.review import DraftOrigin, JobStatus, Provenance, State
from service.domain.review_page import (
    EditionHead,
    JobProgress,
    ReviewCell,
    ReviewColumn,
    ReviewColumnChoice,
    ReviewPage,
    ReviewRow,
    SourceParagraph,
)

ALIGNMENT = UUID("018f0000-0000-7000-8000-000000000001")
LINK = UUID("018f0000-0000-7000-8000-000000000002")
SOURCE = UUID("018f0000-0000-7000-8000-000000000004")
JOB = UUID("018f0000-0000-7000-8000-000000000003")

CELL = ReviewCell(
    link_id=LINK,
    version=1,
    state=State.DRAFT,
    text="Le ferry est de retour.",
    source_indexes=(0,),
    source_ids=(SOURCE,),
    target_ids=(),
    confidence=None,
    reason=None,
    moved=False,
    confirmed=False,
    model="compact",
    origin=DraftOrigin.MT,
    flags=(),
    set_aside=False,
    working_copy=None,
    working_copy_base=None,
)
COLUMN = ReviewColumn(
    alignment_id=ALIGNMENT,
    source_revision_id=uuid4(),
    language=Language.FR,
    provenance=Provenance.MACHINE,
    models=("compact",),
    total=1,
    counts={State.DRAFT: 1},
    job=None,
)


def paragraph(text: str, *, index: int = 0, kind: Kind = Kind.PARA) -> SourceParagraph:
    """Return a source paragraph."""
    return SourceParagraph(index=index, kind=kind, level=0, text=text)


def row(*cells: ReviewCell, source: tuple[SourceParagraph, ...] | None = None) -> ReviewRow:
    """Return a row of one column."""
    if source is None:
        source = (paragraph("The ferry is back."),)
    return ReviewRow(number=1, source=source, cells=(cells,), elsewhere=((),))


def page(*rows: ReviewRow, column: ReviewColumn = COLUMN, title: str = "The ferry") -> ReviewPage:
    """Return a page of one column."""
    choice = ReviewColumnChoice(
        alignment_id=column.alignment_id,
        language=column.language,
        provenance=column.provenance,
        beside=None,
        shown=True,
    )
    return ReviewPage(
        article_key="ferry",
        title=title,
        source=EditionHead(language=Language.EN, provenance=Provenance.ORIGINAL, revision=1),
        columns=(column,),
        available=(choice,),
        rows=tuple(replace(one, number=number) for number, one in enumerate(rows, 1)),
    )


def job(status: JobStatus, **values: Any) -> JobProgress:
    """Return a job that is at 2 of 7 unless said otherwise."""
    return replace(JobProgress(id=JOB, status=status, done=2, total=7, error=None), **values)
