"""One link with its paragraphs and its draft."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.db.links import LinkRepository
from service.domain.link import Link


def read_link(session: Session, link_id: UUID) -> Link:
    """Return the link.

    Raises:
        LinkNotFoundError: If there is none.
    """
    return LinkRepository(session).get(link_id)
