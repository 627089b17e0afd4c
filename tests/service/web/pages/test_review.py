import socket
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from alignment import SentenceEncoder
from service.db.connect import create_engine_for
from service.db.connect import sessions as make_sessions
from service.domain.language import Language
from service.mt.translator import Translator
from service.usecases.import_article import import_article
from service.web.app import create_app
from tests.browser.article import Article, make_article
from tests.documents import document


@pytest.fixture
def article(sessions: sessionmaker[Session]) -> Article:
    return make_article(sessions)


def test_first_visit_names_the_reviewer_and_the_next_keeps_the_name(
    client: TestClient, article: Article
) -> None:
    first = client.get(article.path)

    cookie = first.headers["set-cookie"]
    assert cookie.startswith("triptych_reviewer=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    assert "set-cookie" not in client.get(article.path).headers


def test_reviewer_behind_https_has_a_secure_cookie(client: TestClient, article: Article) -> None:
    response = client.get(f"https://localhost{article.path}")

    assert "Secure" in response.headers["set-cookie"]


def test_link_from_another_site_does_not_make_a_new_reviewer(
    client: TestClient, article: Article
) -> None:
    response = client.get(article.path, headers={"Sec-Fetch-Site": "cross-site"})

    assert "set-cookie" not in response.headers
    assert 'http-equiv="refresh"' in response.text


def test_known_reviewer_from_another_site_sees_the_page(
    client: TestClient, article: Article
) -> None:
    client.get(article.path)

    response = client.get(article.path, headers={"Sec-Fetch-Site": "cross-site"})

    assert "The ferry is back" in response.text


def test_working_copy_comes_back_to_its_reviewer_only(client: TestClient, article: Article) -> None:
    page = client.get(article.path).text
    link = page.partition('data-link="')[2].partition('"')[0]
    body = {"text": "À moitié", "base_version": 1}
    address = f"/v1/links/{link}/working-copy"
    kept = client.put(address, json=body, headers={"If-None-Match": "*"})
    assert kept.status_code == 204

    shown = client.get(article.path).text
    assert 'data-working-copy="À moitié" data-working-copy-base="1"' in shown
    # What the page says of it is what its next write must carry.
    digest = shown.partition('data-working-copy-hash="')[2].partition('"')[0]
    assert kept.headers["etag"] == f'"1-{digest}"'
    client.cookies.clear()
    assert "À moitié" not in client.get(article.path).text


def test_first_visit_does_not_show_what_nameless_programs_have_typed(
    client: TestClient, article: Article
) -> None:
    page = client.get(article.path).text
    link = page.partition('data-link="')[2].partition('"')[0]
    client.cookies.clear()
    body = {"text": "À personne", "base_version": 1}
    address = f"/v1/links/{link}/working-copy"
    assert client.put(address, json=body, headers={"If-None-Match": "*"}).status_code == 204

    first = client.get(article.path).text
    second = client.get(article.path).text

    assert "À personne" not in first
    # Both pages find in the browser what was typed into either.
    assert reviewer_of(first) == reviewer_of(second)
    assert client.cookies["triptych_reviewer"] not in second


def reviewer_of(page: str) -> str:
    """Return what a page calls its reviewer."""
    return page.partition('data-reviewer="')[2].partition('"')[0]


def test_error_is_a_page_for_a_browser_and_a_document_for_a_script(
    client: TestClient, article: Article
) -> None:
    address = f"{article.path}?column=nonsense"

    page = client.get(address, headers={"Accept": "text/html,*/*;q=0.8"})
    document = client.get(address)

    assert page.status_code == document.status_code == 422
    assert page.headers["content-type"].startswith("text/html")
    assert "<h1>Unprocessable" in page.text
    assert "All articles" in page.text
    assert document.headers["content-type"] == "application/problem+json"


def test_database_that_is_gone_is_a_page_that_says_so(
    translator: Translator, encoder: SentenceEncoder
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    engine = create_engine_for(f"postgresql://nobody@127.0.0.1:{port}/none")
    app = create_app(sessions=make_sessions(engine), translator=translator, encoder=encoder)
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)

    answer = client.get("/review", headers={"Accept": "text/html"})

    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["retry-after"]
    engine.dispose()


def test_columns_of_the_address_are_shown(client: TestClient, article: Article) -> None:
    shown = client.get(f"{article.path}?column={article.human}").text

    assert "Trois millions deux" in shown
    assert "La réparation" not in shown
    assert client.get(f"{article.path}?column=nonsense").status_code == 422


def test_unknown_article_is_a_page(client: TestClient) -> None:
    response = client.get("/review/nothing")

    assert response.status_code == 404
    assert "No such article" in response.text
    assert response.headers["content-type"].startswith("text/html")


def test_cells_have_what_has_a_text_from_a_row_on(client: TestClient, article: Article) -> None:
    news = client.get(f"{article.path}/cells?column={article.french}&from=6").json()

    assert [column["alignment_id"] for column in news["columns"]] == [str(article.french)]
    assert "of 7 approved" in news["columns"][0]["html"]
    assert [cell["version"] for cell in news["cells"]] == [1, 1]
    assert "six traversées par jour" in news["cells"][1]["html"]
    assert news["links"] == 8


def test_cells_of_an_unknown_article_are_not_found(client: TestClient) -> None:
    assert client.get("/review/nothing/cells").status_code == 404


def test_list_has_fifty_articles_a_page(
    client: TestClient, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        for number in range(51):
            import_article(
                session, document(f"Story {number}."), language=Language.EN, key=f"s{number}"
            )

    first = client.get("/review").text
    older = first.partition('rel="next" href="')[2].partition('"')[0]
    second = client.get(older).text

    assert first.count('class="article"') == 50
    assert second.count('class="article"') == 1
    assert "Story 0." in second
    assert "Older articles" not in second
    assert client.get(f"/review?after={uuid4()}").status_code == 200
