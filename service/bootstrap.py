"""Composition root: from settings to a running database, a translator, an encoder, a log."""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
import structlog
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker
from structlog.typing import EventDict, Processor

from alignment import (
    CachedEncoder,
    EncoderModelError,
    MemoryCache,
    OfflineEncoder,
    SentenceEncoder,
    SentenceTransformersEncoder,
)
from service.db.connect import create_engine_for, has_no_connection_left, probe
from service.db.connect import sessions as make_sessions
from service.db.embedded import EmbeddedServer, start_embedded
from service.db.migrate import upgrade
from service.db.vectors import VectorStore
from service.domain.errors import InvalidInputError
from service.mt.catalogue import Catalogue
from service.mt.threads import processors
from service.mt.translator import Translator
from service.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A migrated database that answers."""

    url: str
    engine: Engine
    sessions: sessionmaker[Session]


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Yield the database, started if it is the embedded one, and migrated.

    Raises:
        UnavailableError: If it cannot be started or reached, or is too old.
    """
    if settings.database_url is not None:
        with _connected(settings.database_url.get_secret_value()) as database:
            yield database
        return
    with start_embedded(settings.data_dir) as server, _connected(server.url, server) as database:
        yield database


@contextmanager
def _connected(url: str, server: EmbeddedServer | None = None) -> Iterator[Database]:
    engine = create_engine_for(url)
    if server is not None:
        _revive(engine, server)
    try:
        probe(engine)
        upgrade(engine)
        yield Database(url=url, engine=engine, sessions=make_sessions(engine))
    finally:
        engine.dispose()


def _revive(engine: Engine, server: EmbeddedServer) -> None:
    """Have the engine start the embedded server again when somebody has killed it."""

    @event.listens_for(engine, "do_connect")
    def connect(
        dialect: Dialect, _record: object, arguments: list[Any], options: dict[str, Any]
    ) -> DBAPIConnection:
        try:
            return dialect.connect(*arguments, **options)
        except psycopg.OperationalError as error:
            if has_no_connection_left(error):
                raise
            server.ensure_running()
            return dialect.connect(*arguments, **options)


def make_translator(settings: Settings) -> Translator:
    """Return the translator; models are loaded when they are first needed."""
    return Translator(
        Catalogue(settings.data_dir / "models"),
        engine=settings.engine,
        cache_dir=settings.data_dir / "cache",
        threads=settings.threads,
        # Its thresholds are those of this encoder, whichever one aligns.
        encoder=make_offline_encoder(threads_of(settings)),
    )


def threads_of(settings: Settings) -> int:
    """Return how many threads work that shares itself out evenly is given: all there are."""
    return settings.threads or processors()


@cache
def make_offline_encoder(threads: int) -> OfflineEncoder:
    """Return the process's one copy, which loads when it is first needed."""
    return OfflineEncoder(threads=threads)


def make_encoder(settings: Settings, database: Database | None = None) -> SentenceEncoder:
    """Return the sentence encoder, behind a cache: the database's, or one of this process.

    Raises:
        InvalidInputError: If the encoder that the settings name cannot be used.
    """
    cache = VectorStore(database.sessions) if database else MemoryCache()
    return CachedEncoder(_load_encoder(settings), cache)


def _load_encoder(settings: Settings) -> SentenceEncoder:
    if settings.encoder is None:
        return make_offline_encoder(threads_of(settings))
    try:
        return SentenceTransformersEncoder(settings.encoder, threads=threads_of(settings))
    except EncoderModelError as error:
        raise InvalidInputError(f"{error} (TRIPTYCH_ENCODER)") from error


def configure_quiet_logging() -> None:
    """Write only warnings and worse, for commands that tell a person what they do."""
    configure_logging(level=logging.WARNING)


def configure_logging(*, level: int = logging.INFO) -> None:
    """Write one JSON object an event to standard error; article text is never in one.

    What libraries log goes the same way, from warnings on.
    """
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [
        _place_of_error,
        structlog.processors.JSONRenderer(ensure_ascii=True),
    ]
    structlog.configure(
        processors=shared + last,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    libraries = logging.StreamHandler(sys.stderr)
    libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(handlers=[libraries], level=logging.WARNING, force=True)


def _place_of_error(_logger: object, _name: str, event: EventDict) -> EventDict:
    """Say where an error was raised and of which kind; its message and its values may be text."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["exception"] = type(error).__qualname__
        frames = traceback.extract_tb(error.__traceback__)
        event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event
