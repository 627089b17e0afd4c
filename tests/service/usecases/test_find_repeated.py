"""What many articles have on their pages is set aside before two editions are aligned."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy.orm import Session, sessionmaker

from alignment import SentenceEncoder
from service.db.articles import ArticleRepository
from service.db.links import LinkRepository
from service.db.revisions import RevisionRepository
from service.domain.language import Direction, Language
from service.domain.link import Link
from service.domain.paragraph import Kind, Paragraph, ReadText
from service.domain.review import DraftOrigin, State
from service.usecases.align_editions import align_editions
from service.usecases.build_review_page import build_review_page
from service.usecases.find_repeated import ARTICLES_AROUND
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition
from service.usecases.keep_working_copy import keep_working_copy
from service.usecases.read_job import read_job
from service.usecases.request_alignment import request_alignment
from service.usecases.write_link import write_link
from tests.documents import document

ENGLISH = (
    "The ferry of Marrow is back after eleven years.",
    "The first boat left the quay at 6:40 with 212 passengers and a piano.",
    "Buses go on along the northern shore until the end of June.",
    "The mayor thanked the crew and promised a second boat.",
)
FRENCH = (
    "Le bac de Marrow est de retour après onze ans.",
    "Le premier bateau a quitté le quai à 6 h 40 avec 212 passagers et un piano.",
    "Les bus continuent de circuler sur la rive nord jusqu’à la fin du mois de juin.",
    "Le maire a remercié l’équipage et promis un second bateau.",
)
OFFER = ("Read the Courier on paper every Saturday.", "Lisez le Courrier sur papier le samedi.")


def store(session: Session, key: str, english: Sequence[str], french: Sequence[str]) -> None:
    import_article(session, document(*english), language=Language.EN, key=key)
    import_edition(session, document(*french), key=key, language=Language.FR)


def store_with_offer(session: Session, key: str) -> None:
    store(session, key, [*ENGLISH, OFFER[0]], [*FRENCH, OFFER[1]])


def store_others(session: Session, number: int, offer: Sequence[str] = OFFER) -> None:
    """Store articles that share nothing but the offer."""
    for name in "abcdefghij"[:number]:
        texts = [f"In week {week} {name} carried stones to the river." for week in range(6)]
        store(session, f"other-{name}", [*texts, offer[0]], [*texts, offer[1]])


def align(sessions: sessionmaker[Session], encoder: SentenceEncoder, key: str) -> list[Link]:
    with sessions.begin() as session:
        job = request_alignment(session, key=key, target=Language.FR)
    align_editions(sessions, encoder, job_id=job.id)
    with sessions.begin() as session:
        return LinkRepository(session).of_alignment(read_job(session, job.id).alignment_id)


def beads(links: list[Link]) -> list[tuple[list[str], list[str]]]:
    return [([p.text for p in link.source], [p.text for p in link.target]) for link in links]


TOGETHER = ([OFFER[0]], [OFFER[1]])
ALONE = [([OFFER[0]], []), ([], [OFFER[1]])]
BODY = [([one], [other]) for one, other in zip(ENGLISH, FRENCH, strict=True)]


def test_line_of_many_articles_is_set_aside_and_the_text_is_aligned_as_ever(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    with sessions.begin() as session:
        store_with_offer(session, "alone")
    assert beads(align(sessions, encoder, "alone")) == [*BODY, TOGETHER]

    with sessions.begin() as session:
        store_others(session, 4)
        store(session, "story", [OFFER[0], *ENGLISH[:3]], [*FRENCH[:3], OFFER[1]])
    links = align(sessions, encoder, "story")

    assert sorted(beads(links)) == sorted([*BODY[:3], *ALONE])


def test_what_is_set_aside_stays_on_the_page_and_can_be_written(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    with sessions.begin() as session:
        store_others(session, 4)
        store_with_offer(session, "story")
    links = align(sessions, encoder, "story")

    with sessions.begin() as session:
        (offer,) = [link for link in links if link.source and link.source[0].text == OFFER[0]]
        assert (offer.state, offer.confidence) == (State.UNTRANSLATED, 1.0)
        assert offer.source[0].kind is Kind.PARA
        write_link(session, offer.id, expected_version=1, actor="ann", text="Le samedi.")
        page = build_review_page(session, "story", reviewer="ann")
    texts = [cell.text for row in page.rows for cell in row.cells[0]]
    assert texts == [*FRENCH, OFFER[1], "Le samedi."]
    assert not any(cell.set_aside for row in page.rows for cell in row.cells[0])
    assert offer.draft is None
    drafts = [link.draft for link in links if link.draft]
    assert {draft.origin for draft in drafts} == {DraftOrigin.IMPORT}
    assert all(draft.signature.endswith("|furniture:0.1") for draft in drafts)


def test_line_that_comes_and_goes_with_its_translation_is_aligned(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    with sessions.begin() as session:
        for number in range(9):
            texts = [f"In week {number}{week} stones came to the river." for week in range(6)]
            store(session, f"plain-{number}", texts, texts)
        store_others(session, 3)
        store_with_offer(session, "story")

    assert beads(align(sessions, encoder, "story")) == [*BODY, TOGETHER]


def test_heading_of_many_articles_is_aligned(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    def headed(texts: Sequence[str], heading: str) -> ReadText:
        paragraphs = document(*texts).paragraphs
        title = Paragraph(text=heading, kind=Kind.HEADING, level=2)
        return ReadText(paragraphs=(*paragraphs[:2], title, *paragraphs[2:]))

    with sessions.begin() as session:
        for key in ("one", "two", "three", "story"):
            english = ENGLISH if key == "story" else [f"{text[:-1]} {key}." for text in ENGLISH]
            french = FRENCH if key == "story" else [f"{text[:-1]} {key}." for text in FRENCH]
            import_article(session, headed(english, "What we know"), language=Language.EN, key=key)
            import_edition(
                session, headed(french, "Ce que l’on sait"), key=key, language=Language.FR
            )

    assert (["What we know"], ["Ce que l’on sait"]) in beads(align(sessions, encoder, "story"))


@pytest.mark.parametrize("typed_only", [False, True])
def test_pair_that_people_worked_on_is_not_taken_apart(
    sessions: sessionmaker[Session],
    encoder: SentenceEncoder,
    typed_only: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    with sessions.begin() as session:
        store_with_offer(session, "story")
    pair = align(sessions, encoder, "story")[-1]
    with sessions.begin() as session:
        if typed_only:
            keep_working_copy(session, pair.id, reviewer="ann", text="Le same", base_version=1)
        else:
            write_link(session, pair.id, expected_version=1, actor="ann", state=State.APPROVED)
        store_others(session, 4)
        import_edition(session, document(*FRENCH[1:], OFFER[1]), key="story", language=Language.FR)

    after = align(sessions, encoder, "story")

    (kept,) = [link for link in after if OFFER[1] in [p.text for p in link.target]]
    assert beads([kept]) == [TOGETHER]
    assert kept.id != pair.id
    assert kept.state is (State.DRAFT if typed_only else State.APPROVED)


class Interrupted:
    """An encoder during whose first work something happens."""

    def __init__(self, encoder: SentenceEncoder, interrupt: Callable[[], object]) -> None:
        self.name = encoder.name
        self._encoder = encoder
        self._interrupts = [interrupt]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        while self._interrupts:
            self._interrupts.pop()()
        return self._encoder.encode(texts)


def test_pair_that_somebody_works_on_meanwhile_is_not_taken_apart(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    with sessions.begin() as session:
        store_with_offer(session, "story")
    pair = align(sessions, encoder, "story")[-1]
    with sessions.begin() as session:
        store_others(session, 4)
        import_edition(session, document(*FRENCH[1:], OFFER[1]), key="story", language=Language.FR)

    def interrupt() -> None:
        with sessions.begin() as session:
            write_link(session, pair.id, expected_version=1, actor="ann", text="Le samedi.")

    after = align(sessions, Interrupted(encoder, interrupt), "story")

    (kept,) = [link for link in after if OFFER[1] in [p.text for p in link.target]]
    assert beads([kept]) == [TOGETHER]
    assert kept.draft is not None
    assert kept.draft.text == "Le samedi."


def test_that_a_line_has_no_counterpart_stays_approved(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    with sessions.begin() as session:
        store(session, "story", [*ENGLISH, OFFER[0]], FRENCH)
    lonely = align(sessions, encoder, "story")[-1]
    with sessions.begin() as session:
        write_link(session, lonely.id, expected_version=1, actor="ann", state=State.APPROVED)
        store_others(session, 4, (OFFER[0], "Un abonnement ne coûte que dix marks."))
        import_edition(session, document(*FRENCH, OFFER[1]), key="story", language=Language.FR)

    after = align(sessions, encoder, "story")

    (kept,) = [link for link in after if link.source == lonely.source]
    assert (kept.state, beads([kept])) == (State.APPROVED, [ALONE[0]])


def test_nearest_articles_with_both_editions_are_read(session: Session) -> None:
    for number in range(8):
        store(session, f"story-{number}", ["One."], ["Un.", f"Numéro {number}, très long."])
    store(session, "revised", ["One."], ["Un."])
    import_edition(session, document("Deux."), key="revised", language=Language.FR)
    store(session, "book", ["One."] * 4, ["Un."] * 4)
    import_article(session, document("Only this."), language=Language.EN, key="english")

    def around(key: str, articles: int) -> list[list[str]]:
        texts = RevisionRepository(session).texts_around(
            ArticleRepository(session).get(key).id,
            Direction(Language.EN, Language.FR),
            articles=articles,
            paragraphs=3,
            chars=9,
        )
        assert all(source == ["One."] for source, _ in texts)
        return [target for _, target in texts]

    assert sorted(around("story-4", 2)) == [["Un.", f"Numéro {n},"[:9]] for n in (2, 3, 5, 6)]
    assert around("english", 1) == [["Deux."]]
    assert len(around("story-0", ARTICLES_AROUND)) == 8
