"""What the API takes, with examples for its documentation."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from service.domain.article import KEY_PATTERN
from service.domain.glossary import MAX_TERMS, NAME_PATTERN, LetterCase, PartOfSpeech, TermKind
from service.domain.language import Language
from service.domain.review import State
from service.domain.translation import MAX_KEPT, MAX_KEPT_CHARS, Newlines
from service.exchange.glossary_file import GlossaryFormat

Key = Annotated[str, Field(pattern=f"^{KEY_PATTERN}$", examples=["ferry-returns"])]
Term = Annotated[str, Field(min_length=1, max_length=MAX_KEPT_CHARS)]
GlossaryName = Annotated[
    str, Field(description="The name or id of a stored glossary.", examples=["house-style"])
]
MAX_TEXTS = 1000
"""Texts in one translation request; more belong into a job."""


class In(BaseModel):
    """Parent of request bodies: unknown members are mistakes."""

    model_config = ConfigDict(extra="forbid")


class DocumentIn(In):
    """A text or an HTML page."""

    text: str | None = Field(
        default=None,
        description="Plain text; blank lines separate paragraphs.",
        examples=["The Ferry Returns\n\nIlse Marrow\n\nThe first boat left at 6:40."],
    )
    html: str | None = Field(default=None, description="HTML instead of text.")
    language: Language | None = Field(
        default=None, description="Recognised if not given.", examples=["en"]
    )
    check_language: bool = Field(
        default=True, description="Refuse a text that is clearly in another language."
    )
    repair: bool = Field(
        default=True, description="Join what page breaks and line wraps tore, mark furniture."
    )
    undo: list[str] = Field(
        default=[],
        description="Ids of repairs not to make, from an answer before.",
        examples=[["page_break_joined@21"]],
    )
    translate: list[Language] = Field(
        default=[], description="Languages to queue machine drafts in.", examples=[["fr", "ru"]]
    )
    glossary: GlossaryName | None = None

    @model_validator(mode="after")
    def one_content(self) -> Self:
        """Pass if exactly one of text and HTML is given."""
        if (self.text is None) == (self.html is None):
            message = "give either text or html"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def glossary_of_drafts(self) -> Self:
        """Pass if there are drafts that the glossary is for."""
        if self.glossary is not None and not self.translate:
            message = "a glossary is for the drafts that translate asks for: give both"
            raise ValueError(message)
        return self


class ArticleIn(DocumentIn):
    """A new article."""

    key: Key | None = Field(default=None, description="Made from the title if not given.")
    title: str | None = Field(default=None, max_length=300)


class EditionIn(DocumentIn):
    """An edition of an article, or a new revision of one."""

    align: bool = Field(
        default=False,
        description="Queue its alignment with the original, unless it is a revision of that.",
    )


class TranslationRequestIn(In):
    """An edition to be translated by the machine."""

    target: Language = Field(examples=["fr"])
    source: Language | None = Field(default=None, description="The original's if not given.")
    glossary: GlossaryName | None = None


class AlignmentRequestIn(In):
    """An edition made by people to be put beside the source."""

    target: Language = Field(examples=["fr"])
    source: Language | None = Field(default=None, description="The original's if not given.")


class LinkIn(In):
    """A new text, a new state, a note on the decision, or several of them."""

    text: str | None = Field(default=None, examples=["Le bac revient."])
    state: State | None = Field(default=None, examples=["approved"])
    note: str | None = Field(default=None, max_length=2000)

    @model_validator(mode="after")
    def something(self) -> Self:
        """Pass if there is anything to write."""
        if self.text is None and self.state is None and not self.note:
            message = "give a text, a state or a note"
            raise ValueError(message)
        return self


class CorrectedLinkIn(In):
    """Paragraphs that belong together, by id; with an empty side they have no counterpart."""

    source: list[UUID] = Field(max_length=1000)
    target: list[UUID] = Field(max_length=1000)


class CorrectionsIn(In):
    """Links as a person says that they are."""

    links: list[CorrectedLinkIn] = Field(min_length=1, max_length=1000)


class WorkingCopyIn(In):
    """What was typed so far, on top of which version; 0 is older than all that stand there."""

    text: str
    base_version: int = Field(ge=0, le=2**31 - 1)


class TermIn(In):
    """A term of a glossary."""

    source_language: Language | None = Field(
        default=None, description="The glossary's if not given."
    )
    target_language: Language | None = Field(
        default=None, description="The glossary's if not given."
    )
    source: str = Field(default="", examples=["European Union"])
    target: str = Field(default="", examples=["Union européenne"])
    kind: TermKind = TermKind.REQUIRED
    case: LetterCase = LetterCase.AUTO
    part_of_speech: PartOfSpeech | None = None
    source_forms: list[str] = []
    target_forms: list[str] = []
    note: str = ""


class GlossaryIn(In):
    """A glossary: a file's content as it is, or its terms."""

    name: str = Field(pattern=f"^{NAME_PATTERN}$", examples=["house-style"])
    source: Language | None = Field(default=None, examples=["en"])
    target: Language | None = Field(default=None, examples=["fr"])
    content: str | None = Field(default=None, examples=["European Union,Union européenne\n"])
    format: GlossaryFormat = Field(default=GlossaryFormat.CSV, description="Of ``content``.")
    terms: list[TermIn] | None = Field(default=None, max_length=MAX_TERMS)
    replace: bool = Field(default=False, description="Put it in the place of one of that name.")

    @model_validator(mode="after")
    def one_content(self) -> Self:
        """Pass if exactly one of content and terms is given, and both languages or none."""
        if (self.content is None) == (self.terms is None):
            message = "give either content or terms"
            raise ValueError(message)
        if (self.source is None) != (self.target is None):
            message = "give both source and target, or neither"
            raise ValueError(message)
        return self


class TranslateIn(In):
    """Texts, or HTML fragments, to be translated at once."""

    source: Language = Field(examples=["en"])
    target: Language = Field(examples=["fr"])
    text: str | Annotated[list[str], Field(max_length=MAX_TEXTS)] | None = Field(
        default=None, examples=[["The ferry is back.", "It left at 6:40."]]
    )
    html: str | Annotated[list[str], Field(max_length=MAX_TEXTS)] | None = Field(
        default=None, description="HTML instead of text: fragments or whole documents."
    )
    glossary: GlossaryName | None = None
    newlines: Newlines = Field(
        default=Newlines.HARD,
        description="What a single line break in a text means: it separates (hard), it is a space "
        "of wrapped text (soft), or whichever the text looks like (auto).",
    )
    keep: list[Term] = Field(
        default=[],
        max_length=MAX_KEPT,
        description="Terms not to translate.",
        examples=[["Blue Whale"]],
    )

    @model_validator(mode="after")
    def one_content(self) -> Self:
        """Pass if exactly one of text and HTML is given."""
        if (self.text is None) == (self.html is None):
            message = "give either text or html"
            raise ValueError(message)
        return self
