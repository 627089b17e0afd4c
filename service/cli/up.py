"""``triptych up``: web server, worker and database in one command."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from service.bootstrap import (
    Database,
    configure_logging,
    make_encoder,
    make_translator,
    open_database,
)
from service.cli.web import (
    HostOption,
    PortOption,
    key_of,
    listen,
    make_server,
    say_address,
    with_address,
)
from service.jobs.tasks import make_jobs
from service.jobs.worker import run_worker
from service.mt.translator import Translator
from service.settings import Settings
from service.web.app import create_app


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("up", epilog="Example: triptych up --port 8080")(up)


def up(*, host: HostOption = None, port: PortOption = None) -> None:
    """Serve the API and the review pages, and do the jobs, until told to stop."""
    settings = with_address(Settings(), host, port)
    configure_logging()
    listener = listen(settings)
    translator = make_translator(settings)
    with open_database(settings) as database, working(database, translator):
        app = create_app(
            sessions=database.sessions, translator=translator, api_key=key_of(settings)
        )
        say_address(listener)
        make_server(app).run(sockets=[listener])


@contextmanager
def working(database: Database, translator: Translator) -> Iterator[None]:
    """Run a worker in a thread of this process while the block runs."""
    jobs = make_jobs(
        database.url, sessions=database.sessions, translator=translator, encoder=make_encoder()
    )
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(jobs,), kwargs={"stop": stop}, name="worker")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
