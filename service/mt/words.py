"""The words of a text, with what tells a name from a word that only begins a sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from alignment.beads import Span
from service.mt.inflection import INVISIBLE, fold

BREAK: Final = "\n"
"""What stands for a gap that no term goes across."""
SUPERSCRIPTS: Final = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")
"""Digits of footnotes and powers, which are no part of a word."""

_LETTER: Final = rf"[^\W_{''.join(sorted(SUPERSCRIPTS))}]"
_WORD: Final = re.compile(rf"{_LETTER}(?:{_LETTER}|[{INVISIBLE}\u0300-\u036f])*")
_SPACES: Final = re.compile(r"\s+")
_BREAK: Final = re.compile(r"[\n\x85]\s*[\n\x85]|\r\s*\r|[\v\f\x1c-\x1e\u2028\u2029\ufffc]")
"""Two ends of lines, one that divides paragraphs or pages, or a place held for something else."""
_WITHIN_QUOTES: Final = re.compile("(?<=[«‹]) | (?=[»›])")
_UNSEEN: Final = dict.fromkeys(map(ord, INVISIBLE))
_SAME_SIGNS: Final = str.maketrans("’ʼ‘\u2010\u2011\u2013«»‹›“”„‟", "'''---" + 8 * '"')
_SENTENCE_END: Final = re.compile(r"[.!?…:;•\n\r\v\f\u2028\u2029]|^\s*[-–—]\s")
_QUOTE: Final = frozenset("«“„\"'‘‹")

TITLE_WORDS: Final = 4
"""A heading in title case has at least so many words of as many letters, each with a capital."""


class Capitals(Enum):
    """How a word is written."""

    NONE = "none"
    FIRST = "first"
    ALL = "all"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Word:
    """A word in its place."""

    span: Span
    text: str
    key: str
    """The word as words are compared."""
    gap: str
    """What stands between it and the word before, as :func:`fold_gap` writes it."""
    capitals: Capitals
    initial: bool
    """Whether it begins a sentence, so that its capital says nothing."""

    def is_followed_by_name(self, after: "Word | None") -> bool:
        """Tell whether the next word has a capital as the second word of a name has."""
        return (
            after is not None
            and after.gap == " "
            and after.capitals is Capitals.FIRST
            and not after.initial
            and len(after.key) > 1
        )


def capitals_of(word: str) -> Capitals:
    """Return how a word is written; a single capital is a first one, but beside a digit.

    >>> [capitals_of(word).value for word in ("NATO", "5G", "Oslo", "7Up", "iPhone", "5")]
    ['all', 'all', 'first', 'first', 'mixed', 'none']
    """
    letters = [letter for letter in word if letter.isalpha()]
    if word == word.lower() or not letters:  # Roman numerals have a sign of their own: Ⅳ
        return Capitals.NONE
    several = len(letters) > 1 or any(letter.isdigit() for letter in word)
    if several and word == word.upper():
        return Capitals.ALL
    if letters[0].isupper() and all(letter == letter.lower() for letter in letters[1:]):
        return Capitals.FIRST
    return Capitals.MIXED


def read_words(text: str) -> list[Word]:
    """Return the words of a text in order. Time is linear in the text."""
    found = list(_WORD.finditer(text))
    words: list[Word] = []
    end = 0
    for index, match in enumerate(found):
        gap = text[end : match.start()]
        after = found[index + 1] if index + 1 < len(found) else None
        words.append(
            Word(
                span=Span(*match.span()),
                text=match[0],
                key=fold(match[0]),
                gap=fold_gap(gap),
                capitals=capitals_of(match[0]),
                initial=not words
                or (gap != " " and _SENTENCE_END.search(gap) is not None)
                or (gap[-1:] in _QUOTE and _goes_on_small(text, match, after)),
            )
        )
        end = match.end()
    return words


def _goes_on_small(text: str, word: re.Match[str], after: re.Match[str] | None) -> bool:
    """Tell whether a small word follows: a quoted name stands alone, a quoted sentence goes on."""
    return (
        after is not None and text[word.end() : after.start()].isspace() and after[0][0].islower()
    )


def fold_gap(gap: str) -> str:
    """Return what stands between two words as it is compared.

    White space is single, none stands within French quotation marks, quotation marks, hyphens and
    apostrophes are plain ones, and what no term goes across is a :data:`BREAK`.

    >>> fold_gap("  « "), fold_gap("’")
    (' "', "'")
    """
    if gap in {"", " "}:
        return gap
    if holds_break(gap):
        return BREAK
    single = _SPACES.sub(" ", gap.translate(_UNSEEN))
    return _WITHIN_QUOTES.sub("", single).translate(_SAME_SIGNS)


def holds_break(gap: str) -> bool:
    """Tell whether something stands in a gap that no term goes across."""
    return _BREAK.search(gap) is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and its words."""

    text: str
    words: Sequence[Word]
    title_case: bool
    """Whether it is a heading whose words all have capitals."""

    def word(self, index: int) -> Word | None:
        """Return a word by its number, if there is one."""
        return self.words[index] if 0 <= index < len(self.words) else None


def read(text: str) -> Reading:
    """Return a text with its words. Time is linear in the text."""
    words = read_words(text)
    return Reading(text, words, _is_title_case(words))


def _is_title_case(words: Sequence[Word]) -> bool:
    long = [word for word in words if len(word.key) >= TITLE_WORDS]
    return (
        len(long) >= TITLE_WORDS
        and all(word.capitals in {Capitals.FIRST, Capitals.ALL} for word in long)
        and any(word.capitals is Capitals.FIRST for word in long)
    )
