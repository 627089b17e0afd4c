"""A reviewer gives up what they typed and did not commit."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.db.links import LinkRepository, WorkingCopyRepository
from service.domain.working_copy import StaleCopyError, copy_tag


def drop_working_copy(session: Session, link_id: UUID, *, reviewer: str, seen: str) -> None:
    """Forget a reviewer's working copy of a link, if there is one and it is the one ``seen``.

    Raises:
        StaleCopyError: If another copy is kept than the one whose tag was seen.
    """
    copies = WorkingCopyRepository(session)
    if copies.find(link_id, reviewer) is None:
        return
    link = LinkRepository(session).lock(link_id)
    kept = copies.find(link_id, reviewer)
    tag = copy_tag(link.version, kept)
    if kept and seen != tag:
        raise StaleCopyError(kept, tag)
    copies.drop(link_id, reviewer)
