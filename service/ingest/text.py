"""Plain text to paragraphs: what a PDF or an e-mail broke is mended, and each repair is listed."""

from collections.abc import Collection, Sequence

from service.domain.paragraph import ReadText
from service.ingest.headers import find_headers
from service.ingest.kinds import mark_body, mark_footer, mark_head
from service.ingest.lines import Line, check_text, split_lines
from service.ingest.page_breaks import join_page_breaks
from service.ingest.passages import Offers, Passage, check_undo, to_read_text
from service.ingest.wrapping import make_passages, passages_as_written

BYTE_ORDER_MARK = "\ufeff"
"""Part of no text; JSON and copying bring it along."""


def read_text(text: str, *, undo: Collection[str] = (), repair: bool = True) -> ReadText:
    """Return the paragraphs of a text and the repairs that were made.

    Every character of every paragraph is kept; only line breaks that a repair joined become a
    space. Repairs err on the side of leaving things alone. Time is linear in the text.

    Args:
        text: The text; blank lines, or else lines, separate paragraphs.
        undo: Ids of repairs not to make, from an answer before.
        repair: Without it nothing is joined or set aside.

    Raises:
        EmptyTextError: If there is nothing but white space.
        UnstorableTextError: If there is a NUL or half of a surrogate pair.
        TooManyLinesError: If there are more lines than are taken at once.
        UnknownRepairError: If ``undo`` names a repair that is none of this text's.
    """
    text = text.removeprefix(BYTE_ORDER_MARK)
    check_text(text)
    lines = split_lines(text)
    if not repair:
        passages = passages_as_written(lines)
        mark_head(passages)
        mark_body(passages)
        check_undo(undo, known=[])
        return to_read_text(passages)
    offers = Offers(undo)
    passages = _repair(lines, offers)
    if unknown := set(undo) - offers.ids.keys():
        # What depends on a repair that is undone is offered only where that one is made.
        everything = Offers(())
        _repair(lines, everything)
        check_undo(unknown, known=list(everything.ids))
    return to_read_text(passages)


def _repair(lines: Sequence[Line], offers: Offers) -> list[Passage]:
    """Make the repairs, each step on what the one before left."""
    headers = find_headers(lines)
    passages, layout = make_passages(lines, headers, offers)
    mark_footer(passages, offers)
    mark_head(passages)
    passages = join_page_breaks(passages, layout, offers)
    mark_body(passages)
    return passages
