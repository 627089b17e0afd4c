"""Which line breaks of a text are only where a line was full."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from alignment.beads import Span
from service.domain.translation import Newlines
from service.mt.markers import leading_marker

LINE_BREAK: Final = re.compile(r"(?<![ \t])[ \t]*+(?:\r\n|[\n\r\u2028])[ \t]*+")
"""One line break with the white space around it."""
BLANK_LINES: Final = re.compile(
    r"(?>\r\n|[\n\r\u2028])(?:[ \t\u00a0]*+(?>\r\n|[\n\r\u2028]))++|[\u2029\x0b\x0c\x85]"
)

ON_ITS_OWN: Final = re.compile(
    r"[ \t]*(?:`{3}|~{3}|(?:=+|-+)[ \t]*(?=[\r\n\u2028]|$)|\[[^\[\]\n]{1,100}\]:)"
)
"""Lines of Markdown before and after which a line break counts: fences, underlines, definitions."""

NARROWEST_CHARS: Final = 30
WIDEST_CHARS: Final = 120
"""Widths to which people and programs wrap prose."""
ENDS_SENTENCE: Final = tuple(".!?…:;»”\"'")


def find_joined(text: str, newlines: Newlines) -> list[Span]:
    """Return the line breaks that are to be read as spaces, with the white space around them.

    ``hard``: none. ``soft``: every single one; blank lines, and lines that begin with the sign of
    a list, a heading or a dialogue, still stand on their own. ``auto``: the same, but only in
    paragraphs that look like prose wrapped at one width. Time is linear in the text.
    """
    if newlines is Newlines.HARD:
        return []
    joined: list[Span] = []
    for block in _blocks(text):
        breaks = _single_breaks(text, block)
        if newlines is Newlines.SOFT or _is_wrapped(text, block, breaks):
            joined += breaks
    return joined


def _blocks(text: str) -> Iterator[Span]:
    """Yield what lies between blank lines."""
    start = 0
    for match in BLANK_LINES.finditer(text):
        yield Span(start, match.start())
        start = match.end()
    yield Span(start, len(text))


def _single_breaks(text: str, block: Span) -> list[Span]:
    """Return the line breaks inside a block that stand in the middle of prose."""
    breaks: list[Span] = []
    is_prose = ON_ITS_OWN.match(text, block.start, block.end) is None
    for match in LINE_BREAK.finditer(text, block.start, block.end):
        was_prose, end = is_prose, match.end()
        is_prose = ON_ITS_OWN.match(text, end, block.end) is None
        # Two spaces or a backslash: Markdown's own way to say that a line ends.
        is_forced = match[0].startswith("  ") or text[match.start() - 1] == "\\"
        if (
            (was_prose and is_prose and not is_forced)
            and (block.start < match.start() and end < block.end)
            and leading_marker(text, end, block.end) == end
        ):
            breaks.append(Span(*match.span()))
    return breaks


def _is_wrapped(text: str, block: Span, breaks: Sequence[Span]) -> bool:
    """Tell whether lines end where the next word had no room, and sentences run on over them."""
    if not breaks:
        return False
    starts = [block.start, *(span.end for span in breaks)]
    ends = [*(span.start for span in breaks), block.end]
    lengths = [end - start for start, end in zip(starts, ends, strict=True)]
    width = max(lengths)
    if not NARROWEST_CHARS <= width <= WIDEST_CHARS:
        return False
    run_on = broken = 0
    for length, span in zip(lengths, breaks, strict=False):
        following = len(text[span.end : span.end + width].split(maxsplit=1)[0])
        if length + 1 + following <= width:
            return False
        if not text[span.start - 1].endswith(ENDS_SENTENCE):
            goes_on = text[span.end].islower()
            run_on += goes_on
            broken += not goes_on
    return run_on > broken
