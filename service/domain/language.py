"""The languages that Triptych works in, and the directions between them."""

from dataclasses import dataclass
from enum import StrEnum

from service.domain.errors import SameLanguageError, UnknownLanguageError


class Language(StrEnum):
    """A language by its ISO 639-1 code."""

    EN = "en"
    FR = "fr"
    RU = "ru"

    @property
    def english_name(self) -> str:
        """The language's name in English, for messages and labels."""
        return {"en": "English", "fr": "French", "ru": "Russian"}[self.value]


def parse_language(code: str) -> Language:
    """Return the language of a code such as ``fr``, ``FR`` or ``fr-CA``.

    Raises:
        UnknownLanguageError: If the code is none of ours.
    """
    primary = code.strip().lower().replace("_", "-").split("-")[0]
    known = {language.value: language for language in Language}
    if primary not in known:
        raise UnknownLanguageError(code, list(known))
    return known[primary]


@dataclass(frozen=True, slots=True, order=True)
class Direction:
    """From one language to another: ``Direction(Language.EN, Language.FR)``.

    Raises:
        SameLanguageError: If both are the same.
    """

    source: Language
    target: Language

    def __post_init__(self) -> None:
        if self.source == self.target:
            raise SameLanguageError(self.source.value)

    def __str__(self) -> str:
        return f"{self.source}-{self.target}"
