"""An article's source beside the columns that a reviewer chose, row by row."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import count
from uuid import UUID

from sqlalchemy.orm import Session

from service.db.articles import ArticleRepository, EditionRepository
from service.db.links import LinkRepository, WorkingCopyRepository
from service.db.revisions import RevisionRepository
from service.domain.article import StoredParagraph
from service.domain.link import Link
from service.domain.review import Provenance
from service.domain.review_page import (
    EditionHead,
    ReviewCell,
    ReviewColumn,
    ReviewColumnChoice,
    ReviewPage,
    ReviewRow,
    SourceParagraph,
)
from service.domain.working_copy import WorkingCopy
from service.usecases.article_columns import article_columns


def build_review_page(
    session: Session, key: str, *, reviewer: str, columns: Collection[UUID] = ()
) -> ReviewPage:
    """Return the review page of an article.

    The columns named are shown, or, where none is named or known, the machine's drafts, or all
    there are. All shown columns stand beside the same source revision: that of the newest.

    Raises:
        ArticleNotFoundError: If there is no such article.
    """
    article = ArticleRepository(session).get(key)
    available = article_columns(session, [article.id])[article.id]
    shown = _shown(available, columns)
    if shown:
        source_id = shown[0].source_revision_id
    else:
        editions = EditionRepository(session).of_article(article.id)
        source_id = editions[0].revision_id
    source = RevisionRepository(session).get(source_id)
    edition = EditionRepository(session).by_id(source.edition_id)
    copies = WorkingCopyRepository(session).of_reviewer([c.alignment_id for c in shown], reviewer)
    index = {paragraph.id: paragraph.position for paragraph in source.paragraphs}
    cells = [
        [
            _cell(link, column, index, copies.get(link.id))
            for link in LinkRepository(session).of_alignment(column.alignment_id)
        ]
        for column in shown
    ]
    return ReviewPage(
        article_key=article.key,
        title=article.title,
        source=EditionHead(
            language=edition.language, provenance=edition.provenance, revision=source.seq
        ),
        columns=tuple(shown),
        available=tuple(_choice(column, shown) for column in available),
        rows=tuple(_rows(source.paragraphs, cells)),
    )


def _shown(available: Sequence[ReviewColumn], wanted: Collection[UUID]) -> list[ReviewColumn]:
    chosen = (
        [column for column in available if column.alignment_id in wanted]
        or [column for column in available if column.provenance is Provenance.MACHINE]
        or list(available)
    )
    return [c for c in chosen if c.source_revision_id == chosen[-1].source_revision_id]


def _choice(column: ReviewColumn, shown: Sequence[ReviewColumn]) -> ReviewColumnChoice:
    return ReviewColumnChoice(
        alignment_id=column.alignment_id,
        language=column.language,
        provenance=column.provenance,
        shown=column in shown,
    )


def _rows(
    source: Sequence[StoredParagraph], columns: Sequence[Sequence[ReviewCell]]
) -> Iterator[ReviewRow]:
    """Yield rows: source paragraphs that any cell holds together stand in one.

    A cell without source stands in a row of its own, after the row of the cell before it.
    """
    groups = source_groups(len(source), [cell.source_indexes for c in columns for cell in c])
    row_of = {index: row for row, group in enumerate(groups) for index in group}
    matched: defaultdict[tuple[int, int], list[ReviewCell]] = defaultdict(list)
    unmatched: defaultdict[int, list[tuple[int, ReviewCell]]] = defaultdict(list)
    for place, cells in enumerate(columns):
        row = -1
        for cell in cells:
            if cell.source_indexes:
                row = row_of[cell.source_indexes[0]]
                matched[row, place].append(cell)
            else:
                unmatched[row].append((place, cell))

    number = count(1)
    for row in range(-1, len(groups)):
        if row >= 0:
            yield ReviewRow(
                number=next(number),
                source=tuple(_source_paragraph(source[i]) for i in groups[row]),
                cells=tuple(tuple(matched[row, place]) for place in range(len(columns))),
            )
        for place, cell in unmatched[row]:
            alone = tuple((cell,) if other == place else () for other in range(len(columns)))
            yield ReviewRow(number=next(number), source=(), cells=alone)


def source_groups(n_source: int, spans: Iterable[Sequence[int]]) -> list[list[int]]:
    """Return runs of source positions, joined wherever a span reaches over two of them."""
    joined = [False] * n_source  # joined[i]: position i stands in the row of i - 1
    for span in spans:
        for position in range(span[0] + 1, span[-1] + 1) if span else ():
            joined[position] = True
    groups: list[list[int]] = []
    for position in range(n_source):
        if joined[position]:
            groups[-1].append(position)
        else:
            groups.append([position])
    return groups


def _cell(
    link: Link, column: ReviewColumn, index: dict[UUID, int], copy: WorkingCopy | None
) -> ReviewCell:
    machine = column.provenance is Provenance.MACHINE
    return ReviewCell(
        link_id=link.id,
        version=link.version,
        state=link.state,
        text=link.draft.text if link.draft else "",
        source_indexes=tuple(sorted(index[paragraph.id] for paragraph in link.source)),
        confidence=None if machine else link.confidence,
        model=link.draft.model if link.draft else None,
        origin=link.draft.origin if link.draft else None,
        flags=link.draft.flags if link.draft else (),
        set_aside=link.set_aside,
        working_copy=copy.text if copy else None,
        working_copy_base=copy.base_version if copy else None,
    )


def _source_paragraph(paragraph: StoredParagraph) -> SourceParagraph:
    return SourceParagraph(
        index=paragraph.position, kind=paragraph.kind, level=paragraph.level, text=paragraph.text
    )
