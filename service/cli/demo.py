"""``triptych demo``: the main job on an example article, in the terminal and as a review page."""

import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.metadata import version
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session, sessionmaker

from alignment import SentenceEncoder
from service.bootstrap import (
    Database,
    configure_quiet_logging,
    make_encoder,
    make_translator,
    open_database,
)
from service.cli.progress import progress
from service.cli.up import Worker, working
from service.cli.web import (
    HostOption,
    PortOption,
    PortTakenError,
    key_of,
    listen,
    make_server,
    with_address,
)
from service.domain.errors import TriptychError
from service.domain.language import Direction, Language
from service.domain.link import Job
from service.domain.review import JobStatus, Provenance
from service.domain.review_page import ReviewCell, ReviewPage
from service.examples.article import example_text
from service.mt.translator import Translator
from service.settings import Settings
from service.usecases.build_review_page import build_review_page
from service.usecases.import_article import import_article
from service.usecases.import_edition import import_edition
from service.usecases.list_links import list_links
from service.usecases.read_job import read_job
from service.usecases.read_submission import read_submission
from service.usecases.request_alignment import request_alignment
from service.usecases.request_translation import request_translation
from service.web.app import create_app

POLL_SECONDS: Final = 0.2
SHOWN_CHARACTERS: Final = 150
PORTS_TRIED: Final = 50
TARGETS: Final = (Language.FR, Language.RU)


class JobFailedError(TriptychError):
    """A job of the demonstration failed; the message is the job's own."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"the {job.kind} job failed: {job.error}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", epilog="Example: triptych demo --no-serve")(demo)


def demo(
    *,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the review page at the end.")
    ] = True,
    host: HostOption = None,
    port: PortOption = None,
) -> None:
    """Translate and align the example article, show it here, and serve its review page."""
    settings = with_address(Settings(), host, port)
    configure_quiet_logging()
    console = Console()
    console.print(f"Triptych {version('triptych')}: an article in three languages", style="bold")
    translator = make_translator(settings)
    _step("1/5  starting the database")
    with open_database(settings) as database, ExitStack() as stack:
        encoder = make_encoder(settings, database)
        worker = stack.enter_context(working(database, translator, encoder))
        key = _prepare(database.sessions, translator, worker)
        _show(console, database.sessions, key)
        if serve:
            _serve(database, translator, encoder, worker, settings, key)
    worker.leave()


def _prepare(sessions: sessionmaker[Session], translator: Translator, worker: Worker) -> str:
    """Import, translate and align the example; return the article's key."""
    _step("2/5  importing the English article")
    document, language = read_submission(example_text(Language.EN))
    with sessions.begin() as session:
        key = import_article(session, document, language=language).article.key
    for number, target in enumerate(TARGETS, start=3):
        route = translator.catalogue.find(Direction(language, target))
        _step(f"{number}/5  translating to {target.english_name} with {route.name}")
        with sessions.begin() as session:
            job = request_translation(
                session, key=key, target=target, check_route=translator.catalogue.find
            )
        _wait(sessions, worker, job.id, "translating", "paragraphs")
    _step("5/5  aligning the French and Russian editions that people wrote")
    for target in TARGETS:
        edition, _ = read_submission(example_text(target), language=target)
        with sessions.begin() as session:
            import_edition(session, edition, key=key, language=target)
            job = request_alignment(session, key=key, target=target)
        _wait(sessions, worker, job.id, "aligning", "editions")
    return key


def _wait(
    sessions: sessionmaker[Session], worker: Worker, job_id: UUID, label: str, unit: str
) -> None:
    with progress(label, unit=unit) as advance:
        while True:
            with sessions.begin() as session:
                job = read_job(session, job_id)
            advance(job.progress_done, job.progress_total)
            if job.status is JobStatus.FAILED:
                raise JobFailedError(job)
            if job.status is JobStatus.SUCCEEDED:
                return
            worker.check()
            time.sleep(POLL_SECONDS)


def _show(console: Console, sessions: sessionmaker[Session], key: str) -> None:
    with sessions.begin() as session:
        page = build_review_page(session, key, reviewer="demo")
        human = [c for c in page.available if c.provenance is Provenance.HUMAN]
        links = {c.language: list_links(session, c.alignment_id, limit=1000) for c in human}
    console.print()
    console.print(_draft_table(page))
    for language, beads in links.items():
        table = Table(
            title=f"English beside the {language.english_name} edition that people wrote",
            title_justify="left",
            box=None,
            header_style="bold",
        )
        table.add_column("bead", style="dim")
        table.add_column("sure", justify="right", style="dim")
        table.add_column("English", ratio=1)
        table.add_column(language.english_name, ratio=1)
        for link in beads:
            table.add_row(
                f"{len(link.source)}-{len(link.target)}",
                f"{link.confidence:.2f}",
                _short([paragraph.text for paragraph in link.source]),
                _short([paragraph.text for paragraph in link.target]),
            )
        console.print(table)
        console.print()


def _draft_table(page: ReviewPage) -> Table:
    models = sorted({model for column in page.columns for model in column.models})
    table = Table(
        title=f"{page.title}: drafts by {', '.join(models)}",
        title_justify="left",
        box=None,
        header_style="bold",
    )
    table.add_column("#", justify="right", style="dim")
    table.add_column(page.source.language.english_name, ratio=1)
    for column in page.columns:
        table.add_column(f"{column.language.english_name} draft", ratio=1)
    for row in page.rows:
        source = _short([paragraph.text for paragraph in row.source])
        table.add_row(str(row.number), source, *(_cell(cells) for cells in row.cells))
    return table


def _cell(cells: Sequence[ReviewCell]) -> Text:
    return _short([cell.text for cell in cells if cell.text])


def _short(texts: Sequence[str]) -> Text:
    text = " ¶ ".join(" ".join(text.split()) for text in texts)
    if len(text) > SHOWN_CHARACTERS:
        text = text[:SHOWN_CHARACTERS].rsplit(" ", 1)[0] + " …"
    return Text(text or "–")


def _serve(
    database: Database,
    translator: Translator,
    encoder: SentenceEncoder,
    worker: Worker,
    settings: Settings,
    key: str,
) -> None:
    listener = _listen_near(settings)
    app = create_app(
        sessions=database.sessions,
        translator=translator,
        encoder=encoder,
        api_key=key_of(settings),
    )
    server = make_server(app)
    worker.stop_with_it(server)
    port = listener.getsockname()[1]
    typer.echo(f"The review page is at http://{settings.host}:{port}/review/{key}")
    typer.echo("Press Ctrl+C to stop.")
    server.run(sockets=[listener])


def _listen_near(settings: Settings) -> socket.socket:
    """Return a listening socket on the port, or on the next one that is free."""
    for port in range(settings.port, min(settings.port + PORTS_TRIED, 2**16)):
        try:
            return listen(settings.model_copy(update={"port": port}))
        except PortTakenError as error:
            taken = error
    raise taken


def _step(text: str) -> None:
    typer.echo(text)
