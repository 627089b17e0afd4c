"""What the API gives of glossaries."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from service.domain.glossary import LetterCase, PartOfSpeech, StoredGlossary, Term, TermKind
from service.domain.language import Language


class GlossaryOut(BaseModel):
    """A stored glossary."""

    id: UUID
    name: str = Field(examples=["house-style"])
    version: str = Field(description="The hash of its terms.")
    created_at: datetime
    term_count: int
    directions: list[str] = Field(examples=[["en-fr", "en-ru"]])

    @classmethod
    def of(cls, stored: StoredGlossary) -> Self:
        """Return the API's view of a glossary."""
        return cls(
            id=stored.id,
            name=stored.name,
            version=stored.version,
            created_at=stored.created_at,
            term_count=stored.terms,
            directions=[str(direction) for direction in stored.directions],
        )


class TermOut(BaseModel):
    """A term of a glossary."""

    source_language: Language
    target_language: Language
    source: str
    target: str
    kind: TermKind
    case: LetterCase
    part_of_speech: PartOfSpeech | None
    source_forms: tuple[str, ...]
    target_forms: tuple[str, ...]
    note: str

    @classmethod
    def of(cls, term: Term) -> Self:
        """Return the API's view of a term."""
        return cls(**{name: getattr(term, name) for name in cls.model_fields})


class GlossaryDetailOut(GlossaryOut):
    """A stored glossary with its terms."""

    terms: list[TermOut]


class GlossariesOut(BaseModel):
    """All glossaries, by name."""

    glossaries: list[GlossaryOut]
