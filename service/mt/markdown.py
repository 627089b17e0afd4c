"""The emphasis and links of Markdown in a plain text, read as markup: **bold**, [text](address)."""

import bisect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from alignment.beads import Span
from service.mt.kept import find_code, find_terms, merge
from service.mt.markup import Element, Markup

TOKEN: Final = re.compile(
    r"(?<!\\)(?:(?P<emphasis>\*{1,3}|_{1,3}|~~)|(?P<opens>!?\[)|\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,2000}+"
    r"(?:[ \t]+(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?\)|(?P<line>\n))"
)
DEEPEST: Final = 8
"""Signs that may stand open at a time; nobody nests deeper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Two signs that belong together, in the text as written."""

    opening: Span
    closing: Span


def parse_markdown(
    text: str, *, keep: Sequence[str] = (), joined: Sequence[Span] = ()
) -> Markup | None:
    """Return the text with its emphasis and links taken out as tags, or nothing if it has none.

    Only pairs within a line, outside of code, addresses and terms, count; a star alone is a star.
    The text of an image is on its own. Time is linear in the text.

    Args:
        text: As written.
        keep: Terms in which no sign is one of Markdown.
        joined: Line breaks that are spaces, in order: a line goes on over them.
    """
    if not any(sign in text for sign in ("*", "_", "~~", "](")):
        return None
    # A line break that is a space is no end of a line: its token is passed over.
    pairs = _find_pairs(text, merge([*find_code(text), *find_terms(text, keep), *joined]))
    return _build(text, pairs) if pairs else None


def _find_pairs(text: str, kept: Sequence[Span]) -> list[_Pair]:
    """Return the pairs in the order of their beginnings; one is inside another or beside it."""
    starts = [span.start for span in kept]
    opened: list[re.Match[str]] = []
    pairs: list[_Pair] = []
    for token in TOKEN.finditer(text):
        index = bisect.bisect_right(starts, token.start()) - 1
        if index >= 0 and token.start() < kept[index].end:
            continue
        if token["line"]:
            opened.clear()
            continue
        partner = _partner(text, token, opened)
        if partner is not None:
            first = opened[partner]
            del opened[partner:]
            if first.end() < token.start():
                pairs.append(_Pair(opening=Span(*first.span()), closing=Span(*token.span())))
        elif token["opens"] or (token["emphasis"] and _can_open(text, token)):
            opened = [*opened[1 - DEEPEST :], token]
    return sorted(pairs, key=lambda pair: pair.opening.start)


def _partner(text: str, token: re.Match[str], opened: Sequence[re.Match[str]]) -> int | None:
    """Return which open sign a sign closes, if any."""
    if token["opens"] or (token["emphasis"] and not _can_close(text, token)):
        return None
    wanted = {token[0]} if token["emphasis"] else {"[", "!["}
    places = [place for place, sign in enumerate(opened) if sign[0] in wanted]
    return places[-1] if places else None


def _can_open(text: str, sign: re.Match[str]) -> bool:
    before, after = text[max(0, sign.start() - 1) : sign.start()], text[sign.end() : sign.end() + 1]
    return not before.isalnum() and after != "" and not after.isspace()


def _can_close(text: str, sign: re.Match[str]) -> bool:
    before, after = text[max(0, sign.start() - 1) : sign.start()], text[sign.end() : sign.end() + 1]
    return before != "" and not before.isspace() and not after.isalnum()


def _build(text: str, pairs: Sequence[_Pair]) -> Markup:
    """Take the signs out of the text and nest the pairs."""
    signs = sorted(
        [(pair.opening, pair, True) for pair in pairs]
        + [(pair.closing, pair, False) for pair in pairs],
        key=lambda sign: sign[0].start,
    )
    root = Element(opening="", span=Span(0, 0))
    nested = [root]
    pieces: list[str] = []
    breaks: list[int] = []
    length = done = 0
    for at, pair, opens in signs:
        pieces.append(text[done : at.start])
        length += at.start - done
        done = at.end
        opening = text[pair.opening.start : pair.opening.end]
        if opening == "![":
            breaks.append(length)
        if opens:
            closing = text[pair.closing.start : pair.closing.end]
            element = Element(
                opening=opening, closing=closing, name=opening, span=Span(length, length)
            )
            nested[-1].children.append(element)
            nested.append(element)
        else:
            element = nested.pop()
            element.span = Span(element.span.start, length)
    pieces.append(text[done:])
    plain = "".join(pieces)
    root.span = Span(0, len(plain))
    return Markup(
        source=text,
        text=plain,
        root=root,
        kept=(),
        breaks=tuple(breaks),
        lines=(),
        spelling={},
        is_ordered=False,
        has_placeholders=False,
    )


def places_in_written(root: Element) -> Callable[[Span], Span]:
    """Return what tells where a run of the text without signs is in the text with them.

    Args:
        root: The tree of the signs, in the text without.
    """
    signs = list(_signs(root))
    places = [place for place, _ in signs]
    lengths = [*accumulate((length for _, length in signs), initial=0)]

    def written(span: Span) -> Span:
        start = span.start + lengths[bisect.bisect_right(places, span.start)]
        end = span.end + lengths[bisect.bisect_left(places, span.end)]
        return Span(start, max(start, end))

    return written


def _signs(element: Element) -> Iterator[tuple[int, int]]:
    """Yield where each sign stands in the text without signs, and its length, in order."""
    yield element.span.start, len(element.opening)
    for child in element.children:
        yield from _signs(child)
    yield element.span.end, len(element.closing)
