"""Articles and their editions: who they are, and which revision each stands at."""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.db.tables import ArticleRow, EditionRevisionRow, EditionRow
from service.domain.article import KEY_PATTERN, Article, ArticleNotFoundError, Edition
from service.domain.language import Language
from service.domain.review import Provenance


def _article(row: ArticleRow) -> Article:
    return Article(id=row.id, key=row.key, title=row.title, created_at=row.created_at)


def _edition(row: EditionRow) -> Edition:
    return Edition(
        id=row.id,
        article_id=row.article_id,
        language=row.language,
        provenance=row.provenance,
        source_edition_id=row.source_edition_id,
        current_revision_id=row.current_revision_id,
    )


class ArticleRepository:
    """Articles by key."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lock_key(self, key: str) -> None:
        """Wait until no other transaction is making an article of this key, then hold it."""
        self._session.execute(
            text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key}
        )

    def find(self, key: str) -> Article | None:
        """Return the article of the key, if there is one."""
        row = self._session.scalar(select(ArticleRow).where(ArticleRow.key == key))
        return _article(row) if row else None

    def get(self, key: str) -> Article:
        """Return the article of the key.

        Raises:
            ArticleNotFoundError: If there is none.
        """
        article = self.find(key) if re.fullmatch(KEY_PATTERN, key) else None
        if article is None:
            raise ArticleNotFoundError(key)
        return article

    def page(self, *, after: UUID | None, limit: int) -> list[Article]:
        """Return articles, newest first, that were made before the one named."""
        query = select(ArticleRow).order_by(ArticleRow.id.desc()).limit(limit)
        if after is not None:
            query = query.where(ArticleRow.id < after)
        return [_article(row) for row in self._session.scalars(query)]

    def add(self, *, key: str, title: str) -> Article:
        """Store a new article; its key must be locked and free."""
        row = ArticleRow(key=key, title=title)
        self._session.add(row)
        self._session.flush()
        self._session.refresh(row)
        return _article(row)

    def find_by_original_content(self, language: Language, content_hash: str) -> Article | None:
        """Return the oldest article whose original edition once had exactly this content."""
        row = self._session.scalar(
            select(ArticleRow)
            .join(EditionRow, EditionRow.article_id == ArticleRow.id)
            .join(EditionRevisionRow, EditionRevisionRow.edition_id == EditionRow.id)
            .where(
                EditionRow.provenance == Provenance.ORIGINAL,
                EditionRow.language == language,
                EditionRevisionRow.content_hash == content_hash,
            )
            .order_by(ArticleRow.id)
            .limit(1)
        )
        return _article(row) if row else None


class EditionRepository:
    """Editions by article, language and provenance."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_article(self, article_id: UUID) -> list[Edition]:
        """Return the article's editions, oldest first."""
        query = select(EditionRow).where(EditionRow.article_id == article_id)
        return [_edition(row) for row in self._session.scalars(query.order_by(EditionRow.id))]

    def of_articles(self, article_ids: Sequence[UUID]) -> list[Edition]:
        """Return the editions of several articles, oldest first."""
        query = select(EditionRow).where(EditionRow.article_id.in_(article_ids))
        return [_edition(row) for row in self._session.scalars(query.order_by(EditionRow.id))]

    def by_id(self, edition_id: UUID) -> Edition:
        """Return the edition of an id that another row refers to."""
        return _edition(self._session.get_one(EditionRow, edition_id))

    def lock(self, edition_id: UUID) -> Edition:
        """Return the edition as it stands now; nobody else moves it until the transaction ends."""
        query = (
            select(EditionRow)
            .where(EditionRow.id == edition_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return _edition(self._session.scalars(query).one())

    def find(
        self, article_id: UUID, language: Language, provenances: Sequence[Provenance]
    ) -> Edition | None:
        """Return the article's oldest edition in the language of one of the provenances."""
        row = self._session.scalar(
            select(EditionRow)
            .where(
                EditionRow.article_id == article_id,
                EditionRow.language == language,
                EditionRow.provenance.in_(provenances),
            )
            .order_by(EditionRow.id)
            .limit(1)
        )
        return _edition(row) if row else None

    def get_or_add(
        self,
        article_id: UUID,
        language: Language,
        provenance: Provenance,
        *,
        source_edition_id: UUID | None = None,
    ) -> Edition:
        """Return the edition, made if need be, locked until the transaction ends."""
        self._session.execute(
            insert(EditionRow)
            .values(
                article_id=article_id,
                language=language,
                provenance=provenance,
                source_edition_id=source_edition_id,
            )
            .on_conflict_do_nothing()
        )
        row = self._session.scalars(
            select(EditionRow)
            .where(
                EditionRow.article_id == article_id,
                EditionRow.language == language,
                EditionRow.provenance == provenance,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        return _edition(row)

    def set_current(self, edition_id: UUID, revision_id: UUID) -> None:
        """Make a revision the one that the edition stands at."""
        self._session.execute(
            update(EditionRow)
            .where(EditionRow.id == edition_id)
            .values(current_revision_id=revision_id)
        )
