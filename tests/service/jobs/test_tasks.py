"""The whole of a job: queued in a transaction, done by a worker, told to its users."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from alignment import CachedEncoder, SentenceEncoder
from service.db.links import LinkRepository
from service.db.queue import StalledJob
from service.db.vectors import VectorStore
from service.domain.language import Language
from service.domain.link import Job
from service.domain.review import JobStatus, State
from service.jobs.app import Jobs
from service.jobs.tasks import make_jobs
from service.jobs.worker import run_worker
from service.mt.catalogue import Catalogue
from service.mt.translator import Translator
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition
from service.usecases.read_job import read_job
from service.usecases.request_alignment import request_alignment
from service.usecases.request_translation import request_translation
from tests.documents import document
from tests.service.jobs.bench import WAIT_SECONDS


@pytest.fixture
def jobs(
    database_url: str,
    sessions: sessionmaker[Session],
    translator: Translator,
    encoder: SentenceEncoder,
) -> Jobs:
    return make_jobs(database_url, sessions=sessions, translator=translator, encoder=encoder)


@contextmanager
def working(jobs: Jobs) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(jobs,), kwargs={"stop": stop})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def ended(sessions: sessionmaker[Session], job_id: UUID) -> Job:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with sessions.begin() as session:
            job = read_job(session, job_id)
        if job.status in {JobStatus.SUCCEEDED, JobStatus.FAILED}:
            return job
        time.sleep(0.05)
    pytest.fail(f"the job is {job.status} after {WAIT_SECONDS} s")


def translation(sessions: sessionmaker[Session]) -> Job:
    with sessions.begin() as session:
        story = document("The ferry is back after eleven years.", "It carried 212 passengers.")
        import_article(session, story, language=Language.EN, key="ferry")
        return request_translation(
            session, key="ferry", target=Language.FR, check_route=lambda direction: direction
        )


def test_worker_translates_what_was_requested(sessions: sessionmaker[Session], jobs: Jobs) -> None:
    job = translation(sessions)

    with working(jobs):
        done = ended(sessions, job.id)

    assert done.status is JobStatus.SUCCEEDED
    assert done.finished_at is not None
    with sessions.begin() as session:
        links = LinkRepository(session).of_alignment(job.alignment_id)
    assert [link.state for link in links] == [State.DRAFT, State.DRAFT]


def test_worker_aligns_what_was_requested(sessions: sessionmaker[Session], jobs: Jobs) -> None:
    translation(sessions)
    with sessions.begin() as session:
        french = document("Le bac est de retour après onze ans.", "Il portait 212 passagers.")
        import_edition(session, french, key="ferry", language=Language.FR)
        job = request_alignment(session, key="ferry", target=Language.FR)

    with working(jobs):
        done = ended(sessions, job.id)

    assert done.status is JobStatus.SUCCEEDED
    with sessions.begin() as session:
        assert len(LinkRepository(session).of_alignment(job.alignment_id)) == 2


def test_job_that_cannot_be_done_says_why_and_can_be_asked_for_again(
    database_url: str,
    sessions: sessionmaker[Session],
    translator: Translator,
    encoder: SentenceEncoder,
    tmp_path: Path,
) -> None:
    broken = tmp_path / "opus-mt-en-fr"
    broken.mkdir()
    (broken / "config.json").write_text('{"model_type": "marian"}')
    catalogue = Catalogue(tmp_path)
    without = Translator(catalogue, engine="ctranslate2", cache_dir=tmp_path / "c", threads=1)
    job = translation(sessions)

    failing = make_jobs(database_url, sessions=sessions, translator=without, encoder=encoder)
    with working(failing):
        failed = ended(sessions, job.id)
    again = request_again(sessions)
    mended = make_jobs(database_url, sessions=sessions, translator=translator, encoder=encoder)
    with working(mended):
        done = ended(sessions, again.id)

    assert failed.status is JobStatus.FAILED
    assert failed.error is not None
    assert "opus-mt-en-fr" in failed.error
    assert again.id != job.id
    assert done.status is JobStatus.SUCCEEDED


def request_again(sessions: sessionmaker[Session]) -> Job:
    with sessions.begin() as session:
        return request_translation(
            session, key="ferry", target=Language.FR, check_route=lambda direction: direction
        )


def test_mistake_of_ours_is_told_without_its_inside(
    database_url: str,
    sessions: sessionmaker[Session],
    encoder: SentenceEncoder,
    tmp_path: Path,
) -> None:
    class Mistaken(Translator):
        def translate(self, *_: object, **__: object) -> list[object]:  # type: ignore[override] # never returns
            message = "canary"
            raise ZeroDivisionError(message)

    translator = Mistaken(Catalogue(tmp_path), engine="ctranslate2", cache_dir=tmp_path, threads=1)
    job = translation(sessions)

    failing = make_jobs(database_url, sessions=sessions, translator=translator, encoder=encoder)
    with working(failing):
        failed = ended(sessions, job.id)

    assert failed.status is JobStatus.FAILED
    assert "canary" not in (failed.error or "")
    assert "log" in (failed.error or "")


FULL_AT_FIRST = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.attempts = 1 AND (NEW.status = 'failed' OR NEW.progress_done > 0) THEN
            RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER full_disk BEFORE UPDATE ON job FOR EACH ROW EXECUTE FUNCTION refuse();
"""


def test_job_goes_on_when_a_full_disk_took_not_even_its_failure(
    sessions: sessionmaker[Session], jobs: Jobs
) -> None:
    job = translation(sessions)
    with sessions.begin() as session:
        session.execute(text(FULL_AT_FIRST))

    with working(jobs):
        done = ended(sessions, job.id)

    assert done.status is JobStatus.SUCCEEDED
    assert done.attempts == 2


BUSY_AT_FIRST = """
    CREATE SEQUENCE tries;
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval('tries') = 1 THEN
            RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER busy BEFORE INSERT ON sentence_vector FOR EACH ROW EXECUTE FUNCTION refuse();
"""


def test_alignment_whose_vectors_the_database_was_too_busy_to_keep_is_taken_up_again(
    database_url: str,
    sessions: sessionmaker[Session],
    translator: Translator,
    encoder: SentenceEncoder,
) -> None:
    cached = CachedEncoder(encoder, VectorStore(sessions))
    jobs = make_jobs(database_url, sessions=sessions, translator=translator, encoder=cached)
    with sessions.begin() as session:
        english, french = document("The ferry is back."), document("Le bac est de retour.")
        import_article(session, english, language=Language.EN, key="ferry")
        import_edition(session, french, key="ferry", language=Language.FR)
        job = request_alignment(session, key="ferry", target=Language.FR)
        session.execute(text(BUSY_AT_FIRST))

    with working(jobs):
        done = ended(sessions, job.id)

    assert done.status is JobStatus.SUCCEEDED
    assert done.attempts == 2


def test_job_that_the_queue_has_lost_is_failed_by_the_next_sweep_and_can_be_asked_for_again(
    sessions: sessionmaker[Session], jobs: Jobs
) -> None:
    job = translation(sessions)
    with sessions.begin() as session:
        session.execute(text("DELETE FROM procrastinate.procrastinate_jobs"))

    with working(jobs):
        lost = ended(sessions, job.id)
        again = ended(sessions, request_again(sessions).id)

    assert lost.status is JobStatus.FAILED
    assert again.status is JobStatus.SUCCEEDED


@pytest.mark.parametrize(("given_up", "status"), [(True, "failed"), (False, "queued")])
def test_job_that_kills_its_workers_is_given_up_with_a_word(
    sessions: sessionmaker[Session], jobs: Jobs, *, given_up: bool, status: str
) -> None:
    job = translation(sessions)
    stalled = StalledJob(
        task_name="translate_edition",
        arguments={"job_id": str(job.id)},
        crashes=3,
        given_up=given_up,
    )

    with sessions.begin() as session:
        jobs.on_stalled(session, stalled)

    with sessions.begin() as session:
        assert read_job(session, job.id).status == status
