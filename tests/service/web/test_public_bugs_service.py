"""The service under load and through its doors: what others were reported to do wrong.

The numbers of the reports are those of ``docs/public-bugs.md``, which says what each was.
"""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from service.db.links import LinkRepository
from service.domain.language import Direction, Language
from service.domain.translation import SourceText
from service.mt.translator import Translator
from service.usecases.import_article import import_article
from service.usecases.request_translation import request_translation
from service.usecases.translate_document import translate_document
from service.usecases.translate_edition import translate_edition
from tests.documents import document

EN_FR = Direction(Language.EN, Language.FR)
DIRECTIONS = [
    EN_FR,
    Direction(Language.EN, Language.RU),
    Direction(Language.FR, Language.EN),
    Direction(Language.RU, Language.EN),
]
LINES = ("The harbour is quiet", "and the old boats lie in a row", "as they did long ago.")
STORY = ("The gate is open.", "The keeper left at 5:40. Nobody was late.", "He took a lamp.")
OF_LANGUAGE = {
    Language.EN: ["The gate is open.", "Nobody was late.", "He took the lamp and left at noon."],
    Language.FR: ["La porte est ouverte.", "Personne n’est venu.", "Il a pris la lampe."],
    Language.RU: ["Дверь открыта.", "Никто не пришёл.", "Он взял лампу и ушёл в полдень."],
}


def translations(client: TestClient, **body: object) -> list[str]:
    answer = client.post("/v1/translate", json={"source": "en", "target": "fr", **body})
    assert answer.status_code == 200, answer.text
    return [one["text"] for one in answer.json()["translations"]]


def test_every_door_gives_the_same_translation(
    client: TestClient, sessions: sessionmaker[Session], translator: Translator
) -> None:
    """LT#476: a file was translated otherwise than the same text in the box."""
    with sessions.begin() as session:
        import_article(session, document(*STORY), language=Language.EN, key="gate")
        job = request_translation(
            session, key="gate", target=Language.FR, check_route=lambda direction: direction
        )
    translate_edition(sessions, translator, job_id=job.id)
    with sessions.begin() as session:
        links = LinkRepository(session).of_alignment(job.alignment_id)
    of_file = translate_document(translator, document(*STORY), EN_FR)

    asked = translations(client, text=list(STORY))

    assert [link.draft.text for link in links if link.draft] == asked
    assert [paragraph.text for paragraph in of_file] == asked
    assert translations(client, html=[f"<b>{text}</b>" for text in STORY]) == asked
    assert [translations(client, text=text)[0] for text in STORY] == asked


@pytest.mark.parametrize(
    "text", ["one\n\ntwo", "\n", "\n\n\n", "\r\n a \r\n", "", "a\n" * 50, "\u2028\u2029", "—\n—"]
)
def test_a_text_of_several_lines_or_none_is_answered(client: TestClient, text: str) -> None:
    """Opus-MT#57, #96: an empty line between two others was a 500."""
    (draft,) = translations(client, text=text)

    assert draft.count("\n") == text.count("\n")


def test_sixteen_threads_over_mixed_pairs_get_what_one_gets(translator: Translator) -> None:
    """tokenizers#537, transformers#47085: threads that share a tokenizer spoiled its answers."""

    def ask(number: int) -> Sequence[object]:
        direction = DIRECTIONS[number % len(DIRECTIONS)]
        texts = OF_LANGUAGE[direction.source]
        turned = texts[number % 3 :] + texts[: number % 3]
        return translator.translate([SourceText(text=text) for text in turned], direction)

    alone = [ask(number) for number in range(12)]

    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(ask, range(96)))

    assert together == [alone[number % 12] for number in range(96)]


def test_memory_and_threads_stay_as_they_are_over_many_requests_of_all_lengths(
    client: TestClient,
) -> None:
    """LT#1008, #716, argos#337, LT#545, pytorch#27971: memory and threads grew with requests."""
    process = psutil.Process(os.getpid())

    def ask(numbers: range) -> tuple[int, int]:
        for number in numbers:
            translations(
                client, text=f"{number} {' '.join(LINES[: 1 + number % 3])[: number % 90]}."
            )
        return process.memory_info().rss, threading.active_count()

    ask(range(80))
    memory, threads = ask(range(80, 160))
    later_memory, later_threads = ask(range(160, 320))

    assert later_threads <= threads
    assert later_memory - memory < 30 * 2**20
