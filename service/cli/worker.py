"""``triptych worker``: does the queued jobs, for many machines."""

import os

import typer

from service.bootstrap import configure_logging, make_encoder, make_translator, open_database
from service.jobs.tasks import make_jobs
from service.jobs.worker import run_worker
from service.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("worker", epilog="Example: triptych worker")(worker)


def worker() -> None:
    """Do queued translations and alignments until told to stop."""
    settings = Settings()
    configure_logging()
    with open_database(settings) as database:
        jobs = make_jobs(
            database.url,
            sessions=database.sessions,
            translator=make_translator(settings),
            encoder=make_encoder(),
        )
        typer.echo("the worker waits for jobs", err=True)
        given_back = run_worker(jobs)
    if given_back:
        # Their threads cannot be stopped, and an ordinary exit would wait for them.
        os._exit(0)
