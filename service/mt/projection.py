"""The tags of a paragraph, put around the right words of its draft.

The text is translated whole, in its context. Then every tag finds its place: around the words
that the model made while it looked at the words inside the source's tag.
"""

import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from alignment.beads import Span
from service.mt.drafts import Draft
from service.mt.kept import TAG_PLACEHOLDER
from service.mt.markup import Element, Markup
from service.mt.whole_words import find_copies, find_whole, words_around
from service.mt.word_origins import WORD, find_origins
from service.untrusted.html_text import escape_text

LONGEST_PART: Final = 9
"""Characters of a tag's text inside what was kept: the 2 of CO<sub>2</sub>."""
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
    hidden = sorted(set(projector.copies.values()), key=lambda copy: copy.start)
    writer = _Writer(markup, draft, hidden=hidden, escaped=escaped)
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
    copy: Span | None
    """Where the draft has its words, if they are the source's own, not to be translated."""


class _Projector:
    """Finds each element's place in the target, from the outside in."""

    def __init__(self, markup: Markup, draft: Draft) -> None:
        self._draft = draft
        self.copies = dict(find_copies(markup.root, markup, draft))
        """Where the draft has what an element keeps, by the element's identity."""
        self._is_ordered = markup.is_ordered
        self._lines = markup.lines
        self._source = markup.text
        kept = (draft.find_copy(span, markup.text[span.start : span.end]) for span in markup.kept)
        whole = find_whole(
            markup.text, draft, [copy for copy in (*self.copies.values(), *kept) if copy]
        )
        self._words = list(words_around(whole, draft.text))
        self._word_starts = [word.start for word in self._words]
        self._source_ends = [match.end() for match in WORD.finditer(markup.text)]
        self._owners = find_origins(markup.text, draft, self._words)
        self._whole = {bisect.bisect_left(self._word_starts, run.start) for run in whole}
        """Words that no tag stands in: a link, a placeholder, code."""
        for number in self._whole:
            self._owners[number] = draft.origins[self._words[number].start]
        self._strangers = list(accumulate((owner is not None for owner in self._owners), initial=0))
        """How many of the words before each came from somewhere."""
        self.approximate = 0

    def place(self, element: Element, span: Span) -> _Placed:
        """Place what is inside an element whose own place is known."""
        inside = [child for child in element.children if self._is_by_words(child, span)]
        found = dict(zip(map(id, inside), self._spans_of(inside, element, span), strict=True))
        taken = sorted((place.start, place.end) for place in found.values() if len(place))
        for child in element.children:
            if id(child) not in found:
                self.approximate += id(child) in self.copies
                found[id(child)] = self._place_empty(child, span, taken)
        children = element.children
        if not self._is_ordered:
            children = sorted(children, key=lambda c: (found[id(c)].start, found[id(c)].end))
        placed: list[_Placed] = []
        done = span.start
        for child, end in zip(children, self._ends(children, found, span), strict=True):
            start = min(max(found[id(child)].start, done), end)
            done = min(max(found[id(child)].end, start), end)
            placed.append(self.place(child, Span(start, done)))
        copy = self.copies.get(id(element))
        return _Placed(element=element, span=span, children=placed, copy=copy)

    def _ends(
        self, children: Sequence[Element], found: Mapping[int, Span], span: Span
    ) -> list[int]:
        """Return for each child how far it may reach: to where the next line break belongs."""
        ends: list[int] = []
        end = span.end
        for child in reversed(children):
            ends.append(end)
            first = bisect.bisect_left(self._lines, child.span.start)
            if first < len(self._lines) and self._lines[first] < child.span.end:
                end = min(end, found[id(child)].start)
        return ends[::-1]

    def _is_by_words(self, element: Element, span: Span) -> bool:
        """Tell whether an element goes where its words are, inside its parent's place.

        Not so one without words, or whose copy went where the parent could not follow.
        """
        copy = self.copies.get(id(element))
        if copy is not None:
            return span.start <= copy.start and copy.end <= span.end
        return len(element.span) > 0 and not self._text_of(element).isspace()

    def _text_of(self, element: Element) -> str:
        return self._source[element.span.start : element.span.end]

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
        if copy := self.copies.get(id(child)):
            return copy
        if child.span == parent.span:
            return span
        text = self._text_of(child)
        if len(text) <= LONGEST_PART and (copy := self._draft.find_copy(child.span, text)):
            is_part = any(
                run.start <= copy.start and copy.end <= run.end for run in self._runs(copy)
            )
            if is_part and span.start <= copy.start and copy.end <= span.end:
                return copy
        first, last = self._draft.locate(child.span.start), self._draft.locate(child.span.end)
        if len(first) == len(last) == 0 and span.start <= first.start < last.end <= span.end:
            return Span(first.start, last.start)
        return None

    def _runs(self, copy: Span) -> Iterator[Span]:
        """Yield what is whole and begins at or before a place: at most one."""
        number = bisect.bisect_right(self._word_starts, copy.start) - 1
        if number in self._whole:
            yield self._words[number]

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
        text = self._text_of(child).strip()
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
        is_particle = number not in self._whole and self._is_word(number)
        is_particle = is_particle and len(word) <= LONGEST_PARTICLE
        if not is_particle or len(other) <= len(word) or None in owners:
            return False
        return self._source_word(owners[0]) == self._source_word(owners[1])

    def _source_word(self, place: int | None) -> int:
        """Return the number of the source word at or after a place."""
        return bisect.bisect_right(self._source_ends, place or 0)

    def _is_word(self, number: int) -> bool:
        word = self._words[number]
        text = self._draft.text[word.start : word.end]
        if number not in self._whole:
            return text[0].isalnum()
        return text == TAG_PLACEHOLDER or any(map(str.isalnum, text))

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
        """Return the nearest word that is free, or an empty span beside what is taken.

        A link or a placeholder is one only where there is no other.
        """
        index = max(0, bisect.bisect_right(self._word_starts, at) - 1)
        near = range(max(0, index - FARTHEST_WORDS), min(index + FARTHEST_WORDS, len(self._words)))
        for number in sorted(near, key=lambda n: (n in self._whole, abs(n - index))):
            word = self._words[number]
            inside = span.start <= word.start and word.end <= span.end
            if inside and self._is_word(number) and _is_free(word, taken):
                return word
        at = _outside(self._beside_word(at), taken)
        return Span(at, at)

    def _beside_word(self, at: int) -> int:
        """Return the place, or the end of the word that it is inside of."""
        index = bisect.bisect_left(self._word_starts, at) - 1
        return max(at, self._words[index].end) if index >= 0 else at

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

    def __init__(
        self, markup: Markup, draft: Draft, *, hidden: Sequence[Span], escaped: bool
    ) -> None:
        """Take what is to be written.

        Args:
            markup: The source's.
            draft: Of its text.
            hidden: Places of the draft that elements write themselves, in order.
            escaped: Whether the text is HTML's.
        """
        self._is_escaped = escaped
        self._plain = markup.plain
        self._text = draft.text
        self._source = markup.text
        self._hidden = hidden
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
        spaces = self._spaces_around(placed)
        yield spaces[0] + element.opening
        if placed.copy is not None:
            yield element.inside or ""
        elif not element.is_sign:
            done = placed.span.start
            for child in placed.children:
                yield from self._write_text(done, child.span.start)
                yield from self.write(child)
                done = max(done, child.span.end)
            yield from self._write_text(done, placed.span.end)
        yield element.closing + spaces[1]
        if placed.copy is not None:
            # Its parent may have left it more room than its copy takes.
            yield from self._write_text(placed.span.start, placed.span.end)
        if self._lacks_space(placed):
            yield " "

    def _spaces_around(self, placed: _Placed) -> tuple[str, str]:
        """Return the spaces that what was kept needs where it is not in its copy's place."""
        if placed.copy is None or placed.copy == placed.span:
            return "", ""
        place, at = placed.element.span, placed.span.start
        needs_before = self._source[place.start - 1 : place.start].isspace()
        needs_after = self._source[place.end : place.end + 1].isspace()
        return (
            " " if needs_before and self._text[at - 1 : at].strip() else "",
            " " if needs_after and self._text[at : at + 1].strip() else "",
        )

    def _lacks_space(self, placed: _Placed) -> bool:
        """Tell whether a picture had a space on both sides, and has none behind it now."""
        element = placed.element
        if not element.name or element.name == "wbr" or element.closing or element.is_sign:
            return False
        at, place = placed.span.end, element.span.start
        return (
            self._source[place - 1 : place + 1] == "  "
            and not self._text[max(0, at - 1) : at].strip()
            and bool(self._text[at : at + 1].strip())
        )

    def _write_text(self, start: int, end: int) -> Iterator[str]:
        """Yield a part of the draft without what elements write themselves."""
        first = bisect.bisect_right(self._hidden, start, key=lambda copy: copy.end)
        for copy in self._hidden[first:]:
            if end <= copy.start:
                break
            yield from self._write_spelled(start, max(start, copy.start))
            start = max(start, min(copy.end, end))
            # It stood between two spaces.
            if self._text[copy.start - 1 : copy.start] == " " == self._text[start : start + 1]:
                start = min(start + 1, end)
        yield from self._write_spelled(start, end)

    def _write_spelled(self, start: int, end: int) -> Iterator[str]:
        first = bisect.bisect_left(self._spelled, (start, ""))
        last = bisect.bisect_left(self._spelled, (end, ""))
        for place, spelled in self._spelled[first:last]:
            yield self._written(start, place)
            yield spelled
            start = place + 1
        yield self._written(start, end)

    def _written(self, start: int, end: int) -> str:
        text = self._plain(self._text[start:end])
        return escape_text(text) if self._is_escaped else text
