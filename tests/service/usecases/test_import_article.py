import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from service.db.tables import ArticleRow, EditionRevisionRow, SegmentTextRow
from service.domain.article import ArticleExistsError, ArticleNotFoundError, InvalidKeyError
from service.domain.language import Language
from service.domain.review import Provenance
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition
from tests.documents import document
from tests.service.usecases.conftest import ImportText


def test_article_keeps_every_paragraph_byte_for_byte(import_text: ImportText) -> None:
    texts = ("Title\u00a0!", "Tab\there,  two  spaces", "e\u0301 — «ёж» \U0001f98a", "= page 1")

    imported = import_text(*texts)

    assert tuple(p.text for p in imported.revision.paragraphs) == texts
    assert [p.position for p in imported.revision.paragraphs] == [0, 1, 2, 3]
    assert imported.created
    assert imported.edition.provenance is Provenance.ORIGINAL


def test_same_content_again_is_a_no_op(session: Session, import_text: ImportText) -> None:
    first = import_text("One.", "Two.", key=None)

    again = import_text("One.", "Two.", key=None)

    assert not again.created
    assert again.revision.id == first.revision.id
    assert session.scalar(select(func.count()).select_from(SegmentTextRow)) == 2


def test_same_content_is_found_under_the_key_it_was_given(import_text: ImportText) -> None:
    first = import_text("One.", key="chosen")

    assert import_text("One.", key=None).article.key == "chosen"
    assert import_text("One.", key="chosen").article.id == first.article.id


def test_same_title_makes_another_key(import_text: ImportText) -> None:
    keys = [import_text("Same start", f"Body {i}.", key=None).article.key for i in range(3)]

    assert keys == ["same-start", "same-start-2", "same-start-3"]


def test_taken_key_with_other_content_is_refused(import_text: ImportText) -> None:
    import_text("One.", key="taken")

    with pytest.raises(ArticleExistsError, match="--article taken"):
        import_text("Other.", key="taken")


def test_key_that_cannot_stand_in_an_address_is_refused(import_text: ImportText) -> None:
    with pytest.raises(InvalidKeyError):
        import_text("One.", key="a/b")


def test_racing_imports_of_one_text_make_one_article(sessions: sessionmaker[Session]) -> None:
    created = []

    def run() -> None:
        with sessions.begin() as session:
            text = document("A race", "Everyone brings the same text.")
            created.append(import_article(session, text, language=Language.EN).created)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(created) == [False] * 7 + [True]
    with sessions.begin() as session:
        query = select(func.count()).select_from(ArticleRow).where(ArticleRow.title == "A race")
        assert session.scalar(query) == 1


def test_racing_imports_of_one_title_get_keys_of_their_own(
    sessions: sessionmaker[Session],
) -> None:
    titles = ["Racing report", "Racing report 2"] * 6
    keys = []
    together = threading.Barrier(len(titles))

    def run(number: int, title: str) -> None:
        together.wait()
        with sessions.begin() as session:
            text = document(title, f"Content {number}.")
            keys.append(import_article(session, text, language=Language.EN).article.key)

    threads = [threading.Thread(target=run, args=item) for item in enumerate(titles)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(keys)) == len(titles)


def test_other_language_is_an_edition_and_the_same_a_revision(
    session: Session, import_text: ImportText
) -> None:
    import_text("One.", "Two.")

    french = import_edition(session, document("Un."), key="story", language=Language.FR)
    english = import_edition(session, document("One!", "Two."), key="story", language=Language.EN)

    assert french.edition.provenance is Provenance.HUMAN
    assert french.revision.seq == 1
    assert english.edition.provenance is Provenance.ORIGINAL
    assert english.revision.seq == 2


def test_revision_keeps_the_rows_of_paragraphs_that_stay_also_when_they_move(
    session: Session, import_text: ImportText
) -> None:
    first = import_text("One.", "Twice.", "Twice.", "Last.")

    second = import_edition(
        session, document("Last.", "New.", "Twice.", "Twice."), key="story", language=Language.EN
    )

    before = {p.position: p.id for p in first.revision.paragraphs}
    after = [p.id for p in second.revision.paragraphs]
    assert [after[0], after[2], after[3]] == [before[3], before[1], before[2]]
    assert after[1] not in before.values()


def test_older_content_again_becomes_current_without_a_new_revision(
    session: Session, import_text: ImportText
) -> None:
    first = import_text("One.")
    import_edition(session, document("Two."), key="story", language=Language.EN)

    back = import_edition(session, document("One."), key="story", language=Language.EN)

    assert back.restored
    assert not back.created
    assert back.revision.id == first.revision.id
    assert back.edition.current_revision_id == first.revision.id
    assert session.scalar(select(func.count()).select_from(EditionRevisionRow)) == 2


def test_edition_of_an_unknown_article_is_refused(session: Session) -> None:
    with pytest.raises(ArticleNotFoundError, match="no article 'nowhere'"):
        import_edition(session, document("Un."), key="nowhere", language=Language.FR)


def test_twenty_thousand_paragraphs_are_stored(session: Session) -> None:
    text = document(*(f"Paragraph number {i}." for i in range(20_000)))

    imported = import_article(session, text, language=Language.EN, key="long")

    assert len(imported.revision.paragraphs) == 20_000
    assert imported.revision.paragraphs[-1].text == "Paragraph number 19999."
