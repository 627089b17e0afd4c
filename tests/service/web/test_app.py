import base64
import socket
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from alignment import SentenceEncoder
from service.db.connect import create_engine_for
from service.db.connect import sessions as make_sessions
from service.mt.translator import Translator
from service.web import guards
from service.web.app import create_app


def basic(name: str, password: str) -> dict[str, str]:
    token = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


@pytest.fixture
def keyed(
    sessions: sessionmaker[Session], translator: Translator, encoder: SentenceEncoder
) -> TestClient:
    app = create_app(sessions=sessions, translator=translator, encoder=encoder, api_key="secret-é")
    return TestClient(app, base_url="http://triptych.example")


def test_health_and_readiness_are_told(client: TestClient) -> None:
    ready = client.get("/readyz")

    assert client.get("/healthz").json()["status"] == "ok"
    assert ready.status_code == 200
    assert ready.json()["ready"]
    routes = {(r["source"], r["target"]): r for r in ready.json()["routes"]}
    assert routes["en", "fr"]["models"] == ["compact"]
    assert "stopgap" in routes["en", "fr"]["notice"]


def test_translation_works_without_a_database_and_the_rest_says_503(
    translator: Translator,
    encoder: SentenceEncoder,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    engine = create_engine_for(f"postgresql://nobody:hidden@127.0.0.1:{port}/none")
    client = TestClient(
        create_app(sessions=make_sessions(engine), translator=translator, encoder=encoder),
        base_url="http://localhost",
        raise_server_exceptions=False,
    )
    body = {"source": "en", "target": "fr", "text": "The ferry is back."}

    gone = client.get("/v1/articles")

    assert client.post("/v1/translate", json=body).status_code == 200
    assert gone.status_code == 503
    assert gone.headers["content-type"] == "application/problem+json"
    assert gone.headers["retry-after"]
    assert "hidden" not in gone.text
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["database"] == "unavailable"
    for answer in (gone, ready):  # the driver's words name host, port and role
        assert str(port) not in answer.text
        assert "nobody" not in answer.text
    assert client.get("/healthz").status_code == 200
    engine.dispose()


@pytest.mark.parametrize("path", ["/healthz", "/v1/articles", "/v1/nothing", "/review", "/docs"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_documentation_needs_no_network(client: TestClient) -> None:
    page = client.get("/docs")

    assert page.status_code == 200
    assert "http" not in page.text.replace("http-equiv", "")
    for asset in ("/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/static/docs.js"):
        assert asset in page.text
        assert client.get(asset).status_code == 200
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/articles", "/v1/translate", "/v1/links/{link_id}"} <= set(paths)


def test_every_operation_is_described(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    for path, operations in paths.items():
        for method, operation in operations.items():
            assert operation.get("description"), f"{method} {path}"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "10.0.0.1:8000", "[::2]"]
)
def test_without_a_key_only_loopback_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1:9", "127.0.0.2:8000", "[::1]:8000"]
)
def test_loopback_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[::1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_pages_of_other_sites_may_read_nothing_into_us(
    client: TestClient, headers: dict[str, str]
) -> None:
    body = {"text": "A text.", "language": "en"}

    assert client.post("/v1/articles", json=body, headers=headers).status_code == 403
    assert client.get("/v1/articles").json()["articles"] == []


def test_own_pages_may_write(client: TestClient) -> None:
    headers = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    body = {"text": "A short text of ours.", "language": "en"}

    assert client.post("/v1/articles", json=body, headers=headers).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic /w=="},
        basic("ann", "wrong"),
        basic("ann", ""),
    ],
)
def test_with_a_key_every_request_must_carry_it(keyed: TestClient, headers: dict[str, str]) -> None:
    for path in ("/v1/articles", "/review", "/docs", "/openapi.json", "/"):
        answer = keyed.get(path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")
    assert keyed.get("/healthz").status_code == 200


def test_key_is_taken_as_token_and_as_password(keyed: TestClient) -> None:
    bearer = {b"Authorization": "Bearer secret-é".encode()}

    assert keyed.get("/v1/articles", headers=bearer).status_code == 200
    assert keyed.get("/v1/articles", headers=basic("ann", "secret-é")).status_code == 200


def test_body_over_the_limit_is_413(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "MAX_BODY_BYTES", 1000)
    body = {"text": "x" * 2000, "language": "en"}

    def chunks() -> Any:
        yield b'{"language": "en", "text": "'
        for _ in range(100):
            yield b"x" * 100
        yield b'"}'

    told = client.post("/v1/articles", json=body)
    streamed = client.post(
        "/v1/articles", content=chunks(), headers={"content-type": "application/json"}
    )

    assert told.status_code == streamed.status_code == 413
    assert streamed.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"text": ' + b"[" * 5000]
)
def test_body_that_is_no_json_of_ours_is_422(client: TestClient, content: bytes) -> None:
    answer = client.post(
        "/v1/articles", content=content, headers={"content-type": "application/json"}
    )

    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_description_says_what_errors_are(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()

    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                if status[0] in "45" and path != "/readyz":
                    assert set(response["content"]) == {"application/problem+json"}, (path, method)
    put = schema["paths"]["/v1/links/{link_id}"]["put"]
    refs = {
        status: response["content"]["application/problem+json"]["schema"]["$ref"].split("/")[-1]
        for status, response in put["responses"].items()
        if status != "200"
    }
    assert refs["412"] == "StaleProblem"
    assert refs["422"] == "InvalidProblem"
    assert "current" in schema["components"]["schemas"]["StaleProblem"]["required"]
    assert "errors" in schema["components"]["schemas"]["InvalidProblem"]["properties"]
    assert "HTTPValidationError" not in schema["components"]["schemas"]
    assert client.get("/openapi.json").json() == schema


def test_description_says_how_the_key_is_sent(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()

    schemes = {one["scheme"] for one in schema["components"]["securitySchemes"].values()}
    assert schemes == {"bearer", "basic"}
    assert {name for one in schema["security"] for name in one} == set(
        schema["components"]["securitySchemes"]
    )
    assert schema["paths"]["/healthz"]["get"]["security"] == []


def test_description_says_that_a_write_needs_if_match(client: TestClient) -> None:
    put = client.get("/openapi.json").json()["paths"]["/v1/links/{link_id}"]["put"]

    (if_match,) = [one for one in put["parameters"] if one["name"].lower() == "if-match"]
    assert if_match["in"] == "header"
    assert if_match["required"]


def test_many_mistakes_in_a_body_make_a_short_answer(client: TestClient) -> None:
    body = {"text": "A text."} | {f"{number}{'x' * 1000}": number for number in range(500)}

    answer = client.post("/v1/articles", json=body)

    assert answer.status_code == 422
    assert 1 < len(answer.json()["errors"]) < 50
    assert len(answer.content) < 20_000


def test_wrong_method_is_405_as_a_problem(client: TestClient) -> None:
    answer = client.delete("/v1/articles")

    assert answer.status_code == 405
    assert answer.json()["title"] == "Method Not Allowed"


def test_what_was_sent_is_not_echoed_by_a_refusal(client: TestClient) -> None:
    answer = client.post("/v1/articles", json={"text": ["canary-text"], "language": "en"})

    assert answer.status_code == 422
    assert "canary-text" not in answer.text
