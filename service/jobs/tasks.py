"""The tasks: each calls its use case, and tells the job's users when that fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from alignment import SentenceEncoder
from service.db.connect import database_errors
from service.db.errors import DatabaseBusyError, DatabaseGoneError
from service.db.queue import StalledJob
from service.domain.errors import TriptychError, UnavailableError
from service.jobs.app import JobEndUntoldError, Jobs, create_app
from service.mt.translator import Translator
from service.usecases.align_editions import align_editions
from service.usecases.fail_job import fail_crashed_job, fail_job
from service.usecases.translate_edition import translate_edition

UNEXPECTED = "something went wrong in the worker; its log has the details. Ask again to go on"


def make_jobs(
    url: str,
    *,
    sessions: sessionmaker[Session],
    translator: Translator,
    encoder: SentenceEncoder,
) -> Jobs:
    """Return what a worker runs, closed over what the tasks need."""
    app = create_app(url)

    @app.task(name="translate_edition")
    def run_translate_edition(job_id: str) -> None:
        with _told(sessions, UUID(job_id)):
            translate_edition(sessions, translator, job_id=UUID(job_id))

    @app.task(name="align_editions")
    def run_align_editions(job_id: str) -> None:
        with _told(sessions, UUID(job_id)):
            align_editions(sessions, encoder, job_id=UUID(job_id))

    return Jobs(app=app, sessions=sessions, on_stalled=_on_stalled)


@contextmanager
def _told(sessions: sessionmaker[Session], job_id: UUID) -> Iterator[None]:
    """Store why a job failed; one that the database could not serve is taken up again.

    Raises:
        UnavailableError: If the database took neither what the job made nor that it failed; the
            worker queues the job anew.
    """
    try:
        with database_errors():
            yield
    except (DatabaseGoneError, DatabaseBusyError):
        raise  # the worker queues the job anew
    except Exception as error:
        message = str(error) if isinstance(error, TriptychError) else UNEXPECTED
        try:
            with database_errors():
                fail_job(sessions, job_id=job_id, error=message)
        except UnavailableError as untold:  # the disk may be full for this, too
            raise JobEndUntoldError from untold
        raise


def _on_stalled(session: Session, stalled: StalledJob) -> None:
    if stalled.given_up:
        job_id = UUID(stalled.arguments["job_id"])
        fail_crashed_job(session, job_id=job_id, crashes=stalled.crashes)
