"""A text becomes an edition of an article that exists, or a new revision of one."""

from sqlalchemy.orm import Session

from service.db.articles import ArticleRepository, EditionRepository
from service.db.revisions import RevisionRepository
from service.domain.content_hash import content_hash
from service.domain.language import Language
from service.domain.paragraph import ReadText
from service.domain.review import Provenance
from service.usecases.import_article import Imported


def import_edition(
    session: Session, document: ReadText, *, key: str, language: Language
) -> Imported:
    """Store a text as the article's edition in a language, or as a revision of it.

    In the language of the original it is a revision of the original, in another language one of
    the edition made by people. The same content again changes nothing, and content that an older
    revision had makes that one current again.

    Raises:
        ArticleNotFoundError: If there is no such article.
    """
    article = ArticleRepository(session).get(key)
    editions, revisions = EditionRepository(session), RevisionRepository(session)
    original = editions.find(article.id, language, [Provenance.ORIGINAL])
    provenance = Provenance.ORIGINAL if original else Provenance.HUMAN
    edition = editions.get_or_add(article.id, language, provenance)

    known = revisions.find_by_content(edition.id, content_hash(document.paragraphs))
    if known is not None:
        revision = revisions.get(known)
    else:
        revision = revisions.add(edition.id, document, previous=edition.current_revision_id)
    becomes_current = revision.id != edition.current_revision_id
    if becomes_current:
        editions.set_current(edition.id, revision.id)
    return Imported(
        article=article,
        edition=editions.by_id(edition.id),
        revision=revision,
        created=known is None,
        restored=becomes_current and known is not None,
    )
