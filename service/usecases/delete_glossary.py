"""A glossary goes; drafts that were made with it stay."""

from sqlalchemy.orm import Session

from service.db.glossaries import GlossaryRepository


def delete_glossary(session: Session, name: str) -> None:
    """Remove the glossary of a name or id, with its terms.

    Raises:
        GlossaryNotFoundError: If there is none.
    """
    glossaries = GlossaryRepository(session)
    glossaries.delete(glossaries.get(name))
