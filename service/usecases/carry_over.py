"""Review work outlives a new revision: what stands unchanged keeps its draft and its state."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from uuid import UUID

from sqlalchemy.orm import Session

from service.db.links import LinkRepository, NewLink, WorkingCopyRepository
from service.domain.link import Alignment, Link, NewDraft
from service.domain.review import State

_Members = tuple[tuple[UUID, ...], ...]


def add_with_review(
    session: Session,
    alignment: Alignment,
    links: Sequence[NewLink],
    *,
    before: Alignment | None,
    source_edition_id: UUID,
    by_target: bool,
) -> None:
    """Store an alignment's links, those over the same paragraphs as ever before with their review.

    A paragraph is the same when its row is, so also when it moved, and when a revision that had
    it comes back. Draft, state and what reviewers have typed are carried.

    Args:
        session: The caller's transaction.
        alignment: The new one, without links yet.
        links: Its links in order.
        before: The alignment that it replaces, held by the caller.
        source_edition_id: The edition that is translated or aligned.
        by_target: Whether the target paragraphs must be the same, too.
    """
    repository = LinkRepository(session)
    members = [_members(link, by_target=by_target) for link in links]
    latest = repository.of_alignment(before.id) if before else []
    judged = _by_members(latest, by_target=by_target)
    older = repository.over(
        [
            paragraph.id
            for link, key in zip(links, members, strict=True)
            if key not in judged
            for paragraph in link.source or link.target
        ],
        source_edition_id=source_edition_id,
        target_edition_id=alignment.target_edition_id,
    )
    judged = _by_members(older, by_target=by_target) | judged
    ids = repository.add(
        alignment.id,
        [_carried(link, judged.get(key)) for link, key in zip(links, members, strict=True)],
    )
    copies = WorkingCopyRepository(session)
    replaced = {_members(link, by_target=by_target): link for link in latest}
    for link_id, key in zip(ids, members, strict=True):
        if key in replaced:
            copies.move(replaced[key], link_id)


def _by_members(links: Iterable[Link], *, by_target: bool) -> dict[_Members, Link]:
    """Return the links that somebody or something has written, the last of the same members."""
    written = (link for link in links if link.state is not State.UNTRANSLATED)
    return {_members(link, by_target=by_target): link for link in written}


def _carried(link: NewLink, before: Link | None) -> NewLink:
    if before is None:
        return link
    draft = before.draft and NewDraft(
        **{f.name: getattr(before.draft, f.name) for f in fields(NewDraft)}
    )
    return replace(link, state=before.state, draft=draft)


def _members(link: Link | NewLink, *, by_target: bool) -> _Members:
    source = tuple(paragraph.id for paragraph in link.source)
    target = tuple(paragraph.id for paragraph in link.target) if by_target else ()
    return source, target
