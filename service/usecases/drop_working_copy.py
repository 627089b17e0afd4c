"""A reviewer gives up what they typed and did not commit."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.db.links import WorkingCopyRepository


def drop_working_copy(session: Session, link_id: UUID, *, reviewer: str) -> None:
    """Forget a reviewer's working copy of a link, if there is one."""
    WorkingCopyRepository(session).drop(link_id, reviewer)
