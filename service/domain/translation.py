"""What goes into the translator and what comes out of it."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

NO_MODEL: Final = "none"
"""What a draft names as its model where nothing had to be translated."""


class FlagCode(StrEnum):
    """What a person should look at in a draft."""

    NUMBERS = "numbers"
    """The numbers of source and target differ."""
    LENGTH = "length"
    """The target is much shorter or longer than such a source usually gives."""
    REPETITION = "repetition"
    """The target repeats itself."""
    MARKUP_APPROXIMATE = "markup_approximate"
    """A tag was placed by proportion, not by the model's attention."""
    TERM = "term"
    """The draft lacks a term that the glossary wants, or has one that it forbids."""
    PIVOT = "pivot"
    """Translated through English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One finding, with a few words for a person; never the text itself beyond a number or tag."""

    code: FlagCode
    note: str


class Priority(IntEnum):
    """Whose turn it is; the least comes first."""

    INTERACTIVE = 0
    """Somebody waits for it."""
    BATCH = 1
    """A job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """One paragraph to translate: plain text, or HTML where ``markup`` is given.

    ``markup`` is inner HTML whose text content is ``text``.
    """

    text: str
    markup: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The draft of one paragraph.

    ``markup`` is the target's inner HTML, with the same tags as the source's, where the source had
    markup. ``model`` names the model or models (``compact``, ``opus-mt-fr-en+opus-mt-en-ru``);
    ``signature`` says everything that made the text (model and its checksum, engine, beam,
    splitter and preparation version). A paragraph that nothing had to translate (blank, symbols
    only) comes back byte for byte, with ``NO_MODEL`` as its ``model``.
    """

    text: str
    markup: str | None = None
    model: str
    signature: str
    flags: tuple[Flag, ...] = ()
