"""The glossaries there are, by name."""

from sqlalchemy.orm import Session

from service.db.glossaries import GlossaryRepository
from service.domain.glossary import StoredGlossary


def list_glossaries(session: Session) -> list[StoredGlossary]:
    """Return all stored glossaries by name, without their terms."""
    return GlossaryRepository(session).all()
