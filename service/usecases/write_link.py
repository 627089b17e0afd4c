"""A reviewer writes a link's text, moves its state, or both."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.db.alignments import AlignmentRepository
from service.db.articles import EditionRepository
from service.db.links import LinkRepository, WorkingCopyRepository
from service.domain.link import (
    EmptyTextError,
    Link,
    NewDraft,
    NothingToJudgeError,
    RetiredLinkError,
    SetAsideError,
    StaleLinkError,
)
from service.domain.plain_text import check_plain
from service.domain.review import DraftOrigin, Provenance, State, check_transition

SIGNATURE = "review|v:0.1"
"""What made a draft that a person wrote."""

_AFTER_EDIT = {
    State.UNTRANSLATED: State.DRAFT,
    State.REJECTED: State.DRAFT,
    State.REVIEWED: State.NEEDS_WORK,
    State.APPROVED: State.NEEDS_WORK,
    State.PUBLISHED: State.NEEDS_WORK,
}


def write_link(
    session: Session,
    link_id: UUID,
    *,
    expected_version: int,
    actor: str,
    text: str | None = None,
    state: State | None = None,
    note: str | None = None,
) -> Link:
    """Write a new text and state on top of the version that the writer has seen.

    Of several writers who saw the same version one wins, and the others are told. A text equal to
    what stands there makes no new draft. A text without a state takes a judged link back to where
    it must be judged again. The writer's working copy is dropped if it holds what now stands there.
    A note is kept with a decision, also where the state stays.

    Raises:
        LinkNotFoundError: If there is no such link.
        RetiredLinkError: If the alignment that it belongs to was replaced.
        StaleLinkError: If somebody wrote it since; the error carries what stands there now.
        SetAsideError: If it holds page furniture.
        EmptyTextError: If the text is blank.
        UnstorableTextError: If the text or the note holds a character that no database keeps.
        NothingToJudgeError: If a state needs a text and there is none; that a paragraph has no
            counterpart in an edition that people wrote can be approved.
        TransitionError: If the state cannot be reached from the present one.
    """
    links = LinkRepository(session)
    if not AlignmentRepository(session).hold(links.get(link_id).alignment_id).is_current:
        raise RetiredLinkError
    link = links.lock(link_id)
    if link.version != expected_version:
        raise StaleLinkError(link)
    if link.set_aside:
        raise SetAsideError

    note = check_plain(note) if note else None
    draft = _new_draft(link, text, actor)
    edited = _AFTER_EDIT.get(link.state, link.state) if draft else link.state
    after = state or edited
    if after is not State.UNTRANSLATED and draft is None and link.draft is None:
        _check_unmatched(session, link, after)
    if after is not link.state:
        check_transition(edited, after)
    if draft is not None or after is not link.state:
        links.write(link, state=after, draft=draft)
    written = links.get(link_id)
    draft_id = written.draft.id if written.draft else None
    if after is not link.state or note or (state is not None and draft is not None):
        links.add_decision(link, draft_id=draft_id, actor=actor, to_state=after, note=note)
    standing = written.draft.text if written.draft else ""
    WorkingCopyRepository(session).drop_committed(link_id, actor, text=standing)
    return written


def _check_unmatched(session: Session, link: Link, after: State) -> None:
    """Pass if the link may be judged without a text: to approve that it has no counterpart.

    Only in an edition that people wrote can a paragraph rightly have none.
    """
    target = AlignmentRepository(session).get(link.alignment_id).target_edition_id
    machine = EditionRepository(session).by_id(target).provenance is Provenance.MACHINE
    if machine or after not in {State.APPROVED, State.NEEDS_WORK}:
        raise NothingToJudgeError(after)


def _new_draft(link: Link, text: str | None, actor: str) -> NewDraft | None:
    if text is None or (link.draft is not None and text == link.draft.text):
        return None
    if not text.strip():
        raise EmptyTextError
    return NewDraft(
        text=check_plain(text), origin=DraftOrigin.HUMAN, signature=SIGNATURE, author=actor
    )
