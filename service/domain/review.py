"""States of a link under review, and who may move it from where to where."""

from enum import StrEnum
from typing import Final

from service.domain.errors import ConflictError


class State(StrEnum):
    """Where the target text of a link stands."""

    UNTRANSLATED = "untranslated"
    DRAFT = "draft"
    NEEDS_WORK = "needs_work"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    PUBLISHED = "published"
    REJECTED = "rejected"


class DraftOrigin(StrEnum):
    """What made a draft."""

    MT = "mt"
    TM = "tm"
    HUMAN = "human"
    IMPORT = "import"


class LinkOrigin(StrEnum):
    """What made a link."""

    AUTO = "auto"
    MANUAL = "manual"
    IMPORTED = "imported"


class Provenance(StrEnum):
    """Where an edition came from."""

    ORIGINAL = "original"
    HUMAN = "human"
    MACHINE = "machine"
    POST_EDITED = "post_edited"


MADE_BY_PEOPLE: Final = (Provenance.HUMAN, Provenance.ORIGINAL, Provenance.POST_EDITED)


class JobStatus(StrEnum):
    """Where a job stands, as users see it."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


GOOD: Final = frozenset({State.REVIEWED, State.APPROVED, State.PUBLISHED})
"""States in which a person has said that what stands there is right."""

TRANSITIONS: Final[dict[State, frozenset[State]]] = {
    State.UNTRANSLATED: frozenset({State.DRAFT, State.APPROVED}),
    State.DRAFT: frozenset({State.NEEDS_WORK, State.REVIEWED, State.APPROVED, State.REJECTED}),
    State.NEEDS_WORK: frozenset({State.DRAFT, State.REVIEWED, State.APPROVED, State.REJECTED}),
    State.REVIEWED: frozenset({State.NEEDS_WORK, State.APPROVED, State.REJECTED}),
    State.APPROVED: frozenset({State.NEEDS_WORK, State.REVIEWED, State.PUBLISHED}),
    State.PUBLISHED: frozenset({State.NEEDS_WORK}),
    State.REJECTED: frozenset({State.DRAFT}),
}
"""The one table of allowed moves. Staying in the same state is always allowed.

A new text moves ``untranslated`` and ``rejected`` to ``draft`` first, and ``reviewed``,
``approved`` and ``published`` to ``needs_work``, unless the same write says otherwise.
"""


class TransitionError(ConflictError):
    """The state cannot be reached from where the link is."""

    def __init__(self, before: State, after: State) -> None:
        allowed = ", ".join(sorted(TRANSITIONS[before])) or "none"
        super().__init__(f"cannot move from {before} to {after}: from {before} go to {allowed}")


def check_transition(before: State, after: State) -> None:
    """Pass if a link may move from one state to the other.

    Raises:
        TransitionError: If it may not.
    """
    if before != after and after not in TRANSITIONS[before]:
        raise TransitionError(before, after)
