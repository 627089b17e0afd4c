"""What the API gives, made of the domain's values, with examples for its documentation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from alignment.beads import Span
from service.domain.article import Edition, Revision, StoredParagraph
from service.domain.language import Language
from service.domain.link import Draft, Job, Link
from service.domain.paragraph import Kind, Repair, RepairKind
from service.domain.review import DraftOrigin, JobStatus, LinkOrigin, Provenance, State
from service.domain.review_page import ArticleSummary, ReviewColumn
from service.domain.translation import Flag, FlagCode, Translation
from service.usecases.import_article import Imported
from service.usecases.read_article import ArticleDetail


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no article 'ferry': GET /v1/articles lists them"])


class FieldError(BaseModel):
    """What is wrong with one member of a request."""

    field: str = Field(examples=["body.language"])
    message: str = Field(examples=["Input should be 'en', 'fr' or 'ru'"])


class InvalidProblem(Problem):
    """A request that cannot be used; ``errors`` has its members, where it is about those."""

    errors: list[FieldError] = []


class PlaceOut(BaseModel):
    """A run of characters (Unicode code points) of a paragraph's text, counted from 0."""

    start: int
    end: int = Field(description="The first character after it.")

    @classmethod
    def of(cls, span: Span) -> Self:
        """Return the API's view of a span."""
        return cls(start=span.start, end=span.end)


class FlagOut(BaseModel):
    """What a person should look at."""

    code: FlagCode
    note: str = Field(examples=["numbers missing: 1250"])
    source: list[PlaceOut] = Field(description="Where in the source text, if it has a place.")
    target: list[PlaceOut] = Field(description="Where in the draft's text, if it has a place.")

    @classmethod
    def of(cls, flag: Flag) -> Self:
        """Return the API's view of a flag."""
        return cls(
            code=flag.code,
            note=flag.note,
            source=[PlaceOut.of(span) for span in flag.source],
            target=[PlaceOut.of(span) for span in flag.target],
        )


class TranslationOut(BaseModel):
    """A draft, and what made it."""

    text: str
    html: str | None
    model: str = Field(examples=["compact"])
    signature: str
    flags: list[FlagOut]

    @classmethod
    def of(cls, translation: Translation) -> Self:
        """Return the API's view of a translation."""
        return cls(
            text=translation.text,
            html=translation.markup,
            model=translation.model,
            signature=translation.signature,
            flags=[FlagOut.of(flag) for flag in translation.flags],
        )


class TranslateOut(BaseModel):
    """Drafts in the order of the texts."""

    translations: list[TranslationOut]
    notice: str | None = Field(description="What to know about the model, if anything.")


class ParagraphOut(BaseModel):
    """A paragraph of an edition; ``index`` is from 0."""

    id: UUID
    index: int
    kind: Kind
    level: int
    text: str
    html: str | None

    @classmethod
    def of(cls, paragraph: StoredParagraph) -> Self:
        """Return the API's view of a paragraph."""
        return cls(
            id=paragraph.id,
            index=paragraph.position,
            kind=paragraph.kind,
            level=paragraph.level,
            text=paragraph.text,
            html=paragraph.markup,
        )


class RepairOut(BaseModel):
    """What the reader changed; send ``id`` in ``undo`` to have it left."""

    id: str
    kind: RepairKind
    paragraph: int
    note: str

    @classmethod
    def of(cls, repair: Repair) -> Self:
        """Return the API's view of a repair."""
        return cls(id=repair.id, kind=repair.kind, paragraph=repair.paragraph, note=repair.note)


class EditionOut(BaseModel):
    """An edition with its present content."""

    id: UUID
    language: Language
    provenance: Provenance
    revision: int
    format: str
    encoding: str
    repairs: list[RepairOut]
    paragraphs: list[ParagraphOut]

    @classmethod
    def of(cls, edition: Edition, revision: Revision) -> Self:
        """Return the API's view of an edition at a revision."""
        return cls(
            id=edition.id,
            language=edition.language,
            provenance=edition.provenance,
            revision=revision.seq,
            format=revision.format,
            encoding=revision.encoding,
            repairs=[RepairOut.of(repair) for repair in revision.repairs],
            paragraphs=[ParagraphOut.of(paragraph) for paragraph in revision.paragraphs],
        )


class JobProgressOut(BaseModel):
    """Paragraphs done and to do."""

    done: int
    total: int


class JobOut(BaseModel):
    """A job as users see it."""

    id: UUID
    kind: str = Field(examples=["translate"])
    status: JobStatus
    progress: JobProgressOut
    glossary: str | None = Field(description="What its drafts are held to.")
    error: str | None
    alignment_id: UUID

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return the API's view of a job."""
        return cls(
            id=job.id,
            kind=job.kind,
            status=job.status,
            progress=JobProgressOut(done=job.progress_done, total=job.progress_total),
            glossary=job.glossary,
            error=job.error,
            alignment_id=job.alignment_id,
        )


class ImportedOut(BaseModel):
    """What was stored; ``created`` is false when the same content was stored already."""

    key: str
    title: str
    created: bool
    edition: EditionOut
    review: str = Field(examples=["/review/ferry-returns"])
    jobs: list[JobOut] = Field(description="What was queued with it.")

    @classmethod
    def of(cls, imported: Imported, jobs: Sequence[Job]) -> Self:
        """Return the API's view of an import, and of the jobs that were queued with it."""
        return cls(
            key=imported.article.key,
            title=imported.article.title,
            created=imported.created,
            edition=EditionOut.of(imported.edition, imported.revision),
            review=f"/review/{imported.article.key}",
            jobs=[JobOut.of(job) for job in jobs],
        )


class AlignmentOut(BaseModel):
    """A target edition beside the source, and how far its review is."""

    id: UUID
    language: Language
    provenance: Provenance
    models: list[str]
    total: int
    states: dict[State, int]
    job_id: UUID | None

    @classmethod
    def of(cls, column: ReviewColumn) -> Self:
        """Return the API's view of a column."""
        return cls(
            id=column.alignment_id,
            language=column.language,
            provenance=column.provenance,
            models=list(column.models),
            total=column.total,
            states=column.counts,
            job_id=column.job.id if column.job else None,
        )


class ArticleOut(BaseModel):
    """An article in the list."""

    key: str
    title: str
    language: Language
    created_at: datetime
    alignments: list[AlignmentOut]

    @classmethod
    def of(cls, summary: ArticleSummary) -> Self:
        """Return the API's view of a summary."""
        return cls(
            key=summary.key,
            title=summary.title,
            language=summary.language,
            created_at=summary.created_at,
            alignments=[AlignmentOut.of(column) for column in summary.columns],
        )


class ArticlesOut(BaseModel):
    """A page of articles; ``next`` is the cursor of the following one."""

    articles: list[ArticleOut]
    next: str | None


class EditionHeadOut(BaseModel):
    """An edition without its content; ``revision`` is null until a translation is done."""

    id: UUID
    language: Language
    provenance: Provenance
    revision: int | None


class ArticleDetailOut(BaseModel):
    """An article with its editions and alignments."""

    key: str
    title: str
    created_at: datetime
    editions: list[EditionHeadOut]
    alignments: list[AlignmentOut]

    @classmethod
    def of(cls, detail: ArticleDetail) -> Self:
        """Return the API's view of an article."""
        return cls(
            key=detail.article.key,
            title=detail.article.title,
            created_at=detail.article.created_at,
            editions=[
                EditionHeadOut(
                    id=edition.id,
                    language=edition.language,
                    provenance=edition.provenance,
                    revision=revision,
                )
                for edition, revision in detail.editions
            ],
            alignments=[AlignmentOut.of(column) for column in detail.columns],
        )


class DraftOut(BaseModel):
    """Who or what made a link's present text."""

    seq: int
    origin: DraftOrigin
    model: str | None
    signature: str
    author: str | None
    html: str | None
    created_at: datetime

    @classmethod
    def of(cls, draft: Draft) -> Self:
        """Return the API's view of a draft."""
        return cls(
            seq=draft.seq,
            origin=draft.origin,
            model=draft.model,
            signature=draft.signature,
            author=draft.author,
            html=draft.markup,
            created_at=draft.created_at,
        )


class LinkOut(BaseModel):
    """A bead: source paragraphs, target paragraphs, and the text under review."""

    id: UUID
    alignment_id: UUID
    position: int
    version: int
    state: State
    confidence: float
    origin: LinkOrigin
    moved: bool = Field(description="Whether it stands out of the order of its neighbours.")
    reason: str | None = Field(
        description="Why both sides stand together.", examples=["1,250 and Kidal"]
    )
    set_aside: bool
    text: str | None
    draft: DraftOut | None
    flags: list[FlagOut]
    source: list[ParagraphOut]
    target: list[ParagraphOut]

    @property
    def etag(self) -> str:
        """The version as ``If-Match`` takes it."""
        return f'"{self.version}"'

    @classmethod
    def of(cls, link: Link) -> Self:
        """Return the API's view of a link."""
        return cls(
            id=link.id,
            alignment_id=link.alignment_id,
            position=link.position,
            version=link.version,
            state=link.state,
            confidence=link.confidence,
            origin=link.origin,
            moved=link.moved,
            reason=link.reason,
            set_aside=link.set_aside,
            text=link.draft.text if link.draft else None,
            draft=DraftOut.of(link.draft) if link.draft else None,
            flags=[FlagOut.of(flag) for flag in link.draft.flags] if link.draft else [],
            source=[ParagraphOut.of(paragraph) for paragraph in link.source],
            target=[ParagraphOut.of(paragraph) for paragraph in link.target],
        )


class CorrectedOut(BaseModel):
    """What takes the place of an alignment that was corrected."""

    alignment_id: UUID


class StaleProblem(Problem):
    """A write on top of a version that somebody has replaced since; ``current`` stands there."""

    current: LinkOut


class LinksOut(BaseModel):
    """A page of links; ``next`` is the cursor of the following one."""

    links: list[LinkOut]
    next: str | None
