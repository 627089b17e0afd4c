"""What no tag may stand in: links, placeholders and code that a draft has as in its source."""

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from alignment.beads import Span
from service.mt.drafts import Draft
from service.mt.kept import find_code, merge
from service.mt.markup import Element, Markup
from service.mt.word_origins import WORD

NOT_SPACE: Final = re.compile(r"\S+")
THOUSANDS: Final = re.compile(r"(?<=\d)[ \u00a0\u202f]\d{3}(?!\d)")


def find_copies(element: Element, markup: Markup, draft: Draft) -> Iterator[tuple[int, Span]]:
    """Yield each element inside that was kept, and where the draft has it."""
    kept = set(markup.kept)
    waiting = [element]
    while waiting:
        child = waiting.pop()
        waiting += child.children
        if child.span in kept and (child.inside is not None or child.is_sign):
            text = markup.text[child.span.start : child.span.end]
            if copy := draft.find_copy(child.span, text):
                yield id(child), copy


def find_whole(source: str, draft: Draft, copies: Iterable[Span]) -> list[Span]:
    """Return what no tag may stand in, in order and disjoint: copies, and what is not in them."""
    apart = sorted(set(copies), key=lambda copy: (copy.start, -copy.end))
    whole: list[Span] = []
    for run in _find_runs(source, draft):
        start = run.start
        for copy in apart[bisect.bisect_right(apart, start, key=lambda copy: copy.end) :]:
            if run.end <= copy.start:
                break
            if start < copy.start:
                whole.append(Span(start, copy.start))
            start = max(start, copy.end)
        if start < run.end:
            whole.append(Span(start, run.end))
    done = 0
    for copy in apart:
        if copy.start >= done:
            whole.append(copy)
            done = copy.end
    return sorted(whole, key=lambda run: run.start)


def _find_runs(source: str, draft: Draft) -> Iterator[Span]:
    """Yield where the draft has what no model saw, in order.

    Inside a sentence its characters follow each other as before; those of a token came from one
    place.
    """
    for piece in draft.pieces:
        start = piece.target.start
        if piece.copied:
            copied = draft.text[start : piece.target.end]
            apart = (Span(*match.span()) for match in NOT_SPACE.finditer(copied))
            for run in merge([*find_code(copied), *apart]):
                yield Span(start + run.start, start + run.end)
            continue
        while start < piece.target.end:
            end = start + 1
            while (
                end < piece.target.end
                and draft.origins[end] == draft.origins[end - 1] + 1
                and draft.text[end] == source[draft.origins[end]]
            ):
                end += 1
            run = _between_words(draft.text, start, end)
            is_same = draft.text[start] == source[draft.origins[start]]
            if 1 < len(run) < len(piece.source) and is_same:
                yield run
            start = end


def _between_words(text: str, start: int, end: int) -> Span:
    """Return a part of a text without what it has of words and numbers at its edges."""
    while start < end and text[start - 1 : start].isalnum() and text[start].isalnum():
        start += 1
    goes_on = text[end : end + 1].isalnum() or THOUSANDS.match(text, end) is not None
    while start < end and goes_on and text[end - 1].isalnum():
        end -= 1
    return Span(start, end)


def words_around(whole: Sequence[Span], text: str) -> Iterator[Span]:
    """Yield the words of a text, those that are whole among them, in order.

    Args:
        whole: In order and disjoint.
        text: Of the draft.
    """
    done = 0
    for run in [*whole, Span(len(text), len(text))]:
        yield from (Span(*match.span()) for match in WORD.finditer(text, done, run.start))
        if len(run):
            yield run
        done = run.end
