"""A queue of the test's own."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from service.db.queue import StalledJob
from service.jobs.app import Jobs, create_app
from tests.service.jobs.bench import Bench


@pytest.fixture
def bench(database_url: str, sessions: sessionmaker[Session]) -> Bench:
    app = create_app(database_url)
    stalled: list[StalledJob] = []
    jobs = Jobs(app=app, sessions=sessions, on_stalled=lambda _session, job: stalled.append(job))
    bench = Bench(jobs=jobs, stalled=stalled)

    @app.task(name="act")
    def act(action: str) -> None:
        bench.actions[action]()

    return bench
