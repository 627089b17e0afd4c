"""What of a paragraph goes to the model, and in which form.

Only sentences with something to translate reach the model. Whatever lies between them (white
space, line breaks, rows of symbols, numbers on their own, the signs of lists, headings and
dialogue) is copied to the target as it stands. Inside a sentence, what the model would spoil (web
addresses, code, placeholders, words and signs that its vocabulary lacks, language tags) is
replaced by a short mask that the model copies.
"""

import bisect
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from alignment.beads import Span
from alignment.sentences import split_sentences
from service.mt.casing import Casing, find_casing, sentence_case
from service.mt.characters import LOOKALIKES, read_characters
from service.mt.kept import AMOUNT, find_marked, find_unknown, is_separator, merge
from service.mt.markers import leading_marker, speaker_dash, trailing_marker
from service.mt.masks import hide_masks, show_masks, unused_masks
from service.mt.tokenizer import Tokenizer

VERSION: Final = 5
"""Part of every signature; goes up whenever the same text is prepared differently."""

HARD_BREAK: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""Line breaks, tabs and control characters: no sentence goes across them."""
COLUMN_BREAK: Final = re.compile(r"(?<=\S) {4,}(?=\S)")
"""The space between columns, either."""
CLAUSE_END: Final = re.compile(r"[,;:…)»”][\"')»”]*\s|\s[—–-]\s")

REPLY: Final = re.compile(r"(?:(?<=[^\W\d_]{2}\.)|(?<=[!?…]))\s+(?=[—–]\s*[A-ZÀ-ÞА-ЯЁ])")
"""Before the dash of the next speaker; models drop a reply that stands behind another."""

CHARS_A_TOKEN: Final = 8
"""More characters than a token has on average: how far to look for the end of a long sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence as the model gets it."""

    span: Span
    """Its place in the paragraph."""
    text: str
    """Without invisible characters, quotes straightened, in sentence case, masks in place."""
    origins: tuple[int, ...]
    """For each character of ``text`` the character of the paragraph that it stands for."""
    masks: tuple[tuple[str, Span], ...]
    """Each mask and what it stands for in the paragraph, in order."""
    casing: Casing = Casing.PLAIN
    """What its capitals were."""
    amounts: frozenset[Span] = frozenset()
    """What is masked for its sign of money alone; its figures follow the target's notation."""


class Preparation:
    """How one model's input is made of one paragraph."""

    def __init__(
        self,
        text: str,
        *,
        language: str,
        tokenizer: Tokenizer,
        max_tokens: int,
        kept: Sequence[Span] = (),
        breaks: Sequence[int] = (),
        joined: Sequence[Span] = (),
    ) -> None:
        """Look at the paragraph.

        Args:
            text: The paragraph.
            language: Its language.
            tokenizer: The model's.
            max_tokens: Tokens a sentence may have, without tag and end.
            kept: More places that must come back as they are.
            breaks: Places that no sentence goes across, such as those of ``<br>``.
            joined: Line breaks that are read as spaces, with the white space around them.
        """
        self._language = language
        self._tokenizer = tokenizer
        self._max_tokens = max_tokens
        self._cells = read_characters(text, language)
        self._text = self._join(text, joined)
        self._breaks = sorted(
            [Span(*match.span()) for match in HARD_BREAK.finditer(self._text)]
            + [Span(*match.span()) for match in COLUMN_BREAK.finditer(text)]
            + [Span(place, place) for place in set(breaks)],
            key=lambda span: (span.start, span.end),
        )
        # Line breaks that are spaces end no code.
        marked = find_marked(self._text)
        self._keep([*marked, *kept])
        cells = self._as_models_see_capitals()
        unknown = find_unknown(text, cells, language=language, tokenizer=tokenizer)
        given = merge(kept)
        self._keep([*marked, *kept, *unknown])
        self._amounts = {
            span
            for span in self._kept
            if span not in given and AMOUNT.fullmatch(text, span.start, span.end)
        }

    def _keep(self, spans: Sequence[Span]) -> None:
        self._kept = list(self._within_blocks(merge(spans)))
        self._kept_starts = [span.start for span in self._kept]

    def _as_models_see_capitals(self) -> list[str]:
        """Return the cells in small letters where a line will be put into sentence case.

        Many vocabularies have Ы or Ô in small letters only.
        """
        cells = [*self._cells]
        for block in self._blocks():
            outside = self._outside_kept(block)
            if not any(map(str.islower, outside)):
                casing = find_casing(self._outside_kept(self._line(block)), self._language)
                if casing is Casing.CAPITALS:
                    for place in range(block.start, block.end):
                        cells[place] = cells[place].lower()
        return cells

    def _join(self, text: str, joined: Sequence[Span]) -> str:
        """Return the text with spaces for the line breaks that are none, as long as before."""
        pieces: list[str] = []
        done = 0
        for span in joined:
            pieces += [text[done : span.start], " " * len(span)]
            hyphen = text[span.start - 1] == "-" and text[span.start - 2 : span.start - 1].isalpha()
            self._cells[span.start : span.end] = ["" if hyphen else " ", *[""] * (len(span) - 1)]
            done = span.end
        return "".join([*pieces, text[done:]])

    def sentences(self) -> list[Sentence]:
        """Return what the model has to translate, in order; all between it is to be copied."""
        found: list[Sentence] = []
        for block in self._blocks():
            line = self._line(block)
            of_line = find_casing(self._outside_kept(line), self._language)
            for sentence in self._whole_sentences(line):
                for piece in map(self._trim, self._within_limit(self._speech(sentence))):
                    outside = self._outside_kept(piece)
                    if any(map(str.isalpha, outside)):
                        casing = of_line
                        if casing is Casing.PLAIN:
                            casing = find_casing(outside, self._language)
                        found.append(self._mask(piece, casing))
        return found

    def around_masks(self, sentence: Sentence) -> list[Sentence]:
        """Return the parts of a sentence between its masks, for a model that lost one of them."""
        edges = [sentence.span.start]
        for _, span in sentence.masks:
            edges += [span.start, span.end]
        edges.append(sentence.span.end)
        parts = (
            self._trim(Span(start, end)) for start, end in zip(edges[::2], edges[1::2], strict=True)
        )
        return [
            self._mask(part, sentence.casing)
            for part in parts
            if any(map(str.isalpha, self._outside_kept(part)))
        ]

    def _within_blocks(self, kept: Sequence[Span]) -> Iterator[Span]:
        """Yield what is kept, cut where a line or block ends in it, as code of several lines is."""
        blocks = list(self._blocks())
        first = 0
        for span in kept:
            while first < len(blocks) and blocks[first].end <= span.start:
                first += 1
            index = first
            while index < len(blocks) and blocks[index].start < span.end:
                yield Span(max(span.start, blocks[index].start), min(span.end, blocks[index].end))
                index += 1

    def _blocks(self) -> Iterator[Span]:
        """Yield the text between line breaks and other hard breaks."""
        start = 0
        for span in self._breaks:
            if start < span.start:
                yield Span(start, span.start)
            start = max(start, span.end)
        if start < len(self._text):
            yield Span(start, len(self._text))

    def _line(self, block: Span) -> Span:
        """Return a line without the signs of lists, headings and dialogue at its edges."""
        span = self._trim(block)
        start = self._outside(leading_marker(self._text, span.start, span.end), span.start)
        end = self._outside(trailing_marker(self._text, start, span.end), span.end)
        return Span(start, end)

    def _speech(self, sentence: Span) -> Span:
        """Return a sentence without the dash of its speaker."""
        start = speaker_dash(self._text, sentence.start, sentence.end)
        return Span(self._outside(start, sentence.start), sentence.end)

    def _outside(self, place: int, otherwise: int) -> int:
        """Return a place, or the other one if it is inside something kept."""
        return place if self._kept_around(place) is None else otherwise

    def _whole_sentences(self, block: Span) -> Iterator[Span]:
        """Yield the block's sentences; a boundary inside something kept is none.

        Pictures and language tags separate sentences, too.
        """
        start: int | None = None
        for span in split_sentences(self._text[block.start : block.end], self._language):
            sentence = Span(block.start + span.start, block.start + span.end)
            if start is None:
                around = self._kept_around(sentence.start)
                start = sentence.start if around is None else max(block.start, around.start)
            if self._kept_around(sentence.end) is None:
                yield from self._replies(Span(start, sentence.end))
                start = None
        if start is not None:
            yield from self._replies(Span(start, block.end))

    def _replies(self, sentence: Span) -> Iterator[Span]:
        start = sentence.start
        for match in REPLY.finditer(self._text, sentence.start, sentence.end):
            if self._kept_around(match.start()) is None:
                yield from self._between_signs(Span(start, match.start()))
                start = match.end()
        yield from self._between_signs(Span(start, sentence.end))

    def _between_signs(self, span: Span) -> Iterator[Span]:
        start = span.start
        for kept in self._kept_in(span):
            if is_separator(self._text[kept.start : kept.end]):
                yield Span(start, kept.start)
                start = kept.end
        yield Span(start, span.end)

    def _within_limit(self, sentence: Span) -> Iterator[Span]:
        """Yield the sentence in pieces that the model can take; time is linear in its length."""
        start = sentence.start
        while (end := self._cut(start, sentence.end)) < sentence.end:
            yield Span(start, end)
            start = end
        yield Span(start, sentence.end)

    def _cut(self, start: int, end: int) -> int:
        """Return where the piece that begins at ``start`` ends: at a clause, a space, anywhere."""
        window = self._text[start : min(end, start + self._max_tokens * CHARS_A_TOKEN)]
        readable = window.translate(LOOKALIKES).encode(errors="replace").decode()
        fits = max(1, self._tokenizer.fitting(readable, self._max_tokens))
        if start + fits == end:
            return end
        clauses = [match.end() for match in CLAUSE_END.finditer(window, 0, fits)]
        if clauses and clauses[-1] * 3 > fits:
            cut = clauses[-1]
        else:
            spaces = window[:fits].rstrip().rfind(" ") + 1
            cut = spaces if spaces * 3 > fits else self._between_characters(window, fits)
        around = self._kept_around(start + cut)
        if around is None:
            return start + cut
        return around.start if around.start > start else around.end

    @staticmethod
    def _between_characters(window: str, cut: int) -> int:
        """Move a cut back, out of a letter and its combining marks."""
        place = cut
        while 0 < place < len(window) and unicodedata.combining(window[place]):
            place -= 1
        return place or cut

    def _kept_around(self, place: int) -> Span | None:
        """Return what is kept on both sides of a place, if anything."""
        index = bisect.bisect_left(self._kept_starts, place) - 1
        if index >= 0 and place < self._kept[index].end:
            return self._kept[index]
        return None

    def _kept_in(self, span: Span) -> list[Span]:
        first = bisect.bisect_left(self._kept_starts, span.start)
        last = bisect.bisect_left(self._kept_starts, span.end)
        return self._kept[first:last]

    def _trim(self, span: Span) -> Span:
        """Return a part of the text without white space at its edges, but for what is kept."""
        start, end = span.start, span.end
        while start < end and self._text[start].isspace():
            start += 1
        while start < end and self._text[end - 1].isspace():
            end -= 1
        first, last = self._kept_around(start), self._kept_around(end)
        return Span(
            start if first is None else max(span.start, first.start),
            end if last is None else min(span.end, last.end),
        )

    def _outside_kept(self, span: Span) -> str:
        """Return a part of the text with figures for what is kept, as long as it is."""
        pieces: list[str] = []
        start = span.start
        for kept in self._kept_in(span):
            pieces += [self._text[start : kept.start], "0" * len(kept)]
            start = kept.end
        return "".join([*pieces, self._text[start : span.end]])

    def _mask(self, span: Span, casing: Casing) -> Sentence:
        pieces: list[str] = []
        origins: list[int] = []
        masks: list[tuple[str, Span]] = []
        names = unused_masks(self._text[span.start : span.end])
        start = span.start
        for kept in [*self._kept_in(span), Span(span.end, span.end)]:
            cells = self._cells[start : kept.start]
            pieces += cells
            origins += [place for place, cell in enumerate(cells, start) for _ in cell]
            if len(kept):
                mask = names()
                masks.append((mask, kept))
                pieces.append(mask)
                origins += [kept.start] * len(mask)
            start = kept.end
        text = "".join(pieces)
        if casing is not Casing.PLAIN:
            hidden, found = hide_masks(text, {mask for mask, _ in masks})
            common = self._tokenizer.prefers_small_letters
            cased = sentence_case(hidden, casing, self._language, is_common=common)
            text = show_masks(cased, found)
        return Sentence(
            span=span,
            text=text,
            origins=tuple(origins),
            masks=tuple(masks),
            casing=casing,
            amounts=frozenset(kept for _, kept in masks if kept in self._amounts),
        )
