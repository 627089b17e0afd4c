"""The beads of two or three editions become a picture; nothing is stored."""

from collections.abc import Sequence
from itertools import pairwise

from alignment.picture import Block, Column, Ribbon, draw
from service.domain.paragraph import Kind, Paragraph
from service.usecases.align_documents import AlignedPair
from service.usecases.align_paragraphs import EditionText

_HEADINGS = (Kind.TITLE, Kind.HEADING)


def draw_documents(editions: Sequence[EditionText], pairs: Sequence[AlignedPair]) -> str:
    """Return the SVG of two or three editions, as columns in the order given.

    Of three the first stands at the right again, so that each two are neighbours once.
    """
    columns = [
        Column(
            heading=edition.language.english_name,
            blocks=[_block(paragraph) for paragraph in edition.paragraphs],
        )
        for edition in editions
    ]
    neighbours = list(pairwise(editions))
    if len(neighbours) > 1:
        neighbours.append((editions[-1], editions[0]))
    return draw(columns, [_ribbons(pairs, left, right) for left, right in neighbours])


def _block(paragraph: Paragraph) -> Block:
    return Block(
        text=paragraph.text,
        heading=paragraph.kind in _HEADINGS,
        set_aside=paragraph.kind is Kind.FURNITURE,
    )


def _ribbons(pairs: Sequence[AlignedPair], left: EditionText, right: EditionText) -> list[Ribbon]:
    """Return the beads of two editions, whichever of them was taken for the source."""
    own = {left.language, right.language}
    return [
        Ribbon(
            left=pair.source if pair.languages[0] is left.language else pair.target,
            right=pair.target if pair.languages[0] is left.language else pair.source,
            confidence=pair.confidence,
            moved=pair.moved,
        )
        for pair in pairs
        if set(pair.languages) == own
    ]
