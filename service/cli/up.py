"""``triptych up``: web server, worker and database in one command."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import typer

from alignment import SentenceEncoder
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
    Server,
    key_of,
    listen,
    make_server,
    say_address,
    with_address,
)
from service.cli.worker import leave
from service.jobs.app import Jobs
from service.jobs.tasks import make_jobs
from service.jobs.worker import WorkerEndedError, run_worker
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
    with open_database(settings) as database, ExitStack() as stack:
        encoder = make_encoder(settings, database)
        worker = stack.enter_context(working(database, translator, encoder))
        app = create_app(
            sessions=database.sessions,
            translator=translator,
            encoder=encoder,
            api_key=key_of(settings),
        )
        server = make_server(app)
        worker.stop_with_it(server)
        say_address(listener)
        server.run(sockets=[listener])
    worker.leave()


class Worker:
    """A worker in a thread of this process."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker")
        self._given_back = 0
        self._ended: WorkerEndedError | None = None
        self._server: Server | None = None

    def start(self) -> None:
        """Take jobs from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the present job, or give it back after a few seconds."""
        self._stop.set()
        self._thread.join()

    def stop_with_it(self, server: Server) -> None:
        """Stop the server, too, should the worker end by a mistake: jobs would wait for ever."""
        self._server = server
        if self._ended:
            server.stop()

    def check(self) -> None:
        """Pass if the worker works.

        Raises:
            WorkerEndedError: If it ended by a mistake.
        """
        if self._ended:
            raise self._ended

    def leave(self) -> None:
        """End the process at once if the worker ended by a mistake, or a job's thread still runs.

        Such a thread cannot be stopped, and an ordinary exit would wait for it.
        """
        if self._ended or self._given_back:
            leave(self._ended)

    def _run(self) -> None:
        try:
            self._given_back = run_worker(self._jobs, stop=self._stop)
        except WorkerEndedError as error:
            self._ended = error
            if self._server:
                self._server.stop()


@contextmanager
def working(
    database: Database, translator: Translator, encoder: SentenceEncoder
) -> Iterator[Worker]:
    """Run a worker in a thread of this process while the block runs."""
    worker = Worker(
        make_jobs(
            database.url,
            sessions=database.sessions,
            translator=translator,
            encoder=encoder,
        )
    )
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
