"""The tags of a paragraph, put around the right words of its draft.

The text is translated whole, in its context. Then every tag finds its place: around the words
that the model made while it looked at the words inside the source's tag.
"""

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from alignment.beads import Span
from service.mt.drafts import Draft
from service.mt.markup import Element, Markup
from service.mt.word_origins import WORD, find_origins
from service.untrusted.html_text import escape_text

LONGEST_PARTICLE: Final = 3
"""Letters of an article or preposition: "les", "aux", "при"."""
FARTHEST_WORDS: Final = 20
"""How far from its proportional place a tag may go to find a word that no other tag holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A draft with its tags."""

    text: str
    approximate: int
    """How many tags were placed by proportion for want of anything better."""
    root: Element
    """The tags, with their places in the draft's text."""


def render_markup(markup: Markup, draft: Draft, *, escaped: bool = True) -> Rendered:
    """Return the draft's inner HTML, with the tags of the source.

    Every tag comes back once, as the source wrote it, inside the same tag as before; text is
    escaped, unless the tags are those of Markdown, and where it was copied written as the source
    wrote it. Time is about linear in text and tags.

    Args:
        markup: Of the source.
        draft: Of the markup's text.
        escaped: Whether the text is HTML's, or that of Markdown, which has no references.
    """
    if all(piece.copied for piece in draft.pieces):
        return Rendered(text=markup.source, approximate=0, root=markup.root)
    projector = _Projector(markup, draft)
    placed = projector.place(markup.root, Span(0, len(draft.text)))
    writer = _Writer(markup, draft, escaped=escaped)
    return Rendered(
        text="".join(writer.write(placed)),
        approximate=projector.approximate,
        root=_as_element(placed),
    )


@dataclass(slots=True, kw_only=True)
class _Placed:
    """An element with its place in the target."""

    element: Element
    span: Span
    children: list["_Placed"]
    is_copy: bool
    """Whether its words are the source's own, which were not to be translated."""


class _Projector:
    """Finds each element's place in the target, from the outside in."""

    def __init__(self, markup: Markup, draft: Draft) -> None:
        self._draft = draft
        self._kept = set(markup.kept)
        self._is_ordered = markup.is_ordered
        self._lines = markup.lines
        self._source = markup.text
        self._words = [Span(*match.span()) for match in WORD.finditer(draft.text)]
        self._word_starts = [word.start for word in self._words]
        self._source_ends = [match.end() for match in WORD.finditer(markup.text)]
        self._owners = find_origins(markup.text, draft, self._words)
        self._strangers = list(accumulate((owner is not None for owner in self._owners), initial=0))
        """How many of the words before each came from somewhere."""
        self.approximate = 0

    def place(self, element: Element, span: Span) -> _Placed:
        """Place what is inside an element whose own place is known."""
        inside = [child for child in element.children if self._has_text(child)]
        found = dict(zip(map(id, inside), self._spans_of(inside, element, span), strict=True))
        taken = sorted((place.start, place.end) for place in found.values() if len(place))
        for child in element.children:
            if id(child) not in found:
                found[id(child)] = self._place_empty(child, span, taken)
        order = {id(child): number for number, child in enumerate(element.children)}
        placed: list[_Placed] = []
        done = span.start
        for child in sorted(
            element.children,
            key=lambda c: (
                (0, 0) if self._is_ordered else (found[id(c)].start, found[id(c)].end),
                order[id(c)],
            ),
        ):
            start = min(max(found[id(child)].start, done), span.end)
            done = min(max(found[id(child)].end, start), span.end)
            placed.append(self.place(child, Span(start, done)))
        is_copy = element.inside is not None and self._find_copy(element) == span
        return _Placed(element=element, span=span, children=placed, is_copy=is_copy)

    def _find_copy(self, element: Element) -> Span | None:
        if not len(element.span):
            return None
        text = self._source[element.span.start : element.span.end]
        return self._draft.find_copy(element.span, text)

    def _has_text(self, element: Element) -> bool:
        return not self._source[element.span.start : element.span.end].isspace() and bool(
            len(element.span)
        )

    def _spans_of(self, children: Sequence[Element], parent: Element, span: Span) -> list[Span]:
        """Return disjoint places for the children that have text, inside the parent's place."""
        if not children:
            return []
        looked_at = self._words_of(children, span)
        places = [
            self._exactly(child, parent, span) or self._with_lines(child, self._hull(words, child))
            for child, words in zip(children, looked_at, strict=True)
        ]
        result = [Span(span.end, span.end)] * len(children)
        taken = span.start
        known = [index for index, place in enumerate(places) if place is not None]
        for index in sorted(known, key=lambda i: (places[i] or span).start):
            place = places[index] or span
            start = min(max(place.start, taken), span.end)
            result[index] = Span(start, min(max(place.end, start), span.end))
            if len(result[index]):
                taken = result[index].end
        self._fill_gaps(result, children, parent, span)
        return result

    def _exactly(self, child: Element, parent: Element, span: Span) -> Span | None:
        """Return a place that needs no attention: all of the parent, whole sentences, code."""
        if child.span == parent.span:
            return span
        if child.span in self._kept and (copy := self._find_copy(child)):
            return copy if span.start <= copy.start and copy.end <= span.end else None
        first, last = self._draft.locate(child.span.start), self._draft.locate(child.span.end)
        if len(first) == len(last) == 0 and span.start <= first.start < last.end <= span.end:
            return Span(first.start, last.start)
        return None

    def _with_lines(self, child: Element, hull: Span | None) -> Span | None:
        """Return the place, widened to the line breaks that are inside the child."""
        first = bisect.bisect_left(self._lines, child.span.start)
        last = bisect.bisect_left(self._lines, child.span.end)
        if first == last:
            return hull
        start = self._draft.locate(self._lines[first]).start
        end = self._draft.locate(self._lines[last - 1] + 1).end
        return (
            Span(start, end) if hull is None else Span(min(start, hull.start), max(end, hull.end))
        )

    def _words_of(self, children: Sequence[Element], span: Span) -> list[list[int]]:
        """Return for each child the words that were made while looking at it."""
        starts = [child.span.start for child in children]
        found: list[list[int]] = [[] for _ in children]
        first = bisect.bisect_left(self._word_starts, span.start)
        last = bisect.bisect_left(self._word_starts, span.end)
        for number in range(first, last):
            owner = self._owners[number]
            index = -1 if owner is None else bisect.bisect_right(starts, owner) - 1
            if owner is not None and index >= 0 and owner < children[index].span.end:
                found[index].append(number)
        return found

    def _hull(self, words: Sequence[int], child: Element) -> Span | None:
        """Return the run with the most of the words and the fewest others.

        Signs at its ends belong to it only if they do in the source.

        The run of the greatest sum, where a word of the element counts one and any other minus
        one: a single stray word far away is left out.
        """
        text = self._source[child.span.start : child.span.end].strip()
        real = [index for index, number in enumerate(words) if self._is_word(number)] or [0]
        begin = real[0] if text[0].isalnum() else 0
        end = real[-1] + 1 if text[-1].isalnum() else len(words)
        best: tuple[int, int, int] | None = None
        total = start = 0
        previous: int | None = None
        for number in words[begin:end]:
            gap = 0 if previous is None else self._strangers[number] - self._strangers[previous + 1]
            if previous is None or total - gap <= 0:
                total, start = 1, number
            else:
                total += 1 - gap
            if best is None or total > best[0]:
                best = (total, start, number)
            previous = number
        if best is None:
            return None
        first, last = best[1], best[2]
        while first < last and self._has_no_source(first, beside=first + 1):
            first += 1
        while first < last and self._has_no_source(last, beside=last - 1):
            last -= 1
        return Span(self._words[first].start, self._words[last].end)

    def _has_no_source(self, number: int, *, beside: int) -> bool:
        """Tell whether a short word came from the same source word as the longer one beside it.

        It is an article or preposition that the target language wants and the source lacks.
        """
        word, other = self._words[number], self._words[beside]
        owners = (self._owners[number], self._owners[beside])
        is_particle = self._is_word(number) and len(word) <= LONGEST_PARTICLE
        if not is_particle or len(other) <= len(word) or None in owners:
            return False
        return self._source_word(owners[0]) == self._source_word(owners[1])

    def _source_word(self, place: int | None) -> int:
        """Return the number of the source word at or after a place."""
        return bisect.bisect_right(self._source_ends, place or 0)

    def _is_word(self, number: int) -> bool:
        return self._draft.text[self._words[number].start].isalnum()

    def _fill_gaps(
        self, result: list[Span], children: Sequence[Element], parent: Element, span: Span
    ) -> None:
        """Give elements without a place one in proportion, where nothing else stands."""
        taken = sorted((place.start, place.end) for place in result if len(place))
        for index, child in enumerate(children):
            if len(result[index]):
                continue
            self.approximate += 1
            share = (child.span.start - parent.span.start) / max(1, len(parent.span))
            place = self._free_word(span.start + round(share * len(span)), taken, span)
            if len(place):
                bisect.insort(taken, (place.start, place.end))
            result[index] = place

    def _free_word(self, at: int, taken: Sequence[tuple[int, int]], span: Span) -> Span:
        """Return the nearest word that is free, or an empty span beside what is taken."""
        index = max(0, bisect.bisect_right(self._word_starts, at) - 1)
        near = range(max(0, index - FARTHEST_WORDS), min(index + FARTHEST_WORDS, len(self._words)))
        for number in sorted(near, key=lambda number: abs(number - index)):
            word = self._words[number]
            inside = span.start <= word.start and word.end <= span.end
            if inside and self._is_word(number) and _is_free(word, taken):
                return word
        at = _outside(at, taken)
        return Span(at, at)

    def _place_empty(self, child: Element, span: Span, taken: Sequence[tuple[int, int]]) -> Span:
        """Return the place of something without words, outside of its neighbours."""
        first, last = self._draft.locate(child.span.start), self._draft.locate(child.span.end)
        if len(first) == len(last) == 0 and span.start <= first.start <= last.end <= span.end:
            return Span(first.start, last.end)
        at = _outside(self._place_between(child.span.start, span), taken)
        return Span(at, at)

    def _place_between(self, place: int, span: Span) -> int:
        """Return where something without text belongs: between the same neighbours as before."""
        within = self._draft.locate(place)
        if len(within) == 0:
            return min(max(within.start, span.start), span.end)
        start, end = max(within.start, span.start), min(within.end, span.end)
        first = bisect.bisect_left(self._word_starts, start)
        last = bisect.bisect_left(self._word_starts, end)
        words = self._words[first:last]
        if not words:
            return min(max(start, span.start), span.end)
        before = [self._draft.origins[word.end - 1] < place for word in words]
        # Words on the wrong side if it stands before word number 0, 1, …
        wrong = [sum(before)]
        for is_before in before:
            wrong.append(wrong[-1] + (-1 if is_before else 1))
        number = wrong.index(min(wrong))
        beside_next = place > 0 and self._source[place - 1].isspace()
        if number < len(words) and (beside_next or number == 0):
            return words[number].start
        return words[number - 1].end


def _is_free(word: Span, taken: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a word touches none of the runs, which are in order and disjoint."""
    index = bisect.bisect_left(taken, (word.end, 0))
    return index == 0 or taken[index - 1][1] <= word.start


def _outside(at: int, taken: Sequence[tuple[int, int]]) -> int:
    """Return the place, or the end of the run that it is inside of."""
    index = bisect.bisect_left(taken, (at, 0)) - 1
    return max(at, taken[index][1]) if index >= 0 else at


def _as_element(placed: _Placed) -> Element:
    """Return the element with its place in the target."""
    children = [_as_element(child) for child in placed.children]
    return replace(placed.element, span=placed.span, children=children)


class _Writer:
    """Writes placed elements and the text between them."""

    def __init__(self, markup: Markup, draft: Draft, *, escaped: bool) -> None:
        self._escape = escape_text if escaped else str
        self._text = draft.text
        self._source = markup.text
        spelling = markup.spelling
        places = sorted(spelling)
        self._spelled: list[tuple[int, str]] = []
        """Characters of the target that were copied, and how the source wrote them."""
        for piece in draft.pieces:
            if piece.copied:
                offset = piece.target.start - piece.source.start
                first = bisect.bisect_left(places, piece.source.start)
                last = bisect.bisect_left(places, piece.source.end)
                self._spelled += [(at + offset, spelling[at]) for at in places[first:last]]

    def write(self, placed: _Placed) -> Iterator[str]:
        """Yield an element with all inside it, in pieces."""
        element = placed.element
        yield element.opening
        if placed.is_copy and element.inside is not None:
            yield element.inside
        elif not element.is_sign:
            done = placed.span.start
            for child in placed.children:
                yield from self._write_text(done, child.span.start)
                yield from self.write(child)
                done = max(done, child.span.end)
            yield from self._write_text(done, placed.span.end)
        yield element.closing
        if self._lacks_space(placed):
            yield " "

    def _lacks_space(self, placed: _Placed) -> bool:
        """Tell whether a picture had a space on both sides, and has only one before it now."""
        element = placed.element
        if not element.name or element.name == "wbr" or element.closing or element.is_sign:
            return False
        at, place = placed.span.end, element.span.start
        return (
            self._source[place - 1 : place + 1] == "  "
            and self._text[at - 1 : at].isspace()
            and bool(self._text[at : at + 1].strip())
        )

    def _write_text(self, start: int, end: int) -> Iterator[str]:
        first = bisect.bisect_left(self._spelled, (start, ""))
        last = bisect.bisect_left(self._spelled, (end, ""))
        for place, spelled in self._spelled[first:last]:
            yield self._escape(self._text[start:place])
            yield spelled
            start = place + 1
        yield self._escape(self._text[start:end])
