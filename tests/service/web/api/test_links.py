from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient


@pytest.fixture
def alignment_id(client: TestClient) -> str:
    """Return the alignment of an article whose translation is queued and not begun."""
    text = "The Ferry\n\nThe first boat left at dawn.\n\nIt carried a piano and the post."
    body = {"text": text, "language": "en", "key": "ferry"}
    assert client.post("/v1/articles", json=body).status_code == 201
    job = client.post("/v1/articles/ferry/translations", json={"target": "fr"}).json()
    return str(job["alignment_id"])


def links(client: TestClient, alignment_id: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(
        f"/v1/alignments/{alignment_id}/links", params=query
    ).json()["links"]
    return found


def put(client: TestClient, link_id: str, etag: str | None, **body: Any) -> Any:
    headers = {"If-Match": etag} if etag else {}
    return client.put(f"/v1/links/{link_id}", json=body, headers=headers)


def test_text_and_state_are_written_on_top_of_the_version_read(
    client: TestClient, alignment_id: str
) -> None:
    link = links(client, alignment_id)[1]
    read = client.get(f"/v1/links/{link['id']}")

    written = put(
        client, link["id"], read.headers["etag"], text="Le bateau est parti.", state="approved"
    )

    assert read.headers["etag"] == '"1"'
    assert written.status_code == 200
    assert written.headers["etag"] == '"2"'
    assert written.json()["text"] == "Le bateau est parti."
    assert written.json()["state"] == "approved"
    assert written.json()["source"][0]["text"] == "The first boat left at dawn."


def test_write_without_if_match_is_428(client: TestClient, alignment_id: str) -> None:
    link = links(client, alignment_id)[0]

    answer = put(client, link["id"], None, text="Le bac")

    assert answer.status_code == 428
    assert "If-Match" in answer.json()["detail"]


@pytest.mark.parametrize("etag", ['"1"', '"99"', 'W/"2"', "2", "*", '"x"', '""'])
def test_stale_or_odd_if_match_is_412_with_the_current_text(
    client: TestClient, alignment_id: str, etag: str
) -> None:
    link = links(client, alignment_id)[0]
    put(client, link["id"], '"1"', text="Le premier texte")

    answer = put(client, link["id"], etag, text="Le second texte")

    assert answer.status_code == 412
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["etag"] == '"2"'
    assert answer.json()["current"]["text"] == "Le premier texte"
    assert client.get(f"/v1/links/{link['id']}").json()["text"] == "Le premier texte"


def test_refusals_are_named(client: TestClient, alignment_id: str) -> None:
    link = links(client, alignment_id)[0]

    assert put(client, str(uuid4()), '"1"', text="Un").status_code == 404
    assert put(client, link["id"], '"1"', state="approved").status_code == 409
    assert put(client, link["id"], '"1"', text="  ").status_code == 422
    assert put(client, link["id"], '"1"').status_code == 422
    assert put(client, link["id"], '"1"', text="Un", state="bought").status_code == 422
    assert put(client, "no-uuid", '"1"', text="Un").status_code == 422
    assert client.get(f"/v1/links/{uuid4()}").status_code == 404
    assert client.get(f"/v1/alignments/{uuid4()}/links").status_code == 404


def test_link_that_was_replaced_takes_no_write_and_says_where_to_look(
    client: TestClient, alignment_id: str
) -> None:
    link = links(client, alignment_id)[1]
    text = "The Ferry\n\nThe first boat left at dawn.\n\nA new end."
    client.post("/v1/articles/ferry/editions", json={"text": text, "language": "en"})
    job = client.post("/v1/articles/ferry/translations", json={"target": "fr"}).json()

    refused = put(client, link["id"], '"1"', text="Le premier bateau est parti.")

    assert refused.status_code == 409
    assert "reload" in refused.json()["detail"]
    assert job["alignment_id"] != alignment_id
    (now,) = [one for one in links(client, job["alignment_id"]) if one["source"] == link["source"]]
    assert put(client, now["id"], '"1"', text="Le premier bateau est parti.").status_code == 200


def test_links_are_listed_in_order_a_page_at_a_time(client: TestClient, alignment_id: str) -> None:
    whole = links(client, alignment_id)

    seen: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(
            f"/v1/alignments/{alignment_id}/links", params={"limit": "2", "cursor": cursor}
        ).json()
        seen += page["links"]
        cursor = page["next"]

    assert [link["position"] for link in whole] == [0, 1, 2]
    assert seen == whole


def test_links_are_filtered_by_state(client: TestClient, alignment_id: str) -> None:
    link = links(client, alignment_id)[1]
    put(client, link["id"], '"1"', text="Le bateau est parti.")

    assert [one["position"] for one in links(client, alignment_id, state="draft")] == [1]
    assert [one["position"] for one in links(client, alignment_id, state="untranslated")] == [0, 2]


def test_working_copy_is_kept_for_its_reviewer_and_dropped(
    client: TestClient, alignment_id: str
) -> None:
    link = links(client, alignment_id)[0]
    address = f"/v1/links/{link['id']}/working-copy"

    assert client.put(address, json={"text": "Le b", "base_version": 1}).status_code == 204
    assert client.put(address, json={"text": "Le bac", "base_version": 1}).status_code == 204
    assert client.get(f"/v1/links/{link['id']}").json()["version"] == 1
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 204
    missing = client.put(f"/v1/links/{uuid4()}/working-copy", json={"text": "x", "base_version": 1})
    assert missing.status_code == 404


def test_of_two_hundred_racing_writers_one_wins_and_the_service_stays_awake(
    client: TestClient, alignment_id: str
) -> None:
    link = links(client, alignment_id)[0]

    def write(number: int) -> int:
        return int(put(client, link["id"], '"1"', text=f"Texte {number}").status_code)

    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(write, range(200)))

    assert sorted(answers) == [200] + [412] * 199
    assert client.get("/healthz").status_code == 200
    assert client.get(f"/v1/links/{link['id']}").json()["version"] == 2


def test_racing_autosaves_of_one_reviewer_are_all_taken(
    client: TestClient, alignment_id: str
) -> None:
    link = links(client, alignment_id)[0]
    address = f"/v1/links/{link['id']}/working-copy"

    def save(number: int) -> int:
        body = {"text": f"Texte {number}", "base_version": 1}
        return client.put(address, json=body).status_code

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(save, range(50))) == {204}


@pytest.mark.parametrize(
    "body",
    [
        {"text": "Un", "note": "a\0b"},
        {"text": "Un", "note": "x" * 2001},
        {"text": "a\0b"},
    ],
)
def test_what_no_database_keeps_is_refused(
    client: TestClient, alignment_id: str, body: dict[str, Any]
) -> None:
    link = links(client, alignment_id)[0]

    assert put(client, link["id"], '"1"', **body).status_code == 422


@pytest.mark.parametrize("base", [-1, 2**31, 10**30, "x", None])
def test_odd_base_version_is_refused(client: TestClient, alignment_id: str, base: object) -> None:
    link = links(client, alignment_id)[0]
    body = {"text": "Un", "base_version": base}

    assert client.put(f"/v1/links/{link['id']}/working-copy", json=body).status_code == 422
