"""``triptych worker``: does the queued jobs, for many machines."""

import os
import sys
from typing import NoReturn

import typer

from service.bootstrap import configure_logging, make_encoder, make_translator, open_database
from service.jobs.tasks import make_jobs
from service.jobs.worker import WorkerEndedError, run_worker
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
            encoder=make_encoder(settings, database),
        )
        typer.echo("the worker waits for jobs", err=True)
        ended = None
        try:
            given_back = run_worker(jobs)
        except WorkerEndedError as error:
            ended = error
    if ended or given_back:
        leave(ended)


def leave(ended: WorkerEndedError | None) -> NoReturn:
    """End the process at once: threads of jobs may still run, for which an ordinary exit waits."""
    if ended is not None:
        typer.echo(f"triptych: {ended}", err=True)
    sys.stdout.flush()
    os._exit(1 if ended else 0)
