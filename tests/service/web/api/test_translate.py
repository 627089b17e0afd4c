from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.mt.sentence_queue import SentenceQueue


def translate(client: TestClient, **body: Any) -> Any:
    return client.post("/v1/translate", json={"source": "en", "target": "fr", **body})


def test_text_comes_back_with_what_made_it(client: TestClient) -> None:
    answer = translate(client, text="The ferry is back.")

    assert answer.status_code == 200
    (one,) = answer.json()["translations"]
    assert one["text"].strip()
    assert one["model"] == "compact"
    assert "compact" in one["signature"]
    assert "stopgap" in answer.json()["notice"]


def test_list_comes_back_in_order_and_equal_to_one_by_one(client: TestClient) -> None:
    texts = ["The ferry is back.", "", " *** ", "It left at 6:40.", "The ferry is back."]

    together = translate(client, text=texts).json()["translations"]
    alone = [translate(client, text=text).json()["translations"][0] for text in texts]

    assert together == alone
    assert [one["text"] for one in together][1:3] == ["", " *** "]


def test_html_keeps_its_tags_and_stays_escaped(client: TestClient) -> None:
    html = 'The <a href="/x">first boat</a> is &lt;b&gt; <b>late</b>.'

    (one,) = translate(client, html=html).json()["translations"]

    assert one["html"].count('<a href="/x">') == one["html"].count("</a>") == 1
    assert one["html"].count("<b>") == 1
    assert "&lt;" in one["html"]


@pytest.mark.usefixtures("only_from_english")
@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"text": "A.", "target": "en"}, 422, "two different languages"),
        ({"text": "A.", "target": "de"}, 422, "target"),
        ({"text": "A.", "source": "fr", "target": "ru"}, 503, "fr-ru"),
        ({}, 422, "text or html"),
        ({"text": ["A."] * 1001}, 422, "1000"),
        ({"text": "a\0b"}, 422, "NUL"),
        ({"text": 5}, 422, "text"),
    ],
)
def test_what_cannot_be_translated_is_refused_in_words(
    client: TestClient, body: dict[str, Any], status: int, words: str
) -> None:
    answer = translate(client, **body)

    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_lone_surrogate_is_refused(client: TestClient) -> None:
    answer = client.post(
        "/v1/translate",
        content=r'{"source": "en", "target": "fr", "text": "a\ud800b"}',
        headers={"content-type": "application/json"},
    )

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_when_too_much_waits_a_request_is_told_to_come_back_and_what_is_known_still_answered(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = translate(client, text="The lighthouse keeper waits.")
    monkeypatch.setattr(SentenceQueue, "_count_waiting", lambda _queue: 10**6)

    refused = translate(client, text="Nobody has asked for this sentence before.")

    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "try again" in refused.json()["detail"]
    assert translate(client, text="The lighthouse keeper waits.").json() == known.json()


def test_document_comes_back_with_all_that_is_not_translated(client: TestClient) -> None:
    html = (
        "<!-- wp:paragraph -->\n<p Class='a'>The ferry is <B>back</B>.</p>\n"
        '<ul><li>It left <code>a -> b</code><li>Two &amp; &lt;b&gt;</ul><img alt="A boat" src=x>'
    )

    (one,) = translate(client, html=html).json()["translations"]

    assert one["html"].startswith("<!-- wp:paragraph -->\n<p Class='a'>")
    assert one["html"].count("<B>") == one["html"].count("</B>") == 1
    assert "<code>a -> b</code><li>" in one["html"]
    assert one["html"].count("&lt;") == 1
    assert one["html"].endswith(" src=x>")
    assert "A boat" not in one["html"]
    assert one["text"].count("\n\n") == 2


def test_document_without_text_needs_no_model(client: TestClient) -> None:
    (one,) = translate(client, html="<p><!-- a --><code>x</code></p>").json()["translations"]

    assert (one["html"], one["text"], one["model"]) == (
        "<p><!-- a --><code>x</code></p>",
        "",
        "none",
    )


def test_terms_and_line_breaks_are_options(client: TestClient) -> None:
    body = {"text": "The Old House\nis red.", "newlines": "soft", "keep": ["Old House"]}

    (one,) = translate(client, **body).json()["translations"]

    assert "Old House" in one["text"]
    assert "\n" not in one["text"]
    assert "newlines:soft|keep:" in one["signature"]


@pytest.mark.parametrize(
    "options",
    [
        {"newlines": "maybe"},
        {"keep": ["a"] * 201},
        {"keep": ["a" * 101]},
        {"keep": [""]},
        {"keep": ["  "]},
    ],
)
def test_options_out_of_bounds_are_refused(client: TestClient, options: dict[str, Any]) -> None:
    answer = translate(client, text="The house.", **options)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
