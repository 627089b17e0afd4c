"""Headlines in capitals, or With A Capital On Each Word: put into sentence case, and back.

Models read such words as unknown names or letter by letter. What needs its capitals is said in
``data/headlines.*.toml``.
"""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
ROMAN: Final = re.compile(r"(?=[IVX]{2})X{0,3}(?:IX|IV|V?I{0,3})")
VOWEL: Final = re.compile(r"[AEIOUYÀ-ÖØ-ÝŒАЕЁИОУЫЭЮЯІЇ]")
LONGEST_ACRONYM: Final = 5
"""Letters of a word that may be an acronym though no table has it."""
SHORTEST_WORD: Final = 4
"""Letters that a word needs to show that capitals are those of a headline, not of acronyms."""
LEAST_SHORT_WORDS: Final = 3
"""Words of a headline in capitals that has only short ones, such as GO TO BED."""
LEAST_TITLE_WORDS: Final = 4
SMALL_WORD: Final = 3
"""Letters of words that may be small in a Title Case headline, with those of the table."""
SHORTEST_STEM: Final = 3
ENDINGS: Final = {
    "en": ("ing", "ed", "ly", "ness", "tion", "tions", "ment", "ments", "ces", "shes", "ches"),
    "fr": ("tion", "tions", "ment", "ments"),
    "ru": ("ать", "ить", "ого", "ает", "ует", "ился", "лась"),
}
"""Ends of words that are hardly names."""


class Casing(StrEnum):
    """What a sentence's capitals are."""

    PLAIN = "plain"
    CAPITALS = "capitals"
    TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadlineTables:
    """Words of one language, as the data files have them."""

    acronyms: frozenset[str]
    names: dict[str, str]
    """By their capitals."""
    common: frozenset[str]
    small: frozenset[str]


@cache
def headline_tables(language: str) -> HeadlineTables:
    """Return the tables of ``en``, ``fr`` or ``ru``."""
    path = files("service.mt") / "data" / f"headlines.{language}.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return HeadlineTables(
        acronyms=frozenset(tables["acronyms"].split()),
        names={name.upper(): name for name in tables["names"].split()},
        common=frozenset(tables["common"].split()),
        small=frozenset(tables["small"].split()),
    )


def find_casing(text: str, language: str) -> Casing:
    """Tell what the capitals of a text say; what must be kept as it is stands blank in it.

    Capitals: all letters are, and a word is too long or too common to be an acronym.
    Title Case: a headline of at least four words without a full stop, all its longer words with a
    capital, one behind the first of a kind that no name has. NATO is neither, nor is a list of
    names.
    """
    words = WORD.findall(text)
    if any(map(str.islower, text)):
        return Casing.TITLE if _is_title(text, words, language) else Casing.PLAIN
    tables = headline_tables(language)
    alone, several = len(words) == 1, len(words) >= LEAST_SHORT_WORDS
    for word in words:
        common = several and len(word) > 1 and word.lower() in tables.common
        long = len(word) > LONGEST_ACRONYM or (len(word) >= SHORTEST_WORD and not alone)
        if (common or long) and not _is_acronym(word, tables):
            return Casing.CAPITALS if text.isupper() else Casing.PLAIN
    return Casing.PLAIN


def _is_title(text: str, words: Sequence[str], language: str) -> bool:
    if len(words) < LEAST_TITLE_WORDS or text.rstrip().endswith((".", "…", ",", ";")):
        return False
    tables = headline_tables(language)
    shows = False
    for number, word in enumerate(words):
        common = word.lower().replace("’", "'") in tables.common
        if not word[0].isupper():
            if len(word) > SMALL_WORD and word.replace("’", "'") not in tables.small:
                return False
        elif number and common and len(word) > 1:
            shows = True
    capitals = sum(word[0].isupper() for word in words)
    return shows and capitals * 2 > len(words)


def sentence_case(
    text: str, casing: Casing, language: str, *, is_common: Callable[[str], bool]
) -> str:
    """Return a headline in sentence case; not a character moves.

    Args:
        text: The headline; what must be kept as it is stands blank in it.
        casing: What ``find_casing`` says of it.
        language: Its language.
        is_common: Tells whether the model's vocabulary has a word in small letters.
    """
    tables = headline_tables(language)
    result = [*text]
    words = list(WORD.finditer(text))
    for number, match in enumerate(words):
        word = match[0]
        last = number + 1 == len(words)
        if casing is Casing.CAPITALS:
            initial = text[match.end() : match.end() + 1] == "." and not last
            seen = _from_capitals(word, tables, last=last, initial=initial)
        else:
            seen = _from_title(word, tables, language, is_common=is_common)
        if number == 0 and not any(map(str.isalnum, text[: match.start()])):
            seen = seen[0].upper() + seen[1:]
        if len(seen) == len(word):
            result[match.start() : match.end()] = seen
    return "".join(result)


def _from_capitals(word: str, tables: HeadlineTables, *, last: bool, initial: bool) -> str:
    if word == "US" and last:
        return "us"
    if _is_acronym(word, tables) or (len(word) == 1 and initial):
        return word
    pieces = re.split("(['’])", word)
    return "".join(_piece_from_capitals(piece, tables) for piece in pieces)


def _piece_from_capitals(piece: str, tables: HeadlineTables) -> str:
    """Return what stands before or after an apostrophe, or a word without one."""
    if piece in tables.acronyms or (piece == "I" and "the" in tables.common):
        return piece
    return tables.names.get(piece, piece.lower())


def _from_title(
    word: str, tables: HeadlineTables, language: str, *, is_common: Callable[[str], bool]
) -> str:
    small = word.lower()
    if not word[1:].islower() or word.upper() in tables.names:
        return small if small in tables.common and len(word) == 1 and small != "i" else word
    stems = [small, small.removesuffix("s"), small.removesuffix("es")]
    known = small.replace("’", "'") in tables.common or any(
        is_common(stem) for stem in stems if len(stem) >= SHORTEST_STEM
    )
    return small if known or small.endswith(ENDINGS[language]) else word


def _is_acronym(word: str, tables: HeadlineTables) -> bool:
    if word in tables.acronyms or ROMAN.fullmatch(word):
        return True
    return 1 < len(word) <= LONGEST_ACRONYM and not VOWEL.search(word) and "'" not in word


def restore_case(cells: Sequence[str], casing: Casing) -> list[str]:
    """Return a headline's target: all capitals, or with a capital at its beginning.

    A Title Case headline stays in sentence case: no French or Russian paper has another, and few
    English ones do.
    """
    if casing is Casing.CAPITALS:
        return [cell.upper() for cell in cells]
    restored = [*cells]
    first = next((i for i, cell in enumerate(cells) if any(map(str.isalnum, cell))), None)
    if casing is Casing.TITLE and first is not None:
        restored[first] = restored[first][0].upper() + restored[first][1:]
    return restored
