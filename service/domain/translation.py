"""What goes into the translator and what comes out of it."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service.domain.errors import KeptTermsError

MAX_TERMS: Final = 200
"""Terms to keep in one call: each is looked for at every place of the text."""
MAX_TERM_CHARS: Final = 100

NO_MODEL: Final = "none"
"""What a draft names as its model where nothing had to be translated."""


class Newlines(StrEnum):
    """What a single line break in a text means; blank lines always separate paragraphs."""

    HARD = "hard"
    """It separates: nothing is translated across it."""
    SOFT = "soft"
    """It is a space of text wrapped at a width; within a sentence it comes back as a space."""
    AUTO = "auto"
    """Soft in paragraphs that look like wrapped prose, hard in all others."""


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
    PIVOT = "pivot"
    """Translated through English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One finding, with a few words for a person; never the text itself beyond a number or tag."""

    code: FlagCode
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """One paragraph to translate: plain text, or HTML where ``markup`` is given.

    ``markup`` is inner HTML whose text content is ``text``.
    """

    text: str
    markup: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationOptions:
    """What a caller may ask for beside the direction; part of every signature."""

    newlines: Newlines = Newlines.HARD
    """Read in plain text only: in HTML tags say where lines end."""
    keep: tuple[str, ...] = ()
    """Terms that are not translated; as given, or all in capitals."""

    def __post_init__(self) -> None:
        """Check the terms.

        Raises:
            KeptTermsError: If they are too many, or one is too long or blank.
        """
        if len(self.keep) > MAX_TERMS:
            raise KeptTermsError(f"at most {MAX_TERMS} at once, not {len(self.keep)}")
        if not all(map(str.strip, self.keep)):
            raise KeptTermsError("one is blank; give at least one character")
        if any(len(term) > MAX_TERM_CHARS for term in self.keep):
            raise KeptTermsError(f"one is longer than {MAX_TERM_CHARS} characters")

    @property
    def signature(self) -> str:
        """What of the options decides an answer, for its signature; terms by their checksum."""
        if not self.keep:
            return f"newlines:{self.newlines}"
        terms = "\n".join(sorted({term.strip() for term in self.keep}))
        checksum = hashlib.sha256(terms.encode(errors="replace")).hexdigest()
        return f"newlines:{self.newlines}|keep:{checksum[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The draft of one paragraph.

    ``markup`` is the target's inner HTML, with the same tags as the source's, where the source had
    markup. ``model`` names the model or models (``compact``, ``opus-mt-fr-en+opus-mt-en-ru``);
    ``signature`` says everything that made the text (model and its checksum, engine, beam,
    splitter and preparation version, options). A paragraph that nothing had to translate (blank,
    symbols only) comes back byte for byte, with ``NO_MODEL`` as its ``model``.
    """

    text: str
    markup: str | None = None
    model: str
    signature: str
    flags: tuple[Flag, ...] = ()
