"""Words in the wrong alphabet: Latin ones in Russian, Cyrillic ones in English and French."""

import re
from typing import Final

from alignment.beads import Span
from service.domain.language import Direction, Language
from service.domain.translation import Flag, FlagCode

WORD: Final = re.compile(r"[^\W\d_]+")
LATIN: Final = re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff]")
CYRILLIC: Final = re.compile("[\u0400-\u052f]")
SINGLE: Final = 1
"""A letter alone may be a variable, a grade, a category."""
UNITS: Final = frozenset({"km", "kg", "cm", "mm", "ml", "kw", "mw", "hz", "mb", "gb", "tb", "kb", "wi", "fi"})
QUOTED: Final = re.compile("[«“\"„'(][^«»“”\"„()]{0,200}[»”\"'“)]")


def check_script(source: str, target: str, direction: Direction) -> list[Flag]:
    """Return a flag with the places of words that have no business in such a draft.

    In Russian, Latin words stand where the source has them as names (with a capital, a digit or in
    quotation marks); in English and French a Cyrillic word is always wrong, unless the source, not
    Russian itself, has it. Words of any third script must be in the source.
    """
    right = CYRILLIC if direction.target is Language.RU else LATIN
    if target.isascii() and right is LATIN:
        return []
    known: set[str] | None = None
    spans = []
    for match in WORD.finditer(target):
        word = match[0]
        foreign = sum(1 for letter in word if not right.match(letter))
        if not foreign or (len(word) == SINGLE and not CYRILLIC.match(word)):
            continue
        if known is None:
            known = _names(source, direction)
        if word.lower() not in known and word.lower() not in UNITS:
            spans.append(Span(*match.span()))
    if not spans:
        return []
    note = f"words in another alphabet: {len(spans)}"
    return [Flag(code=FlagCode.SCRIPT, note=note, target=tuple(spans))]


def _names(source: str, direction: Direction) -> set[str]:
    """Return the words that the draft may have as they are, in small letters."""
    own = CYRILLIC if direction.source is Language.RU else LATIN
    quoted = [match.span() for match in QUOTED.finditer(source)]
    names: set[str] = set()
    for match in WORD.finditer(source):
        word = match[0]
        is_own = own.search(word) is not None
        if direction.source is Language.RU and is_own:
            continue
        place = match.start()
        named = (
            not is_own
            or not word.islower()
            or source[match.end() : match.end() + 1].isdigit()
            or any(start <= place < end for start, end in quoted)
        )
        if named:
            names.add(word.lower())
    return names
