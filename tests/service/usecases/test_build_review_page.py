from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from service.db.alignments import AlignmentRepository
from service.db.articles import ArticleRepository, EditionRepository
from service.db.links import LinkRepository, NewLink
from service.db.revisions import RevisionRepository
from service.domain.article import ArticleNotFoundError
from service.domain.language import Language
from service.domain.review import Provenance
from service.domain.review_page import ReviewPage
from service.usecases.build_review_page import build_review_page, source_groups
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition
from service.usecases.keep_working_copy import keep_working_copy
from service.usecases.request_translation import request_translation
from tests.documents import document

ENGLISH = ("Zero.", "One.", "Two.", "Three.")


def column(session: Session, language: Language, beads: list[tuple[str, str]]) -> None:
    """Store an edition that people wrote, linked by hand: beads of indexes such as ("12", "0")."""
    count = sum(len(target) for _, target in beads)
    texts = (f"{language} {i}." for i in range(count))
    edition = import_edition(session, document(*texts), key="story", language=language)
    article = ArticleRepository(session).get("story")
    source = EditionRepository(session).find(article.id, Language.EN, [Provenance.ORIGINAL])
    assert source is not None
    paragraphs = RevisionRepository(session).paragraphs(source.revision_id)
    alignment = AlignmentRepository(session).add(
        source_revision_id=source.revision_id,
        target_edition_id=edition.edition.id,
        target_revision_id=edition.revision.id,
        signature="by hand",
    )
    links = [
        NewLink(
            source=tuple(paragraphs[int(i)] for i in left),
            target=tuple(edition.revision.paragraphs[int(i)] for i in right),
            confidence=0.5,
        )
        for left, right in beads
    ]
    LinkRepository(session).add(alignment.id, links)


def shape(page: ReviewPage) -> list[tuple[str, list[str]]]:
    """Return each row as its source indexes and, by column, those of its cells joined by ``+``."""
    return [
        (
            "".join(str(p.index) for p in row.source),
            ["+".join("".join(map(str, c.source_indexes)) or "-" for c in cs) for cs in row.cells],
        )
        for row in page.rows
    ]


def test_row_holds_together_what_any_column_joins(session: Session) -> None:
    import_article(session, document(*ENGLISH), language=Language.EN, key="story")
    column(session, Language.FR, [("0", "0"), ("12", "1"), ("3", "2")])
    column(session, Language.RU, [("0", "0"), ("1", "12"), ("", "3"), ("23", "4")])

    page = build_review_page(session, "story", reviewer="ann")

    assert shape(page) == [
        ("0", ["0", "0"]),
        ("123", ["12+3", "1+23"]),
        ("", ["", "-"]),
    ]
    assert [row.number for row in page.rows] == [1, 2, 3]


def test_unmatched_target_before_everything_stands_first(session: Session) -> None:
    import_article(session, document("Zero."), language=Language.EN, key="story")
    column(session, Language.FR, [("", "0"), ("0", "1")])

    page = build_review_page(session, "story", reviewer="ann")

    assert shape(page) == [("", ["-"]), ("0", ["0"])]


def test_article_without_targets_shows_its_source_alone(session: Session) -> None:
    import_article(session, document(*ENGLISH), language=Language.EN, key="story")

    page = build_review_page(session, "story", reviewer="ann")

    assert shape(page) == [("0", []), ("1", []), ("2", []), ("3", [])]
    assert page.columns == ()


def test_machine_drafts_are_shown_first_and_columns_may_be_chosen(session: Session) -> None:
    import_article(session, document(*ENGLISH), language=Language.EN, key="story")
    column(session, Language.FR, [("0", "0"), ("1", "1"), ("2", "2"), ("3", "3")])
    request_translation(
        session, key="story", target=Language.RU, check_route=lambda direction: direction
    )

    page = build_review_page(session, "story", reviewer="ann")
    human = next(c for c in page.available if c.provenance is Provenance.HUMAN)
    chosen = build_review_page(
        session, "story", reviewer="ann", columns={human.alignment_id, uuid4()}
    )

    assert [c.provenance for c in page.columns] == [Provenance.MACHINE]
    assert [c.provenance for c in chosen.columns] == [Provenance.HUMAN]
    assert [c.shown for c in chosen.available] == [True, False]


def test_reviewer_sees_their_own_working_copy_and_nobody_elses(session: Session) -> None:
    import_article(session, document("Zero."), language=Language.EN, key="story")
    column(session, Language.FR, [("0", "0")])
    page = build_review_page(session, "story", reviewer="ann")
    link_id = page.rows[0].cells[0][0].link_id
    keep_working_copy(session, link_id, reviewer="ann", text="Zéro", base_version=1)

    mine = build_review_page(session, "story", reviewer="ann").rows[0].cells[0][0]
    theirs = build_review_page(session, "story", reviewer="bob").rows[0].cells[0][0]

    assert (mine.working_copy, mine.working_copy_base) == ("Zéro", 1)
    assert theirs.working_copy is None


def test_unknown_article_is_refused(session: Session) -> None:
    with pytest.raises(ArticleNotFoundError):
        build_review_page(session, "nowhere", reviewer="ann")


@given(st.data())
def test_rows_cover_the_source_once_in_order_and_tear_no_span(data: st.DataObject) -> None:
    n = data.draw(st.integers(min_value=0, max_value=12))
    positions = st.integers(min_value=0, max_value=max(0, n - 1))
    spans = data.draw(st.lists(st.lists(positions, unique=True).map(sorted))) if n else []

    groups = source_groups(n, spans)

    assert [position for group in groups for position in group] == list(range(n))
    assert all(any(set(span) <= set(group) for group in groups) for span in spans if span)
