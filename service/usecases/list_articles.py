"""The articles there are, newest first."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.db.articles import ArticleRepository, EditionRepository
from service.domain.review import Provenance
from service.domain.review_page import ArticleSummary
from service.usecases.article_columns import article_columns


def list_articles(
    session: Session, *, after: UUID | None = None, limit: int = 50
) -> list[ArticleSummary]:
    """Return up to ``limit`` articles made before the one named, with their columns."""
    articles = ArticleRepository(session).page(after=after, limit=limit)
    ids = [article.id for article in articles]
    columns = article_columns(session, ids)
    languages = {
        edition.article_id: edition.language
        for edition in EditionRepository(session).of_articles(ids)
        if edition.provenance is Provenance.ORIGINAL
    }
    return [
        ArticleSummary(
            id=article.id,
            key=article.key,
            title=article.title,
            language=languages[article.id],
            created_at=article.created_at,
            columns=columns[article.id],
        )
        for article in articles
    ]
