"""``triptych import``: files and folders become articles, or editions of one."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from sqlalchemy.orm import Session, sessionmaker

from service.bootstrap import make_translator, open_database
from service.cli.options import (
    HTML_SUFFIXES,
    AsIsOption,
    CheckLanguageOption,
    EncodingOption,
    LanguageOption,
    UndoOption,
    format_of,
    read_bytes,
    shown,
)
from service.cli.progress import progress
from service.db.connect import database_errors
from service.domain.errors import InvalidInputError, TriptychError
from service.domain.language import Language, parse_language
from service.settings import Settings
from service.usecases.import_article import Imported, import_article
from service.usecases.import_edition import import_edition
from service.usecases.read_submission import read_submission
from service.usecases.request_alignment import request_alignment
from service.usecases.request_translation import request_translation

SUFFIXES: Final = HTML_SUFFIXES | {".txt", ".text"}
"""What a folder is searched for; a file that is named is read whatever it is called."""


class NothingToImportError(InvalidInputError):
    """No file was found."""

    def __init__(self) -> None:
        super().__init__(
            f"no file to import: folders are searched for {', '.join(sorted(SUFFIXES))}"
        )


class ImportIncompleteError(TriptychError):
    """Some files were refused; the report has said which and why."""

    def __init__(self, refused: int, total: int) -> None:
        super().__init__(f"{refused} of {total} files were refused; the others are stored")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    language: Language | None
    article: str | None
    key: str | None
    translate: tuple[Language, ...]
    glossary: str | None
    undo: tuple[str, ...]
    repair: bool
    encoding: str | None
    check_language: bool


def register(app: typer.Typer) -> None:
    """Add the command."""
    example = "Example: triptych import story.txt --lang en --translate fr --translate ru"
    app.command("import", epilog=example)(import_files)


def import_files(
    paths: Annotated[list[Path], typer.Argument(help="Text or HTML files, or folders of them.")],
    *,
    lang: LanguageOption = None,
    article: Annotated[
        str | None, typer.Option(metavar="KEY", help="Add to this article, as another edition.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="What to call the article; else its title.")
    ] = None,
    translate: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Queue a machine draft; may be repeated."),
    ] = None,
    glossary: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A stored glossary that these drafts are held to."),
    ] = None,
    undo: UndoOption = None,
    as_is: AsIsOption = False,
    encoding: EncodingOption = None,
    check_language: CheckLanguageOption = True,
) -> None:
    """Store files as articles, each whole or not at all; the same file again is a no-op.

    With --article the file joins that article as an edition, and its alignment is queued.
    """
    if glossary is not None and not translate:
        message = "--glossary is for the drafts that --translate asks for: give both"
        raise typer.BadParameter(message)
    options = _Options(
        language=lang,
        article=article,
        key=key,
        translate=tuple(parse_language(code) for code in translate or ()),
        glossary=glossary,
        undo=tuple(undo or ()),
        repair=not as_is,
        encoding=encoding,
        check_language=check_language,
    )
    files, refused = _files(paths)
    if len(files) > 1 and (article or key):
        message = "--article and --key are for one file"
        raise typer.BadParameter(message)
    settings = Settings()
    console = Console(stderr=True)
    stored: list[str] = []
    try:
        with open_database(settings) as database, progress("importing", unit="files") as advance:
            for done, path in enumerate(files):
                advance(done, len(files))
                try:
                    stored += _import(database.sessions, settings, path, options)
                except TriptychError as error:
                    refused.append((path, str(error)))
            advance(len(files), len(files))
    finally:  # What was stored is reported also when the rest is interrupted.
        for line in stored:
            typer.echo(line)
    if len(files) == 1 and refused:
        raise InvalidInputError(f"{shown(refused[0][0])}: {refused[0][1]}")
    for path, reason in refused:
        console.print(f"refused  {shown(path)}: {reason}", markup=False, style="red")
    if refused:
        raise ImportIncompleteError(len(refused), len(files))


def _files(paths: list[Path]) -> tuple[list[Path], list[tuple[Path, str]]]:
    """Return what to import, and the folders that cannot be searched, each with why."""
    files: list[Path] = []
    refused: list[tuple[Path, str]] = []

    def refuse(error: OSError) -> None:
        refused.append((Path(error.filename), error.strerror or type(error).__name__))

    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        for folder, below, names in os.walk(path, onerror=refuse):
            below[:] = sorted(name for name in below if not name.startswith("."))
            found = (Path(folder, name) for name in sorted(names) if not name.startswith("."))
            files += (file for file in found if file.suffix.lower() in SUFFIXES)
    if not files and not refused:
        raise NothingToImportError
    return files, refused


def _import(
    sessions: sessionmaker[Session], settings: Settings, path: Path, options: _Options
) -> list[str]:
    """Store one file and return the lines that report it."""
    document, language = read_submission(
        read_bytes(path),
        format=format_of(path),
        language=options.language,
        check_language=options.check_language,
        encoding=options.encoding,
        repair=options.repair,
        undo=options.undo,
    )
    with database_errors(), sessions.begin() as session:
        if options.article is not None:
            imported = import_edition(session, document, key=options.article, language=language)
        else:
            imported = import_article(session, document, language=language, key=options.key)
        queued = _queue(session, settings, imported, language, options)
    return list(_report(path, imported, queued))


def _queue(
    session: Session,
    settings: Settings,
    imported: Imported,
    language: Language,
    options: _Options,
) -> list[str]:
    queued = []
    key = imported.article.key
    if imported.edition.provenance != "original":
        request_alignment(session, key=key, target=language)
        queued.append("alignment")
    if options.translate:
        find = make_translator(settings).catalogue.find
        for target in options.translate:
            request_translation(
                session, key=key, target=target, glossary=options.glossary, check_route=find
            )
            queued.append(f"translation to {target.english_name}")
    return queued


def _report(path: Path, imported: Imported, queued: list[str]) -> Iterator[str]:
    what = "restored" if imported.restored else "stored" if imported.created else "unchanged"
    paragraphs, repairs = imported.revision.paragraphs, imported.revision.repairs
    yield (
        f"{what}  {imported.article.key}  {imported.edition.language} revision "
        f"{imported.revision.seq}, {len(paragraphs)} paragraphs, {len(repairs)} repairs  "
        f"{shown(path)}"
    )
    for repair in repairs:
        yield f"  {repair.id}: {repair.note}"
    if queued:
        yield f"  queued: {', '.join(queued)} (`triptych up` or `triptych worker` does it)"
