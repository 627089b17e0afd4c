"""What routes are given: the transaction, the translator, and who is asking."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session, sessionmaker

from alignment import SentenceEncoder
from service.mt.translator import Translator
from service.usecases.read_glossary import GlossaryShelf
from service.web.credentials import name_and_password

REVIEWER_COOKIE = "triptych_reviewer"
"""Set by the review page: tells one browser's working copies from another's."""

ANONYMOUS = "api"
"""Who writes with neither a name nor a cookie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the application was made with."""

    sessions: sessionmaker[Session]
    translator: Translator
    encoder: SentenceEncoder
    glossaries: GlossaryShelf = field(default_factory=GlossaryShelf)


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
    """Return who is writing: the name signed in with, else the browser's, else ``ANONYMOUS``."""
    name, _ = name_and_password(request.headers)
    if name := "".join(letter for letter in name if letter.isprintable()):
        return name
    cookie = request.cookies.get(REVIEWER_COOKIE)
    return browser_name(cookie) if cookie else ANONYMOUS


def browser_name(cookie: str) -> str:
    """Return what a browser is called by its cookie, which cannot be told from the name.

    Everybody may read who wrote a draft; the cookie would give them what is typed in that browser.
    Nobody can sign in with such a name: in HTTP Basic there is no colon in one.
    """
    return f"browser:{hashlib.sha256(cookie.encode()).hexdigest()[:16]}"


# scope="function" commits before the response goes out. FastAPI's default since 0.118 is after
# it, so a failed commit would follow a 201 that the client already holds.
ServicesDep = Annotated[Services, Depends(services)]
SessionDep = Annotated[Session, Depends(open_session, scope="function")]
TranslatorDep = Annotated[Translator, Depends(translator)]
ReviewerDep = Annotated[str, Depends(reviewer)]
