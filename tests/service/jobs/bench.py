"""A queue with a worker whose one task does what the test wants."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import text

from service.db.queue import StalledJob, defer
from service.jobs.app import Jobs
from service.jobs.worker import run_worker

WAIT_SECONDS: Final = 60
"""How long a test waits for what should come at once, on however slow a machine."""


@dataclass
class Bench:
    """A queue with the task ``act``, which calls one of ``actions`` by name."""

    jobs: Jobs
    actions: dict[str, Callable[[], object]] = field(default_factory=dict)
    stalled: list[StalledJob] = field(default_factory=list)
    given_back: int | None = None

    def defer(self, action: str) -> None:
        """Queue the action."""
        with self.jobs.sessions.begin() as session:
            defer(session, "act", action=action)

    @contextmanager
    def working(self, *, concurrency: int = 1) -> Iterator[None]:
        """Run a worker in a thread, as `triptych up` does."""
        stop = threading.Event()

        def work() -> None:
            self.given_back = run_worker(self.jobs, concurrency=concurrency, stop=stop)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def queue(self) -> list[tuple[str, str]]:
        """Return action and state of all jobs in the queue, oldest first."""
        with self.jobs.sessions() as session:
            rows = session.execute(
                text("""
                    SELECT args->>'action', status::text
                    FROM procrastinate.procrastinate_jobs ORDER BY id
                """)
            )
            return [(action, state) for action, state in rows]


def eventually(holds: Callable[[], bool]) -> bool:
    """Wait for something to become true; false if it did not in time."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
