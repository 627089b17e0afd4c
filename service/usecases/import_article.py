"""A text becomes an article, with its original edition."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.db.articles import ArticleRepository, EditionRepository
from service.db.revisions import RevisionRepository
from service.domain.article import (
    Article,
    ArticleExistsError,
    Edition,
    Revision,
    check_key,
    slug,
    title_of,
)
from service.domain.content_hash import content_hash
from service.domain.language import Language
from service.domain.paragraph import ReadText
from service.domain.plain_text import check_plain
from service.domain.review import Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import stored; ``created`` is false when its content was stored already.

    ``restored`` says that it was that of an older revision, which is current again.
    """

    article: Article
    edition: Edition
    revision: Revision
    created: bool
    restored: bool = False


def import_article(
    session: Session,
    document: ReadText,
    *,
    language: Language,
    key: str | None = None,
    title: str | None = None,
) -> Imported:
    """Store a text as a new article; the same text again changes nothing.

    Without a key the article is called after its title, and the same content in the same language
    is found again under whatever key it has.

    Raises:
        InvalidKeyError: If the key cannot name an article.
        UnstorableTextError: If the title holds a character that no database keeps.
        ArticleExistsError: If the key is taken by an article with other content.
    """
    articles = ArticleRepository(session)
    title = check_plain(title) if title else title_of(document.paragraphs)
    content = content_hash(document.paragraphs)
    articles.lock_key(content if key is None else check_key(key))
    if key is None:
        known = articles.find_by_original_content(language, content)
        key = known.key if known else _free_key(articles, slug(title))
    else:
        known = articles.find(key)
    if known is not None:
        return _same(session, known, language, content)

    article = articles.add(key=key, title=title)
    edition = EditionRepository(session).get_or_add(article.id, language, Provenance.ORIGINAL)
    revision = RevisionRepository(session).add(edition.id, document, previous=None)
    EditionRepository(session).set_current(edition.id, revision.id)
    edition = EditionRepository(session).by_id(edition.id)
    return Imported(article=article, edition=edition, revision=revision, created=True)


def _free_key(articles: ArticleRepository, base: str) -> str:
    """Return the first of ``base``, ``base-2``, ``base-3``... that is free, locked."""
    articles.lock_key(base)
    key, number = base, 1
    while articles.find(key) is not None:
        number += 1
        key = f"{base}-{number}"
        articles.lock_key(key)
    return key


def _same(session: Session, article: Article, language: Language, content: str) -> Imported:
    editions, revisions = EditionRepository(session), RevisionRepository(session)
    edition = editions.find(article.id, language, [Provenance.ORIGINAL])
    revision_id = revisions.find_by_content(edition.id, content) if edition else None
    if edition is None or revision_id is None:
        raise ArticleExistsError(article.key)
    return Imported(
        article=article, edition=edition, revision=revisions.get(revision_id), created=False
    )
