"""What every request passes before a route sees it: host, origin, key, body; headers after it."""

import asyncio
import ipaddress
import re
from base64 import b64encode
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from hashlib import sha256
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alignment.picture_style import STYLE
from service.domain.errors import InvalidInputError, TooLargeError, TriptychError, UnavailableError
from service.web.credentials import check_key
from service.web.errors import (
    ForbiddenError,
    MisdirectedError,
    problem,
    triptych_problem,
    unexpected_problem,
)
from service.web.pages.problems import readable

MAX_BODY_BYTES: Final = 32 * 1024 * 1024
"""A request's body. A paragraph of five million letters, which we promise to take, has 30 MB as
JSON where each letter is escaped as ``\\u0430``; the command line takes files up to 50 MB."""

MAX_BODIES_BYTES: Final = 16 * MAX_BODY_BYTES
"""All bodies together that are in memory; with as much, further requests are sent away."""

BODY_SECONDS: Final = 120
"""What a body may take to arrive: the longest, over 2 Mbit/s."""

MAX_VALUES: Final = 25_000
"""Members and items in a body, so many that each of 20,000 paragraphs could have a repair undone.
More would cost seconds to read, in which nobody else is served."""

REQUESTS_AT_ONCE: Final = 12
"""Requests under ``/v1`` that are worked on at once, and as many pages; others wait their turn.

A route and the response it makes need a thread each, one after the other and before the commit. If
all 40 threads held routes that wait for one row, the winner's response would never get its thread.
"""
TRANSLATIONS_AT_ONCE: Final = 12
"""The same for translations, which need no database; their sentences share batches. Together with
the others they leave threads for what has to answer at once."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

OPEN_PATHS: Final = ("/healthz", "/readyz", "/static/", "/docs/")
"""What needs no key: signs of life, and files that anybody may have who has Triptych."""


def over(values: int) -> re.Pattern[bytes]:
    """Return what matches JSON with more members and items than that, and as many brackets.

    It passes over strings, whose commas and brackets are text, at some 60 MB a second.
    """
    outside = rb'[^"\[{,]*+'
    string = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
    upto_next = outside + rb"(?:" + string + outside + rb")*+[\[{,]"
    return re.compile(rb"(?:%s){%d}" % (upto_next, values + 1), re.DOTALL)


_TOO_MANY_VALUES: Final = over(MAX_VALUES)

_STYLES: Final = f"style-src 'self' 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
"""Files of ours, and the one style sheet that pictures of alignments carry with them."""
CONTENT_SECURITY_POLICY: Final = (
    f"default-src 'none'; script-src 'self'; {_STYLES}; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
DOCS_CONTENT_SECURITY_POLICY: Final = CONTENT_SECURITY_POLICY.replace(
    _STYLES, "style-src 'self' 'unsafe-inline'"
)
"""Swagger UI sets styles on its elements."""


class BodyTooLargeError(TooLargeError):
    """The body is longer than a request may be."""

    def __init__(self) -> None:
        super().__init__(
            f"the body is over {MAX_BODY_BYTES // 2**20} MiB: send the article in parts, or bring "
            "it in with `triptych import`"
        )


class BodyTooManyValuesError(InvalidInputError):
    """The body has more members and items than any request needs."""

    def __init__(self) -> None:
        super().__init__(f"the body has over {MAX_VALUES} members and items: send several requests")


class BodyEncodingError(InvalidInputError):
    """The body is not UTF-8, the only encoding that JSON has between programs (RFC 8259)."""

    def __init__(self) -> None:
        super().__init__("the body holds NUL bytes: send JSON in UTF-8")


class TooManyBodiesError(UnavailableError):
    """The bodies of all requests together would not fit into memory."""

    def __init__(self) -> None:
        super().__init__("too many long requests at once: try again in a few seconds")


class Guards:
    """ASGI middleware: refuses what no route should see, and sets the security headers.

    Without a key only requests to a host name of loopback pass, so that a page of another site
    cannot reach the service by a name of its own (DNS rebinding). With one every request carries
    it, which is seen before any of its body is read. The whole body is there before a request
    waits for its turn, so that a slow one holds up nobody.
    """

    def __init__(self, app: ASGIApp, *, api_key: str | None) -> None:
        self._app = app
        self._api_key = api_key
        self._body_bytes = 0
        self._slots = {
            "/v1/translate": asyncio.Semaphore(TRANSLATIONS_AT_ONCE),
            "/v1/": asyncio.Semaphore(REQUESTS_AT_ONCE),
            "/review": asyncio.Semaphore(REQUESTS_AT_ONCE),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with a problem document."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _set_headers(message, scope["path"])
            await send(message)

        try:
            await self._guard(scope, receive, send_guarded)
        except Exception as error:
            answer = unexpected_problem(error)
            if started:
                raise
            await readable(Request(scope), answer)(scope, receive, send_guarded)

    async def _guard(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()
        try:
            self._check(scope)
            async with asyncio.timeout(BODY_SECONDS):
                whole = await self._read(receive, body)
            _check_json(body)
        except TriptychError as error:
            answer = readable(Request(scope), triptych_problem(error))
            await answer(scope, receive, send)
        except TimeoutError:
            await _too_slow()(scope, receive, send)
        else:
            if whole:
                async with self._slot(scope["path"]):
                    await self._app(scope, _given(bytes(body), receive), send)
        finally:
            self._body_bytes -= len(body)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if self._api_key is None and not is_loopback(_host_name(headers.get("host", ""))):
            raise MisdirectedError
        if scope["method"] not in SAFE_METHODS and _foreign(headers):
            raise ForbiddenError
        if self._api_key is not None and not scope["path"].startswith(OPEN_PATHS):
            check_key(headers, self._api_key)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            raise BodyTooLargeError

    async def _read(self, receive: Receive, body: bytearray) -> bool:
        """Read the body into ``body``; false if the client went away."""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return False
            chunk = message.get("body", b"")
            if len(body) + len(chunk) > MAX_BODY_BYTES:
                raise BodyTooLargeError
            if self._body_bytes + len(chunk) > MAX_BODIES_BYTES:
                raise TooManyBodiesError
            body += chunk
            self._body_bytes += len(chunk)
            more = message.get("more_body", False)
        return True

    def _slot(self, path: str) -> AbstractAsyncContextManager[None]:
        """Return what a request waits for before it takes a thread; others, for nothing."""
        for prefix, slots in self._slots.items():
            if path.startswith(prefix):
                return slots
        return nullcontext()


def _too_slow() -> ASGIApp:
    # The connection ends with it, or the rest of the body would come all the same.
    return problem(
        HTTPStatus.REQUEST_TIMEOUT,
        f"the body did not arrive within {BODY_SECONDS} seconds",
        headers={"Connection": "close"},
    )


def _check_json(body: bytearray) -> None:
    """Pass if JSON, should the body be some, can be read in no time; it is read at once, later.

    Raises:
        BodyEncodingError: If it has NUL bytes, as UTF-16 does; UTF-8 escapes them.
        BodyTooManyValuesError: If it has too many values.
    """
    if b"\0" in body:
        raise BodyEncodingError
    if _TOO_MANY_VALUES.match(body):
        raise BodyTooManyValuesError


def _given(body: bytes, receive: Receive) -> Receive:
    """Return what gives the body that was read, and then what else the client says."""
    message: Mapping[str, object] | None = {"type": "http.request", "body": body}

    async def receive_again() -> Message:
        nonlocal message
        if message is None:
            return await receive()
        given, message = message, None
        return dict(given)

    return receive_again


def is_loopback(host: str) -> bool:
    """Return whether the name or address is this machine's own, whatever a name server says."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _foreign(headers: Headers) -> bool:
    """Whether a browser says that another site's page made the request."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc != headers.get("host")
    except ValueError:  # no address at all, such as http://[::1
        return True


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _set_headers(message: Message, path: str) -> None:
    headers = MutableHeaders(scope=message)
    policy = DOCS_CONTENT_SECURITY_POLICY if path == "/docs" else CONTENT_SECURITY_POLICY
    headers["Content-Security-Policy"] = policy
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    # Pages and answers hold texts and are not kept; our own files are, and asked for by their ETag.
    asset = path.startswith(("/static/", "/docs/"))
    headers.setdefault("Cache-Control", "no-cache" if asset else "no-store")
