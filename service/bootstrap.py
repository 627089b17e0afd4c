"""Composition root: from settings to a running database, a translator, an encoder, a log."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from alignment import OfflineEncoder, SentenceEncoder
from service.db.connect import create_engine_for, probe
from service.db.connect import sessions as make_sessions
from service.db.embedded import start_embedded
from service.db.migrate import upgrade
from service.mt.catalogue import Catalogue
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
    with start_embedded(settings.data_dir) as server, _connected(server.url) as database:
        yield database


@contextmanager
def _connected(url: str) -> Iterator[Database]:
    engine = create_engine_for(url)
    try:
        probe(engine)
        upgrade(engine)
        yield Database(url=url, engine=engine, sessions=make_sessions(engine))
    finally:
        engine.dispose()


def make_translator(settings: Settings) -> Translator:
    """Return the translator; models are loaded when they are first needed."""
    return Translator(
        Catalogue(settings.data_dir / "models"),
        engine=settings.engine,
        cache_dir=settings.data_dir / "cache",
        threads=settings.threads,
    )


def make_encoder() -> SentenceEncoder:
    """Return the sentence encoder that needs no network."""
    return OfflineEncoder()


def configure_quiet_logging() -> None:
    """Write only warnings and worse, for commands that tell a person what they do."""
    configure_logging(level=logging.WARNING)


def configure_logging(*, level: int = logging.INFO) -> None:
    """Write one JSON object an event to standard error; article text is never in one."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
