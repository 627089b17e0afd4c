"""What a reviewer types is kept before it is committed."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.db.links import LinkRepository, WorkingCopyRepository
from service.domain.plain_text import check_plain


def keep_working_copy(
    session: Session, link_id: UUID, *, reviewer: str, text: str, base_version: int
) -> None:
    """Store what a reviewer has typed on top of a version, in place of what they typed before.

    Raises:
        LinkNotFoundError: If there is no such link.
        UnstorableTextError: If the text holds a character that no database keeps.
    """
    link = LinkRepository(session).get(link_id)
    WorkingCopyRepository(session).keep(
        link.id, reviewer, text=check_plain(text), base_version=base_version
    )
