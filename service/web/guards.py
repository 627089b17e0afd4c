"""What every request passes before a route sees it: size, host, origin; and headers after it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from contextlib import AbstractAsyncContextManager, nullcontext
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.web.errors import ForbiddenError, problem, triptych_problem

MAX_BODY_BYTES: Final = 64 * 1024 * 1024
"""A request's body; the longest article we know is a hundredth of it."""
TOO_LARGE: Final = f"the body is over {MAX_BODY_BYTES // 2**20} MiB: send the article in parts"

REQUESTS_AT_ONCE: Final = 12
"""Requests under ``/v1`` that are worked on at once, and as many pages; others wait their turn.

A route and the response it makes need a thread each, one after the other and before the commit. If
all 40 threads held routes that wait for one row, the winner's response would never get its thread.
"""
TRANSLATIONS_AT_ONCE: Final = 4
"""The same for translations, which take longest and need no database."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
DOCS_CONTENT_SECURITY_POLICY: Final = CONTENT_SECURITY_POLICY.replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)
"""Swagger UI sets styles on its elements."""


class Guards:
    """ASGI middleware: refuses what no route should see, and sets the security headers.

    Without a key (``hosts`` given) only requests to those host names pass, so that a page of
    another site cannot reach a service on loopback by a name of its own (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str] | None) -> None:
        self._app = app
        self._hosts = hosts
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
        headers = Headers(scope=scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _set_headers(message, scope["path"])
            await send(message)

        answer = self._refusal(scope["method"], headers) or self._app
        async with self._slot(scope["path"]):
            await answer(scope, _limited(receive), send_guarded)

    def _slot(self, path: str) -> AbstractAsyncContextManager[None]:
        """Return what a request waits for before it takes a thread; others, for nothing."""
        for prefix, slots in self._slots.items():
            if path.startswith(prefix):
                return slots
        return nullcontext()

    def _refusal(self, method: str, headers: Headers) -> ASGIApp | None:
        host = _host_name(headers.get("host", ""))
        if self._hosts is not None and host not in self._hosts:
            return problem(
                HTTPStatus.MISDIRECTED_REQUEST,
                "without a key Triptych answers only to localhost: set TRIPTYCH_API_KEY to serve "
                "other names",
            )
        if method not in SAFE_METHODS and _foreign(headers):
            return triptych_problem(ForbiddenError())
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
        return None


def _limited(receive: Receive) -> Callable[[], Awaitable[MutableMapping[str, Any]]]:
    total = 0

    async def receive_limited() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > MAX_BODY_BYTES:
            # An HTTPException, as FastAPI makes a 400 of any other error while a body is read.
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
        return message

    return receive_limited


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
