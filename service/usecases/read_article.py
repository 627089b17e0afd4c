"""One article with its editions and alignments."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.db.articles import ArticleRepository, EditionRepository
from service.db.revisions import RevisionRepository
from service.domain.article import Article, Edition
from service.domain.review_page import ReviewColumn
from service.usecases.article_columns import article_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDetail:
    """An article, its editions (each with the number of its revision), and its columns."""

    article: Article
    editions: tuple[tuple[Edition, int | None], ...]
    columns: tuple[ReviewColumn, ...]


def read_article(session: Session, key: str) -> ArticleDetail:
    """Return the article of a key.

    Raises:
        ArticleNotFoundError: If there is none.
    """
    article = ArticleRepository(session).get(key)
    revisions = RevisionRepository(session)
    editions = EditionRepository(session).of_article(article.id)
    return ArticleDetail(
        article=article,
        editions=tuple(
            (e, revisions.seq(e.current_revision_id) if e.current_revision_id else None)
            for e in editions
        ),
        columns=article_columns(session, [article.id])[article.id],
    )
