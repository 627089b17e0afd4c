"""Fixtures that several packages share; the database is started for the first test that asks.

``TEST_DATABASE_URL`` names a server on which the tests may make databases; without it they start
the embedded one. ``database_url``, ``engine`` and ``sessions`` are of a new database for each
test; ``session`` is cheaper: one transaction of a shared database, rolled back at the end.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session, sessionmaker

from service.db.connect import create_engine_for
from service.db.connect import sessions as make_sessions
from service.db.embedded import start_embedded
from service.db.migrate import upgrade
from service.mt.catalogue import PACKAGED_MODELS

# A busy machine is no bug, so no deadline; the properties are plain, so few examples do.
settings.register_profile("triptych", deadline=None, max_examples=40)
settings.load_profile("triptych")

MEMORY_BYTES = 2**30
"""Where the memory's file system has as much free, databases of tests live in it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run browser tests last: Playwright keeps an event loop in the thread that others run in."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line how many tests were skipped; in continuous integration that is a failure."""
    skipped = len(terminalreporter.stats.get("skipped", []))
    if skipped:
        verdict = "which fails the run here" if os.environ.get("CI") else "see the reasons above"
        terminalreporter.write_line(f"{skipped} tests were SKIPPED, {verdict}", yellow=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run of continuous integration that left a test out."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class Server:
    """A PostgreSQL on which tests make databases, and drop them."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._numbers = count()

    def make_database(self, *, template: str = "template0", options: str = "") -> str:
        """Return the address of a new database, a copy of the one named ``template``."""
        name = f"triptych_test_{os.getpid()}_{next(self._numbers)}"
        self._run(SQL("CREATE DATABASE {} TEMPLATE {} " + options), name, template)
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """Drop the database and whoever is connected to it."""
        self._run(SQL("DROP DATABASE {} WITH (FORCE)"), database_name(url))

    def _run(self, statement: SQL, *names: str) -> None:
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        with closing(psycopg.connect(address, autocommit=True)) as connection:
            connection.execute(statement.format(*map(Identifier, names)))


def database_name(url: str) -> str:
    """Return the name of the database that an address ends with."""
    return make_url(url).database or ""


@contextmanager
def new_data_folder() -> Iterator[Path]:
    """Make an empty folder in which an embedded server can work, and remove it.

    As root, pytest's own ``tmp_path`` is closed to the user that the server runs as.
    """
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a private folder in it
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_BYTES
    folder = Path(tempfile.mkdtemp(prefix="triptych-test-", dir=memory if roomy else None))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def only_from_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no packaged model translate from French or Russian."""
    (tmp_path / "packaged").mkdir()
    (tmp_path / "packaged" / "compact").symlink_to(PACKAGED_MODELS / "compact")
    monkeypatch.setattr("service.mt.catalogue.PACKAGED_MODELS", tmp_path / "packaged")


@pytest.fixture(scope="session")
def data_folder() -> Callable[[], AbstractContextManager[Path]]:
    """Return the maker of folders in which an embedded server can work."""
    return new_data_folder


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Return an empty folder in which an embedded server can work."""
    with new_data_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Return the server of this run; it loses its data when the machine stops, and is fast."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield Server(given)
        return
    with new_data_folder() as folder, start_embedded(folder, fsync=False) as embedded:
        yield Server(embedded.url)


@pytest.fixture(scope="session")
def migrated_url(server: Server) -> Iterator[str]:
    """Return the address of a migrated and empty database, which no test may write to."""
    url = server.make_database()
    engine = create_engine_for(url)
    upgrade(engine)
    engine.dispose()
    yield url
    server.drop_database(url)


@pytest.fixture
def database_url(server: Server, migrated_url: str) -> Iterator[str]:
    """Return the address of a migrated and empty database of the test's own."""
    url = server.make_database(template=database_name(migrated_url))
    yield url
    server.drop_database(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Return an engine for the test's own database."""
    engine = create_engine_for(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Return the maker of sessions for the test's own database."""
    return make_sessions(engine)


@pytest.fixture(scope="session")
def shared_engine(server: Server, migrated_url: str) -> Iterator[Engine]:
    """Return an engine for the database whose transactions are all rolled back."""
    url = server.make_database(template=database_name(migrated_url))
    engine = create_engine_for(url)
    yield engine
    engine.dispose()
    server.drop_database(url)


@pytest.fixture
def session(shared_engine: Engine) -> Iterator[Session]:
    """Return a session on an empty database; whatever is committed is rolled back at the end."""
    with shared_engine.connect() as connection:
        transaction = connection.begin()
        with Session(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        transaction.rollback()
