"""The procrastinate application: a connection to the queue, on which tasks are registered."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from psycopg.errors import RaiseException
from sqlalchemy.orm import Session, sessionmaker

from service.db.connect import parse_url
from service.db.queue import StalledJob
from service.domain.errors import UnavailableError

log = structlog.get_logger()

CONNECTIONS: Final = 4
"""Fetching, heartbeat and two finishing at once; one more listens, outside the pool."""

POOL_SECONDS: Final = 3
"""How long to wait for a connection before the database counts as gone."""

FINISH_PAUSE_SECONDS: Final = 1


class JobEndUntoldError(UnavailableError):
    """A job failed, and the database took no note of it: it must be done again."""

    def __init__(self) -> None:
        super().__init__("the job's failure could not be stored: it is queued again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """What a worker needs: the tasks by name, the database, and what to do about crashes.

    ``on_stalled`` is called in the transaction that takes a job back from a dead worker.
    """

    app: App
    sessions: sessionmaker[Session]
    on_stalled: Callable[[Session, StalledJob], None]


class _PatientManager(JobManager):
    """Tells the queue that a job has ended until it is heard, whatever becomes of connections.

    procrastinate tells it once: the job would stay "doing" for as long as its worker lives.
    """

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001 - procrastinate's signature
        while True:
            try:
                return await super().finish_job(job, status, delete_job)
            except ConnectorException as error:
                if isinstance(error.__cause__, RaiseException):
                    return None  # An earlier try arrived, or another worker was faster.
                log.warning("job_end_untold", error=type(error.__cause__).__name__)
                await asyncio.sleep(FINISH_PAUSE_SECONDS)


def create_app(url: str) -> App:
    """Return an application for the queue of a database; nothing is connected yet.

    Tasks are added with ``@app.task(name="...")`` by a function that closes over what they need.
    A task's name there is the one that ``service.db.queue.defer`` is given; plain functions run
    in threads.

    Raises:
        DatabaseUrlError: If the address is not PostgreSQL's.
    """
    parsed = parse_url(url)
    given = parsed.query.get("options", "")
    address = parsed.set(drivername="postgresql").difference_update_query(["options"])
    options = f"{given} -c search_path=procrastinate -c timezone=UTC".strip()
    app = App(
        connector=PsycopgConnector(
            conninfo=address.render_as_string(hide_password=False),
            kwargs={"options": options, "connect_timeout": 5, "application_name": "triptych"},
            min_size=1,
            max_size=CONNECTIONS,
            timeout=POOL_SECONDS,
        )
    )
    app.job_manager = _PatientManager(app.connector)
    return app
