"""Jobs are put into the queue, and taken from dead workers, inside our own transactions.

The queue is procrastinate's, in the PostgreSQL schema ``procrastinate``; our migration gave its
functions a search path of their own, so that they can be called from any connection.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

STALLED_SECONDS: Final = 15
"""A worker that has not said for this long that it lives is taken for dead."""

MOST_CRASHES: Final = 3
"""A job that killed as many workers is not given to another one."""

_DEFER: Final = text("""
    SELECT procrastinate.procrastinate_defer_jobs_v1(ARRAY[
        ROW('default', :task_name, 0, NULL, NULL, :arguments, NULL)
    ]::procrastinate.procrastinate_job_to_defer_v1[])
""").bindparams(bindparam("arguments", type_=JSONB))

_FORGET_DEAD_WORKERS: Final = text(
    "SELECT procrastinate.procrastinate_prune_stalled_workers_v1(:seconds)"
)

# A job's worker becomes NULL with the worker's row. Nothing else here raises `attempts` of a job
# that is not finished, so it counts the crashes.
_TAKE_BACK: Final = text("""
    UPDATE procrastinate.procrastinate_jobs
    SET attempts = attempts + 1,
        status = (CASE WHEN attempts + 1 < :most THEN 'todo' ELSE 'failed' END)
            ::procrastinate.procrastinate_job_status
    WHERE status = 'doing' AND worker_id IS NULL
    RETURNING task_name, args, attempts
""")

# A job and its entry in the queue are stored together, and a job ends before its entry does. One
# statement sees both as they were at one time.
_FAIL_LOST = text("""
    UPDATE job SET status = 'failed', error = :error, finished_at = now()
    WHERE status IN ('queued', 'running') AND NOT EXISTS (
        SELECT FROM procrastinate.procrastinate_jobs AS entry
        WHERE entry.status IN ('todo', 'doing') AND entry.args ->> 'job_id' = job.id::text
    )
    RETURNING id
""").columns(id=Uuid)

LOST: Final = "the worker could not say how this job ended; ask again to go on"

# procrastinate tells its workers of new jobs only.
_WAKE_WORKERS: Final = text(
    """SELECT pg_notify('procrastinate_any_queue_v1', '{"type": "job_inserted", "job_id": 0}')"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StalledJob:
    """A job whose worker died over it, for the ``crashes``-th time.

    ``given_up`` says that it is left failed; otherwise it is in the queue again.
    """

    task_name: str
    arguments: dict[str, str]
    crashes: int
    given_up: bool


def defer(session: Session, task_name: str, **arguments: str) -> None:
    """Queue a task; a worker sees it when the session's transaction commits, and not before."""
    session.execute(_DEFER, {"task_name": task_name, "arguments": arguments})


def take_back_stalled(session: Session) -> list[StalledJob]:
    """Put the jobs of dead workers into the queue again, or give them up, and return them.

    Any number of workers may do so at once: each job is taken back once.
    """
    session.execute(_FORGET_DEAD_WORKERS, {"seconds": STALLED_SECONDS})
    rows = session.execute(_TAKE_BACK, {"most": MOST_CRASHES}).all()
    if rows:
        session.execute(_WAKE_WORKERS)
    return [
        StalledJob(
            task_name=name,
            arguments=arguments,
            crashes=crashes,
            given_up=crashes >= MOST_CRASHES,
        )
        for name, arguments, crashes in rows
    ]


def fail_lost_jobs(session: Session) -> list[UUID]:
    """Fail the jobs that wait for nothing: no entry of the queue would ever end them.

    Until they have ended, nobody can ask for them again.
    """
    return list(session.scalars(_FAIL_LOST, {"error": LOST}))
