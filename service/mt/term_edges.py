"""What stands at the ends of a term: signs of its own, or signs that make another word of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from alignment.beads import Span
from service.domain.language import Language
from service.mt.inflection import INVISIBLE, Inflection
from service.mt.words import (
    SUPERSCRIPTS,
    Capitals,
    Reading,
    Word,
    fold_gap,
    holds_break,
)

UNIT_LETTERS: Final = 3
"""A word of so many letters before a superscript digit is a unit, not a word with a footnote."""

_GLUE: Final = frozenset("'._@&")
"""Signs that make one word of two, where nothing else stands between them."""
_IN_NUMBERS: Final = frozenset(",\u00a0\u2009\u202f")
"""Signs that make one number of two, so too."""
_NAMING: Final = re.compile(r"[#♯]|\+\+|\+(?!\w)")
"""Signs that make another name of the word before them: C++, C#, Canal+."""
_NAMING_BEFORE: Final = re.compile(r"[@_]\Z|(?<!\S)\.\Z")
"""Signs that make another name of the word after them: @name, .NET."""
_QUOTES: Final = ' "'
_OPENING: Final = frozenset('"([{')
_CLOSING: Final = frozenset('")]}!?…:;,')
"""Signs that end a term also where a word follows at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The ends of a term as it is looked for."""

    head: str
    """Its signs before the first word, such as the point of ".NET"; a space stands for any white
    space or none."""
    tail: str
    after_hyphen: bool
    """Whether it may be the end of a compound: "non-Google"."""
    before_hyphen: bool
    """Whether it may be the beginning of one: "Google-owned"."""
    shouted: bool
    """Whether its last word always has capitals, so that it is no unit."""

    def find(
        self, reading: Reading, start: int, end: int, *, inflection: Inflection
    ) -> Span | None:
        """Return where the whole term stands whose words are those from one to another.

        Nothing is returned if its signs are not there, or if it is but a part of a word, of a
        compound, of a number or of an address.
        """
        text = reading.text
        first = _pass_signs(self.head, text, reading.words[start].span.start, step=-1)
        last = _pass_signs(self.tail, text, reading.words[end].span.end, step=1)
        if first is None or last is None:
            return None
        if self._goes_on_before(reading, start, first, inflection):
            return None
        return None if self._goes_on_after(reading, end, last, inflection) else Span(first, last)

    def _goes_on_before(
        self, reading: Reading, start: int, first: int, inflection: Inflection
    ) -> bool:
        text, own, before = reading.text, reading.words[start], reading.word(start - 1)
        if self.head:
            return self.head[0] not in _OPENING and text[first - 1 : first].isalnum()
        if _NAMING_BEFORE.search(text, max(0, first - 2), first):
            return True
        if before is None or (own.gap == "'" and before.key in inflection.elided):
            return False
        return _is_glued(reading.text, before, own, hyphen=self.after_hyphen)

    def _goes_on_after(self, reading: Reading, end: int, last: int, inflection: Inflection) -> bool:
        text, own, after = reading.text, reading.words[end], reading.word(end + 1)
        if _NAMING.match(text, last):
            return True
        if self.tail:
            return self.tail[-1] not in _CLOSING and text[last : last + 1].isalnum()
        if text[last : last + 1] in SUPERSCRIPTS and self._has_power(own):
            return True
        if after is None or (after.gap == "'" and after.key in inflection.possessive):
            return False
        return _is_glued(text, own, after, hyphen=self.before_hyphen)

    def _has_power(self, own: Word) -> bool:
        """Tell whether a superscript digit after a word is a power: km², 10⁹."""
        return own.text[-1].isdigit() or (len(own.key) <= UNIT_LETTERS and not self.shouted)


def read_edges(
    text: str, words: Sequence[Word], *, language: Language, quotes: bool, compounds: bool
) -> Edges:
    """Return the ends of a term.

    Args:
        text: The term.
        words: Its words.
        language: Of the term.
        quotes: Whether quotation marks at its ends are part of it.
        compounds: Whether it may be a part of a compound with a hyphen.
    """
    outer = " " if quotes else _QUOTES
    head = fold_gap(text[: words[0].span.start]).lstrip(outer)
    tail = fold_gap(text[words[-1].span.end :]).rstrip(outer)
    compounds = compounds or all(word.capitals is Capitals.ALL for word in words)
    return Edges(
        head=head.replace('"', '" '),
        tail=tail.replace('"', ' "'),
        after_hyphen=compounds,
        # English makes compounds of whole phrases (European Union-backed); chef d'État-major is
        # no chef d'État.
        before_hyphen=compounds or (language is Language.EN and len(words) > 1),
        shouted=words[-1].capitals is Capitals.ALL,
    )


def _pass_signs(signs: str, text: str, place: int, *, step: int) -> int | None:
    """Return where signs end that stand in a text from a place on, or before it if step is -1."""
    if not signs:
        return place
    at = place if step > 0 else place - 1
    for sign in signs[::step]:
        while 0 <= at < len(text) and (
            text[at] in INVISIBLE or (sign == " " and text[at].isspace())
        ):
            at += step
        if sign == " ":
            continue
        if not 0 <= at < len(text) or fold_gap(text[at]) != sign:
            return None
        at += step
    end = at if step > 0 else at + 1
    return None if holds_break(text[min(place, end) : max(place, end)]) else end


def _is_glued(text: str, left: Word, right: Word, *, hyphen: bool) -> bool:
    """Tell whether two words are one by what stands between them."""
    between = text[left.span.end : right.span.start]
    if right.gap == "-":
        return not hyphen and "–" not in between
    if left.text[-1].isdigit() and right.text[0].isdigit() and between in _IN_NUMBERS:
        return True
    return right.gap in _GLUE
