from typing import Any

import pytest
from fastapi.testclient import TestClient

CSV = "bank,banque\nferry,traversier\n"


def store(client: TestClient, **body: Any) -> Any:
    given = {"name": "house", "source": "en", "target": "fr", **body}
    return client.post("/v1/glossaries", json=given)


def test_file_is_stored_and_the_same_again_is_a_no_op(client: TestClient) -> None:
    first = store(client, content=CSV)
    again = store(client, content=CSV)
    other = store(client, content="law,loi\n")
    replaced = store(client, content="law,loi\n", replace=True)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["Location"] == "/v1/glossaries/house"
    assert first.json() == again.json()
    assert (first.json()["term_count"], first.json()["directions"]) == (2, ["en-fr"])
    assert (other.status_code, replaced.status_code) == (409, 201)
    assert replaced.json()["version"] != first.json()["version"]


def test_terms_are_stored_as_they_are_given_and_read_back(client: TestClient) -> None:
    term = {
        "source_language": "en",
        "target_language": "ru",
        "source": "child",
        "target": "ребёнок",
        "kind": "required",
        "case": "any",
        "part_of_speech": "noun",
        "source_forms": ["child", "children"],
        "target_forms": [],
        "note": "a person",
    }

    stored = store(client, terms=[term, {"target": "gosse", "kind": "forbidden"}])
    (first, second) = client.get("/v1/glossaries/house").json()["terms"]

    assert stored.json()["directions"] == ["en-fr", "en-ru"]
    assert first == term
    assert (second["source"], second["target"]) == ("", "gosse")


@pytest.mark.parametrize(
    ("accept", "media_type", "start"),
    [
        ("text/csv", "text/csv", "source_language,target_language,source,target"),
        ("text/tab-separated-values;q=0.9, */*", "text/tab-separated-values", "source_language\t"),
        ("application/x-tbx+xml", "application/x-tbx+xml", "<?xml"),
        ("application/xml", "application/x-tbx+xml", "<?xml"),
    ],
)
def test_glossary_is_read_in_the_format_that_is_asked_for_and_stored_from_it(
    client: TestClient, accept: str, media_type: str, start: str
) -> None:
    version = store(client, content=CSV).json()["version"]

    answer = client.get("/v1/glossaries/house", headers={"Accept": accept})

    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert answer.text.startswith(start)
    name = answer.headers["Content-Disposition"].partition('filename="')[2].rstrip('"')
    body = {"name": "copy", "content": answer.text, "format": name.rpartition(".")[2]}
    assert client.post("/v1/glossaries", json=body).json()["version"] == version


def test_glossaries_are_listed_and_deleted(client: TestClient) -> None:
    glossary_id = store(client, content=CSV).json()["id"]
    store(client, name="another", content=CSV)

    listed = client.get("/v1/glossaries").json()["glossaries"]
    deleted = client.delete(f"/v1/glossaries/{glossary_id}")
    gone = client.delete("/v1/glossaries/house")

    assert [one["name"] for one in listed] == ["another", "house"]
    assert (deleted.status_code, gone.status_code) == (204, 404)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"content": "bank,banque\nlaw,\n"}, 422, "line 2: the target term is empty"),
        ({"content": "bank,banque\nbank,banque\n"}, 422, "line 2: the same term stands in line 1"),
        ({"content": "<tbx/>", "format": "tbx"}, 422, "no term"),
        ({"content": "a\0,b"}, 422, "NUL"),
        ({"content": "<html/>", "format": "tbx"}, 422, "begins with <html>"),
        ({"content": "a,b", "format": "xls"}, 422, "format"),
        ({"content": "a,b", "source": None}, 422, "both source and target"),
        ({"content": "a,b", "source": None, "target": None}, 422, "does not say its languages"),
        ({"content": "a,b", "source": "fr"}, 422, "two different languages"),
        ({"terms": [{"source": "a", "target": "b"}, {"source": "x"}]}, 422, "terms.1: the target"),
        ({"terms": [{"source": "a", "target": "b", "kind": "must"}]}, 422, "kind"),
        ({"content": "a,b", "terms": []}, 422, "either content or terms"),
        ({"content": "a,b", "name": "a b"}, 422, "name"),
    ],
)
def test_what_cannot_be_stored_is_refused_in_words(
    client: TestClient, body: dict[str, Any], status: int, words: str
) -> None:
    answer = store(client, **body)

    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_translation_is_held_to_a_stored_glossary(client: TestClient) -> None:
    store(client, content="ferry,zzyzx\n")
    body = {"source": "en", "target": "fr", "text": "The ferry is back."}

    plain = client.post("/v1/translate", json=body).json()["translations"][0]
    held = client.post("/v1/translate", json=body | {"glossary": "house"}).json()["translations"][0]

    assert "term" not in [flag["code"] for flag in plain["flags"]]
    assert held["flags"][-1] == {
        "code": "term",
        "note": "expected “zzyzx” for “ferry”",
        "source": [{"start": 4, "end": 9}],
        "target": [],
    }
    assert "|glossary:house@" in held["signature"]


def test_translation_with_a_glossary_that_is_not_there_is_refused(client: TestClient) -> None:
    body = {"source": "en", "target": "fr", "text": "The ferry is back.", "glossary": "nowhere"}

    answer = client.post("/v1/translate", json=body)

    assert answer.status_code == 404
    assert "'nowhere'" in answer.json()["detail"]


def test_drafts_of_an_article_are_held_to_a_stored_glossary(client: TestClient) -> None:
    store(client, content="ferry,zzyzx\n")
    article = {"key": "held", "text": "The ferry is back.", "language": "en"}

    alone = client.post("/v1/articles", json=article | {"glossary": "house"})
    created = client.post("/v1/articles", json=article | {"translate": ["fr"], "glossary": "house"})

    assert alone.status_code == 422
    (job,) = created.json()["jobs"]
    assert job["glossary"] == "house"
    address = "/v1/articles/held/translations"
    again = client.post(address, json={"target": "fr", "glossary": "house"})
    assert again.json()["id"] == job["id"]
    assert client.post(address, json={"target": "fr", "glossary": "none"}).status_code == 404
    store(client, name="other", content="ferry,bac\n")
    other = client.post(address, json={"target": "fr", "glossary": "other"})
    assert other.status_code == 409
    assert "'house'" in other.json()["detail"]
