"""A job ends with a message for a person; what it stored so far stays."""

from uuid import UUID

import structlog
from sqlalchemy.orm import Session, sessionmaker

from service.db.job_states import JobRepository

log = structlog.get_logger()


def fail_job(sessions: sessionmaker[Session], *, job_id: UUID, error: str) -> None:
    """Mark a job as failed, unless it has ended."""
    with sessions.begin() as session:
        JobRepository(session).fail(job_id, error=error)
    log.warning("job_failed", job_id=str(job_id))


def fail_crashed_job(session: Session, *, job_id: UUID, crashes: int) -> None:
    """Mark a job as failed that killed its worker again and again, in the caller's transaction."""
    JobRepository(session).fail(
        job_id,
        error=f"the worker died over this job {crashes} times (out of memory?); ask again to go on",
    )
