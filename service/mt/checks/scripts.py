"""Words in the wrong alphabet: Latin ones in Russian, Cyrillic ones in English and French."""

import re
from typing import Final

from alignment.beads import Span
from service.domain.language import Direction, Language
from service.domain.translation import Flag, FlagCode

WORD: Final = re.compile("[^\\W\\d_ªº²³¹¼-¾\u2070-\u209f\u2150-\u218f]+")
"""Letters; raised digits and fractions are none."""
MICRO: Final = re.compile("[\u00b5\u03bc][A-Za-z]{0,3}")
"""Units that every language writes so: µm."""
LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
CYRILLIC: Final = re.compile("[\u0400-\u052f]")
QUOTED: Final = re.compile('[«“"„\'(][^«»“”"„()]{0,200}[»”"\'“)]')
JOINED: Final = frozenset("./@_#<>=\\0123456789")
"""Beside a letter these make it part of an address, an account, code, a model's number."""
BEGINNING: Final = 4
"""Letters by which a word is another form of a name: Brexiteer, Brexit."""


def check_script(source: str, target: str, direction: Direction) -> list[Flag]:
    """Return a flag with the places of words that have no business in such a draft.

    In Russian, Latin words stand where the source has them as names (with a capital, in an address
    or in quotation marks); in English and French a Cyrillic word is always wrong, unless the
    source, not Russian itself, has it. Words of any third script must be in the source.
    """
    right = CYRILLIC if direction.target is Language.RU else LATIN
    if target.isascii() and right is LATIN:
        return []
    known: set[str] | None = None
    spans = []
    for match in WORD.finditer(target):
        word = match[0]
        if all(map(right.match, word)) or (len(word) == 1 and not CYRILLIC.match(word)):
            continue  # one letter may be a variable or a grade
        if MICRO.fullmatch(word):
            continue
        if known is None:
            known = _names(source, direction)
        lowered = word.lower()
        if known.isdisjoint({lowered, lowered[:BEGINNING], lowered + "s"}):
            spans.append(Span(*match.span()))
    if not spans:
        return []
    note = f"words in another alphabet: {len(spans)}"
    return [Flag(code=FlagCode.SCRIPT, note=note, target=tuple(spans))]


def _names(source: str, direction: Direction) -> set[str]:
    """Return the words that the draft may have as they are, in small letters, and how they begin.

    Small words between the parts of a name belong to it: Palms Hotel and Casino.
    """
    own = CYRILLIC if direction.source is Language.RU else LATIN
    quoted = [match.span() for match in QUOTED.finditer(source)]
    names: set[str] = set()
    after_name = False
    for match in WORD.finditer(source):
        word, (start, end) = match[0], match.span()
        is_own = own.search(word) is not None
        if direction.source is Language.RU and is_own:
            continue
        while quoted and quoted[0][1] <= start:
            quoted.pop(0)
        beside = source[max(0, start - 1) : start] + source[end : end + 1].replace("(", "=")
        named = not is_own or not word.islower() or not JOINED.isdisjoint(beside)
        if named or after_name or (quoted and quoted[0][0] <= start):
            names |= {word.lower(), word[:BEGINNING].lower()}
        after_name = named
    return names
