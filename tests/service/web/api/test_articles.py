import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

TEXT = "The Ferry Returns\n\nThe first boat left at 6:40.\n\nIt carried bread and a piano."


def create(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/v1/articles", json={"text": TEXT, "language": "en", **body})
    assert answer.status_code in {200, 201}, answer.text
    result: dict[str, Any] = answer.json()
    return result


def assert_problem(answer: Any, status: int, words: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert words in body["detail"]


def test_article_is_created_and_read_back_whole(client: TestClient) -> None:
    created = create(client)

    assert created["created"]
    assert created["key"] == "the-ferry-returns"
    assert created["review"] == "/review/the-ferry-returns"
    kinds = [(p["index"], p["kind"]) for p in created["edition"]["paragraphs"]]
    assert kinds == [(0, "title"), (1, "para"), (2, "para")]
    article = client.get("/v1/articles/the-ferry-returns").json()
    edition = client.get("/v1/articles/the-ferry-returns/editions/en").json()
    assert article["editions"][0]["revision"] == 1
    assert "\n\n".join(p["text"] for p in edition["paragraphs"]) == TEXT


def test_same_article_again_is_200_and_the_same(client: TestClient) -> None:
    first = create(client)

    again = client.post("/v1/articles", json={"text": TEXT, "language": "en"})

    assert again.status_code == 200
    assert again.json()["edition"] == first["edition"]
    assert not again.json()["created"]


def test_language_is_recognised_when_it_is_not_given(client: TestClient) -> None:
    russian = "Паром возвращается\n\nПервый рейс отошёл от причала в 6:40 утра."

    created = client.post("/v1/articles", json={"text": russian})

    assert created.json()["edition"]["language"] == "ru"
    assert created.json()["key"] == "parom-vozvrashchaetsya"


def test_repairs_are_listed_and_can_be_undone(client: TestClient) -> None:
    torn = (
        "The Ferry Returns\n\nThe first boat left the quay at 6:40 and carried the\n\n"
        "bread, the letters and a piano across to the other bank of the river."
    )

    repaired = create(client, text=torn, key="repaired")
    (repair,) = repaired["edition"]["repairs"]
    undone = create(client, text=torn, key="undone", undo=[repair["id"]])

    assert len(repaired["edition"]["paragraphs"]) == 2
    assert repair["paragraph"] == 1
    assert len(undone["edition"]["paragraphs"]) == 3


def test_html_becomes_paragraphs_and_nothing_of_its_scripts(client: TestClient) -> None:
    html = (
        "<h1>The Ferry</h1><script>alert(1)</script><p>Back &amp; <b>late"
        "<p>It&nbsp;left &lt;at&gt; dawn, and everybody on the quay was there to see it go."
    )

    created = client.post("/v1/articles", json={"html": html, "language": "en"}).json()

    texts = [p["text"] for p in created["edition"]["paragraphs"]]
    assert texts[:2] == ["The Ferry", "Back & late"]
    assert texts[2].startswith("It\u00a0left <at> dawn")
    assert "alert" not in json.dumps(created)


def test_editions_join_an_article(client: TestClient) -> None:
    create(client, key="joined")

    french = client.post(
        "/v1/articles/joined/editions",
        json={"text": "Le bac revient\n\nLe premier bateau est parti à 6 h 40.", "language": "fr"},
    )

    assert french.status_code == 201
    assert french.json()["edition"]["provenance"] == "human"
    provenances = [e["provenance"] for e in client.get("/v1/articles/joined").json()["editions"]]
    assert provenances == ["original", "human"]


def test_list_goes_on_with_its_cursor_and_shows_each_article_once(client: TestClient) -> None:
    for number in range(5):
        create(client, text=f"{TEXT}\n\nNumber {number}.", key=f"a{number}")

    keys: list[str] = []
    cursor = ""
    while cursor is not None:
        page = client.get("/v1/articles", params={"limit": "2", "cursor": cursor})
        keys += [article["key"] for article in page.json()["articles"]]
        cursor = page.json()["next"]

    assert keys == ["a4", "a3", "a2", "a1", "a0"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "text or html"),
        ({"text": "A.", "html": "<p>A."}, "text or html"),
        ({"text": "A short text.", "language": "de"}, "language"),
        ({"text": "", "language": "en"}, "nothing to read"),
        ({"text": " \n\n ", "language": "en"}, "nothing to read"),
        ({"html": "<script>x</script>", "language": "en"}, "nothing to read"),
        ({"text": TEXT, "language": "en", "key": "a/b"}, "key"),
        ({"text": TEXT, "language": "en", "undo": ["nothing@1"]}, "nothing@1"),
        ({"text": TEXT, "language": "en", "undo": [chr(0xD800)]}, "repair"),
        ({"text": TEXT, "language": "en", "title": "a\0b"}, "NUL"),
        ({"text": TEXT, "language": "en", "colour": "red"}, "colour"),
        ({"text": TEXT + " " + TEXT, "language": "ru"}, "English"),
        ({"text": "12 345", "language": None}, "language"),
    ],
)
def test_what_cannot_be_an_article_is_refused_in_words(
    client: TestClient, body: dict[str, Any], words: str
) -> None:
    sent = json.dumps(body)  # escapes what is no text, as clients may
    headers = {"content-type": "application/json"}
    assert_problem(client.post("/v1/articles", content=sent, headers=headers), 422, words)
    assert client.get("/v1/articles").json()["articles"] == []


@pytest.mark.parametrize("bad", [r"a\u0000b", r"a\ud800b"])
def test_what_is_no_text_is_refused(client: TestClient, bad: str) -> None:
    answer = client.post(
        "/v1/articles",
        content=f'{{"language": "en", "text": "First line.\\n\\n{bad}"}}',
        headers={"content-type": "application/json"},
    )

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_text_in_the_wrong_language_is_taken_when_insisted(client: TestClient) -> None:
    answer = client.post(
        "/v1/articles", json={"text": TEXT, "language": "ru", "check_language": False}
    )

    assert answer.status_code == 201


def test_what_is_not_there_is_404(client: TestClient) -> None:
    create(client, key="there")

    assert_problem(client.get("/v1/articles/nowhere"), 404, "nowhere")
    assert_problem(client.get("/v1/articles/there/editions/fr"), 404, "French")
    assert_problem(client.get("/v1/nothing"), 404, "Not Found")
    assert_problem(
        client.post("/v1/articles/nowhere/translations", json={"target": "fr"}), 404, "nowhere"
    )


@pytest.mark.parametrize("key", ["%00", "x%00y", "a%20b", "%F0%9F%9A%A2", "x" * 300])
def test_key_that_names_nothing_is_404_on_every_way_to_it(client: TestClient, key: str) -> None:
    for path in (f"/v1/articles/{key}", f"/v1/articles/{key}/editions/en", f"/review/{key}"):
        assert client.get(path).status_code == 404, path
    answer = client.post(f"/v1/articles/{key}/translations", json={"target": "fr"})
    assert answer.status_code in {404, 405}


def test_hundred_racing_posts_of_one_article_make_one(client: TestClient) -> None:
    body = {"text": TEXT, "language": "en", "key": "raced"}

    def post(_: int) -> int:
        return client.post("/v1/articles", json=body).status_code

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(post, range(100)))

    assert sorted(answers) == [200] * 99 + [201]


def test_taken_key_is_a_conflict(client: TestClient) -> None:
    create(client, key="taken")

    answer = client.post("/v1/articles", json={"text": "Other.", "language": "en", "key": "taken"})

    assert_problem(answer, 409, "exists with other content")


def test_translation_is_queued_once(client: TestClient) -> None:
    create(client, key="queued")

    first = client.post("/v1/articles/queued/translations", json={"target": "fr"})
    second = client.post("/v1/articles/queued/translations", json={"target": "fr"})

    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()
    assert first.headers["location"] == f"/v1/jobs/{first.json()['id']}"
    job = client.get(first.headers["location"]).json()
    assert job["status"] == "queued"
    assert job["progress"] == {"done": 0, "total": 3}


def test_translation_that_makes_no_sense_is_refused(client: TestClient) -> None:
    create(client, key="sense")

    same = client.post("/v1/articles/sense/translations", json={"target": "en"})
    lacking = client.post("/v1/articles/sense/alignments", json={"target": "fr"})

    assert_problem(same, 422, "two different languages")
    assert_problem(lacking, 404, "no French edition")


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "!!!!", "A" * 400])
def test_cursor_that_is_none_of_ours_is_refused(client: TestClient, cursor: str) -> None:
    assert_problem(client.get("/v1/articles", params={"cursor": cursor}), 422, "cursor")


def test_what_was_created_says_where_it_is(client: TestClient) -> None:
    article = client.post("/v1/articles", json={"text": TEXT, "language": "en"})
    french = {"text": "Le bac revient\n\nLe premier bateau est parti à 6 h 40.", "language": "fr"}
    edition = client.post("/v1/articles/the-ferry-returns/editions", json=french)
    again = client.post("/v1/articles/the-ferry-returns/editions", json=french)

    assert article.headers["location"] == "/v1/articles/the-ferry-returns"
    assert client.get(article.headers["location"]).json()["key"] == "the-ferry-returns"
    assert edition.status_code == 201
    found = client.get(edition.headers["location"]).json()
    assert found == edition.json()["edition"]
    assert again.status_code == 200
    assert "location" not in again.headers


def test_content_of_an_older_revision_becomes_current_and_is_not_called_created(
    client: TestClient,
) -> None:
    create(client, key="ferry")
    address = "/v1/articles/ferry/editions"
    second = client.post(address, json={"text": f"{TEXT}\n\nA new end.", "language": "en"})

    back = client.post(address, json={"text": TEXT, "language": "en"})

    assert second.status_code == 201
    assert second.json()["edition"]["revision"] == 2
    assert back.status_code == 200
    assert not back.json()["created"]
    assert client.get(f"{address}/en").json()["revision"] == 1


def test_article_and_the_jobs_asked_for_with_it_are_stored_together(client: TestClient) -> None:
    created = create(client, key="ferry", translate=["fr", "ru", "fr"])

    assert [job["kind"] for job in created["jobs"]] == ["translate", "translate"]
    for job in created["jobs"]:
        assert client.get(f"/v1/jobs/{job['id']}").json()["status"] == "queued"
    languages = {one["language"] for one in client.get("/v1/articles/ferry").json()["alignments"]}
    assert languages == {"fr", "ru"}


def test_article_whose_translation_makes_no_sense_is_not_stored(client: TestClient) -> None:
    body = {"text": TEXT, "language": "en", "key": "ferry", "translate": ["fr", "en"]}

    assert_problem(client.post("/v1/articles", json=body), 422, "both")
    assert client.get("/v1/articles/ferry").status_code == 404
    assert_problem(client.post("/v1/articles", json=body | {"translate": ["xx"]}), 422, "translate")


def test_edition_and_its_alignment_are_stored_together(client: TestClient) -> None:
    create(client, key="ferry")
    address = "/v1/articles/ferry/editions"
    french = {"text": "Le bac revient\n\nLe premier bateau est parti.", "language": "fr"}

    joined = client.post(address, json=french | {"align": True, "translate": ["ru"]}).json()
    revised = {"text": f"{TEXT}\n\nA new end.", "language": "en", "align": True}
    original = client.post(address, json=revised).json()

    assert [job["kind"] for job in joined["jobs"]] == ["align", "translate"]
    assert original["jobs"] == []
