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


@pytest.mark.parametrize(
    "etag", ['"1"', '"99"', 'W/"2"', '"x"', '""', '"1", "3"', '"1","x", W/"2"']
)
def test_stale_if_match_is_412_with_the_current_text(
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


def test_if_match_may_name_several_versions(client: TestClient, alignment_id: str) -> None:
    link = links(client, alignment_id)[0]

    assert put(client, link["id"], '"7", W/"2", "1"', text="Le bac").status_code == 200
    assert put(client, link["id"], '"1","2"', text="Le traversier").status_code == 200


def test_if_match_of_any_version_is_428_with_a_word_of_its_own(
    client: TestClient, alignment_id: str
) -> None:
    link = links(client, alignment_id)[0]

    answer = put(client, link["id"], " * ", text="Le bac")

    assert answer.status_code == 428
    assert "If-Match: *" in answer.json()["detail"]
    assert client.get(f"/v1/links/{link['id']}").json()["version"] == 1


@pytest.mark.parametrize("etag", ["1", "*, *", '"1', '"1" "2"', ", ,", "W/1", 'w/"1"'])
def test_if_match_that_holds_no_tags_is_422(
    client: TestClient, alignment_id: str, etag: str
) -> None:
    link = links(client, alignment_id)[0]

    answer = put(client, link["id"], etag, text="Le bac")

    assert answer.status_code == 422
    assert "quotation marks" in answer.json()["detail"]


def test_author_of_a_draft_is_not_the_cookie_that_made_it(
    client: TestClient, alignment_id: str
) -> None:
    link = links(client, alignment_id)[0]
    client.cookies.set("triptych_reviewer", "hidden-identity")

    author = put(client, link["id"], '"1"', text="Le bac").json()["draft"]["author"]

    assert author.startswith("browser:")
    assert "hidden" not in author
    client.cookies.set("triptych_reviewer", author)
    again = put(client, link["id"], '"2"', text="Le traversier").json()["draft"]["author"]
    assert again != author


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


def keep(client: TestClient, link_id: str, text: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"text": text, "base_version": 1}
    return client.put(f"/v1/links/{link_id}/working-copy", json=body, headers=named)


def forget(client: TestClient, link_id: str, etag: str) -> Any:
    return client.delete(f"/v1/links/{link_id}/working-copy", headers={"If-Match": etag})


def test_working_copy_is_kept_for_its_reviewer_and_dropped(
    client: TestClient, alignment_id: str
) -> None:
    link_id = links(client, alignment_id)[0]["id"]

    first = keep(client, link_id, "Le b", If_None_Match="*")
    second = keep(client, link_id, "Le bac", If_Match=first.headers["etag"])

    assert (first.status_code, second.status_code) == (204, 204)
    assert client.get(f"/v1/links/{link_id}").json()["version"] == 1
    assert forget(client, link_id, second.headers["etag"]).status_code == 204
    assert forget(client, link_id, second.headers["etag"]).status_code == 204
    assert keep(client, str(uuid4()), "x", If_None_Match="*").status_code == 404


def test_working_copy_that_was_not_seen_is_not_overwritten_or_dropped(
    client: TestClient, alignment_id: str
) -> None:
    link_id = links(client, alignment_id)[0]["id"]
    seen = keep(client, link_id, "Le b", If_None_Match="*").headers["etag"]
    now = keep(client, link_id, "Le bac", If_Match=seen).headers["etag"]

    for refused in (
        keep(client, link_id, "La barque", If_Match=seen),
        keep(client, link_id, "La barque", If_Match='"1-none"'),
        keep(client, link_id, "La barque", If_None_Match="*"),
        forget(client, link_id, seen),
    ):
        assert refused.status_code == 412
        assert refused.headers["etag"] == now
        assert refused.json()["current"] == {"text": "Le bac", "base_version": 1}

    # What is kept already is no conflict: an answer may have been lost.
    assert keep(client, link_id, "Le bac", If_Match=seen).headers["etag"] == now


def test_working_copy_without_a_precondition_is_428(client: TestClient, alignment_id: str) -> None:
    link_id = links(client, alignment_id)[0]["id"]

    assert keep(client, link_id, "Le bac").status_code == 428
    assert client.delete(f"/v1/links/{link_id}/working-copy").status_code == 428


def test_working_copy_sent_before_a_commit_and_arriving_after_it_is_refused(
    client: TestClient, alignment_id: str
) -> None:
    link_id = links(client, alignment_id)[0]["id"]
    put(client, link_id, '"1"', text="Le bac")

    late = keep(client, link_id, "Le b", If_Match='"1-none"')

    assert late.status_code == 412
    assert late.json()["current"] is None
    assert late.headers["etag"] == '"2-none"'


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


def test_of_racing_autosaves_that_saw_nothing_one_is_taken(
    client: TestClient, alignment_id: str
) -> None:
    link_id = links(client, alignment_id)[0]["id"]

    def save(number: int) -> Any:
        return keep(client, link_id, f"Texte {number}", If_Match='"1-none"')

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(save, range(50)))

    assert sorted(answer.status_code for answer in answers) == [204] + [412] * 49
    taken = next(n for n, answer in enumerate(answers) if answer.status_code == 204)
    told = {a.json()["current"]["text"] for a in answers if a.status_code == 412}
    assert told == {f"Texte {taken}"}


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
