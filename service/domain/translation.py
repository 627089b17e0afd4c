"""What goes into the translator and what comes out of it."""

import hashlib
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Final

from alignment.beads import Span
from service.domain.errors import KeptTermsError
from service.domain.glossary import Glossary

MAX_KEPT: Final = 200
"""Terms to keep in one call: each is looked for at every place of the text."""
MAX_KEPT_CHARS: Final = 100

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
    NAMES = "names"
    """A name of the source is missing, with nothing in its place."""
    LINKS = "links"
    """A web or mail address is missing, changed, or only in the draft."""
    PLACEHOLDERS = "placeholders"
    """A placeholder or a tag is missing, changed, or only in the draft."""
    LENGTH = "length"
    """The target is much shorter or longer than such a source usually gives."""
    REPETITION = "repetition"
    """The target repeats itself."""
    UNTRANSLATED = "untranslated"
    """Prose of the source stands in the draft as it was."""
    SCRIPT = "script"
    """Words in an alphabet that neither the language nor the source's names account for."""
    LEFTOVER = "leftover"
    """A piece of the translator's own machinery stands in the draft."""
    MEANING = "meaning"
    """Source and draft seem to speak of different things."""
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
    source: tuple[Span, ...] = ()
    """Where in the source it is, in characters; none where the whole source is meant."""
    target: tuple[Span, ...] = ()
    """Where in the draft it is, in characters; none where the whole draft is meant."""

    def moved(self, *, source: int, target: int) -> "Flag":
        """Return the flag as one of the texts in which its own two begin at these places."""
        return replace(
            self,
            source=tuple(Span(span.start + source, span.end + source) for span in self.source),
            target=tuple(Span(span.start + target, span.end + target) for span in self.target),
        )


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
class TranslationOptions:
    """What a caller may ask for beside the direction; part of every signature."""

    newlines: Newlines = Newlines.HARD
    """Read in plain text only: in HTML tags say where lines end."""
    keep: tuple[str, ...] = ()
    """Terms that are not translated; as given, or all in capitals."""
    glossary: Glossary | None = None
    """Terms that drafts must have, must not have, or keep."""

    def __post_init__(self) -> None:
        """Check the terms.

        Raises:
            KeptTermsError: If they are too many, or one is too long or blank.
        """
        if len(self.keep) > MAX_KEPT:
            raise KeptTermsError(f"at most {MAX_KEPT} at once, not {len(self.keep)}")
        if not all(map(str.strip, self.keep)):
            raise KeptTermsError("one is blank; give at least one character")
        if any(len(term) > MAX_KEPT_CHARS for term in self.keep):
            raise KeptTermsError(f"one is longer than {MAX_KEPT_CHARS} characters")

    @property
    def signature(self) -> str:
        """What of the options decides an answer, for its signature; terms by their checksum."""
        parts = [f"newlines:{self.newlines}"]
        if self.keep:
            terms = "\n".join(sorted({term.strip() for term in self.keep}))
            checksum = hashlib.sha256(terms.encode(errors="replace")).hexdigest()
            parts.append(f"keep:{checksum[:12]}")
        if self.glossary is not None:
            parts.append(self.glossary.signature)
        return "|".join(parts)


DEFAULT_OPTIONS: Final = TranslationOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The draft of one paragraph.

    ``markup`` is the target's inner HTML, with the same tags as the source's, where the source had
    markup. ``model`` names the model or models (``compact``, ``opus-mt-fr-en+opus-mt-en-ru``);
    ``signature`` says everything that made the text (model and its checksum, engine, beam,
    versions of splitter, preparation and retries, options). A paragraph that nothing had to
    translate (blank, symbols only) comes back byte for byte, with ``NO_MODEL`` as its ``model``.
    """

    text: str
    markup: str | None = None
    model: str
    signature: str
    flags: tuple[Flag, ...] = ()
