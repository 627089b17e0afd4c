"""How Triptych speaks to a PostgreSQL, and what it says when that does not work."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg import errors
from sqlalchemy import URL, Engine, ExceptionContext, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker

from service.db.errors import (
    DatabaseBusyError,
    DatabaseEncodingError,
    DatabaseGoneError,
    DatabaseLacksVectorError,
    DatabasePrivilegeError,
    DatabaseTooOldError,
    DatabaseUrlError,
    DiskFullError,
)
from service.db.vector_type import send_vectors
from service.domain.errors import UnavailableError

OLDEST_VERSION: Final = 15
EXTENSION: Final = "vector"
"""As PostgreSQL calls pgvector."""

KEPT_CONNECTIONS: Final = 5
MOST_CONNECTIONS: Final = 40
"""As many as the web server has threads for routes; PostgreSQL takes 100 of all processes."""

OPTIONS: Final = "-c timezone=UTC -c lock_timeout=20s -c idle_in_transaction_session_timeout=60s"
"""No transaction waits for another, or is left open, for ever."""

# A server that went away without a word (a cable, a firewall) is noticed in about a minute;
# the system's own default is two hours.
_CONNECTION: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "application_name": "triptych",
}

_BUSY: Final = (
    PoolTimeoutError,
    errors.TooManyConnections,
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.QueryCanceled,
)

# Of a connection that is refused psycopg knows the words only, not the code (53300).
_NO_CONNECTION_LEFT: Final = re.compile(
    "too many clients|too many connections|remaining connection slots are reserved"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What kind of PostgreSQL answers: its major version."""

    version: int


def parse_url(url: str) -> URL:
    """Return a PostgreSQL address for SQLAlchemy with psycopg; ``postgres://`` is one, too.

    Raises:
        DatabaseUrlError: If it is none; the address, which has a password, is not repeated.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUrlError from None
    if parsed.drivername not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise DatabaseUrlError
    return parsed.set(drivername="postgresql+psycopg")


def create_engine_for(url: str) -> Engine:
    """Return an engine with a pool for a threaded server; nothing is connected yet.

    A connection that the database has closed meanwhile is replaced before it is used.

    Raises:
        DatabaseUrlError: If the address is not PostgreSQL's.
    """
    engine = create_engine(
        parse_url(url),
        connect_args={**_CONNECTION, "options": OPTIONS},
        pool_size=KEPT_CONNECTIONS,
        max_overflow=MOST_CONNECTIONS - KEPT_CONNECTIONS,
        pool_timeout=10,
        pool_pre_ping=True,
        hide_parameters=True,
    )
    event.listen(engine, "handle_error", _leave_out_details)
    event.listen(engine, "connect", send_vectors)
    return engine


def _leave_out_details(context: ExceptionContext) -> None:
    """Take what PostgreSQL says of the row out of an error: it is text of an article."""
    cause, error = context.original_exception, context.sqlalchemy_exception
    if isinstance(cause, psycopg.Error) and cause.diag.message_detail:
        cause.args = (cause.diag.message_primary,)
        if error is not None:
            error.args = (f"({type(cause).__name__}) {cause.diag.message_primary}",)


def sessions(engine: Engine) -> sessionmaker[Session]:
    """Return the maker of sessions; what they loaded may be read after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def probe(engine: Engine) -> ServerFacts:
    """Return what the database is, if Triptych can work on it.

    Raises:
        UnavailableError: If it cannot be reached, is too old, does not store Unicode, or lacks
            pgvector.
    """
    with database_errors(), engine.connect() as connection:
        version, encoding, has_vector = connection.execute(
            text("""
                SELECT current_setting('server_version_num')::int / 10000,
                       current_setting('server_encoding'),
                       EXISTS (SELECT FROM pg_available_extensions WHERE name = :extension)
            """),
            {"extension": EXTENSION},
        ).one()
    if version < OLDEST_VERSION:
        raise DatabaseTooOldError(found=str(version), needed=OLDEST_VERSION)
    if encoding != "UTF8":
        raise DatabaseEncodingError(encoding)
    if not has_vector:
        raise DatabaseLacksVectorError(version)
    return ServerFacts(version=version)


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn what a database out of order raises into our own errors, at the edges.

    Raises:
        UnavailableError: In place of an error of the database or the pool that is nobody's fault
            here. All others pass.
    """
    try:
        yield
    except (DBAPIError, PoolTimeoutError, psycopg.Error) as error:
        if (named := unavailable(error)) is None:
            raise
        raise named from error


def unavailable(error: Exception) -> UnavailableError | None:
    """Return our name for a database that is gone, busy or full; ``None`` for other errors."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, errors.DiskFull):
        return DiskFullError()
    if isinstance(cause, _BUSY) or has_no_connection_left(cause):
        return DatabaseBusyError()
    if isinstance(cause, errors.InsufficientPrivilege):
        return DatabasePrivilegeError(cause.diag.message_primary or "permission denied")
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if lost or isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return DatabaseGoneError(_first_line(cause))
    if isinstance(cause, errors.ReadOnlySqlTransaction):
        return DatabaseGoneError("it takes no writes now")
    return None


def has_no_connection_left(cause: BaseException | None) -> bool:
    """Return whether a server that lives refused a connection, as it has as many as it takes."""
    refused = isinstance(cause, psycopg.OperationalError)
    return refused and _NO_CONNECTION_LEFT.search(str(cause)) is not None


def _first_line(cause: BaseException | None) -> str:
    """Return what the driver says of the failure; it names host and role, never a password."""
    return str(cause).strip().split("\n", 1)[0] or "the connection was lost"
