"""Workers in processes of their own: killed, told to stop, told twice."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from service.db.queue import STALLED_SECONDS
from service.jobs.worker import HEARTBEAT_SECONDS, POLL_SECONDS, SWEEP_SECONDS
from tests.service.jobs.bench import WAIT_SECONDS, Bench, eventually

ROOT = Path(__file__).parents[3]

WORK = """
import sys, time
from sqlalchemy import text
from service.db.connect import create_engine_for, sessions
from service.jobs.app import Jobs, create_app
from service.jobs.worker import run_worker

url = sys.argv[1]
engine = create_engine_for(url)
app = create_app(url)

@app.task(name="act")
def act(action):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO run VALUES (:action, false)"), {"action": action})
    time.sleep(float(action))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO run VALUES (:action, true)"), {"action": action})

jobs = Jobs(app=app, sessions=sessions(engine), on_stalled=lambda session, job: None)
run_worker(jobs)
engine.dispose()
"""


@contextmanager
def process(url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker of its own; its task sleeps for as long as its argument says."""
    with subprocess.Popen([sys.executable, "-W", "error", "-c", WORK, url], cwd=ROOT) as worker:
        try:
            yield worker
        finally:
            worker.kill()


@pytest.fixture
def bench(bench: Bench) -> Bench:
    with bench.jobs.sessions.begin() as session:
        session.execute(text("CREATE TABLE run (action text, finished boolean)"))
    return bench


def runs(bench: Bench, *, finished: bool) -> int:
    with bench.jobs.sessions() as session:
        count = session.scalar(
            text("SELECT count(*) FROM run WHERE finished = :finished"), {"finished": finished}
        )
    assert isinstance(count, int)
    return count


def test_a_killed_worker_is_missed_within_half_a_minute() -> None:
    assert HEARTBEAT_SECONDS * 3 <= STALLED_SECONDS
    assert STALLED_SECONDS + SWEEP_SECONDS + POLL_SECONDS < 30


def test_a_job_of_a_killed_worker_is_done_by_another(bench: Bench, database_url: str) -> None:
    bench.defer("3")
    with process(database_url) as victim:
        assert eventually(lambda: runs(bench, finished=False) == 1)
        victim.kill()
        victim.wait()

    with process(database_url) as other:
        assert eventually(lambda: runs(bench, finished=False) == 2)
        assert eventually(lambda: bench.queue() == [])
        other.send_signal(signal.SIGTERM)
        assert other.wait(WAIT_SECONDS) == 0

    assert runs(bench, finished=True) == 1
    assert runs(bench, finished=False) == 2


def test_sigterm_lets_a_job_finish_and_a_second_one_does_not(
    bench: Bench, database_url: str
) -> None:
    bench.defer("1")
    bench.defer("60")
    with process(database_url) as worker:
        assert eventually(lambda: runs(bench, finished=False) == 1)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(WAIT_SECONDS) == 0
    assert runs(bench, finished=True) == 1
    assert bench.queue() == [("60", "todo")]

    with process(database_url) as worker:
        assert eventually(lambda: runs(bench, finished=False) == 2)
        worker.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(WAIT_SECONDS) == -signal.SIGTERM
