"""The worker in a thread of this process; what needs a process of its own is in test_crash."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.db.connect import create_engine_for
from service.db.connect import sessions as make_sessions
from service.db.embedded import start_embedded
from service.db.errors import DatabaseGoneError
from service.db.migrate import upgrade
from service.db.queue import StalledJob, defer
from service.jobs import app as jobs_app
from service.jobs import worker
from service.jobs.app import Jobs, create_app
from service.jobs.worker import WorkerEndedError, run_worker
from tests.service.jobs.bench import WAIT_SECONDS, Bench, eventually


def test_the_database_wakes_a_worker_for_a_new_job(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "POLL_SECONDS", 600)
    done = threading.Event()
    bench.actions["work"] = done.set
    with bench.working():
        time.sleep(1)  # It has looked for jobs, and sleeps.

        bench.defer("work")

        assert done.wait(WAIT_SECONDS)
    assert bench.queue() == []


def test_a_worker_looks_for_jobs_that_it_was_not_told_of(bench: Bench) -> None:
    done = threading.Event()
    bench.actions["work"] = done.set
    with bench.working():
        time.sleep(0.5)
        with bench.jobs.sessions.begin() as session:
            session.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers
            defer(session, "act", action="work")

        assert done.wait(WAIT_SECONDS)


def test_a_job_that_fails_stays_and_the_next_one_runs(bench: Bench) -> None:
    done = threading.Event()
    bench.actions["fail"] = lambda: 1 / 0
    bench.actions["work"] = done.set
    bench.defer("fail")
    bench.defer("work")

    with bench.working():
        assert done.wait(WAIT_SECONDS)

    assert bench.queue() == [("fail", "failed")]


def test_as_many_jobs_run_at_once_as_are_asked_for(bench: Bench) -> None:
    meeting = threading.Barrier(2)
    bench.actions["meet"] = lambda: meeting.wait(WAIT_SECONDS)
    bench.defer("meet")
    bench.defer("meet")

    with bench.working(concurrency=2):
        assert eventually(lambda: bench.queue() == [])

    assert not meeting.broken


def test_a_stopping_worker_finishes_its_job_and_takes_no_other(bench: Bench) -> None:
    started, done = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        time.sleep(0.5)
        done.set()

    bench.actions["work"] = work
    bench.defer("work")
    bench.defer("work")

    with bench.working():
        assert started.wait(WAIT_SECONDS)

    assert done.is_set()
    assert bench.given_back == 0
    assert bench.queue() == [("work", "todo")]


def test_a_job_that_takes_too_long_to_finish_is_queued_anew(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "FINISH_SECONDS", 0.2)
    started, release = threading.Event(), threading.Event()
    runs: list[int] = []

    def work() -> None:
        runs.append(1)
        started.set()
        release.wait(WAIT_SECONDS)

    bench.actions["work"] = work
    bench.defer("work")
    with bench.working():
        assert started.wait(WAIT_SECONDS)
    assert bench.given_back == 1
    assert bench.queue() == [("work", "todo")]
    release.set()

    with bench.working():
        assert eventually(lambda: bench.queue() == [])

    assert runs == [1, 1]
    assert bench.stalled == []


def test_a_job_that_lost_the_database_is_queued_anew(bench: Bench) -> None:
    runs: list[int] = []

    def work() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise DatabaseGoneError

    bench.actions["work"] = work
    bench.defer("work")
    with bench.working():
        assert eventually(lambda: len(runs) == 2)
        assert eventually(lambda: bench.queue() == [])
    assert bench.given_back == 0


def test_a_job_of_a_dead_worker_is_taken_back_and_told_of(bench: Bench) -> None:
    done = threading.Event()
    bench.actions["work"] = done.set
    bench.defer("work")
    fetch_and_die(bench)

    with bench.working():
        assert done.wait(WAIT_SECONDS)

    assert bench.stalled == [
        StalledJob(task_name="act", arguments={"action": "work"}, crashes=1, given_up=False)
    ]
    assert bench.queue() == []


def test_a_job_that_kills_every_worker_is_left_failed(bench: Bench) -> None:
    bench.defer("work")
    fetch_and_die(bench, crashes_before=2)

    with bench.working():
        assert eventually(lambda: bench.queue() == [("work", "failed")])

    assert [(job.crashes, job.given_up) for job in bench.stalled] == [(3, True)]


def test_a_job_is_taken_back_only_together_with_what_is_told_of_it(bench: Bench) -> None:
    stop = threading.Event()

    def fail(session: Session, _job: StalledJob) -> None:
        stop.set()
        session.execute(text("SELECT 1 / 0"))

    bench.defer("work")
    fetch_and_die(bench)

    # A sweep that fails is tried again: it does not end the worker.
    run_worker(replace(bench.jobs, on_stalled=fail), stop=stop)

    assert stop.is_set()
    assert bench.queue() == [("work", "doing")]


def fetch_and_die(bench: Bench, *, crashes_before: int = 0) -> None:
    """Leave the job in the state that a worker does which was killed a minute ago."""
    with bench.jobs.sessions.begin() as session:
        session.execute(
            text("""
                WITH dead AS (
                    INSERT INTO procrastinate.procrastinate_workers (last_heartbeat)
                    VALUES (now() - interval '1 minute') RETURNING id
                )
                UPDATE procrastinate.procrastinate_jobs
                SET status = 'doing', attempts = :crashes, worker_id = dead.id FROM dead
            """),
            {"crashes": crashes_before},
        )


def cut_all_connections(bench: Bench) -> None:
    with bench.jobs.sessions() as session:
        session.execute(
            text("""
                SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
            """)
        )


def test_a_worker_outlives_its_connections(bench: Bench) -> None:
    done = threading.Event()
    bench.actions["work"] = done.set
    with bench.working():
        bench.defer("work")
        assert done.wait(WAIT_SECONDS)
        done.clear()
        cut_all_connections(bench)

        bench.defer("work")

        assert done.wait(WAIT_SECONDS)
        assert eventually(lambda: bench.queue() == [])


def test_a_connection_lost_over_the_end_of_a_job_does_not_leave_it_stuck(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_app, "FINISH_PAUSE_SECONDS", 0.1)
    locked: list[int] = []
    cut = text("""
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
          AND query LIKE '%finish_job%'
    """)

    def cut_the_waiting() -> bool:
        with bench.jobs.sessions() as session:
            return session.scalar(cut) is True

    with bench.jobs.sessions.begin() as holder:
        # The worker runs the job, but has to wait when it wants to say that it is done.
        bench.actions["work"] = lambda: locked.append(lock_all_jobs(holder))
        bench.defer("work")
        with bench.working():
            assert all(eventually(cut_the_waiting) for _ in range(3))
            holder.commit()

            assert eventually(lambda: bench.queue() == [])
    assert locked == [1]


def lock_all_jobs(session: Session) -> int:
    return len(
        session.execute(text("SELECT FROM procrastinate.procrastinate_jobs FOR SHARE")).all()
    )


def test_a_job_that_another_worker_ended_is_no_error(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    done = threading.Event()

    def lose() -> None:
        with bench.jobs.sessions.begin() as session:
            session.execute(text("DELETE FROM procrastinate.procrastinate_jobs"))

    bench.actions["lose"] = lose
    bench.actions["work"] = done.set
    bench.defer("lose")
    with bench.working():
        assert eventually(lambda: bench.queue() == [])
        bench.defer("work")
        assert done.wait(WAIT_SECONDS)

    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_worker_waits_for_a_database_that_is_down(data_dir: Path) -> None:
    with start_embedded(data_dir, fsync=False) as server:
        engine = create_engine_for(server.url)
        upgrade(engine)
        app, done = create_app(server.url), threading.Event()
        app.task(name="act")(done.set)
        jobs = Jobs(app=app, sessions=make_sessions(engine), on_stalled=lambda *_: None)
        stop = threading.Event()
        thread = threading.Thread(target=run_worker, args=(jobs,), kwargs={"stop": stop})
        thread.start()
        time.sleep(0.5)
        os.kill(int((data_dir / "postgres/data/postmaster.pid").read_text().split()[0]), 9)
        time.sleep(1)

        server.ensure_running()
        with jobs.sessions.begin() as session:
            defer(session, "act")

        assert done.wait(WAIT_SECONDS)
        stop.set()
        thread.join()
        engine.dispose()


@pytest.fixture
def usual_signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    assert before == {number: signal.getsignal(number) for number in before}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.usefixtures("usual_signals")
def test_a_signal_stops_a_worker_in_the_main_thread(bench: Bench, number: int) -> None:
    bench.actions["stop"] = lambda: os.kill(os.getpid(), number)
    bench.defer("stop")

    assert run_worker(bench.jobs) == 0
    assert bench.queue() == []


def test_a_mistake_of_the_program_ends_a_worker_by_name(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(worker, "OPEN_SECONDS", "soon")

    with pytest.raises(WorkerEndedError, match="log"):
        run_worker(bench.jobs, stop=threading.Event())

    assert "worker_failed" in capsys.readouterr().out


def test_options_of_the_address_are_kept(database_url: str) -> None:
    app = create_app(f"{database_url}&options=-c%20work_mem%3D7MB")
    with app.open():
        rows = app.connector.get_sync_connector().execute_query_one(
            "SELECT current_setting('work_mem') AS memory, current_schema() AS schema"
        )

    assert rows == {"memory": "7MB", "schema": "procrastinate"}
