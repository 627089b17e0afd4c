"""What a person says about an alignment, over HTTP."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from sqlalchemy.orm import Session, sessionmaker

from alignment import CachedEncoder, OfflineEncoder, SentenceEncoder
from service.db.vectors import VectorStore
from service.mt.translator import Translator
from service.web.app import create_app
from tests.service.usecases.orchard import ENGLISH, FRENCH, aligned


@pytest.fixture
def alignment_id(sessions: sessionmaker[Session], encoder: SentenceEncoder) -> UUID:
    """Return the alignment of six English paragraphs with six French ones."""
    return aligned(sessions, encoder, "orchard")


def links(client: TestClient, alignment_id: UUID | str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/v1/alignments/{alignment_id}/links").json()["links"]
    return found


def texts(found: Sequence[dict[str, Any]]) -> list[tuple[list[str], list[str]]]:
    return [
        ([p["text"] for p in one["source"]], [p["text"] for p in one["target"]]) for one in found
    ]


def together(*found: dict[str, Any]) -> dict[str, list[str]]:
    """Return the paragraphs of several links as one."""
    return {
        side: [part["id"] for one in found for part in one[side]] for side in ("source", "target")
    }


def correct(client: TestClient, alignment_id: UUID | str, *wanted: dict[str, list[str]]) -> Any:
    return client.post(f"/v1/alignments/{alignment_id}/corrections", json={"links": wanted})


def detail(answer: Any, status: int) -> str:
    """Return what a problem document says, if it is one of the status."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    return str(problem["detail"])


def test_paragraphs_that_are_said_to_belong_together_are_one_link(
    client: TestClient, alignment_id: UUID
) -> None:
    found = links(client, alignment_id)

    answer = correct(client, alignment_id, together(found[1], found[2]))

    assert answer.status_code == 201
    after = links(client, answer.json()["alignment_id"])
    assert texts(after)[1] == ([*ENGLISH[1:3]], [*FRENCH[1:3]])
    assert (after[1]["origin"], after[1]["reason"], after[1]["confidence"]) == (
        "manual",
        "confirmed",
        1.0,
    )
    current = client.get("/v1/articles/orchard").json()["alignments"]
    assert [one["id"] for one in current] == [answer.json()["alignment_id"]]


def test_paragraphs_that_are_said_to_have_no_counterpart_stand_alone(
    client: TestClient, alignment_id: UUID
) -> None:
    found = links(client, alignment_id)
    source, target = together(found[4])["source"], together(found[4])["target"]

    answer = correct(
        client, alignment_id, {"source": source, "target": []}, {"source": [], "target": target}
    )

    after = texts(links(client, answer.json()["alignment_id"]))
    assert ([ENGLISH[4]], []) in after
    assert ([], [FRENCH[4]]) in after


def test_an_alignment_that_was_replaced_is_corrected_no_more_and_says_where_to_look(
    client: TestClient, alignment_id: UUID
) -> None:
    found = links(client, alignment_id)
    correct(client, alignment_id, together(found[1], found[2]))

    answer = correct(client, alignment_id, together(found[3], found[4]))

    assert "reload" in detail(answer, 409)


def test_a_link_in_which_somebody_wrote_is_not_taken_apart(
    client: TestClient, alignment_id: UUID
) -> None:
    found = links(client, alignment_id)
    written = client.put(
        f"/v1/links/{found[2]['id']}", json={"text": "Douze poires."}, headers={"If-Match": '"1"'}
    )
    assert written.status_code == 200

    answer = correct(client, alignment_id, {"source": together(found[2])["source"], "target": []})

    assert "position 2" in detail(answer, 409)
    assert texts(links(client, alignment_id)) == texts(found)


@pytest.mark.usefixtures("alignment_id")
def test_a_machines_draft_is_not_corrected(client: TestClient) -> None:
    job = client.post("/v1/articles/orchard/translations", json={"target": "ru"}).json()
    found = links(client, job["alignment_id"])

    answer = correct(client, job["alignment_id"], together(found[0], found[1]))

    assert "by construction" in detail(answer, 409)


def test_there_is_nothing_to_correct_where_no_alignment_is(client: TestClient) -> None:
    nowhere = uuid4()

    answer = correct(client, nowhere, {"source": [str(uuid4())], "target": []})

    assert str(nowhere) in detail(answer, 404)


def test_corrections_that_say_nothing_or_two_things_at_once_cannot_be_used(
    client: TestClient, alignment_id: UUID
) -> None:
    one = together(links(client, alignment_id)[0])
    unknown = str(uuid4())

    assert "links" in detail(correct(client, alignment_id), 422)
    assert "at least one paragraph" in detail(
        correct(client, alignment_id, {"source": [], "target": []}), 422
    )
    assert "no paragraph twice" in detail(correct(client, alignment_id, one, one), 422)
    assert unknown in detail(
        correct(client, alignment_id, {"source": [unknown], "target": one["target"]}), 422
    )
    # Each id belongs to its own side.
    crossed = {"source": one["target"], "target": one["source"]}
    assert one["target"][0] in detail(correct(client, alignment_id, crossed), 422)


class NoEncoder:
    """An encoder of which only the name is there, as where its files are gone."""

    name = OfflineEncoder().name

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Fail."""
        raise AssertionError(texts)


def test_a_correction_needs_no_model_where_the_sentences_were_encoded_before(
    sessions: sessionmaker[Session], encoder: SentenceEncoder, translator: Translator
) -> None:
    store = VectorStore(sessions)
    alignment_id = aligned(sessions, CachedEncoder(encoder, store), "orchard")
    app = create_app(
        sessions=sessions, translator=translator, encoder=CachedEncoder(NoEncoder(), store)
    )
    client = TestClient(app, base_url="http://127.0.0.1")
    found = links(client, alignment_id)

    answer = correct(client, alignment_id, together(found[1], found[2]))

    assert answer.status_code == 201
