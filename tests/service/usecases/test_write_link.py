import threading
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from service.db.alignments import AlignmentRepository
from service.db.links import LinkRepository, NewLink
from service.db.tables import DecisionRow, DraftRow, WorkingCopyRow
from service.domain.language import Language
from service.domain.link import (
    EmptyTextError,
    Link,
    LinkNotFoundError,
    NothingToJudgeError,
    SetAsideError,
    StaleLinkError,
)
from service.domain.plain_text import UnstorableTextError
from service.domain.review import DraftOrigin, State, TransitionError
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition
from service.usecases.keep_working_copy import keep_working_copy
from service.usecases.request_translation import request_translation
from service.usecases.write_link import write_link
from tests.documents import document
from tests.service.usecases.conftest import ImportText


def links_of(session: Session, key: str = "story") -> list[Link]:
    job = request_translation(
        session, key=key, target=Language.FR, check_route=lambda direction: direction
    )
    return LinkRepository(session).of_alignment(job.alignment_id)


def test_text_of_a_person_becomes_a_draft_of_theirs(
    session: Session, import_text: ImportText
) -> None:
    import_text("One.")
    (link,) = links_of(session)

    written = write_link(session, link.id, expected_version=1, actor="ann", text=" Un. ")

    assert written.version == 2
    assert written.state is State.DRAFT
    assert written.draft is not None
    assert (written.draft.text, written.draft.origin, written.draft.author) == (
        " Un. ",
        DraftOrigin.HUMAN,
        "ann",
    )


def test_edit_and_approval_are_one_write_and_one_decision(
    session: Session, import_text: ImportText
) -> None:
    import_text("One.")
    (link,) = links_of(session)

    written = write_link(
        session, link.id, expected_version=1, actor="ann", text="Un.", state=State.APPROVED
    )

    assert (written.version, written.state) == (2, State.APPROVED)
    (decision,) = session.scalars(select(DecisionRow)).all()
    assert (decision.actor, decision.from_state, decision.to_state) == (
        "ann",
        State.UNTRANSLATED,
        State.APPROVED,
    )
    assert written.draft is not None
    assert decision.draft_id == written.draft.id


def test_edit_of_an_approved_text_must_be_judged_again(
    session: Session, import_text: ImportText
) -> None:
    import_text("One.")
    (link,) = links_of(session)
    write_link(session, link.id, expected_version=1, actor="ann", text="Un.", state=State.APPROVED)

    edited = write_link(session, link.id, expected_version=2, actor="bob", text="Une.")
    approved = write_link(
        session, link.id, expected_version=3, actor="bob", text="Unes.", state=State.APPROVED
    )

    assert edited.state is State.NEEDS_WORK
    assert approved.state is State.APPROVED
    assert len(session.scalars(select(DecisionRow)).all()) == 3
    assert [d.text for d in session.scalars(select(DraftRow).order_by(DraftRow.seq))] == [
        "Un.",
        "Une.",
        "Unes.",
    ]


def test_same_text_and_state_again_changes_nothing(
    session: Session, import_text: ImportText
) -> None:
    import_text("One.")
    (link,) = links_of(session)
    write_link(session, link.id, expected_version=1, actor="ann", text="Un.")

    again = write_link(session, link.id, expected_version=2, actor="ann", text="Un.")

    assert again.version == 2


def test_stale_write_is_refused_with_what_stands_there(
    session: Session, import_text: ImportText
) -> None:
    import_text("One.")
    (link,) = links_of(session)
    write_link(session, link.id, expected_version=1, actor="ann", text="Un.")

    with pytest.raises(StaleLinkError, match="at version 2") as raised:
        write_link(session, link.id, expected_version=1, actor="bob", text="Une.")

    assert raised.value.current.draft is not None
    assert raised.value.current.draft.text == "Un."


def test_commit_drops_the_writers_working_copy_and_no_other(
    session: Session, import_text: ImportText
) -> None:
    import_text("One.")
    (link,) = links_of(session)
    for reviewer in ("ann", "bob"):
        keep_working_copy(session, link.id, reviewer=reviewer, text="Un.", base_version=1)

    write_link(session, link.id, expected_version=1, actor="ann", text="Un.")

    assert [row.reviewer for row in session.scalars(select(WorkingCopyRow))] == ["bob"]


def test_working_copy_of_another_text_outlives_a_commit(
    session: Session, import_text: ImportText
) -> None:
    import_text("One.")
    (link,) = links_of(session)
    keep_working_copy(session, link.id, reviewer="ann", text="Un seul", base_version=1)

    write_link(session, link.id, expected_version=1, actor="ann", text="Un.")
    write_link(session, link.id, expected_version=2, actor="ann", state=State.APPROVED)

    assert [row.text for row in session.scalars(select(WorkingCopyRow))] == ["Un seul"]


def test_note_is_kept_whatever_else_is_written(session: Session, import_text: ImportText) -> None:
    import_text("One.")
    (link,) = links_of(session)

    write_link(session, link.id, expected_version=1, actor="ann", text="Un.", note="the first")
    write_link(session, link.id, expected_version=2, actor="ann", state=State.DRAFT, note="again")
    write_link(session, link.id, expected_version=2, actor="bob", note="why?")

    decisions = session.scalars(select(DecisionRow).order_by(DecisionRow.id)).all()
    assert [(one.actor, one.to_state, one.note) for one in decisions] == [
        ("ann", State.DRAFT, "the first"),
        ("ann", State.DRAFT, "again"),
        ("bob", State.DRAFT, "why?"),
    ]


@pytest.mark.parametrize("blank", ["", " \u00a0\n"])
def test_paragraph_cannot_be_replaced_by_nothing(
    session: Session, import_text: ImportText, blank: str
) -> None:
    import_text("One.")
    (link,) = links_of(session)

    with pytest.raises(EmptyTextError):
        write_link(session, link.id, expected_version=1, actor="ann", text=blank)


def test_text_that_no_database_keeps_is_refused(session: Session, import_text: ImportText) -> None:
    import_text("One.")
    (link,) = links_of(session)

    with pytest.raises(UnstorableTextError):
        write_link(session, link.id, expected_version=1, actor="ann", text="a\0b")
    with pytest.raises(UnstorableTextError):
        keep_working_copy(session, link.id, reviewer="ann", text=chr(0xD800), base_version=1)


def test_nothing_cannot_be_approved(session: Session, import_text: ImportText) -> None:
    import_text("One.")
    (link,) = links_of(session)

    with pytest.raises(NothingToJudgeError):
        write_link(session, link.id, expected_version=1, actor="ann", state=State.APPROVED)


def test_that_a_paragraph_of_people_has_no_counterpart_can_be_approved_and_taken_back(
    session: Session, import_text: ImportText
) -> None:
    imported = import_text("One.")
    french = import_edition(session, document("Deux."), key="story", language=Language.FR)
    alignment = AlignmentRepository(session).add(
        source_revision_id=imported.revision.id,
        target_edition_id=french.edition.id,
        target_revision_id=french.revision.id,
        signature="by hand",
    )
    unmatched = NewLink(source=imported.revision.paragraphs, confidence=0.9)
    LinkRepository(session).add(alignment.id, [unmatched])
    (link,) = LinkRepository(session).of_alignment(alignment.id)

    approved = write_link(session, link.id, expected_version=1, actor="ann", state=State.APPROVED)
    back = write_link(session, link.id, expected_version=2, actor="ann", state=State.NEEDS_WORK)

    assert (approved.state, approved.draft) == (State.APPROVED, None)
    assert back.state is State.NEEDS_WORK
    with pytest.raises(NothingToJudgeError):
        write_link(session, link.id, expected_version=3, actor="ann", state=State.REVIEWED)


def test_furniture_cannot_be_written(session: Session, import_text: ImportText) -> None:
    import_text("One.", "= The Daily")
    _, furniture = links_of(session)

    with pytest.raises(SetAsideError, match="--article KEY --undo"):
        write_link(session, furniture.id, expected_version=1, actor="ann", text="Non.")


def test_state_outside_the_table_is_refused(session: Session, import_text: ImportText) -> None:
    import_text("One.")
    (link,) = links_of(session)
    write_link(session, link.id, expected_version=1, actor="ann", text="Un.")

    with pytest.raises(TransitionError):
        write_link(session, link.id, expected_version=2, actor="ann", state=State.PUBLISHED)


def test_unknown_link_is_refused(session: Session) -> None:
    with pytest.raises(LinkNotFoundError):
        write_link(session, uuid4(), expected_version=1, actor="ann", text="Un.")


def test_of_many_racing_writers_one_wins_and_each_other_is_told(
    sessions: sessionmaker[Session],
) -> None:
    with sessions.begin() as session:
        import_article(session, document("Raced."), language=Language.EN, key="raced")
        (link,) = links_of(session, "raced")
    won: list[str] = []
    told: list[str] = []
    barrier = threading.Barrier(24)

    def write(name: str) -> None:
        barrier.wait()
        try:
            with sessions.begin() as session:
                write_link(session, link.id, expected_version=1, actor=name, text=f"De {name}.")
            won.append(name)
        except StaleLinkError as error:
            told.append(error.current.draft.text if error.current.draft else "")

    threads = [threading.Thread(target=write, args=(f"w{i}",)) for i in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1
    assert told == [f"De {won[0]}."] * 23
    assert stored_texts(sessions, link.id) == [f"De {won[0]}."]


def stored_texts(sessions: sessionmaker[Session], link_id: UUID) -> list[str]:
    with sessions.begin() as session:
        query = select(DraftRow.text).where(DraftRow.link_id == link_id).order_by(DraftRow.seq)
        return list(session.scalars(query))
