import threading
from collections.abc import Sequence
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from alignment import SentenceEncoder
from service.db.alignments import AlignmentRepository
from service.domain.article import StoredParagraph
from service.domain.language import Language
from service.domain.link import (
    AlignmentNotFoundError,
    Link,
    RetiredLinkError,
    UnalignedError,
    UnknownParagraphError,
    UnusableCorrectionError,
    WrittenLinkError,
)
from service.domain.review import DraftOrigin, LinkOrigin, State
from service.usecases.correct_alignment import Correction, correct_alignment
from service.usecases.keep_working_copy import keep_working_copy
from service.usecases.request_translation import request_translation
from service.usecases.write_link import write_link
from tests.service.usecases.orchard import ENGLISH, FRENCH, aligned, links_of


def texts(links: Sequence[Link]) -> list[tuple[list[str], list[str]]]:
    return [([p.text for p in link.source], [p.text for p in link.target]) for link in links]


def by_text(links: Sequence[Link]) -> dict[str, StoredParagraph]:
    return {p.text: p for link in links for p in (*link.source, *link.target)}


def together(links: Sequence[Link], source: Sequence[str], target: Sequence[str]) -> Correction:
    known = by_text(links)
    return Correction(
        source=tuple(known[text].id for text in source),
        target=tuple(known[text].id for text in target),
    )


def test_a_correction_makes_the_link_and_leaves_all_others_as_they_were(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    before_id = aligned(sessions, encoder, "corrected")
    before = links_of(sessions, before_id)
    joined = together(before, ENGLISH[1:3], FRENCH[1:3])

    after_id = correct_alignment(sessions, encoder, before_id, [joined], actor="ann")

    after = links_of(sessions, after_id)
    assert texts(after) == [
        ([ENGLISH[0]], [FRENCH[0]]),
        ([*ENGLISH[1:3]], [*FRENCH[1:3]]),
        *(([ENGLISH[i]], [FRENCH[i]]) for i in (3, 4, 5)),
    ]
    (made,) = [link for link in after if link.origin is LinkOrigin.MANUAL]
    assert (made.confidence, made.reason, made.state) == (1.0, "confirmed", State.DRAFT)
    assert made.draft is not None
    assert made.draft.text == f"{FRENCH[1]}\n\n{FRENCH[2]}"
    untouched = {link.source[0].id: link for link in before}
    for link in after[-1:]:
        same = untouched[link.source[0].id]
        assert (link.confidence, link.cost, link.reason) == (
            same.confidence,
            same.cost,
            same.reason,
        )
    with sessions.begin() as session:
        assert not AlignmentRepository(session).get(before_id).is_current


def test_a_correction_holds_in_later_revisions(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    first = aligned(sessions, encoder, "kept")
    links = links_of(sessions, first)
    apart = [together(links, [ENGLISH[4]], []), together(links, [], [FRENCH[4]])]
    correct_alignment(sessions, encoder, first, apart, actor="ann")

    again = aligned(sessions, encoder, "kept", english=["New: a map of the orchard.", *ENGLISH])

    found = texts(links_of(sessions, again))
    assert ([ENGLISH[4]], []) in found
    assert ([], [FRENCH[4]]) in found
    assert (["New: a map of the orchard."], []) in found


def test_several_that_are_said_at_once_to_have_no_counterpart_are_links_that_people_made(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    first = aligned(sessions, encoder, "alone")
    apart = together(links_of(sessions, first), ENGLISH[3:5], [])

    after = links_of(sessions, correct_alignment(sessions, encoder, first, [apart], actor="ann"))

    made = [link for link in after if link.origin is LinkOrigin.MANUAL]
    assert texts(made) == [([ENGLISH[3]], []), ([ENGLISH[4]], [])]


def test_an_approved_link_is_never_taken_apart_by_a_new_revision(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    first = aligned(sessions, encoder, "approved")
    link = links_of(sessions, first)[2]
    with sessions.begin() as session:
        write_link(
            session, link.id, expected_version=link.version, actor="ann", state=State.APPROVED
        )
    # A second sentence of the same meaning would be the better partner of the two.
    french = [*FRENCH[:2], "Cueillez vous-même 12 variétés de poires.", *FRENCH[2:]]

    again = links_of(sessions, aligned(sessions, encoder, "approved", french=french))

    (kept,) = [found for found in again if ENGLISH[2] in [p.text for p in found.source]]
    assert [p.text for p in kept.target] == [FRENCH[2]]
    assert (kept.state, kept.confidence, kept.reason) == (State.APPROVED, 1.0, "confirmed")


def test_joined_links_take_along_what_people_wrote(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    before_id = aligned(sessions, encoder, "written")
    links = links_of(sessions, before_id)
    with sessions.begin() as session:
        write_link(session, links[1].id, expected_version=1, actor="ann", text="Le gel, deux ans.")

    with pytest.raises(WrittenLinkError, match="position 1"):
        correct_alignment(
            sessions,
            encoder,
            before_id,
            [together(links, [ENGLISH[1]], [FRENCH[2]])],
            actor="bob",
        )
    after_id = correct_alignment(
        sessions,
        encoder,
        before_id,
        [together(links, ENGLISH[1:3], FRENCH[1:3])],
        actor="bob",
    )

    joined = links_of(sessions, after_id)[1]
    assert joined.draft is not None
    assert joined.draft.text == f"Le gel, deux ans.\n\n{FRENCH[2]}"
    assert (joined.draft.origin, joined.draft.author) == (DraftOrigin.HUMAN, "bob")
    assert joined.state is State.NEEDS_WORK


def test_what_somebody_is_typing_is_not_taken_apart(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    before_id = aligned(sessions, encoder, "typing")
    links = links_of(sessions, before_id)
    with sessions.begin() as session:
        keep_working_copy(
            session, links[3].id, reviewer="ann", text="Un bus…", base_version=1, seen=None
        )

    with pytest.raises(WrittenLinkError, match="position 3"):
        correct_alignment(
            sessions,
            encoder,
            before_id,
            [together(links, ENGLISH[3:5], FRENCH[3:5])],
            actor="bob",
        )

    assert links_of(sessions, before_id) == links


def test_of_two_who_correct_the_same_alignment_one_wins_and_the_other_is_told(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    before_id = aligned(sessions, encoder, "raced")
    links = links_of(sessions, before_id)
    start, told, made = threading.Barrier(4), [], []

    def correct(place: int) -> None:
        wanted = together(links, ENGLISH[place : place + 2], FRENCH[place : place + 2])
        start.wait()
        try:
            made.append(
                correct_alignment(sessions, encoder, before_id, [wanted], actor=f"r{place}")
            )
        except RetiredLinkError as error:
            told.append(error)

    racing = [threading.Thread(target=correct, args=(place,)) for place in range(4)]
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join()

    assert (len(made), len(told)) == (1, 3)
    assert sum(link.origin is LinkOrigin.MANUAL for link in links_of(sessions, made[0])) == 1


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ([], UnusableCorrectionError),
        ([((), ())], UnusableCorrectionError),
        ([((0,), (0,)), ((0,), (1,))], UnusableCorrectionError),
        ([((0, 0), (0,))], UnusableCorrectionError),
        ([((99,), (0,))], UnknownParagraphError),
    ],
)
def test_corrections_that_cannot_be_meant_are_refused(
    members: list[tuple[tuple[int, ...], tuple[int, ...]]],
    error: type[Exception],
    sessions: sessionmaker[Session],
    encoder: SentenceEncoder,
) -> None:
    before_id = aligned(sessions, encoder, "refused")
    known = by_text(links_of(sessions, before_id))
    ids = [known[text].id for text in ENGLISH], [known[text].id for text in FRENCH]

    corrections = [
        Correction(
            source=tuple(ids[0][i] if i < 6 else uuid4() for i in source),
            target=tuple(ids[1][j] for j in target),
        )
        for source, target in members
    ]

    with pytest.raises(error):
        correct_alignment(sessions, encoder, before_id, corrections, actor="ann")


def test_only_a_standing_alignment_of_editions_by_people_is_corrected(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    first = aligned(sessions, encoder, "standing")
    links = links_of(sessions, first)
    wanted = [together(links, [ENGLISH[0]], [FRENCH[0]])]
    correct_alignment(sessions, encoder, first, wanted, actor="ann")

    with pytest.raises(RetiredLinkError):
        correct_alignment(sessions, encoder, first, wanted, actor="ann")
    with pytest.raises(AlignmentNotFoundError):
        correct_alignment(sessions, encoder, uuid4(), wanted, actor="ann")
    with sessions.begin() as session:
        job = request_translation(
            session, key="standing", target=Language.FR, check_route=lambda _: None
        )
    with pytest.raises(UnalignedError):
        correct_alignment(sessions, encoder, job.alignment_id, wanted, actor="ann")
