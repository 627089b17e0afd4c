"""Makes passages of lines: undoes hard wraps, keeps verse, and mends words hyphenated at a wrap."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.domain.paragraph import RepairKind
from service.ingest.lines import Gap, Line
from service.ingest.passages import Made, Offers, Passage
from service.ingest.prose import begins_small, ends_sentence, first_word, is_date, is_list_item
from service.ingest.words import AND_OR, BYLINE, DIALOGUE

_NARROWEST, _WIDEST = 45, 130
"""Characters a line: below, it is verse or a table; above, a paragraph."""
_FULL = 0.8
"""Share of the width from which on a line is full, the next word included: PDF lines vary."""
_MOSTLY = 0.5
"""Share of the lines that must be full for a text to be hard-wrapped: headings are not."""
_SMALL = 0.5
"""Share of the lines that must go on in lower case."""
_BYLINE_CHARS = 120
_VERSE_LINES = 3
"""Fewest lines of verse: two short ones are rather a heading and what follows."""

_LONGEST_WORD = 60
_HYPHENS = ("-", "\u2010", "\u00ad")
_HYPHEN_END = re.compile(r"(\w+)[-\u2010\u00ad]$")
_WORD = re.compile(r"\w+(?:[-\u2010]\w+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the whole text was set.

    ``width`` is the length of a full line, ``None`` if the text is not hard-wrapped;
    ``has_blank_lines`` tells whether anything but line ends separates paragraphs; ``words`` are
    those that occur unbroken.
    """

    width: float | None
    has_blank_lines: bool
    words: frozenset[str]

    def is_full(self, line: Line, following: Line) -> bool:
        """Whether the following line's first word would not have fitted on the line."""
        if self.width is None:
            return False
        word = following.text.split(maxsplit=1)[0]
        return len(line.text.rstrip()) + 1 + len(word) >= _FULL * self.width


def layout_of(lines: Sequence[Line]) -> Layout:
    """Measure how a text was set."""
    pairs = [
        (line, following)
        for line, following in pairwise(lines)
        if following.gap is Gap.LINE and not is_list_item(following.text)
    ]
    return Layout(
        width=_width(pairs),
        has_blank_lines=any(line.gap is not Gap.LINE for line in lines[1:]),
        words=_unbroken_words(lines),
    )


def _width(pairs: Sequence[tuple[Line, Line]]) -> float | None:
    if not pairs:
        return None
    lengths = sorted(len(line.text.rstrip()) for line, _ in pairs)
    width = lengths[int(0.9 * (len(lengths) - 1))]
    if not _NARROWEST <= width <= _WIDEST:
        return None
    layout = Layout(width=width, has_blank_lines=False, words=frozenset())
    full = sum(layout.is_full(*pair) for pair in pairs)
    small = sum(begins_small(following.text) for _, following in pairs)
    wrapped = full >= _MOSTLY * len(pairs) and small >= _SMALL * len(pairs)
    return width if wrapped else None


def _unbroken_words(lines: Sequence[Line]) -> frozenset[str]:
    """Collect the words, if any line ends with a hyphen at all; the broken halves do not count."""
    if all(_hyphen_at_end(line.text) is None for line in lines):
        return frozenset()
    words: set[str] = set()
    after_hyphen = False
    for line in lines:
        found = [word.lower() for word in _WORD.findall(line.text)]
        broken = _hyphen_at_end(line.text) is not None
        words.update(found[after_hyphen : len(found) - broken])
        after_hyphen = broken
    return frozenset(words)


def _hyphen_at_end(text: str) -> re.Match[str] | None:
    """Return the word and the hyphen that the text ends with, if it does."""
    end = text[-_LONGEST_WORD:].rstrip()
    return _HYPHEN_END.search(end) if end.endswith(_HYPHENS) else None


def make_passages(
    lines: Sequence[Line], headers: Mapping[int, str], offers: Offers
) -> tuple[list[Passage], Layout]:
    """Return the passages of a text, still divided by page breaks, and how the text was set."""
    kept = [line for index, line in enumerate(lines) if index not in headers]
    layout = layout_of(kept)
    passages: list[Passage] = []
    for block, note in _blocks(lines, headers):
        if note is not None:
            passages.append(_as_written(block))
            passages[-1].set_aside(offers, note)
            continue
        if _is_verse(block, layout) or (layout.width is None and passages):
            passages.extend(_as_written(piece) for piece in _cut_unwrapped(block, layout))
        else:
            passages.extend(_join_lines(piece, layout, offers) for piece in _cut(block, layout))
    return passages, layout


def passages_as_written(lines: Sequence[Line]) -> list[Passage]:
    """Return the blocks between blank lines, with their line breaks.

    Without any blank line each line is a passage, unless the text is hard-wrapped.
    """
    layout = layout_of(lines)
    if layout.width is None and not layout.has_blank_lines:
        return [_as_written([line]) for line in lines]
    return [_as_written(block) for block, _ in _blocks(lines, {})]


def _blocks(
    lines: Sequence[Line], headers: Mapping[int, str]
) -> Iterator[tuple[list[Line], str | None]]:
    """Yield the runs of lines that nothing but line ends divide; each header is one of its own."""
    block: list[Line] = []
    for index, line in enumerate(lines):
        if block and (line.gap is not Gap.LINE or index in headers):
            yield block, None
            block = []
        if index in headers:
            yield [line], headers[index]
        else:
            block.append(line)
    if block:
        yield block, None


def _is_verse(block: Sequence[Line], layout: Layout) -> bool:
    """Whether every line ends before it had to, and none is a byline, a date, an item."""
    return (
        len(block) >= _VERSE_LINES
        and not any(layout.is_full(*pair) for pair in pairwise(block))
        and not _is_enumeration(block, layout)
    )


def _cut_unwrapped(block: list[Line], layout: Layout) -> list[list[Line]]:
    """Divide a block whose line breaks are meant, or keep it whole: verse, an address."""
    return [[line] for line in block] if _is_enumeration(block, layout) else [block]


def _cut(block: list[Line], layout: Layout) -> list[list[Line]]:
    """Divide a block into the lines of each passage: a hard-wrapped text's, or the first block."""
    pieces = [[block[0]]]
    for line, following in pairwise(block):
        if _goes_on(line, following, layout):
            pieces[-1].append(following)
        else:
            pieces.append([following])
    return pieces


def _goes_on(line: Line, following: Line, layout: Layout) -> bool:
    """Whether the following line is the same paragraph, as far as two lines can tell."""
    full = layout.is_full(line, following)
    if is_list_item(following.text) or DIALOGUE.match(following.text):
        return full and not ends_sentence(line.text) and not is_list_item(line.text)
    if full:
        return not (_is_indented(following) and not _is_indented(line) and ends_sentence(line.text))
    if not layout.has_blank_lines and layout.width is None:
        return False
    return begins_small(following.text) and not ends_sentence(line.text)


def _is_indented(line: Line) -> bool:
    return line.text.startswith(("  ", "\t", "\u3000"))


def _is_enumeration(block: Sequence[Line], layout: Layout) -> bool:
    """Whether the lines of a block are paragraphs each: items, a head, or longer than any wrap."""
    if not layout.has_blank_lines:
        return True
    if any(is_list_item(line.text) or _is_head(line.text) for line in block):
        return True
    return sum(len(line.text) for line in block) > _WIDEST * len(block)


def _is_head(text: str) -> bool:
    return is_date(text) or (len(text) <= _BYLINE_CHARS and BYLINE.fullmatch(text) is not None)


def _as_written(lines: Sequence[Line]) -> Passage:
    text = "\n".join(line.text for line in lines)
    return Passage(
        parts=[text],
        last=text,
        line=lines[0].number,
        end_line=lines[-1].number,
        gap=lines[0].gap,
        chars=len(text),
    )


def _join_lines(lines: Sequence[Line], layout: Layout, offers: Offers) -> Passage:
    """Return one passage of the lines, each line break made a space."""
    if len(lines) == 1:
        return _as_written(lines)
    number = lines[0].number
    if not offers.accepts(RepairKind.LINES_JOINED, number):
        return _as_written(lines)
    made = [Made(RepairKind.LINES_JOINED, number, f"{len(lines)} hard-wrapped lines")]
    parts = [lines[0].text]
    for line, following in pairwise(lines):
        made.extend(append_joined(parts, following.text, line.number, layout, offers))
    text = "".join(parts)
    return Passage(
        parts=[text],
        last=text,
        line=number,
        end_line=lines[-1].number,
        gap=lines[0].gap,
        chars=len(text),
        wrapped=True,
        made=made,
    )


def append_joined(
    parts: list[str], following: str, number: int, layout: Layout, offers: Offers
) -> list[Made]:
    """Append a stretch of text to what ``parts`` ends with: one space, or a mended hyphen.

    Args:
        parts: What is there already; white space at its end goes.
        following: What to append; white space at its start goes.
        number: The line that ``parts`` ends on.
        layout: Tells which words occur unbroken.
        offers: The repairs wanted.

    Returns:
        The hyphen's repair, if there was a hyphen.
    """
    end, start = parts[-1].rstrip(" \t"), following.lstrip(" \t")
    broken = _hyphen_at_end(end)
    if (
        broken is None
        or not start[:1].isalpha()
        or first_word(start) in AND_OR
        or not offers.accepts(RepairKind.HYPHEN_JOINED, number)
    ):
        parts[-1:] = [end, " ", start]
        return []
    whole = (broken[1] + first_word(start)).lower()
    compound = f"{broken[1]}-{first_word(start)}".lower()
    drop = end.endswith("\u00ad") or (whole in layout.words and compound not in layout.words)
    parts[-1:] = [end[:-1] if drop else end, start]
    note = "hyphen dropped" if drop else "hyphen kept: it may belong to the word"
    return [Made(RepairKind.HYPHEN_JOINED, number, note)]
