"""How far a job is."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.db.job_states import JobRepository
from service.domain.link import Job


def read_job(session: Session, job_id: UUID) -> Job:
    """Return the job.

    Raises:
        JobNotFoundError: If there is none.
    """
    return JobRepository(session).get(job_id)
