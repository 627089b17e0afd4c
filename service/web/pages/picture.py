"""An article's overview as pictures, whose parts lead to rows of the review page."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote, urlencode

from alignment.picture import Block, Column, Ribbon, draw
from service.domain.overview import Overview, OverviewColumn, OverviewParagraph
from service.domain.paragraph import Kind
from service.domain.review import Provenance
from service.domain.review_page import ReviewPage
from service.web.pages.words import edition_words

_HEADINGS = (Kind.TITLE, Kind.HEADING)


def draw_overview(overview: Overview) -> Iterator[str]:
    """Yield SVG elements with the source between two editions, or beside one.

    Editions that people wrote come first, then machine drafts.
    """
    page = overview.page
    source = Column(
        heading=edition_words(page.source.language, page.source.provenance),
        blocks=[_block(paragraph, page) for paragraph in overview.source],
    )
    for shown in _groups(overview.columns):
        targets = [_target(one, page) for one in shown]
        if len(shown) == 1:
            yield draw([source, *targets], [_ribbons(shown[0], page)])
        else:
            left = _ribbons(shown[0], page, source_is_left=False)
            yield draw([targets[0], source, targets[1]], [left, _ribbons(shown[1], page)])


def _groups(columns: Sequence[OverviewColumn]) -> Iterator[Sequence[OverviewColumn]]:
    """Yield one or two columns that stand in one picture: people's or machines'."""
    for by_machine in (False, True):
        own = [
            one for one in columns if (one.column.provenance is Provenance.MACHINE) is by_machine
        ]
        for first in range(0, len(own), 2):
            yield own[first : first + 2]


def row_address(page: ReviewPage, row: int) -> str:
    """Return where a row stands on the review page with the columns of this one."""
    columns = urlencode([("column", column.alignment_id) for column in page.columns])
    return f"/review/{quote(page.article_key)}?{columns}#row-{row}"


def _target(one: OverviewColumn, page: ReviewPage) -> Column:
    return Column(
        heading=edition_words(one.column.language, one.column.provenance),
        blocks=[_block(paragraph, page) for paragraph in one.paragraphs],
    )


def _block(paragraph: OverviewParagraph, page: ReviewPage) -> Block:
    return Block(
        text=paragraph.text,
        heading=paragraph.kind in _HEADINGS,
        set_aside=paragraph.kind is Kind.FURNITURE,
        link=None if paragraph.row is None else row_address(page, paragraph.row),
    )


def _ribbons(
    one: OverviewColumn, page: ReviewPage, *, source_is_left: bool = True
) -> Sequence[Ribbon]:
    return [
        Ribbon(
            left=link.source if source_is_left else link.target,
            right=link.target if source_is_left else link.source,
            confidence=link.confidence,
            moved=link.moved,
            confirmed=link.confirmed,
            link=row_address(page, link.row),
        )
        for link in one.links
        if link.source or link.target
    ]
