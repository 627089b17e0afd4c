from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from service.db.alignments import AlignmentRepository
from service.db.articles import ArticleRepository, EditionRepository
from service.db.links import LinkRepository, NewLink
from service.db.revisions import RevisionRepository
from service.domain.article import ArticleNotFoundError, StoredParagraph
from service.domain.language import Language
from service.domain.link import Link
from service.domain.review import MADE_BY_PEOPLE, LinkOrigin, Provenance
from service.domain.review_page import ReviewPage
from service.usecases.build_review_page import build_review_page
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition
from service.usecases.keep_working_copy import keep_working_copy
from service.usecases.request_translation import request_translation
from tests.documents import document

ENGLISH = ("Zero.", "One.", "Two.", "Three.")


def column(
    session: Session,
    language: Language,
    beads: list[tuple[str, str]],
    *,
    source_language: Language = Language.EN,
    confidence: float = 0.5,
) -> UUID:
    """Store an edition that people wrote, linked by hand: beads of indexes such as ("12", "0")."""
    count = sum(len(target) for _, target in beads)
    texts = (f"{language} {i}." for i in range(count))
    edition = import_edition(session, document(*texts), key="story", language=language)
    article = ArticleRepository(session).get("story")
    source = EditionRepository(session).find(article.id, source_language, MADE_BY_PEOPLE)
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
            confidence=confidence,
        )
        for left, right in beads
    ]
    LinkRepository(session).add(alignment.id, links)
    return alignment.id


def _members(links: Sequence[Link]) -> tuple[list[StoredParagraph], list[StoredParagraph]]:
    return [p for link in links for p in link.source], [p for link in links for p in link.target]


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


def test_what_two_columns_alone_have_in_common_stands_in_one_row(session: Session) -> None:
    import_article(session, document("Zero.", "One."), language=Language.EN, key="story")
    column(session, Language.FR, [("0", "0"), ("", "1"), ("1", "2")])
    column(session, Language.RU, [("0", "0"), ("1", "2"), ("", "1")])
    alone = [("0", ["0", "0"]), ("", ["-", ""]), ("", ["", "-"]), ("1", ["1", "1"])]
    assert shape(build_review_page(session, "story", reviewer="ann")) == alone

    # Twice the same Russian: it stands beside the English and beside the French.
    between = [("0", "0"), ("1", "1"), ("2", "2")]
    column(session, Language.RU, between, source_language=Language.FR)

    page = build_review_page(session, "story", reviewer="ann")
    assert shape(page) == [("0", ["0", "0"]), ("", ["-", "-"]), ("1", ["1", "1"])]
    assert [choice.beside for choice in page.available] == [None, None, Language.FR]
    assert [choice.shown for choice in page.available] == [True, True, False]


def test_an_alignment_of_two_columns_counts_from_either_side(session: Session) -> None:
    import_article(session, document("Zero."), language=Language.EN, key="story")
    column(session, Language.RU, [("0", "0"), ("", "1")])
    column(session, Language.FR, [("0", "0"), ("", "1"), ("", "2")])
    column(session, Language.RU, [("0", "0"), ("2", "1"), ("1", "")], source_language=Language.FR)

    page = build_review_page(session, "story", reviewer="ann")

    assert shape(page) == [("0", ["0", "0"]), ("", ["", "-"]), ("", ["-", "-"])]


def test_an_alignment_of_other_revisions_says_nothing_of_these(session: Session) -> None:
    import_article(session, document("Zero.", "One."), language=Language.EN, key="story")
    column(session, Language.FR, [("0", "0"), ("", "1"), ("1", "2")])
    column(session, Language.RU, [("0", "0"), ("", "1"), ("1", "2")])
    french = document("fr 0, new.", "fr 1.", "fr 2.")
    import_edition(session, french, key="story", language=Language.FR)
    between = [("0", "0"), ("1", "1"), ("2", "2")]
    column(session, Language.RU, between, source_language=Language.FR)

    page = build_review_page(session, "story", reviewer="ann")

    # The French that is shown is the one that was aligned with the English.
    alone = [("", ["-", ""]), ("", ["", "-"])]
    assert shape(page) == [("0", ["0", "0"]), *alone, ("1", ["1", "1"])]


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


def test_a_column_that_was_corrected_is_shown_under_its_old_name(session: Session) -> None:
    import_article(session, document(*ENGLISH), language=Language.EN, key="story")
    first = column(session, Language.FR, [("0", "0"), ("1", "1"), ("2", "2"), ("3", "3")])
    column(session, Language.RU, [("0", "0"), ("1", "1"), ("2", "2"), ("3", "3")])
    alignments = AlignmentRepository(session)
    before = alignments.get(first)
    alignments.retire(first)
    after = alignments.add(
        source_revision_id=before.source_revision_id,
        target_edition_id=before.target_edition_id,
        target_revision_id=before.target_revision_id,
        signature="anew",
    )

    page = build_review_page(session, "story", reviewer="ann", columns=[first])
    both = build_review_page(session, "story", reviewer="ann")

    assert [shown.alignment_id for shown in page.columns] == [after.id]
    # Nor does it go to the end for being the newest.
    assert [shown.language for shown in both.columns] == [Language.FR, Language.RU]


def test_cells_say_why_they_are_there(session: Session) -> None:
    import_article(session, document("Zero."), language=Language.EN, key="story")
    alignment_id = column(session, Language.FR, [("0", "0"), ("", "1")])
    links = LinkRepository(session)
    source, target = (one[0] for one in _members(links.of_alignment(alignment_id)))
    links.delete_all(alignment_id)
    told = NewLink(
        source=(source,),
        target=(target,),
        confidence=0.5,
        moved=True,
        reason="context",
        origin=LinkOrigin.MANUAL,
    )
    links.add(alignment_id, [told])

    ((cell,),) = build_review_page(session, "story", reviewer="ann").rows[0].cells

    assert (cell.reason, cell.moved, cell.confirmed) == ("context", True, True)
    assert (cell.source_ids, cell.target_ids) == ((source.id,), (target.id,))


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
