"""How far background work is."""

from uuid import UUID

from fastapi import APIRouter

from service.usecases.read_job import read_job
from service.web.api.responses import JobOut
from service.web.dependencies import SessionDep

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.get("/{job_id}")
def get_job(job_id: UUID, session: SessionDep) -> JobOut:
    """Read a job: its status, its progress in paragraphs, and what went wrong if anything did."""
    return JobOut.of(read_job(session, job_id))
