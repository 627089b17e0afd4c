"""Chromium before a real server on a real database; what a page may not do fails every test."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright
from sqlalchemy.orm import Session, sessionmaker

from alignment import OfflineEncoder, SentenceEncoder
from service.db.connect import create_engine_for
from service.db.connect import sessions as make_sessions
from service.mt.catalogue import Catalogue
from service.mt.translator import Translator
from service.web.app import create_app
from tests.browser.article import Article, make_article
from tests.conftest import Server, database_name

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS: Final = 10


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Chromium, or skip with the reason if there is none."""
    program = os.environ.get("TRIPTYCH_CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.skip("NO CHROMIUM: set TRIPTYCH_CHROMIUM, or install one as `chromium` on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sessions(server: Server, migrated_url: str) -> Iterator[sessionmaker[Session]]:
    """Return the maker of sessions for the one database of all browser tests.

    Each test has articles of its own in it, and looks at no others.
    """
    url = server.make_database(template=database_name(migrated_url))
    engine = create_engine_for(url)
    yield make_sessions(engine)
    engine.dispose()
    server.drop_database(url)


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    """Return the encoder that needs no network."""
    return OfflineEncoder()


@pytest.fixture(scope="session")
def live_server(
    sessions: sessionmaker[Session],
    encoder: SentenceEncoder,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Return the address of a server on that database."""
    folder = tmp_path_factory.mktemp("models")
    catalogue = Catalogue(folder)
    translator = Translator(catalogue, engine="ctranslate2", cache_dir=folder, threads=1)
    app = create_app(sessions=sessions, translator=translator, encoder=encoder)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(START_SECONDS)


@pytest.fixture
def article(sessions: sessionmaker[Session]) -> Article:
    """Return a short article beside a French and a Russian machine draft and a French edition."""
    return make_article(sessions)


class Desk:
    """One reviewer's browser, and what its pages did wrong."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self._address = address
        self.complaints: list[str] = []
        """Errors in the console, violations of the content security policy among them."""
        context.on("console", self._note_console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", self._note_request)

    def open(self, path: str) -> Page:
        """Return a page of the server, loaded and with its scripts run."""
        page = self.context.new_page()
        page.goto(self._address + path, wait_until="load")
        return page

    def cut_off(self) -> None:
        """Let no request to the API through."""
        self.context.route("**/v1/**", lambda route: route.abort())

    def reconnect(self) -> None:
        """Let requests through again."""
        self.context.unroute("**/v1/**")

    def _note_console(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        # A refused or failed request is what some tests are about; the browser notes each.
        if kind in {"error", "warning"} and not text.startswith("Failed to load resource"):
            self.complaints.append(f"{kind}: {text}")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self._address, "data:")):
            self.complaints.append(f"request to {request.url}")


NewDesk = Callable[..., Desk]


@pytest.fixture
def new_desk(browser: Browser, live_server: str) -> Iterator[NewDesk]:
    """Return a maker of reviewers, each with cookies and storage of their own."""
    desks: list[Desk] = []

    def make(**options: object) -> Desk:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, **options)  # type: ignore[arg-type] # Playwright types each option
        context.set_default_timeout(5000)
        desks.append(Desk(context, live_server))
        return desks[-1]

    yield make
    for desk in desks:
        desk.context.close()
    assert [complaint for desk in desks for complaint in desk.complaints] == []


@pytest.fixture
def desk(new_desk: NewDesk) -> Desk:
    """Return one reviewer."""
    return new_desk()
