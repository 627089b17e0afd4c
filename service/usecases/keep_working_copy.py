"""What a reviewer types is kept before it is committed."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.db.alignments import AlignmentRepository
from service.db.links import LinkRepository, WorkingCopyRepository
from service.domain.link import RetiredLinkError
from service.domain.plain_text import check_plain
from service.domain.working_copy import StaleCopyError, WorkingCopy, copy_tag


def keep_working_copy(
    session: Session,
    link_id: UUID,
    *,
    reviewer: str,
    text: str,
    base_version: int,
    seen: str | None = None,
) -> str:
    """Store what a reviewer has typed on top of a version, and return the copy's new tag.

    It takes the place of the copy whose tag was ``seen`` and of no other (``None``: of none), as
    the same reviewer may type in another tab. What is kept already is kept again.

    Raises:
        LinkNotFoundError: If there is no such link.
        RetiredLinkError: If the alignment that it belongs to was replaced.
        UnstorableTextError: If the text holds a character that no database keeps.
        StaleCopyError: If another copy is kept than the one that was seen.
    """
    links, copies = LinkRepository(session), WorkingCopyRepository(session)
    typed = WorkingCopy(text=check_plain(text), base_version=base_version)
    if not AlignmentRepository(session).hold(links.get(link_id).alignment_id).is_current:
        raise RetiredLinkError
    link = links.lock(link_id)
    kept = copies.find(link_id, reviewer)
    tag = copy_tag(link.version, kept)
    if kept != typed:
        if seen != (tag if kept or seen else None):
            raise StaleCopyError(kept, tag)
        copies.keep(link_id, reviewer, typed)
    return copy_tag(link.version, typed)
