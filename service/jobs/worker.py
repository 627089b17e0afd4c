"""The worker: takes jobs from the queue and runs them, until it is told to stop.

Any number of workers on any number of machines share a queue. Each says every few seconds that
it lives; the jobs of one that no longer does are put back by the others (at-least-once: what a
job writes must stand being written twice).
"""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

import psycopg
import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import DeleteJobCondition
from procrastinate.worker import Worker

from service.db.connect import database_errors
from service.db.errors import DatabaseBusyError, DatabaseGoneError
from service.db.queue import STALLED_SECONDS, defer, fail_lost_jobs, take_back_stalled
from service.domain.errors import TriptychError, UnavailableError
from service.jobs.app import JobEndUntoldError, Jobs

log = structlog.get_logger()

HEARTBEAT_SECONDS: Final = 5
SWEEP_SECONDS: Final = 5
"""With 15 s of silence before a worker counts as dead: a job goes on 20 s after a kill -9."""

POLL_SECONDS: Final = 1
"""The database wakes a worker at once; the poll is for a wake-up that got lost, as one does that
comes while procrastinate is looking for a job."""

FINISH_SECONDS: Final = 8
"""What a stopping worker leaves a job to finish in; less than it takes to count as dead."""

LEAVE_SECONDS: Final = 5
"""What giving jobs back may take; a database that does not answer is not waited for."""

RECONNECT_SECONDS: Final = 1
OPEN_SECONDS: Final = 5
"""Then the pool is made anew: the pauses between its own tries grow too long."""

_NOT_THE_JOBS_FAULT: Final = (DatabaseGoneError, DatabaseBusyError, JobEndUntoldError)
_LOOK_SECONDS: Final = 0.1


class WorkerEndedError(TriptychError):
    """A mistake of ours ended the worker, not one of its jobs."""

    def __init__(self) -> None:
        super().__init__(
            "the worker ended by a mistake of the program, which the log describes: start it "
            "again, and its jobs go on where they were"
        )


def run_worker(jobs: Jobs, *, concurrency: int = 1, stop: threading.Event | None = None) -> int:
    """Run jobs until ``stop`` is set, or without one until SIGTERM or SIGINT comes.

    A second signal ends the process at once. A database that goes away is waited for.

    Returns:
        How much still runs that could not be stopped: threads of jobs that were given back to
        the queue, talks with a database that does not answer. Unless that is 0, end the process
        with ``os._exit``, which does not wait for them; what those jobs still write, they must
        find not to be theirs any more.

    Raises:
        WorkerEndedError: If anything unforeseen ends it; then, too, threads may be running.
    """
    if stop is None:
        stop = threading.Event()
        with _signals_set(stop):
            return _run(jobs, concurrency, stop)
    return _run(jobs, concurrency, stop)


@contextmanager
def _signals_set(stop: threading.Event) -> Iterator[None]:
    def ask_to_stop(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        stop.set()

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, ask_to_stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(jobs: Jobs, concurrency: int, stop: threading.Event) -> int:
    # Not asyncio.run: it would wait for the threads of jobs that were given back.
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(_Run(jobs, concurrency).run(stop))
    except Exception as error:
        log.error("worker_failed", exc_info=error)  # noqa: TRY400 - our log takes the error itself
        raise WorkerEndedError from error
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


class _Run:
    """One run of procrastinate's worker, and what it lacks: reconnecting, sweeping, leaving."""

    def __init__(self, jobs: Jobs, concurrency: int) -> None:
        self._jobs = jobs
        self._concurrency = concurrency
        self._leaving = asyncio.Event()
        self._given_back = 0

    async def run(self, stop: threading.Event) -> int:
        working = asyncio.create_task(self._work())
        sweeping = asyncio.create_task(self._sweep())
        watching = asyncio.create_task(_wait_for(stop))
        tasks = {working, sweeping, watching}
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        # Cancelled, procrastinate takes no new job and waits for those that run.
        working.cancel()
        await asyncio.wait({working}, timeout=FINISH_SECONDS)
        self._leaving.set()
        for task in (sweeping, watching):
            task.cancel()
        _, hanging = await asyncio.wait(tasks, timeout=LEAVE_SECONDS)
        for task in done:
            task.result()
        return self._given_back + len(hanging)

    async def _work(self) -> None:
        """Run procrastinate's worker, again and again while the database comes and goes."""
        app = self._jobs.app
        while True:
            try:
                await asyncio.wait_for(app.open_async(), OPEN_SECONDS)
                await app.run_worker_async(
                    concurrency=self._concurrency,
                    fetch_job_polling_interval=POLL_SECONDS,
                    abort_job_polling_interval=POLL_SECONDS,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=STALLED_SECONDS,
                    install_signal_handlers=False,
                    delete_jobs=DeleteJobCondition.SUCCESSFUL.value,
                    worker_middleware=[self._run_job],
                )
            except (ConnectorException, psycopg.Error, TimeoutError) as error:
                log.warning("queue_lost", error=type(error).__name__)
            finally:
                await app.close_async()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _run_job(
        self, run_job: Callable[[], Awaitable[Any]], context: JobContext, _worker: Worker
    ) -> Any:
        """Run a job; queue it anew when the worker or the database has to leave it."""
        running = asyncio.ensure_future(run_job())
        leaving = asyncio.create_task(self._leaving.wait())
        await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if running.done() and not isinstance(running.exception(), _NOT_THE_JOBS_FAULT):
            return running.result()
        await self._give_back(context)
        if not running.done():
            self._given_back += 1
            running.cancel()
            await asyncio.wait({running})
        return None

    async def _give_back(self, context: JobContext) -> None:
        """Queue a new job like this one, however long that takes: this one is done then."""
        while True:
            await asyncio.sleep(RECONNECT_SECONDS)
            try:
                return await asyncio.to_thread(_defer_again, self._jobs, context)
            except UnavailableError as error:
                log.warning("job_not_given_back", error=type(error).__name__)

    async def _sweep(self) -> None:
        while True:
            try:
                await asyncio.to_thread(_take_back, self._jobs)
            except Exception as error:  # noqa: BLE001 - a failed sweep must not end the worker
                log.warning("sweep_failed", error=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)


async def _wait_for(stop: threading.Event) -> None:
    while not stop.is_set():  # noqa: ASYNC110 - a thread's event cannot wake a loop
        await asyncio.sleep(_LOOK_SECONDS)


def _defer_again(jobs: Jobs, context: JobContext) -> None:
    job = context.job
    with database_errors(), jobs.sessions.begin() as session:
        defer(session, job.task_name, **_words(job.task_kwargs))
    log.info("job_given_back", task=job.task_name)


def _words(arguments: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in arguments.items()}


def _take_back(jobs: Jobs) -> None:
    with database_errors(), jobs.sessions.begin() as session:
        stalled = take_back_stalled(session)
        for job in stalled:
            jobs.on_stalled(session, job)
        lost = fail_lost_jobs(session)
    for job_id in lost:
        log.error("job_lost", job_id=str(job_id))
    for job in stalled:
        log.warning(
            "job_taken_back", task=job.task_name, crashes=job.crashes, given_up=job.given_up
        )
