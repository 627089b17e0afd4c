import json
import threading

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from service.db.queue import MOST_CRASHES, StalledJob, defer, fail_lost_jobs, take_back_stalled
from service.db.tables import (
    AlignmentRow,
    ArticleRow,
    EditionRevisionRow,
    EditionRow,
    JobKind,
    JobRow,
)
from service.domain.language import Language
from service.domain.review import JobStatus, Provenance

JOBS = text("""
    SELECT task_name, args, status::text FROM procrastinate.procrastinate_jobs ORDER BY id
""")


def jobs(engine: Engine) -> list[tuple[str, dict[str, str], str]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(JOBS)]


def start(sessions: sessionmaker[Session], *, heartbeat: str = "now()") -> int:
    """Fetch a job as a new worker that gave its last sign of life then; return the worker."""
    with sessions.begin() as session:
        worker = session.scalar(
            text(
                "INSERT INTO procrastinate.procrastinate_workers (last_heartbeat)"  # noqa: S608
                f" VALUES ({heartbeat}) RETURNING id"
            )
        )
        session.execute(
            text("SELECT procrastinate.procrastinate_fetch_job_v2(NULL, :worker)"),
            {"worker": worker},
        )
    assert isinstance(worker, int)
    return worker


def test_a_commit_leaves_one_job_and_its_row(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        session.add(ArticleRow(key="mali", title="Mali"))
        defer(session, "translate_edition", job_id="7", note="да: 'é' %s :x")
        # Our own tables are still found after it.
        assert session.scalar(text("SELECT count(*) FROM article")) == 1

    assert jobs(engine) == [("translate_edition", {"job_id": "7", "note": "да: 'é' %s :x"}, "todo")]


def test_a_rollback_leaves_no_job(engine: Engine, sessions: sessionmaker[Session]) -> None:
    def defer_and_fail() -> None:
        with sessions.begin() as session:
            defer(session, "translate_edition", job_id="7")
            session.add_all([ArticleRow(key="mali", title="1"), ArticleRow(key="mali", title="2")])

    with pytest.raises(IntegrityError):
        defer_and_fail()

    assert jobs(engine) == []


def test_a_savepoint_rolled_back_takes_its_job_along(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        defer(session, "align_editions", job_id="1")
        with session.begin_nested() as savepoint:
            defer(session, "align_editions", job_id="2")
            savepoint.rollback()

    assert [arguments for _, arguments, _ in jobs(engine)] == [{"job_id": "1"}]


def test_the_search_path_of_the_session_stays_as_it_was(session: Session) -> None:
    before = session.scalar(text("SHOW search_path"))

    defer(session, "translate_edition", job_id="7")

    assert session.scalar(text("SHOW search_path")) == before


def test_a_job_of_a_living_worker_is_left_alone(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        defer(session, "translate_edition", job_id="7")
    start(sessions, heartbeat="now() - interval '14 seconds'")

    with sessions.begin() as session:
        assert take_back_stalled(session) == []
    assert jobs(engine)[0][2] == "doing"


def test_a_job_is_given_up_after_three_crashes(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        defer(session, "translate_edition", job_id="7")

    for crash in range(1, MOST_CRASHES + 1):
        start(sessions, heartbeat="now() - interval '16 seconds'")
        with sessions.begin() as session:
            assert take_back_stalled(session) == [
                StalledJob(
                    task_name="translate_edition",
                    arguments={"job_id": "7"},
                    crashes=crash,
                    given_up=crash == MOST_CRASHES,
                )
            ]

    assert jobs(engine)[0][2] == "failed"
    with sessions.begin() as session:
        assert take_back_stalled(session) == []


def test_many_sweepers_take_a_job_back_once(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        defer(session, "translate_edition", job_id="7")
    start(sessions, heartbeat="now() - interval '1 hour'")
    barrier = threading.Barrier(8)
    taken: list[StalledJob] = []

    def sweep() -> None:
        barrier.wait()
        with sessions.begin() as session:
            taken.extend(take_back_stalled(session))

    threads = [threading.Thread(target=sweep) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [job.crashes for job in taken] == [1]
    assert jobs(engine)[0][2] == "todo"


def test_workers_are_woken_for_a_job_taken_back(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        defer(session, "translate_edition", job_id="7")
    start(sessions, heartbeat="now() - interval '1 hour'")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as listener:
        listener.execute(text("LISTEN procrastinate_any_queue_v1"))
        driver = listener.connection.driver_connection
        assert driver is not None

        with sessions.begin() as session:
            take_back_stalled(session)

        (notice,) = driver.notifies(timeout=5, stop_after=1)
    assert json.loads(notice.payload)["type"] == "job_inserted"


def test_the_queue_of_the_library_is_the_one_we_speak_to(engine: Engine) -> None:
    with engine.connect() as connection:
        pinned = connection.execute(
            text("""
                SELECT bool_and('search_path=procrastinate, pg_temp' = ANY(proconfig)), count(*)
                FROM pg_proc WHERE pronamespace = 'procrastinate'::regnamespace
            """)
        ).one()
    assert pinned[0] is True
    assert pinned[1] > 10


def job_row(session: Session) -> JobRow:
    """Store an active job with all that it hangs on, and nothing in the queue."""
    article = ArticleRow(key="mali", title="Mali")
    session.add(article)
    session.flush()
    source, target = (
        EditionRow(article_id=article.id, language=language, provenance=provenance)
        for language, provenance in (
            (Language.EN, Provenance.ORIGINAL),
            (Language.FR, Provenance.MACHINE),
        )
    )
    session.add_all([source, target])
    session.flush()
    revision = EditionRevisionRow(
        edition_id=source.id, seq=1, content_hash="0", format="text", encoding="utf-8", repairs=[]
    )
    session.add(revision)
    session.flush()
    alignment = AlignmentRow(source_revision_id=revision.id, target_edition_id=target.id)
    session.add(alignment)
    session.flush()
    row = JobRow(
        kind=JobKind.TRANSLATE,
        article_id=article.id,
        alignment_id=alignment.id,
        status=JobStatus.RUNNING,
        progress_total=1,
    )
    session.add(row)
    session.flush()
    return row


def test_an_active_job_whose_entry_is_gone_is_failed_once(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        row = job_row(session)

    with sessions.begin() as session:
        assert fail_lost_jobs(session) == [row.id]
    with sessions.begin() as session:
        assert fail_lost_jobs(session) == []
        failed = session.get_one(JobRow, row.id)
        assert failed.status is JobStatus.FAILED
        assert "ask again" in (failed.error or "")
        assert failed.finished_at is not None


@pytest.mark.parametrize("fetched", [False, True])
def test_a_job_whose_entry_waits_or_is_done_is_left_alone(
    sessions: sessionmaker[Session], *, fetched: bool
) -> None:
    with sessions.begin() as session:
        defer(session, "translate_edition", job_id=str(job_row(session).id))
    if fetched:
        start(sessions)

    with sessions.begin() as session:
        assert fail_lost_jobs(session) == []
