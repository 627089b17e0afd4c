"""Links between paragraphs of two editions, their drafts, and the jobs that make them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.domain.article import StoredParagraph
from service.domain.errors import ConflictError, InvalidInputError, NotFoundError
from service.domain.paragraph import Kind
from service.domain.review import GOOD, DraftOrigin, JobStatus, LinkOrigin, State
from service.domain.translation import Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDraft:
    """A target text to be kept; ``signature`` says what made it."""

    text: str
    markup: str | None = None
    origin: DraftOrigin
    model: str | None = None
    signature: str
    flags: tuple[Flag, ...] = ()
    author: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(NewDraft):
    """A kept target text; ``seq`` counts a link's drafts from 1."""

    id: UUID
    seq: int
    source_hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One n-m bead and how its review stands."""

    id: UUID
    alignment_id: UUID
    position: int
    version: int
    state: State
    confidence: float
    cost: float
    origin: LinkOrigin
    moved: bool
    reason: str | None
    """Why its two sides stand together, in a few words; ``None`` where nobody asked."""
    source: tuple[StoredParagraph, ...]
    target: tuple[StoredParagraph, ...]
    draft: Draft | None

    @property
    def confirmed(self) -> bool:
        """Whether a person has made it, judged its text good, or written in it.

        Nothing that is aligned anew may take it apart.
        """
        written = self.draft is not None and self.draft.origin is DraftOrigin.HUMAN
        return written or self.origin is LinkOrigin.MANUAL or self.state in GOOD

    @property
    def set_aside(self) -> bool:
        """Whether it holds nothing but furniture, which nobody translates."""
        members = self.source or self.target
        return all(member.kind is Kind.FURNITURE for member in members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Two editions side by side.

    ``target_revision_id`` is ``None`` until a machine edition is complete, ``signature`` until
    the links are made. One that is not current is history: its links are written no more.
    """

    id: UUID
    source_revision_id: UUID
    target_edition_id: UUID
    target_revision_id: UUID | None
    signature: str | None
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Background work as users see it; progress is counted in paragraphs."""

    id: UUID
    kind: str
    article_id: UUID
    alignment_id: UUID
    status: JobStatus
    progress_done: int
    progress_total: int
    glossary: str | None
    """The name of the one that its drafts are held to."""
    error: str | None
    attempts: int
    created_at: datetime
    finished_at: datetime | None


class LinkNotFoundError(NotFoundError):
    """No link has the id."""

    def __init__(self, link_id: UUID) -> None:
        super().__init__(
            f"there is no link {link_id}: the editions may have been aligned again; "
            "reload the page or list the alignment's links"
        )


class AlignmentNotFoundError(NotFoundError):
    """No alignment has the id."""

    def __init__(self, alignment_id: UUID) -> None:
        super().__init__(f"there is no alignment {alignment_id}: GET the article to see its own")


class JobNotFoundError(NotFoundError):
    """No job has the id."""

    def __init__(self, job_id: UUID) -> None:
        super().__init__(f"there is no job {job_id}")


class OtherGlossaryError(ConflictError):
    """The same is being translated with another glossary."""

    def __init__(self, running: str | None) -> None:
        what = "no glossary" if running is None else f"the glossary {running!r}"
        super().__init__(
            f"this is being translated with {what} already: ask again when that is done; "
            "paragraphs that have a draft by then keep it"
        )


class RetiredLinkError(ConflictError):
    """The link belongs to an alignment that a newer one has replaced."""

    def __init__(self) -> None:
        super().__init__(
            "the editions were aligned or translated anew meanwhile, and this text stands in a new "
            "link now: reload the page, or list the links of the article's current alignment"
        )


class StaleLinkError(ConflictError):
    """Somebody else wrote the link meanwhile; ``current`` is what stands there now."""

    def __init__(self, current: Link) -> None:
        super().__init__(
            f"the text has changed meanwhile: it is at version {current.version}; "
            "compare both texts and write again with that version"
        )
        self.current = current


class SetAsideError(ConflictError):
    """The link holds furniture, which is not translated."""

    def __init__(self) -> None:
        super().__init__(
            "this paragraph was set aside as page furniture: to have it translated, bring the text "
            "in again as a revision of its article, with the repair's id: `triptych import FILE "
            "--article KEY --undo REPAIR` (`undo` of POST /v1/articles/{key}/editions)"
        )


class UnalignedError(ConflictError):
    """The alignment was not made by comparing texts, or is not made yet."""

    def __init__(self) -> None:
        super().__init__(
            "these links cannot be corrected: a machine's draft stands beside its source by "
            "construction, and other editions must be aligned first; wait until the job is done"
        )


class UnknownParagraphError(InvalidInputError):
    """A paragraph that the alignment does not hold on that side."""

    def __init__(self, paragraph_id: UUID) -> None:
        super().__init__(
            f"there is no paragraph {paragraph_id} on that side of the alignment: take ids from "
            "its links"
        )


class UnusableCorrectionError(InvalidInputError):
    """A correction that says nothing, or two that contradict each other."""

    def __init__(self) -> None:
        super().__init__(
            "name at least one correction, in each at least one paragraph, and no paragraph twice"
        )


class WrittenLinkError(ConflictError):
    """A correction would take apart what somebody has written or is writing."""

    def __init__(self, position: int) -> None:
        super().__init__(
            f"somebody has written in the link at position {position}, and its text would stand "
            "nowhere: commit what is being typed, and join the whole link with others or leave it"
        )


class NothingToJudgeError(ConflictError):
    """The link has no text that could be reviewed or approved."""

    def __init__(self, state: State) -> None:
        super().__init__(f"there is no text to mark as {state}: write one first")


class EmptyTextError(InvalidInputError):
    """A target text that is blank would lose the paragraph."""

    def __init__(self) -> None:
        super().__init__("the text is blank: a paragraph cannot be replaced by nothing")
