"""Glossaries: which words an editor wants for a term, which never, and which stay as they are."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from service.domain.errors import ConflictError, InvalidInputError, NotFoundError, TooLargeError
from service.domain.language import Direction, Language

MAX_TERM_CHARS: Final = 500
MAX_TERM_WORDS: Final = 50
MAX_FORMS: Final = 100
MAX_NOTE_CHARS: Final = 2000
MAX_TERMS: Final = 100_000
"""Terms of one glossary: several times what the largest agencies have for two languages."""

NAME_PATTERN: Final = r"[A-Za-z0-9][A-Za-z0-9._~-]{0,119}"
"""What a glossary may be called: what stands unescaped in an address."""

BETWEEN_FORMS: Final = "|"
"""What divides the forms of a term where they are written one after the other."""

_NO_TEXT: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_EDGES: Final = " \ufeff\u200b"
_WORD: Final = re.compile("[^\\W_⁰¹²³⁴-⁹]+")


class TermKind(StrEnum):
    """What a term asks for."""

    REQUIRED = "required"
    """Where the source term stands, the draft has the target term, in any form."""
    FORBIDDEN = "forbidden"
    """The draft does not have the target term: for this source term, or at all if there is none."""
    KEEP = "keep"
    """The source term is not translated: it comes back as it is."""


class LetterCase(StrEnum):
    """How capitals count when a term is looked for in a text."""

    AUTO = "auto"
    """A term in small letters is found at the start of a sentence, too, but not in a name; one
    with capitals only with capitals."""
    EXACT = "exact"
    """Capitals stand where the glossary has them."""
    ANY = "any"
    """Capitals do not count."""


class PartOfSpeech(StrEnum):
    """What TBX-Basic tells apart."""

    NOUN = "noun"
    VERB = "verb"
    ADJECTIVE = "adjective"
    ADVERB = "adverb"
    PROPER_NOUN = "properNoun"
    OTHER = "other"


class TermError(InvalidInputError):
    """A term that cannot be used; the message says why, who read it says where it stands."""


class GlossaryError(InvalidInputError):
    """A glossary that cannot be used; the message names the place."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")


class TooManyTermsError(TooLargeError):
    """A glossary is longer than any that people keep."""

    def __init__(self) -> None:
        super().__init__(
            f"a glossary takes at most {MAX_TERMS:,} terms: split it by language or by subject"
        )


class EmptyGlossaryError(InvalidInputError):
    """What was read has no term."""

    def __init__(self) -> None:
        super().__init__(
            "there is no term in it, or none of the languages asked for: look at the file, and at "
            "--from and --to (source and target)"
        )


class GlossaryNotFoundError(NotFoundError):
    """No glossary has the name or id."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is no glossary {name[:120]!r}: `triptych glossary list` and "
            "GET /v1/glossaries list them"
        )


class GlossaryNameError(InvalidInputError):
    """The name cannot stand in an address."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"a glossary cannot be called {name[:120]!r}: use up to 120 letters a-z, digits, and "
            "'-', '_', '.' or '~' between them"
        )


class GlossaryExistsError(ConflictError):
    """Another glossary has the name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is a glossary {name!r} with other terms: choose another name, or ask for it "
            "to be replaced"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One entry of a glossary.

    Terms are written as in a dictionary, in the middle of a sentence: in the singular, the
    nominative, and with a capital only if they always have one. White space is made single.
    """

    source_language: Language
    target_language: Language
    source: str
    """Empty where a target term is forbidden whatever the source says."""
    target: str
    kind: TermKind = TermKind.REQUIRED
    case: LetterCase = LetterCase.AUTO
    part_of_speech: PartOfSpeech | None = None
    source_forms: tuple[str, ...] = ()
    """If there are any, the source term is found in these forms and as it is, and in no other."""
    target_forms: tuple[str, ...] = ()
    """The same for the target term."""
    note: str = ""

    def __post_init__(self) -> None:
        """Clean the texts.

        Raises:
            TermError: If a text is missing, too long or no text, or forms have no term.
            SameLanguageError: If both languages are one.
        """
        Direction(self.source_language, self.target_language)
        if self.kind is TermKind.KEEP and not self.target.strip(_EDGES):
            object.__setattr__(self, "target", self.source)
        for name in ("source", "target"):
            if name == "target" or self.source or self.kind is not TermKind.FORBIDDEN:
                object.__setattr__(self, name, _clean(getattr(self, name), f"{name} term"))
        for name in ("source_forms", "target_forms"):
            forms = tuple(dict.fromkeys(_clean(form, "form") for form in getattr(self, name)))
            if any(BETWEEN_FORMS in form for form in forms):
                raise TermError(f"a form holds {BETWEEN_FORMS!r}, which stands between forms")
            if len(forms) > MAX_FORMS:
                raise TermError(
                    f"a term takes at most {MAX_FORMS} forms, this one has {len(forms)}"
                )
            object.__setattr__(self, name, forms)
        object.__setattr__(self, "note", _single_spaced(self.note, "note", MAX_NOTE_CHARS))
        if self.source_forms and not self.source:
            raise TermError(
                "it has forms of a source term and no source term: add it, or leave them"
            )
        if self.kind is TermKind.KEEP and self.target != self.source:
            raise TermError("a term to keep has no other target than itself: leave it empty")

    @property
    def direction(self) -> Direction:
        """From which language to which."""
        return Direction(self.source_language, self.target_language)


def _clean(text: str, what: str) -> str:
    cleaned = _single_spaced(text, what, MAX_TERM_CHARS)
    words = len(_WORD.findall(cleaned))
    if not cleaned:
        raise TermError(f"the {what} is empty")
    if not words:
        raise TermError(f"the {what} {cleaned!r} has neither a letter nor a digit")
    if words > MAX_TERM_WORDS:
        raise TermError(f"the {what} has {words} words and may have {MAX_TERM_WORDS}")
    return cleaned


def _single_spaced(text: str, what: str, longest: int) -> str:
    if len(text) > longest:
        raise TermError(f"the {what} has {len(text):,} characters and may have {longest:,}")
    cleaned = " ".join(text.split()).strip(_EDGES)
    if found := _NO_TEXT.search(cleaned):
        raise TermError(f"the {what} holds the character U+{ord(found[0]):04X}, which is no text")
    return cleaned


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedTerm:
    """A term as it was read, with where it stood: ``line 7``."""

    place: str
    term: Term


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Glossary:
    """Terms under a name. Two with the same name and terms are the same."""

    name: str
    terms: tuple[Term, ...]
    version: str = field(init=False)
    """SHA-256 of the terms, in whatever order they stand."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", _version(self.terms))

    def __eq__(self, other: object) -> bool:
        """Tell whether the other is the same glossary."""
        if not isinstance(other, Glossary):
            return NotImplemented
        return (self.name, self.version) == (other.name, other.version)

    def __hash__(self) -> int:
        return hash((self.name, self.version))

    @property
    def signature(self) -> str:
        """What a draft that was made with it says: ``glossary:name@0123456789ab``."""
        return f"glossary:{self.name}@{self.version[:12]}"

    def of(self, direction: Direction) -> list[Term]:
        """Return the terms of a direction, in order."""
        return [term for term in self.terms if term.direction == direction]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredGlossary:
    """A glossary as the database has it, without its terms."""

    id: UUID
    name: str
    version: str
    created_at: datetime
    terms: int
    directions: tuple[Direction, ...]


def _version(terms: Iterable[Term]) -> str:
    lines = sorted(json.dumps(_values(term), ensure_ascii=False) for term in terms)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _values(term: Term) -> list[object]:
    return [
        term.source_language,
        term.target_language,
        term.source,
        term.target,
        term.kind,
        term.case,
        term.part_of_speech,
        term.source_forms,
        term.target_forms,
        term.note,
    ]


def check_name(name: str) -> str:
    """Return the name if a glossary can be called so.

    Raises:
        GlossaryNameError: If not.
    """
    if not re.fullmatch(NAME_PATTERN, name):
        raise GlossaryNameError(name)
    return name


def make_glossary(name: str, placed: Sequence[PlacedTerm]) -> Glossary:
    """Return a glossary of terms that do not contradict each other.

    A term may have several required targets: any of them will do.

    Raises:
        GlossaryNameError: If the name cannot be used.
        GlossaryError: If a term stands there twice, or two contradict each other; it names both.
        EmptyGlossaryError: If there is none.
        TooManyTermsError: If there are too many.
    """
    if not placed:
        raise EmptyGlossaryError
    if len(placed) > MAX_TERMS:
        raise TooManyTermsError
    _check_twins(placed)
    _check_contradictions(placed)
    return Glossary(name=check_name(name), terms=tuple(one.term for one in placed))


def _check_twins(placed: Sequence[PlacedTerm]) -> None:
    first: dict[tuple[object, ...], str] = {}
    for one in placed:
        term = one.term
        key = (term.direction, term.source, term.target, term.kind)
        if key in first:
            raise GlossaryError(one.place, f"the same term stands in {first[key]}; remove one")
        first[key] = one.place


def _check_contradictions(placed: Sequence[PlacedTerm]) -> None:
    required: dict[tuple[object, ...], str] = {}
    sources: dict[tuple[object, ...], str] = {}
    for one in placed:
        if one.term.kind is TermKind.REQUIRED:
            direction, source, target = _folded(one.term)
            required.setdefault((direction, source, target), one.place)
            required.setdefault((direction, "", target), one.place)
            if source != target:
                sources.setdefault((direction, source), one.place)
    for one in placed:
        if one.term.kind is TermKind.FORBIDDEN:
            place = required.get(_folded(one.term))
            reason = f"forbids the target term that {place} requires; remove one"
        elif one.term.kind is TermKind.KEEP:
            place = sources.get(_folded(one.term)[:2])
            reason = f"keeps the term that {place} requires a translation of; remove one"
        else:
            continue
        if place is not None:
            raise GlossaryError(one.place, reason)


def _folded(term: Term) -> tuple[Direction, str, str]:
    return term.direction, term.source.casefold(), term.target.casefold()
