from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from alignment import CachedEncoder, SentenceEncoder
from service.db.alignments import AlignmentRepository
from service.db.links import LinkRepository
from service.db.tables import JobRow
from service.db.vectors import VectorStore
from service.domain.article import EditionNotFoundError
from service.domain.errors import SameLanguageError
from service.domain.language import Language
from service.domain.link import Job, Link, RetiredLinkError
from service.domain.review import DraftOrigin, JobStatus, State
from service.usecases.align_editions import align_editions
from service.usecases.build_review_page import build_review_page
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition
from service.usecases.read_job import read_job
from service.usecases.request_alignment import request_alignment
from service.usecases.write_link import write_link
from tests.documents import document

ENGLISH = (
    "The ferry of Marrow is back after eleven years.",
    "The first boat left the quay at 6:40 with 212 passengers.",
    "It carried bread, letters and a piano.",
    "= The Daily, page 1",
)
FRENCH = (
    "Le bac de Marrow est de retour après onze ans.",
    (
        "Le premier bateau a quitté le quai à 6 h 40 avec 212 passagers. Il transportait du "
        "pain, des lettres et un piano."
    ),
    "Les billets sont gratuits jusqu’au mois de juin.",
)


def store(sessions: sessionmaker[Session], key: str) -> None:
    with sessions.begin() as session:
        import_article(session, document(*ENGLISH), language=Language.EN, key=key)
        import_edition(session, document(*FRENCH), key=key, language=Language.FR)


def align(sessions: sessionmaker[Session], encoder: SentenceEncoder, key: str) -> Job:
    with sessions.begin() as session:
        job = request_alignment(session, key=key, target=Language.FR)
    align_editions(sessions, encoder, job_id=job.id)
    with sessions.begin() as session:
        return read_job(session, job.id)


def links_of(sessions: sessionmaker[Session], job: Job) -> list[Link]:
    with sessions.begin() as session:
        return LinkRepository(session).of_alignment(job.alignment_id)


def beads(links: list[Link]) -> list[tuple[list[str], list[str]]]:
    return [([p.text for p in link.source], [p.text for p in link.target]) for link in links]


def test_editions_of_people_are_linked_and_what_has_no_counterpart_says_so(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    store(sessions, "aligned")

    job = align(sessions, encoder, "aligned")

    links = links_of(sessions, job)
    assert sorted(beads(links)) == sorted(
        [
            ([ENGLISH[0]], [FRENCH[0]]),
            ([ENGLISH[1], ENGLISH[2]], [FRENCH[1]]),
            ([], [FRENCH[2]]),
            ([ENGLISH[3]], []),
        ]
    )
    by_target = {link.draft.text: link for link in links if link.draft}
    assert by_target[FRENCH[0]].state is State.DRAFT
    assert all(link.draft.origin is DraftOrigin.IMPORT for link in links if link.draft)
    assert all(0 <= link.confidence <= 1 for link in links)


def test_a_paragraph_that_moved_stands_beside_its_source(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    english = [*ENGLISH[:3], "Buses go on along the northern shore.", "The mayor thanked the crew."]
    french = [
        "Le maire a remercié l’équipage.",
        FRENCH[0],
        FRENCH[1],
        "Les bus continuent de circuler sur la rive nord.",
    ]
    with sessions.begin() as session:
        import_article(session, document(*english), language=Language.EN, key="moved")
        import_edition(session, document(*french), key="moved", language=Language.FR)

    align(sessions, encoder, "moved")

    with sessions.begin() as session:
        page = build_review_page(session, "moved", reviewer="ann")
    assert [
        ([paragraph.text for paragraph in row.source], [cell.text for cell in row.cells[0]])
        for row in page.rows
    ] == [
        ([english[0]], [french[1]]),
        ([english[1], english[2]], [french[2]]),
        ([english[3]], [french[3]]),
        ([english[4]], [french[0]]),
    ]


def test_same_two_revisions_are_aligned_once(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    store(sessions, "once")
    first = align(sessions, encoder, "once")
    before = links_of(sessions, first)

    again = align(sessions, encoder, "once")

    assert again.id == first.id
    assert again.status is JobStatus.SUCCEEDED
    assert links_of(sessions, first) == before


def test_new_revision_is_aligned_anew_and_keeps_what_was_judged(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    store(sessions, "anew")
    first = align(sessions, encoder, "anew")
    judged = links_of(sessions, first)[0]
    with sessions.begin() as session:
        write_link(
            session,
            judged.id,
            expected_version=judged.version,
            actor="ann",
            text="Le bac est revenu.",
            state=State.APPROVED,
        )
        import_edition(session, document(*FRENCH[:2]), key="anew", language=Language.FR)

    second = align(sessions, encoder, "anew")

    assert second.alignment_id != first.alignment_id
    kept = links_of(sessions, second)[0]
    assert kept.state is State.APPROVED
    assert kept.draft is not None
    assert (kept.draft.text, kept.draft.author) == ("Le bac est revenu.", "ann")
    with sessions.begin() as session:
        assert AlignmentRepository(session).get(second.alignment_id).signature is not None


def test_links_stay_current_until_those_that_replace_them_are_made(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    store(sessions, "replaced")
    first = align(sessions, encoder, "replaced")
    link = links_of(sessions, first)[0]
    with sessions.begin() as session:
        import_edition(session, document(*FRENCH[:2]), key="replaced", language=Language.FR)
        asked = request_alignment(session, key="replaced", target=Language.FR)
        assert request_alignment(session, key="replaced", target=Language.FR).id == asked.id
        assert asked.alignment_id == first.alignment_id
        written = write_link(session, link.id, expected_version=1, actor="ann", text="Un mot.")

    align_editions(sessions, encoder, job_id=asked.id)

    with sessions.begin() as session:
        done = read_job(session, asked.id)
        (kept, *_) = LinkRepository(session).of_alignment(done.alignment_id)
        assert kept.draft is not None
        assert kept.draft.text == "Un mot."
        with pytest.raises(RetiredLinkError, match="reload"):
            write_link(
                session, link.id, expected_version=written.version, actor="ann", text="Perdu ?"
            )


class Interrupted:
    """An encoder during whose first work an edition gets a new revision."""

    def __init__(self, encoder: SentenceEncoder, interrupt: Callable[[], object]) -> None:
        self.name = encoder.name
        self.encode = self._encode
        self._encoder = encoder
        self._interrupts = [interrupt]

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        while self._interrupts:
            self._interrupts.pop()()
        return self._encoder.encode(texts)


def test_edition_that_moves_on_while_it_is_aligned_is_aligned_again(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    store(sessions, "moving")

    def interrupt() -> None:
        with sessions.begin() as session:
            import_edition(session, document(*FRENCH[:2]), key="moving", language=Language.FR)

    job = align(sessions, Interrupted(encoder, interrupt), "moving")

    assert job.status is JobStatus.SUCCEEDED
    texts = [text for _, side in beads(links_of(sessions, job)) for text in side]
    assert texts == list(FRENCH[:2])


class Counting:
    """An encoder that remembers what it was asked to encode."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self.name = encoder.name
        self.asked: list[str] = []
        self._encoder = encoder

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return self._encoder.encode(texts)


def test_after_an_edit_only_its_new_sentences_are_encoded(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    counting = Counting(encoder)
    cached = CachedEncoder(counting, VectorStore(sessions))
    store(sessions, "edited")
    align(sessions, cached, "edited")
    assert len(counting.asked) == len(set(counting.asked)) == 7
    counting.asked.clear()
    edited = FRENCH[1].replace("un piano", "deux pianos")
    with sessions.begin() as session:
        revised = document(FRENCH[0], edited, FRENCH[2])
        import_edition(session, revised, key="edited", language=Language.FR)

    job = align(sessions, cached, "edited")

    assert counting.asked == ["Il transportait du pain, des lettres et deux pianos."]
    assert ([ENGLISH[1], ENGLISH[2]], [edited]) in beads(links_of(sessions, job))


def test_attempt_that_lost_its_job_stores_nothing(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    store(sessions, "lost")

    def interrupt() -> None:
        with sessions.begin() as session:
            session.execute(update(JobRow).values(attempts=JobRow.attempts + 1))

    job = align(sessions, Interrupted(encoder, interrupt), "lost")

    assert job.status is JobStatus.RUNNING
    assert links_of(sessions, job) == []


def test_review_comes_back_with_the_revision_that_it_was_made_on(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    store(sessions, "back")
    first = align(sessions, encoder, "back")
    alone = next(link for link in links_of(sessions, first) if not link.source)
    with sessions.begin() as session:
        write_link(
            session,
            alone.id,
            expected_version=1,
            actor="ann",
            text="Gratuit.",
            state=State.APPROVED,
        )
    for french in (FRENCH[:2], FRENCH):
        with sessions.begin() as session:
            import_edition(session, document(*french), key="back", language=Language.FR)
        last = align(sessions, encoder, "back")

    (kept,) = [link for link in links_of(sessions, last) if not link.source]
    assert kept.id != alone.id
    assert kept.state is State.APPROVED
    assert kept.draft is not None
    assert kept.draft.text == "Gratuit."


def test_that_a_paragraph_has_no_counterpart_stays_approved(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    with sessions.begin() as session:
        import_article(session, document(*ENGLISH[:3]), language=Language.EN, key="none")
        import_edition(session, document(FRENCH[0]), key="none", language=Language.FR)
    lonely = next(
        link for link in links_of(sessions, align(sessions, encoder, "none")) if not link.target
    )
    with sessions.begin() as session:
        write_link(session, lonely.id, expected_version=1, actor="ann", state=State.APPROVED)
        import_edition(session, document(FRENCH[0], FRENCH[2]), key="none", language=Language.FR)

    after = links_of(sessions, align(sessions, encoder, "none"))

    (kept,) = [link for link in after if link.source == lonely.source]
    assert (kept.state, kept.draft) == (State.APPROVED, None)


def test_alignment_needs_two_editions_in_two_languages(session: Session) -> None:
    import_article(session, document("One."), language=Language.EN, key="story")

    with pytest.raises(EditionNotFoundError, match="no Russian edition"):
        request_alignment(session, key="story", target=Language.RU)
    with pytest.raises(SameLanguageError):
        request_alignment(session, key="story", target=Language.EN)
