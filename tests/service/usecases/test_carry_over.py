"""A new revision comes in while people review: nothing of theirs is lost."""

import threading
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from service.db.links import LinkRepository
from service.db.tables import WorkingCopyRow
from service.domain.article import OtherSourceError
from service.domain.language import Language
from service.domain.link import Job, Link, RetiredLinkError
from service.domain.review import JobStatus, State
from service.mt.translator import Translator
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition
from service.usecases.keep_working_copy import keep_working_copy
from service.usecases.read_job import read_job
from service.usecases.request_translation import request_translation
from service.usecases.translate_edition import translate_edition
from service.usecases.write_link import write_link
from tests.documents import document


def request(session: Session, key: str, source: Language | None = None) -> Job:
    return request_translation(
        session, key=key, target=Language.FR, source=source, check_route=lambda route: route
    )


def revise(session: Session, key: str, *paragraphs: str) -> list[Link]:
    """Import a revision, ask for its translation, and return its links."""
    import_edition(session, document(*paragraphs), key=key, language=Language.EN)
    return LinkRepository(session).of_alignment(request(session, key).alignment_id)


def begin(session: Session, key: str, *paragraphs: str) -> list[Link]:
    import_article(session, document(*paragraphs), language=Language.EN, key=key)
    return LinkRepository(session).of_alignment(request(session, key).alignment_id)


def approve(session: Session, link: Link, text: str) -> Link:
    return write_link(
        session,
        link.id,
        expected_version=link.version,
        actor="ann",
        text=text,
        state=State.APPROVED,
    )


def test_review_comes_back_with_a_paragraph_that_had_gone(session: Session) -> None:
    _, second = begin(session, "story", "One.", "Two.")
    approve(session, second, "Deux.")

    revise(session, "story", "One.", "Three.")
    after = revise(session, "story", "Two.", "One.", "Four.")

    assert [link.state for link in after] == [
        State.APPROVED,
        State.UNTRANSLATED,
        State.UNTRANSLATED,
    ]
    assert after[0].draft is not None
    assert after[0].draft.text == "Deux."


def test_newest_review_of_a_paragraph_is_carried(session: Session) -> None:
    (link,) = begin(session, "story", "One.")
    approve(session, link, "Un.")
    link, _ = revise(session, "story", "One.", "Two.")
    approve(session, link, "Numéro un.")
    revise(session, "story", "Two.")

    (after,) = revise(session, "story", "One.")

    assert after.draft is not None
    assert after.draft.text == "Numéro un."


def test_what_is_typed_and_not_committed_goes_along(session: Session) -> None:
    first, second, third = begin(session, "story", "One.", "Two.", "Three.")
    approve(session, second, "Deux.")
    approve(session, third, "Trois.")
    keep_working_copy(session, second.id, reviewer="ann", text="Deux, donc", base_version=2)
    keep_working_copy(session, second.id, reviewer="bob", text="Les deux", base_version=1)
    keep_working_copy(session, first.id, reviewer="ann", text="U", base_version=1)

    after = revise(session, "story", "Zero.", "One.", "Two.")

    rows = session.scalars(select(WorkingCopyRow)).all()
    typed = {(row.link_id, row.reviewer): (row.text, row.base_version) for row in rows}
    assert after[2].version == 1
    assert typed == {
        (after[2].id, "ann"): ("Deux, donc", 1),
        # What was typed on top of an older text is still older than what stands there.
        (after[2].id, "bob"): ("Les deux", 0),
        (after[1].id, "ann"): ("U", 1),
    }


def test_link_of_a_retired_alignment_is_not_written(session: Session) -> None:
    (link,) = begin(session, "story", "One.")
    revise(session, "story", "One.", "Two.")

    with pytest.raises(RetiredLinkError):
        approve(session, link, "Un.")


def test_edit_that_races_with_a_new_revision_is_carried_or_refused(
    sessions: sessionmaker[Session],
) -> None:
    with sessions.begin() as session:
        (link,) = begin(session, "race", "One.")
    refused: list[int] = []
    written: list[int] = []
    number = count(1)
    stop = threading.Event()

    def write() -> None:
        current = link.id
        while not stop.is_set():
            value = next(number)
            try:
                with sessions.begin() as session:
                    now = LinkRepository(session).get(current)
                    approve(session, now, f"Un {value}.")
                written.append(value)
            except RetiredLinkError:
                refused.append(value)
                with sessions.begin() as session:
                    job = request(session, "race")
                    (now, *_) = LinkRepository(session).of_alignment(job.alignment_id)
                    current = now.id

    writer = threading.Thread(target=write)
    writer.start()
    for end in range(12):
        with sessions.begin() as session:
            revise(session, "race", "One.", f"End {end}.")
    stop.set()
    writer.join()

    with sessions.begin() as session:
        (last, *_) = LinkRepository(session).of_alignment(request(session, "race").alignment_id)
    assert last.draft is not None
    assert written
    assert last.draft.text == f"Un {written[-1]}."


def test_job_of_a_replaced_revision_ends_and_changes_nothing(
    sessions: sessionmaker[Session], translator: Translator
) -> None:
    with sessions.begin() as session:
        import_article(session, document("The old text."), language=Language.EN, key="replaced")
        old = request(session, "replaced")
        import_edition(session, document("A new text."), key="replaced", language=Language.EN)
        new = request(session, "replaced")

    translate_edition(sessions, translator, job_id=new.id)
    translate_edition(sessions, translator, job_id=old.id)

    with sessions.begin() as session:
        ended = read_job(session, old.id)
        assert ended.status is JobStatus.FAILED
        assert ended.error is not None
        assert "newer revision" in ended.error
        assert LinkRepository(session).of_alignment(old.alignment_id)[0].draft is None
        assert read_job(session, new.id).status is JobStatus.SUCCEEDED


def test_one_language_has_one_machine_edition_from_one_source(session: Session) -> None:
    import_article(session, document("Один."), language=Language.RU, key="story")
    import_edition(session, document("One."), key="story", language=Language.EN)
    request(session, "story")

    with pytest.raises(OtherSourceError, match=r"from Russian.*`ru`"):
        request(session, "story", Language.EN)
