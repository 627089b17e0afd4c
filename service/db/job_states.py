"""Jobs as users see them; every write of a run is guarded by the attempt that owns it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.db.tables import JobKind, JobRow
from service.domain.link import Job, JobNotFoundError
from service.domain.review import JobStatus

_ACTIVE = (JobStatus.QUEUED, JobStatus.RUNNING)


def _job(row: JobRow) -> Job:
    return Job(
        id=row.id,
        kind=row.kind.value,
        article_id=row.article_id,
        alignment_id=row.alignment_id,
        status=row.status,
        progress_done=row.progress_done,
        progress_total=row.progress_total,
        glossary=row.glossary,
        error=row.error,
        attempts=row.attempts,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


class JobRepository:
    """Jobs by id, and the last one of an alignment."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, job_id: UUID) -> Job:
        """Return the job.

        Raises:
            JobNotFoundError: If there is none.
        """
        row = self._session.get(JobRow, job_id, populate_existing=True)
        if row is None:
            raise JobNotFoundError(job_id)
        return _job(row)

    def latest(self, alignment_ids: Sequence[UUID]) -> dict[UUID, Job]:
        """Return the newest job of each alignment that has one."""
        rows = self._session.scalars(
            select(JobRow).where(JobRow.alignment_id.in_(alignment_ids)).order_by(JobRow.id)
        )
        return {row.alignment_id: _job(row) for row in rows}

    def active(self, alignment_id: UUID) -> Job | None:
        """Return the alignment's queued or running job, if there is one."""
        row = self._session.scalar(
            select(JobRow).where(JobRow.alignment_id == alignment_id, JobRow.status.in_(_ACTIVE))
        )
        return _job(row) if row else None

    def add(
        self,
        kind: JobKind,
        *,
        article_id: UUID,
        alignment_id: UUID,
        total: int,
        glossary: str | None = None,
    ) -> Job:
        """Store a queued job; the alignment must have no other active one."""
        row = JobRow(
            kind=kind,
            article_id=article_id,
            alignment_id=alignment_id,
            progress_total=total,
            glossary=glossary,
        )
        self._session.add(row)
        self._session.flush()
        self._session.refresh(row)
        return _job(row)

    def begin(self, job_id: UUID) -> Job | None:
        """Start a new attempt and return the job, or ``None`` if it has ended already."""
        row = self._session.scalar(
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.status.in_(_ACTIVE))
            .values(
                status=JobStatus.RUNNING,
                attempts=JobRow.attempts + 1,
                started_at=func.now(),
                error=None,
            )
            .returning(JobRow)
            .execution_options(populate_existing=True)
        )
        return _job(row) if row else None

    def advance(self, job_id: UUID, *, attempt: int, done: int) -> bool:
        """Record progress; false when another attempt owns the job now, or it has ended."""
        return self._update(job_id, attempt, progress_done=done)

    def succeed(self, job_id: UUID, *, attempt: int, alignment_id: UUID) -> bool:
        """End the job well, with the alignment that came of it.

        False when another attempt owns it now, or it has ended.
        """
        return self._update(
            job_id,
            attempt,
            alignment_id=alignment_id,
            status=JobStatus.SUCCEEDED,
            progress_done=JobRow.progress_total,
            finished_at=func.now(),
        )

    def fail(self, job_id: UUID, *, error: str) -> None:
        """End the job with a message for a person; an ended job stays as it is."""
        self._session.execute(
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.status.in_(_ACTIVE))
            .values(status=JobStatus.FAILED, error=error, finished_at=func.now())
        )

    def _update(self, job_id: UUID, attempt: int, **values: Any) -> bool:
        owned = self._session.scalar(
            update(JobRow)
            .where(
                JobRow.id == job_id,
                JobRow.attempts == attempt,
                JobRow.status == JobStatus.RUNNING,
            )
            .values(**values)
            .returning(JobRow.id)
        )
        return owned is not None
