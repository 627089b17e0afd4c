import socket
import threading
import traceback
from uuid import UUID

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from service.db import connect
from service.db.connect import (
    create_engine_for,
    database_errors,
    has_no_connection_left,
    parse_url,
    probe,
    unavailable,
)
from service.db.errors import (
    DatabaseBusyError,
    DatabaseEncodingError,
    DatabaseGoneError,
    DatabaseLacksVectorError,
    DatabaseTooOldError,
    DatabaseUrlError,
    DiskFullError,
)
from service.db.tables import ArticleRow
from service.domain.errors import UnavailableError


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_the_address_is_understood(scheme: str) -> None:
    url = parse_url(f"{scheme}://me:p%40ss@db.example:5433/name?sslmode=require")

    assert url.drivername == "postgresql+psycopg"
    assert (url.password, url.host, url.port) == ("p@ss", "db.example", 5433)
    assert url.query == {"sslmode": "require"}


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "sqlite:///secret", "mysql://u:secret@h/d", "postgresql://u:secret@h:x/d"],
)
def test_other_addresses_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(DatabaseUrlError, match="postgresql://user:password@host") as caught:
        create_engine_for(url)

    assert "secret" not in str(caught.value)


def test_probe_says_what_the_server_is(engine: Engine) -> None:
    facts = probe(engine)

    assert facts.version >= 15


def test_probe_names_an_unreachable_database_without_the_password() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        engine = create_engine_for(f"postgresql://me:secret@127.0.0.1:{port}/name")

        with pytest.raises(DatabaseGoneError, match="cannot be reached") as caught:
            probe(engine)

    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_probe_refuses_a_server_without_pgvector(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "EXTENSION", "no_such_extension")

    with pytest.raises(DatabaseLacksVectorError, match=r"lacks pgvector: install .*-pgvector"):
        probe(engine)


def test_probe_refuses_an_old_server(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "OLDEST_VERSION", 1000)

    with pytest.raises(DatabaseTooOldError, match=r"PostgreSQL \d+: Triptych needs 1000"):
        probe(engine)


def test_probe_refuses_a_database_that_is_not_unicode(request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue("server")
    url = server.make_database(
        options="ENCODING LATIN1 LOCALE_PROVIDER libc LOCALE 'C' STRATEGY FILE_COPY"
    )
    engine = create_engine_for(url)

    with pytest.raises(DatabaseEncodingError, match="LATIN1"):
        probe(engine)
    engine.dispose()
    server.drop_database(url)


def test_times_are_utc_whatever_the_server_thinks(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW timezone")) == "UTC"


def test_a_connection_that_was_cut_is_replaced(engine: Engine) -> None:
    with engine.connect() as connection:
        first = connection.scalar(text("SELECT pg_backend_pid()"))
    with engine.connect() as other, engine.connect() as connection:
        victim = connection.scalar(text("SELECT pg_backend_pid()"))
        assert first in {victim, other.scalar(text("SELECT pg_backend_pid()"))}
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": victim})
        connection.invalidate()

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1


def test_a_connection_cut_in_a_transaction_is_a_database_gone(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    def write_while_the_connection_is_cut() -> None:
        with database_errors(), sessions.begin() as session:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            with engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
            session.add(ArticleRow(key="lost", title="lost"))

    with pytest.raises(DatabaseGoneError):
        write_while_the_connection_is_cut()

    with sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM article")) == 0


def test_a_pool_with_nothing_left_is_a_busy_database(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "KEPT_CONNECTIONS", 1)
    monkeypatch.setattr(connect, "MOST_CONNECTIONS", 1)
    engine = create_engine_for(database_url)
    engine.pool._timeout = 0.1  # type: ignore[attr-defined] # ten seconds are too long for a test

    with (
        engine.connect(),
        pytest.raises(DatabaseBusyError, match="busy"),
        database_errors(),
        engine.connect(),
    ):
        pass
    engine.dispose()


def test_a_deadlock_is_a_busy_database(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        session.add_all([ArticleRow(key="1", title="1"), ArticleRow(key="2", title="2")])
    barrier = threading.Barrier(2)
    errors_seen: list[UnavailableError] = []

    def lock(first: str, second: str) -> None:
        statement = text("SELECT FROM article WHERE key = :key FOR UPDATE")
        try:
            with database_errors(), sessions.begin() as session:
                session.execute(statement, {"key": first})
                barrier.wait()
                session.execute(statement, {"key": second})
        except UnavailableError as error:
            errors_seen.append(error)

    threads = [threading.Thread(target=lock, args=keys) for keys in (("1", "2"), ("2", "1"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [type(error) for error in errors_seen] == [DatabaseBusyError]


@pytest.mark.parametrize(
    ("cause", "named"),
    [
        (errors.DiskFull("no space"), DiskFullError),
        (errors.TooManyConnections("too many"), DatabaseBusyError),
        (errors.AdminShutdown("shutting down"), DatabaseGoneError),
        (errors.CannotConnectNow("starting up"), DatabaseGoneError),
        (errors.ReadOnlySqlTransaction("standby"), DatabaseGoneError),
        (psycopg.OperationalError(""), DatabaseGoneError),
    ],
)
def test_what_ails_a_database_has_a_name(cause: Exception, named: type[UnavailableError]) -> None:
    assert type(unavailable(cause)) is named


def test_a_server_with_no_connection_left_is_busy_and_not_gone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE late LOGIN PASSWORD 'late' CONNECTION LIMIT 0"))
    late = create_engine_for(
        engine.url.set(username="late", password="late").render_as_string(hide_password=False)  # noqa: S106 - of a database that lives for a second
    )

    try:
        with pytest.raises(DatabaseBusyError):
            probe(late)
    finally:
        late.dispose()
        with engine.begin() as connection:
            connection.execute(text("DROP ROLE late"))


@pytest.mark.parametrize(
    "words",
    [
        "sorry, too many clients already",
        "remaining connection slots are reserved for roles with the SUPERUSER attribute",
        'too many connections for database "triptych"',
    ],
)
def test_refusals_for_want_of_connections_are_known_by_their_words(words: str) -> None:
    assert has_no_connection_left(psycopg.OperationalError(f"connection failed: FATAL:  {words}"))


def test_other_refusals_are_not_for_want_of_connections() -> None:
    assert not has_no_connection_left(psycopg.OperationalError("FATAL: too tired"))
    assert not has_no_connection_left(ValueError("too many clients"))


def test_a_mistake_of_ours_keeps_its_own_name(sessions: sessionmaker[Session]) -> None:
    with pytest.raises(ProgrammingError), database_errors(), sessions.begin() as session:
        session.execute(text("SELECT nonsense"))
    with pytest.raises(IntegrityError), database_errors(), sessions.begin() as session:
        session.add_all([ArticleRow(key="1", title="1"), ArticleRow(key="1", title="2")])


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO article VALUES (:id, 'канарейка', '2')",
        "INSERT INTO article VALUES (:id, NULL, 'канарейка')",
        "INSERT INTO edition VALUES (:id, :id, 'канарейка', 'human')",
    ],
    ids=["unique", "not null", "check"],
)
def test_no_text_stands_in_an_error_or_its_trace(
    sessions: sessionmaker[Session], statement: str
) -> None:
    with sessions.begin() as session:
        session.add(ArticleRow(key="канарейка", title="1"))

    with pytest.raises(IntegrityError, match="violates") as caught, sessions.begin() as session:
        session.execute(text(statement), {"id": UUID(int=2)})

    trace = traceback.format_exception(caught.value.orig)
    assert "канарейка" not in "".join(trace)
