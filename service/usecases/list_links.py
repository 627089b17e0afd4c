"""The links of an alignment in order, a page at a time."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.db.alignments import AlignmentRepository
from service.db.links import LinkRepository
from service.domain.link import Link
from service.domain.review import State


def list_links(
    session: Session,
    alignment_id: UUID,
    *,
    after: int = -1,
    limit: int = 50,
    state: State | None = None,
) -> list[Link]:
    """Return up to ``limit`` links after a position, only those in a state if one is given.

    Raises:
        AlignmentNotFoundError: If there is no such alignment.
    """
    alignment = AlignmentRepository(session).get(alignment_id)
    return LinkRepository(session).of_alignment(alignment.id, after=after, limit=limit, state=state)
