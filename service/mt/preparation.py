"""What of a paragraph goes to the model, and in which form.

Only sentences with something to translate reach the model. Whatever lies between them (white
space, line breaks, rows of symbols, numbers on their own) is copied to the target as it stands.
Inside a sentence, what the model would spoil (web addresses, words and signs that its vocabulary
lacks, language tags, code) is replaced by a short mask that the model copies.
"""

import bisect
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from alignment.beads import Span
from alignment.sentences import split_sentences
from service.mt.tokenizer import Tokenizer

VERSION: Final = 3
"""Part of every signature; goes up whenever the same text is prepared differently."""

MASK: Final = "XX{}"
"""Of thirty shapes tried in ten sentences with one to four of them, the compact model copied this
one every time, in French and in Russian, and put no article before it."""

MASK_LIKE: Final = re.compile(r"XX\d+")

HARD_BREAK: Final = re.compile(r"[\x00-\x08\n-\x1f\x7f-\x9f\u2028\u2029]+")
"""Line breaks and control characters: no sentence goes across them."""

ADDRESS: Final = re.compile(
    r"(?:https?://|ftp://|www\.)[^\s<>\"«»“”]*[^\s<>\"«»“”.,;:!?)\]'’…]"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
)
LANGUAGE_TAG: Final = re.compile(r">>[A-Za-z_+-]{1,40}<<")
WORD: Final = re.compile(r"[^\s\"“”«»()\[\]{},;:!?/…—–]+")
EMOJI_JOINERS: Final = "\u200d\ufe0e\ufe0f\u20e3"
FIRST_PICTURE: Final = "\u2190"
"""Signs from here on (arrows, pictures, emoji) stand between words; those before it, such as
degrees and fractions, belong to one."""
PLACEHOLDER: Final = "\ufffc"
"""What markup puts where a tag stands for a word; Unicode's object replacement character."""
UNIT_LETTERS: Final = 3
"""Letters that a unit or a part of a formula has at most."""
SPELLED_OUT: Final = "№"
"""Signs that SentencePiece's NFKC spells in letters ("No"), which models then lose."""
CLAUSE_END: Final = re.compile(r"[,;:…)»”][\"')»”]*\s|\s[—–-]\s")

INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0f\ufeff"))
LOOKALIKES: Final = str.maketrans("\u00a0\u202f\u2009\u2007“”„‟‘’‚‛", "    \"\"\"\"''''")
"""Spaces and curly quotes as the models saw them. Straight double quotes gave the compact model
0.5 chrF more than curly ones on English sentences with quotations, French and Russian alike."""

CHARS_A_TOKEN: Final = 8
"""More characters than a token has on average: how far to look for the end of a long sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence as the model gets it."""

    span: Span
    """Its place in the paragraph."""
    text: str
    """Without invisible characters, quotes straightened, masks in place."""
    origins: tuple[int, ...]
    """For each character of ``text`` the character of the paragraph that it stands for."""
    masks: tuple[tuple[str, Span], ...]
    """Each mask and what it stands for in the paragraph, in order."""


def find_kept(text: str, tokenizer: Tokenizer) -> list[Span]:
    """Return what must come back as it is: addresses, language tags, what the vocabulary lacks.

    A word with a letter that the vocabulary lacks is kept whole; a raised digit and the like with
    its number or unit (10⁶, m²), which the model would read as 106; of signs only the signs
    themselves. Spans are in order and disjoint. Time is linear in the text.
    """
    found = [Span(*match.span()) for match in ADDRESS.finditer(text)]
    found += [Span(*match.span()) for match in LANGUAGE_TAG.finditer(text)]
    unknown = {character for character in set(text) if _is_unknown(character, tokenizer)}
    letters = {character for character in unknown if character.isalpha()}
    digits = {character for character in unknown if _is_digit_like(character)}
    signs = unknown - letters - digits
    if letters:
        words = WORD.finditer(text)
        found += [Span(*word.span()) for word in words if not letters.isdisjoint(word[0])]
    if digits:
        runs = re.finditer(f"[{re.escape(''.join(sorted(digits)))}]+", text)
        found += [_with_number_or_unit(text, Span(*run.span())) for run in runs]
    if signs:
        one = f"[{re.escape(''.join(sorted(signs)))}]"
        found += [
            Span(*run.span()) for run in re.finditer(f"{one}(?:{one}|[{EMOJI_JOINERS}])*", text)
        ]
    return merge(found)


def _with_number_or_unit(text: str, run: Span) -> Span:
    """Return raised digits with what they belong to: 10⁶, m², CO₂; but not the word of a footnote.

    A few letters beside them are a unit or a formula; more are a word, which is translated.
    """
    start, end = run.start, run.end
    while start > 0 and text[start - 1].isdecimal():
        start -= 1
    if start == run.start:
        start -= _unit_length(text[max(0, start - UNIT_LETTERS - 1) : start][::-1])
    end += _unit_length(text[end : end + UNIT_LETTERS + 1])
    return Span(start, end)


def _unit_length(beside: str) -> int:
    """Return how many letters stand first, or none if they are too many for a unit."""
    letters = next((i for i, sign in enumerate(beside) if not sign.isalpha()), len(beside))
    return letters if letters <= UNIT_LETTERS else 0


def _is_unknown(character: str, tokenizer: Tokenizer) -> bool:
    category = unicodedata.category(character)
    if category in {"Cs", "Co", "Cn"} or character == "▁":
        return True
    if category[0] in "ZM" or category in {"Cc", "Cf"} or ord(character) in LOOKALIKES:
        return False
    if _is_digit_like(character) or character in SPELLED_OUT:
        return True
    return not tokenizer.knows(character)


def _is_digit_like(character: str) -> bool:
    """Tell whether it is a number that SentencePiece's NFKC would turn into plain digits: ², ①."""
    is_number = unicodedata.category(character) == "No"
    return is_number and unicodedata.normalize("NFKC", character) != character


def merge(spans: Sequence[Span]) -> list[Span]:
    """Return the union of spans, in order; those that overlap become one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        elif len(span):
            merged.append(span)
    return merged


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
    ) -> None:
        """Look at the paragraph.

        Args:
            text: The paragraph.
            language: Its language, for the sentence splitter.
            tokenizer: The model's.
            max_tokens: Tokens a sentence may have, without tag and end.
            kept: More places that must come back as they are.
            breaks: Places that no sentence goes across, such as those of ``<br>``.
        """
        self._text = text
        self._language = language
        self._tokenizer = tokenizer
        self._max_tokens = max_tokens
        self._breaks = sorted(
            [Span(*match.span()) for match in HARD_BREAK.finditer(text)]
            + [Span(place, place) for place in set(breaks)],
            key=lambda span: (span.start, span.end),
        )
        self._kept = list(self._within_blocks(merge([*find_kept(text, tokenizer), *kept])))
        self._kept_starts = [span.start for span in self._kept]

    def sentences(self) -> list[Sentence]:
        """Return what the model has to translate, in order; all between it is to be copied."""
        spans = (
            piece
            for block in self._blocks()
            for sentence in self._whole_sentences(block)
            for piece in self._within_limit(sentence)
        )
        trimmed = (self._trim(span) for span in spans)
        return [self._mask(span) for span in trimmed if self._has_words(span)]

    def around_masks(self, sentence: Sentence) -> list[Sentence]:
        """Return the parts of a sentence between its masks, for a model that lost one of them."""
        edges = [sentence.span.start]
        for _, span in sentence.masks:
            edges += [span.start, span.end]
        edges.append(sentence.span.end)
        parts = (
            self._trim(Span(start, end)) for start, end in zip(edges[::2], edges[1::2], strict=True)
        )
        return [self._mask(part) for part in parts if self._has_words(part)]

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

    def _whole_sentences(self, block: Span) -> Iterator[Span]:
        """Yield the block's sentences; a boundary inside something kept is none.

        Pictures and language tags separate sentences, too.
        """
        start: int | None = None
        for span in split_sentences(self._text[block.start : block.end], self._language):
            sentence = Span(block.start + span.start, block.start + span.end)
            start = sentence.start if start is None else start
            if self._kept_around(sentence.end) is None:
                yield from self._between_signs(Span(start, sentence.end))
                start = None
        if start is not None:
            yield from self._between_signs(Span(start, block.end))

    def _between_signs(self, span: Span) -> Iterator[Span]:
        start = span.start
        for kept in self._kept_in(span):
            if self._is_sign(kept):
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
        start, end = span.start, span.end
        while start < end and self._text[start].isspace():
            start += 1
        while start < end and self._text[end - 1].isspace():
            end -= 1
        return Span(start, end)

    def _is_sign(self, kept: Span) -> bool:
        text = self._text[kept.start : kept.end]
        return LANGUAGE_TAG.fullmatch(text) is not None or all(
            character >= FIRST_PICTURE and not character.isalnum() and character != PLACEHOLDER
            for character in text
        )

    def _has_words(self, span: Span) -> bool:
        """Tell whether anything outside the kept places has a letter."""
        start = span.start
        for kept in [*self._kept_in(span), Span(span.end, span.end)]:
            if any(map(str.isalpha, self._text[start : kept.start])):
                return True
            start = kept.end
        return False

    def _mask(self, span: Span) -> Sentence:
        pieces: list[str] = []
        origins: list[int] = []
        masks: list[tuple[str, Span]] = []
        names = _unused_masks(self._text[span.start : span.end])
        start = span.start
        for kept in [*self._kept_in(span), Span(span.end, span.end)]:
            for place in range(start, kept.start):
                seen = self._text[place].translate(INVISIBLE).translate(LOOKALIKES)
                pieces.append(seen)
                origins += [place] * len(seen)
            if len(kept):
                mask = names()
                masks.append((mask, kept))
                pieces.append(mask)
                origins += [kept.start] * len(mask)
            start = kept.end
        return Sentence(span=span, text="".join(pieces), origins=tuple(origins), masks=tuple(masks))


def _unused_masks(text: str) -> Callable[[], str]:
    """Return a function that gives a new mask at each call, none of them in the text."""
    numbers = iter(range(1, len(text) + 2))

    def next_mask() -> str:
        return next(mask for mask in map(MASK.format, numbers) if mask not in text)

    return next_mask
