import json
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import structlog
from sqlalchemy import Engine, make_url, select
from sqlalchemy.orm import Session, sessionmaker

from service.bootstrap import (
    Database,
    configure_logging,
    configure_quiet_logging,
    make_encoder,
    make_translator,
    open_database,
)
from service.db import embedded
from service.db.connect import database_errors
from service.db.errors import DatabaseBusyError
from service.db.tables import ArticleRow, SentenceVectorRow
from service.domain.errors import UnavailableError
from service.settings import Settings

CANARY = "Nobody may read this sentence in a log."


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def fail(text: str) -> None:
    raise ValueError(text)


def test_log_is_one_json_object_an_event_and_tells_no_text_of_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging()

    try:
        fail(CANARY)
    except ValueError as error:
        structlog.get_logger().error("request_failed", exc_info=error, odd="line\nbreak\x1b[31m")
        logging.getLogger("some.library").exception("it failed")

    lines = capsys.readouterr().err.splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["event"] for event in events] == ["request_failed", "it failed"]
    for event in events:
        assert event["exception"] == "ValueError"
        assert event["frames"][-1].endswith(" fail")
    assert CANARY not in "".join(lines)


def test_quiet_log_keeps_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    configure_quiet_logging()

    structlog.get_logger().info("edition_translated")
    structlog.get_logger().warning("job_failed")

    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == [
        "job_failed"
    ]


def test_embedded_database_is_started_and_migrated_in_the_data_folder(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings = Settings().model_copy(update={"data_dir": data_dir})

    with open_database(settings) as database, database.sessions.begin() as session:
        assert session.connection().exec_driver_sql("select count(*) from article").scalar() == 0


def test_embedded_database_that_was_killed_is_started_again_when_it_is_needed(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings = Settings().model_copy(update={"data_dir": data_dir})

    with open_database(settings) as database:
        with database.sessions.begin() as session:
            session.add(ArticleRow(key="kept", title="Kept"))
        postmaster = int(next(data_dir.rglob("postmaster.pid")).read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        psutil.Process(postmaster).wait(10)
        with database.sessions.begin() as session:
            keys = session.scalars(select(ArticleRow.key)).all()

    assert keys == ["kept"]


def test_embedded_database_with_no_connection_left_is_busy_and_not_started_again(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(embedded, "START_SECONDS", 1)
    settings = Settings().model_copy(update={"data_dir": data_dir})

    with open_database(settings) as database, ExitStack() as taken:
        address = make_url(database.url).set(drivername="postgresql")
        database.engine.dispose()
        with suppress(psycopg.OperationalError):
            while True:
                conninfo = address.render_as_string(hide_password=False)
                taken.enter_context(closing(psycopg.connect(conninfo)))

        with pytest.raises(DatabaseBusyError), database_errors(), database.sessions.begin() as new:
            new.execute(select(ArticleRow.key))


def test_database_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:canary@127.0.0.1:1/none")

    with pytest.raises(UnavailableError) as raised, open_database(Settings()):
        pass

    assert "canary" not in str(raised.value)


def test_workers_share_vectors_through_the_database(
    database_url: str, engine: Engine, sessions: sessionmaker[Session]
) -> None:
    database = Database(url=database_url, engine=engine, sessions=sessions)

    made = make_encoder(Settings(), database).encode(["A sentence."])

    with sessions.begin() as session:
        (kept,) = session.scalars(select(SentenceVectorRow.vector))
    assert kept.tobytes() == made.tobytes()


@pytest.mark.usefixtures("only_from_english")
def test_models_are_looked_for_in_the_data_folder(tmp_path: Path) -> None:
    settings = Settings().model_copy(update={"data_dir": tmp_path})

    assert {route.name for route in make_translator(settings).catalogue.routes()} == {"compact"}
    assert make_encoder(settings).encode(["A sentence."]).shape == (1, 512)
