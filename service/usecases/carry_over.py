"""Review work outlives a new revision: what stands unchanged keeps its draft and its state."""

from collections.abc import Sequence
from dataclasses import fields, replace
from uuid import UUID

from service.db.links import NewLink
from service.domain.link import Link, NewDraft


def reviewed_before(
    before: Sequence[Link], links: Sequence[NewLink], *, by_target: bool
) -> list[NewLink]:
    """Return the links, those over the same paragraphs as before with their old draft and state.

    A paragraph is the same when its row is, so also when it moved. With ``by_target`` the target
    paragraphs must be the same, too.
    """
    old = {_members(link, by_target=by_target): link for link in before if link.draft}
    return [_carried(link, old.get(_members(link, by_target=by_target))) for link in links]


def _carried(link: NewLink, before: Link | None) -> NewLink:
    if before is None or before.draft is None:
        return link
    draft = NewDraft(**{f.name: getattr(before.draft, f.name) for f in fields(NewDraft)})
    return replace(link, state=before.state, draft=draft)


def _members(link: Link | NewLink, *, by_target: bool) -> tuple[tuple[UUID, ...], ...]:
    source = tuple(paragraph.id for paragraph in link.source)
    target = tuple(paragraph.id for paragraph in link.target) if by_target else ()
    return source, target
