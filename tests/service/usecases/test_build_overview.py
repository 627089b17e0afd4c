import pytest
from sqlalchemy.orm import Session, sessionmaker

from alignment import SentenceEncoder
from service.db.links import LinkRepository
from service.domain.article import ArticleNotFoundError
from service.domain.language import Language
from service.domain.paragraph import Kind
from service.domain.review import Provenance, State
from service.usecases.align_editions import align_editions
from service.usecases.build_overview import build_overview
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition
from service.usecases.request_alignment import request_alignment
from tests.browser.article import ENGLISH, HUMAN_BEADS, HUMAN_FRENCH, Article, make_article
from tests.documents import document


@pytest.fixture
def article(sessions: sessionmaker[Session]) -> Article:
    return make_article(sessions)


def test_overview_holds_all_editions_whole(
    sessions: sessionmaker[Session], article: Article
) -> None:
    with sessions.begin() as session:
        overview = build_overview(session, article.key)

    assert [paragraph.text for paragraph in overview.source] == [p.text for p in ENGLISH]
    french, russian, human = overview.columns
    assert [one.column.alignment_id for one in overview.columns] == [
        article.french,
        article.russian,
        article.human,
    ]
    assert [paragraph.text for paragraph in human.paragraphs] == list(HUMAN_FRENCH)
    assert [(link.source, link.target) for link in human.links] == list(HUMAN_BEADS)
    # A draft that is not complete has the kinds of its source, and nothing for what is to come.
    assert [p.kind for p in french.paragraphs] == [p.kind for p in ENGLISH[:7]]
    assert [link.target for link in russian.links] == [*((i,) for i in range(7)), ()]


def test_only_columns_that_were_named_are_in_the_overview(
    sessions: sessionmaker[Session], article: Article
) -> None:
    with sessions.begin() as session:
        overview = build_overview(session, article.key, columns=[article.human])

    assert [one.column.provenance for one in overview.columns] == [Provenance.HUMAN]


def test_each_paragraph_and_link_knows_its_row_of_the_review_page(
    sessions: sessionmaker[Session], article: Article
) -> None:
    with sessions.begin() as session:
        overview = build_overview(session, article.key)

    rows = {row.number: row for row in overview.page.rows}
    for index, paragraph in enumerate(overview.source):
        assert paragraph.row is not None
        assert index in [part.index for part in rows[paragraph.row].source]
    for place, one in enumerate(overview.columns):
        for link in one.links:
            assert link.source in [cell.source_indexes for cell in rows[link.row].cells[place]]
            assert {one.paragraphs[i].row for i in link.target} <= {link.row}


def test_a_link_whose_text_was_approved_is_confirmed(
    sessions: sessionmaker[Session], article: Article
) -> None:
    with sessions.begin() as session:
        repository = LinkRepository(session)
        link = repository.of_alignment(article.human)[1]
        repository.write(link, state=State.APPROVED, draft=None)
        overview = build_overview(session, article.key, columns=[article.human])

    confirmed = [link.confirmed for link in overview.columns[0].links]
    assert confirmed == [False, True, *[False] * 6]


def test_a_block_that_moved_is_told_from_what_stayed(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    english = (
        "The ferry sailed again on Monday.",
        "The repair cost 3.2 million.",
        "A school choir sang on the quay.",
        "Fishermen fear for their nets.",
    )
    french = (
        "Les pêcheurs craignent pour leurs filets.",
        "Le ferry est reparti lundi.",
        "La réparation a coûté 3,2 millions.",
        "Une chorale d’école a chanté sur le quai.",
    )
    with sessions.begin() as session:
        import_article(session, document(*english), language=Language.EN, key="moved")
        import_edition(session, document(*french), key="moved", language=Language.FR)
        job = request_alignment(session, key="moved", target=Language.FR).id
    align_editions(sessions, encoder, job_id=job)

    with sessions.begin() as session:
        (column,) = build_overview(session, "moved").columns

    assert [(link.source, link.target) for link in column.links if link.moved] == [((3,), (0,))]


def test_edition_that_is_not_aligned_yet_stands_there_without_links(
    sessions: sessionmaker[Session],
) -> None:
    with sessions.begin() as session:
        import_article(session, document("One.", "=12"), language=Language.EN, key="new")
        import_edition(session, document("Un."), key="new", language=Language.FR)
        request_alignment(session, key="new", target=Language.FR)
        overview = build_overview(session, "new")

    (column,) = overview.columns
    assert [p.kind for p in overview.source] == [Kind.PARA, Kind.FURNITURE]
    assert [(p.text, p.row) for p in column.paragraphs] == [("Un.", None)]
    assert column.links == ()


def test_article_without_other_editions_has_no_columns(session: Session) -> None:
    import_article(session, document("One."), language=Language.EN, key="alone")

    overview = build_overview(session, "alone")

    assert overview.columns == ()
    assert [paragraph.row for paragraph in overview.source] == [1]


def test_unknown_article_has_no_overview(session: Session) -> None:
    with pytest.raises(ArticleNotFoundError):
        build_overview(session, "nothing-of-the-kind")
