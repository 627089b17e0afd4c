"""The words by which sentences of one language are told apart: ``data/sentences.*.toml``."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Final

LANGUAGES_WITH_TABLES: Final = ("en", "fr", "ru")
NEUTRAL: Final = "neutral"

_BREAK: Final = re.compile(r"[^\w']|_")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceTables:
    """Words of one language, spelt as ``normalise`` spells them; the files say what each is for.

    An abbreviation in small letters stands for any case, one with a capital only for itself.
    """

    inside: frozenset[str] = frozenset()
    before_number: frozenset[str] = frozenset()
    either: frozenset[str] = frozenset()
    end: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    starter_suffixes: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    reporting: frozenset[str] = frozenset()
    headings: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    ordinals: bool = False
    """Whether a short number with a full stop may be an ordinal, as in ``12. Mai``."""


class SentenceTablesError(ValueError):
    """A table file says something that the splitter does not know."""

    def __init__(self, language: str, unknown: set[str]) -> None:
        known = ", ".join(field.name for field in fields(SentenceTables))
        super().__init__(
            f"data/sentences.{language}.toml: unknown {', '.join(sorted(unknown))}; known: {known}"
        )


def tables_for(language: str) -> SentenceTables:
    """Return the tables of ``en``, ``fr`` or ``ru``, and language-neutral ones for any other."""
    return _load(language if language in LANGUAGES_WITH_TABLES else NEUTRAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWords:
    """The words, in small letters, that what is listed with a full stop ends with.

    No other word of two letters or more is anything but a word.
    """

    listed: frozenset[str]
    ending: frozenset[str]
    """Those of ``end`` alone."""


@cache
def last_words(language: str) -> LastWords:
    """Return the last words of a language's tables."""
    tables = tables_for(language)
    listed = tables.inside | tables.before_number | tables.either | tables.end
    return LastWords(listed=_last_words_of(listed), ending=_last_words_of(tables.end))


def _last_words_of(entries: Iterable[str]) -> frozenset[str]:
    return frozenset(_BREAK.split(entry.rstrip(".").lower())[-1] for entry in entries)


def normalise(word: str) -> str:
    """Return the word as the tables spell it: straight apostrophes, ``е`` for ``ё``."""
    return word.replace("’", "'").replace("ё", "е").replace("Ё", "Е")


@cache
def _load(language: str) -> SentenceTables:
    path = files("alignment") / "data" / f"sentences.{language}.toml"
    return parse_tables(path.read_text(encoding="utf-8"), language=language)


def parse_tables(text: str, *, language: str) -> SentenceTables:
    """Return the tables that a file's text describes.

    Raises:
        SentenceTablesError: If the file has a key that is none of the tables.
        tomllib.TOMLDecodeError: If it is not TOML.
    """
    entries = tomllib.loads(text)
    if unknown := entries.keys() - {field.name for field in fields(SentenceTables)}:
        raise SentenceTablesError(language, unknown)
    ordinals = bool(entries.pop("ordinals", False))
    words = {
        key: frozenset(normalise(word.replace("_", " ")) for word in value.split())
        for key, value in entries.items()
    }
    return SentenceTables(ordinals=ordinals, **words)
