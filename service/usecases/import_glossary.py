"""Terms that were read become a stored glossary."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from service.db.glossaries import GlossaryRepository
from service.domain.glossary import (
    GlossaryExistsError,
    PlacedTerm,
    StoredGlossary,
    make_glossary,
)


def import_glossary(
    session: Session, placed: Sequence[PlacedTerm], *, name: str, replace: bool = False
) -> tuple[StoredGlossary, bool]:
    """Store terms as a glossary; return it, and whether anything was written.

    The same terms again change nothing.

    Raises:
        GlossaryNameError: If the name cannot be used.
        GlossaryError: If a term stands there twice, or two contradict each other.
        EmptyGlossaryError: If there is no term.
        TooManyTermsError: If there are too many.
        GlossaryExistsError: If the name is taken by other terms, and they are not to be replaced.
    """
    glossary = make_glossary(name, placed)
    glossaries = GlossaryRepository(session)
    glossaries.lock_name(name)
    known = glossaries.find(name)
    if known is not None and known.version == glossary.version:
        return known, False
    if known is not None and not replace:
        raise GlossaryExistsError(name)
    if known is not None:
        glossaries.delete(known)
    return glossaries.add(glossary), True
