"""A text as numbered lines with what stands before each: a line end, a blank line, a page break."""

import re
from dataclasses import dataclass
from enum import IntEnum

from service.domain.plain_text import check_plain
from service.ingest.errors import EmptyTextError
from service.untrusted.limits import MAX_LINES, TooManyLinesError

_CONTENT = re.compile("[^\n\r\f\u2028\u2029]+")


class Gap(IntEnum):
    """What separates a line from the one before, the widest last."""

    LINE = 0
    BLANK = 1
    PAGE = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank; ``number`` counts from 1 as an editor does."""

    text: str
    number: int
    gap: Gap


def check_text(text: str) -> None:
    """Let through a text that has something to read and can be kept.

    Raises:
        EmptyTextError: If there is nothing but white space.
        UnstorableTextError: If there is a NUL or half of a surrogate pair; it names the line.
    """
    check_plain(text)
    if not text.strip():
        raise EmptyTextError


def split_lines(text: str) -> list[Line]:
    r"""Return the lines that are not blank.

    CRLF, CR, LF, LINE SEPARATOR and PARAGRAPH SEPARATOR end a line, the last one a paragraph, too.
    A form feed is a page break, and one line end together with the line end before it (editors
    count ``"\n\f"`` once).

    Raises:
        TooManyLinesError: If there are more than ``MAX_LINES``.
    """
    lines: list[Line] = []
    number, end, gap = 1, 0, Gap.LINE
    for content in _CONTENT.finditer(text):
        between = text[end : content.start()]
        breaks = _count_breaks(between)
        number, end = number + breaks, content.end()
        if "\f" in between:
            gap = Gap.PAGE
        elif breaks > 1 or "\u2029" in between:
            gap = max(gap, Gap.BLANK)
        if content[0].isspace():
            gap = max(gap, Gap.BLANK)
            continue
        if len(lines) == MAX_LINES:
            raise TooManyLinesError
        lines.append(Line(content[0], number, gap))
        gap = Gap.LINE
    return lines


def _count_breaks(text: str) -> int:
    if text in {"", "\n"}:
        return len(text)
    text = text.replace("\r\n", "\n")
    return (
        sum(text.count(end) for end in "\n\r\f\u2028\u2029")
        - text.count("\n\f")
        - text.count("\r\f")
    )
