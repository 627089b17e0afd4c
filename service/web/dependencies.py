"""What routes are given: the transaction, the translator, and who is asking."""

import base64
import binascii
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session, sessionmaker

from service.mt.translator import Translator
from service.web.errors import UnauthorizedError

REVIEWER_COOKIE = "triptych_reviewer"
"""Set by the review page: tells one browser's working copies from another's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the application was made with."""

    sessions: sessionmaker[Session]
    translator: Translator
    api_key: str | None


def services(request: Request) -> Services:
    """Return what the application was made with."""
    found: Services = request.app.state.services
    return found


def open_session(request: Request) -> Iterator[Session]:
    """Yield a session that commits when the route returns and rolls back when it raises."""
    with services(request).sessions.begin() as session:
        yield session


def translator(request: Request) -> Translator:
    """Return the process's translator."""
    return services(request).translator


def reviewer(request: Request) -> str:
    """Return who is writing: the name signed in with, else the browser's own, else ``api``."""
    name = _basic(request)[0] or request.cookies.get(REVIEWER_COOKIE, "")
    return "".join(letter for letter in name[:100] if letter.isprintable()) or "api"


def check_key(request: Request) -> None:
    """Pass if the service has no key or the request carries it.

    Raises:
        UnauthorizedError: If it does not.
    """
    key = services(request).api_key
    if key is None:
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        given = token.strip().encode("latin-1")  # the header's own bytes
    else:
        given = _basic(request)[1].encode()
    if not hmac.compare_digest(given, key.encode()):
        raise UnauthorizedError


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name.strip()[:100], password


# scope="function" commits before the response goes out. FastAPI's default since 0.118 is after
# it, so a failed commit would follow a 201 that the client already holds.
SessionDep = Annotated[Session, Depends(open_session, scope="function")]
TranslatorDep = Annotated[Translator, Depends(translator)]
ReviewerDep = Annotated[str, Depends(reviewer)]
