"""An article's editions whole, and what is linked with what."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from service.db.alignments import AlignmentRepository
from service.db.articles import ArticleRepository
from service.db.links import LinkRepository
from service.db.revisions import RevisionRepository
from service.domain.link import Link
from service.domain.overview import Overview, OverviewColumn, OverviewLink, OverviewParagraph
from service.domain.paragraph import Kind
from service.domain.review_page import ReviewCell, ReviewColumn, ReviewPage
from service.usecases.article_columns import article_columns
from service.usecases.build_review_page import build_review_page

NOBODY = ""
"""A reviewer who has typed nothing."""


def build_overview(session: Session, key: str, *, columns: Collection[UUID] = ()) -> Overview:
    """Return the overview of an article: the columns named or, where none is, all there are.

    All stand beside the same source revision: that of the newest.

    Raises:
        ArticleNotFoundError: If there is no such article.
    """
    article = ArticleRepository(session).get(key)
    every = [column.alignment_id for column in article_columns(session, [article.id])[article.id]]
    page = build_review_page(session, key, reviewer=NOBODY, columns=columns or every)
    return Overview(
        page=page,
        source=tuple(
            OverviewParagraph(text=part.text, kind=part.kind, row=row.number)
            for row in page.rows
            for part in row.source
        ),
        columns=tuple(
            _column(session, page, place, column) for place, column in enumerate(page.columns)
        ),
    )


def _column(session: Session, page: ReviewPage, place: int, column: ReviewColumn) -> OverviewColumn:
    alignment = AlignmentRepository(session).get(column.alignment_id)
    links = LinkRepository(session).of_alignment(alignment.id)
    stands = {cell.link_id: (cell, row.number) for row in page.rows for cell in row.cells[place]}
    targets: dict[UUID, tuple[int, ...]]
    if alignment.target_revision_id is None:
        # A machine edition that is not complete: so far it consists of its drafts.
        drafted = [link for link in links if link.draft]
        texts = [(link.draft.text if link.draft else "", _kind(link)) for link in drafted]
        targets = {link.id: (index,) for index, link in enumerate(drafted)}
    else:
        paragraphs = RevisionRepository(session).paragraphs(alignment.target_revision_id)
        texts = [(paragraph.text, paragraph.kind) for paragraph in paragraphs]
        position = {paragraph.id: paragraph.position for paragraph in paragraphs}
        targets = {link.id: tuple(sorted(position[p.id] for p in link.target)) for link in links}
    made = _links(links, targets, stands)
    rows = {index: link.row for link in made for index in link.target}
    return OverviewColumn(
        column=column,
        paragraphs=tuple(
            OverviewParagraph(text=text, kind=kind, row=rows.get(index))
            for index, (text, kind) in enumerate(texts)
        ),
        links=tuple(made),
    )


def _kind(link: Link) -> Kind:
    return link.source[0].kind if link.source else Kind.PARA


def _links(
    links: Sequence[Link],
    targets: Mapping[UUID, tuple[int, ...]],
    stands: Mapping[UUID, tuple[ReviewCell, int]],
) -> list[OverviewLink]:
    return [
        OverviewLink(
            source=stands[link.id][0].source_indexes,
            target=targets.get(link.id, ()),
            confidence=link.confidence,
            moved=link.moved,
            confirmed=link.confirmed,
            row=stands[link.id][1],
        )
        for link in links
    ]
