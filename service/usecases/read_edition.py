"""One edition with its present content."""

from sqlalchemy.orm import Session

from service.db.articles import ArticleRepository, EditionRepository
from service.db.revisions import RevisionRepository
from service.domain.article import Edition, EditionNotFoundError, Revision
from service.domain.language import Language
from service.domain.review import Provenance


def read_edition(
    session: Session, key: str, language: Language, provenance: Provenance | None
) -> tuple[Edition, Revision]:
    """Return an article's edition in a language with its current content.

    Without a provenance the original comes first, then one that people made, then a machine's.

    Raises:
        ArticleNotFoundError: If there is no such article.
        EditionNotFoundError: If it has no such edition.
        EditionEmptyError: If its translation is not done.
    """
    article = ArticleRepository(session).get(key)
    editions = EditionRepository(session)
    wanted = [provenance] if provenance else list(Provenance)
    for one in wanted:
        edition = editions.find(article.id, language, [one])
        if edition is not None:
            return edition, RevisionRepository(session).get(edition.revision_id)
    raise EditionNotFoundError(key, language)
