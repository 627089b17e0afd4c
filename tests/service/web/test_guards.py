"""The guards around a small application, with a client that does what a test says."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from service.web import guards
from service.web.guards import MAX_VALUES, Guards, over

FOREVER: Message = {"type": "stall"}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body, and with what the client says after it."""
    message = await receive()
    assert not message.get("more_body")
    await PlainTextResponse(bytes(message["body"]))(scope, receive, send)


def chunk(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def ask(
    app: Guards,
    *messages: Message,
    path: str = "/v1/articles",
    headers: Iterable[tuple[str, str]] = (),
) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of what the application answers; status 0 is nothing."""
    coming = list(messages)
    sent: list[Message] = []

    async def receive() -> Message:
        if not coming or coming[0] is FOREVER:
            await asyncio.Event().wait()
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    given_headers = [("host", "localhost"), *headers]
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in given_headers],
    }
    await app(scope, receive, send)
    if not sent:
        return 0, {}, b""
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(part.get("body", b"") for part in sent[1:])


def test_body_reaches_the_application_whole() -> None:
    answer = asyncio.run(ask(Guards(echo, api_key=None), chunk(b"Le "), chunk(b"bac", more=False)))

    assert answer[0] == 200
    assert answer[2] == b"Le bac"


@pytest.mark.parametrize("path", ["/v1/articles", "/review/ferry", "/docs", "/openapi.json", "/"])
def test_without_the_key_no_body_is_waited_for(path: str) -> None:
    app = Guards(echo, api_key="secret")

    status, headers, _ = asyncio.run(ask(app, FOREVER, path=path))

    assert status == 401
    assert headers["www-authenticate"].startswith("Basic")


def test_body_that_stops_coming_is_408_and_ends_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guards, "BODY_SECONDS", 0.01)

    status, headers, body = asyncio.run(
        ask(Guards(echo, api_key=None), chunk(b'{"text": "'), FOREVER)
    )

    assert status == 408
    assert headers["connection"] == "close"
    assert headers["content-type"] == "application/problem+json"
    assert "did not arrive" in json.loads(body)["detail"]


def test_requests_whose_body_stops_coming_hold_up_nobody() -> None:
    app = Guards(echo, api_key=None)

    async def crowd() -> int:
        slow = [asyncio.create_task(ask(app, chunk(b"{"), FOREVER)) for _ in range(50)]
        await asyncio.sleep(0)
        status, _, _ = await ask(app, chunk(b"{}", more=False))
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return status

    assert asyncio.run(asyncio.wait_for(crowd(), 60)) == 200


def test_client_that_goes_away_is_answered_nothing() -> None:
    app = Guards(echo, api_key=None)

    assert asyncio.run(ask(app, chunk(b"{"), {"type": "http.disconnect"}))[0] == 0


def test_bodies_that_do_not_fit_into_memory_together_are_sent_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guards, "MAX_BODIES_BYTES", 100)
    app = Guards(echo, api_key=None)

    async def crowd() -> list[int]:
        long = asyncio.create_task(ask(app, chunk(b"x" * 60), FOREVER))
        await asyncio.sleep(0)
        refused, headers, _ = await ask(app, chunk(b"x" * 60, more=False))
        assert headers["retry-after"]
        short, _, _ = await ask(app, chunk(b"x" * 40, more=False))
        long.cancel()
        await asyncio.gather(long, return_exceptions=True)
        then, _, _ = await ask(app, chunk(b"x" * 60, more=False))
        return [refused, short, then]

    assert asyncio.run(crowd()) == [503, 200, 200]


def test_mistake_of_ours_is_500_with_the_headers_of_all_answers() -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        message = "canary"
        raise ZeroDivisionError(message)

    status, headers, body = asyncio.run(ask(Guards(broken, api_key=None), chunk(b"", more=False)))

    assert status == 500
    assert headers["content-type"] == "application/problem+json"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert b"canary" not in body


def test_mistake_of_ours_in_the_middle_of_an_answer_is_left_to_the_server() -> None:
    async def broken(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(ask(Guards(broken, api_key=None), chunk(b"", more=False)))


def test_other_protocols_are_left_to_the_application() -> None:
    seen: list[str] = []

    async def note(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def nothing(*_: Any) -> Any:
        """Neither give nor take."""

    asyncio.run(Guards(note, api_key=None)({"type": "lifespan"}, nothing, nothing))

    assert seen == ["lifespan"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[" * (MAX_VALUES + 1), "members and items"),
        (b'{"text": "a", "undo": [' + b"{}," * MAX_VALUES + b"{}]}", "members and items"),
        (
            b"{" + b",".join(b'"%d": 1' % number for number in range(MAX_VALUES + 1)),
            "members and items",
        ),
        ('{"text": "[[["}'.encode("utf-16"), "UTF-8"),
    ],
)
def test_json_that_would_take_long_to_read_is_422(body: bytes, words: str) -> None:
    status, _, answer = asyncio.run(ask(Guards(echo, api_key=None), chunk(body, more=False)))

    assert status == 422
    assert words in json.loads(answer)["detail"]


def test_brackets_and_commas_of_a_text_are_text() -> None:
    body = json.dumps({"text": '[{,\\",' * 50_000}).encode()

    assert asyncio.run(ask(Guards(echo, api_key=None), chunk(body, more=False)))[0] == 200


def marks(value: object) -> int:
    """Count brackets that open, and commas, the slow way."""
    if isinstance(value, dict):
        return max(1, len(value)) + sum(map(marks, value.values()))
    if isinstance(value, list):
        return max(1, len(value)) + sum(map(marks, value))
    return 0


JSON = st.recursive(
    st.text() | st.none() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON, st.booleans())
def test_pattern_counts_as_a_parser_would(value: object, escaped: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    body = json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    count = marks(value)

    assert not over(count).match(body)
    if count:
        assert over(count - 1).match(body)
