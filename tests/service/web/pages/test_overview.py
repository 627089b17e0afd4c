import re
from base64 import b64encode
from hashlib import sha256
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy.orm import Session, sessionmaker

from service.domain.language import Language
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition
from tests.browser.article import Article, make_article
from tests.documents import document


@pytest.fixture
def article(sessions: sessionmaker[Session]) -> Article:
    return make_article(sessions)


def read(client: TestClient, address: str) -> html.HtmlElement:
    """Return a page; one that is not there fails the test."""
    answer = client.get(address)
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def heads(page: html.HtmlElement) -> list[list[str | None]]:
    """Return the columns of each picture."""
    return [
        [head.text for head in picture.xpath(".//*[@class='head']")]
        for picture in page.xpath("//figure")
    ]


def test_source_stands_between_editions_and_those_of_people_come_first(
    client: TestClient, article: Article
) -> None:
    page = read(client, f"{article.path}/overview")

    assert heads(page) == [
        ["English, original", "French, human edition"],
        ["French, machine draft", "English, original", "Russian, machine draft"],
    ]


def test_every_ribbon_and_paragraph_leads_to_its_row(client: TestClient, article: Article) -> None:
    page = read(client, f"{article.path}/overview")

    links = page.xpath("//figure//a/@href")
    assert links
    (address,) = {link.partition("#")[0] for link in links}
    review = read(client, address)
    rows = {row.get("id"): row for row in review.xpath("//li[@class='row']")}
    for link in page.xpath("//figure//a"):
        title = link.find("title").text
        row = rows[urlsplit(link.get("href")).fragment].text_content()
        for words in re.findall(r"^(?:[^:\n]*)¶[^:]*: (.+)$", title, re.MULTILINE):
            assert words in row


def test_chosen_columns_are_kept_from_one_view_to_the_other(
    client: TestClient, article: Article
) -> None:
    chosen = f"?column={article.human}"
    views = read(client, article.path + chosen).xpath("//nav[@class='views']/a")

    assert [(view.text, view.get("aria-current")) for view in views] == [
        ("Paragraphs", "page"),
        ("Overview", None),
    ]
    assert views[1].get("href") == f"{article.path}/overview{chosen}"
    overview = read(client, views[1].get("href"))
    assert heads(overview) == [["English, original", "French, human edition"]]
    back = overview.xpath("//nav[@class='views']/a")
    assert back[0].get("href") == article.path + chosen
    assert back[1].get("aria-current") == "page"


def test_style_of_the_pictures_is_the_only_one_that_the_policy_lets_in(
    client: TestClient, article: Article
) -> None:
    answer = client.get(f"{article.path}/overview")

    styles = set(re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL))
    (digest,) = {b64encode(sha256(style.encode()).digest()).decode() for style in styles}
    policy = answer.headers["content-security-policy"]
    assert f"style-src 'self' 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert " style=" not in answer.text


def test_text_of_an_article_is_no_markup_in_its_picture(
    client: TestClient, sessions: sessionmaker[Session]
) -> None:
    text = "</title></svg><script>alert(1)</script><img src=x onerror=alert(1)>"
    with sessions.begin() as session:
        import_article(session, document(text), language=Language.EN, key="sly")
        import_edition(session, document(text), key="sly", language=Language.FR)
    client.post("/v1/articles/sly/alignments", json={"target": "fr"})

    page = read(client, "/review/sly/overview")

    assert heads(page) == [["English, original", "French, human edition"]]
    assert page.xpath("//main//script | //main//img | //*[@onerror]") == []


def test_article_without_other_editions_says_how_to_get_one(
    client: TestClient, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        import_article(session, document("One."), language=Language.EN, key="alone")

    page = read(client, "/review/alone/overview")

    assert heads(page) == []
    assert "triptych import FILE --article alone" in page.text_content()


def test_unknown_article_has_no_overview(client: TestClient) -> None:
    answer = client.get("/review/nothing-of-the-kind/overview")

    assert answer.status_code == 404
    assert "No such article" in answer.text
