"""Which paragraphs of two editions are page furniture: they repeat in articles around theirs."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from alignment import find_furniture_of_pairs
from alignment.furniture import LONGEST_CHARS
from service.db.links import LinkRepository
from service.db.revisions import RevisionRepository
from service.domain.article import Edition, StoredParagraph
from service.domain.language import Direction
from service.domain.paragraph import Kind

ARTICLES_AROUND: Final = 50
"""Articles that came in before, and as many after: a page changes with the years, and what they
say together must not depend on how many thousands there are."""
LONGEST_ARTICLE: Final = 1000
"""Paragraphs; what has more is a book, and has no such page."""
STRUCTURE: Final = frozenset({Kind.TITLE, Kind.HEADING})


def find_repeated(
    session: Session,
    source: Edition,
    target: Edition,
    paragraphs: tuple[Sequence[StoredParagraph], Sequence[StoredParagraph]],
) -> frozenset[UUID]:
    """Return the paragraphs of two editions of an article to set aside before they are aligned.

    Titles and headings are none, nor is what people have worked on beside its counterpart.
    """
    around = RevisionRepository(session).texts_around(
        source.article_id,
        Direction(source.language, target.language),
        articles=ARTICLES_AROUND,
        paragraphs=LONGEST_ARTICLE,
        chars=LONGEST_CHARS + 1,
    )
    own = tuple([paragraph.text for paragraph in side] for side in paragraphs)
    (found, *_) = find_furniture_of_pairs(*zip(own, *around, strict=True))
    repeated = [
        side[index].id
        for side, indexes in zip(paragraphs, found, strict=True)
        for index in sorted(indexes)
        if side[index].kind not in STRUCTURE
    ]
    return frozenset(repeated) - LinkRepository(session).paired_by_people(
        repeated, source_edition_id=source.id, target_edition_id=target.id
    )
