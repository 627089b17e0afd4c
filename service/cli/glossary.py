"""``triptych glossary``: glossaries are brought in, taken out, listed and deleted."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from service.bootstrap import open_database
from service.cli.options import (
    JsonOption,
    check_writable,
    read_bytes,
    shown,
    write_text,
)
from service.domain.article import slug
from service.domain.glossary import Glossary, PlacedTerm, StoredGlossary, make_glossary
from service.domain.language import Direction, Language, parse_language
from service.exchange.glossary_file import (
    GlossaryFormat,
    format_of_file,
    read_glossary_file,
)
from service.settings import Settings
from service.usecases.delete_glossary import delete_glossary
from service.usecases.export_glossary import export_glossary
from service.usecases.import_glossary import import_glossary
from service.usecases.list_glossaries import list_glossaries

NameArgument = Annotated[str, typer.Argument(help="The glossary's name or id.")]
FormatOption = Annotated[
    GlossaryFormat | None,
    typer.Option("--format", help="csv, tsv or tbx; else by the file's name."),
]
OptionalSource = Annotated[
    Language | None,
    typer.Option("--from", parser=parse_language, metavar="CODE", help="Terms from en, fr or ru."),
]
OptionalTarget = Annotated[
    Language | None,
    typer.Option("--to", parser=parse_language, metavar="CODE", help="Terms into en, fr or ru."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    glossary = typer.Typer(help="Words that drafts must have, must not have, or keep.")
    glossary.command(
        "import", epilog="Example: triptych glossary import terms.csv --from en --to fr"
    )(import_file)
    glossary.command(
        "export", epilog="Example: triptych glossary export house-style -o house-style.tbx"
    )(export)
    glossary.command("list", epilog="Example: triptych glossary list")(show_all)
    glossary.command("delete", epilog="Example: triptych glossary delete house-style")(delete)
    app.add_typer(glossary, name="glossary")


def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV, TSV or TBX file; - for standard input.")],
    *,
    source: OptionalSource = None,
    target: OptionalTarget = None,
    name: Annotated[
        str | None, typer.Option(help="What to call the glossary; else as the file.")
    ] = None,
    file_format: FormatOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of one of that name.")
    ] = False,
) -> None:
    """Store a file as a glossary; the same terms again are a no-op."""
    placed = read_terms(file, file_format, asked_directions(source, target))
    with open_database(Settings()) as database, database.sessions.begin() as session:
        stored, created = import_glossary(
            session, placed, name=name or slug(file.stem.replace("_", "-")), replace=replace
        )
    typer.echo(f"{'stored' if created else 'unchanged'}  {_line(stored)}")


def export(
    name: NameArgument,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here, not to the terminal.")
    ] = None,
    file_format: FormatOption = None,
) -> None:
    """Write a glossary as CSV, TSV or TBX."""
    if output is not None:
        check_writable(output)
        file_format = file_format or format_of_file(output.name)
    with open_database(Settings()) as database, database.sessions.begin() as session:
        text = export_glossary(session, name, file_format or GlossaryFormat.CSV).decode()
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_text(output, text)


def show_all(*, json_output: JsonOption = False) -> None:
    """List the glossaries there are."""
    with open_database(Settings()) as database, database.sessions.begin() as session:
        found = list_glossaries(session)
    if json_output:
        typer.echo(json.dumps({"glossaries": [_row(one) for one in found]}, ensure_ascii=False))
        return
    for stored in found:
        typer.echo(_line(stored))


def delete(name: NameArgument) -> None:
    """Delete a glossary; drafts that were made with it stay."""
    with open_database(Settings()) as database, database.sessions.begin() as session:
        delete_glossary(session, name)
    typer.echo(f"deleted  {name}")


def asked_directions(source: Language | None, target: Language | None) -> list[Direction]:
    """Return the direction that the options name, if they do.

    Raises:
        typer.BadParameter: If only one of them is given.
    """
    if (source is None) != (target is None):
        message = "--from and --to go together"
        raise typer.BadParameter(message)
    return [Direction(source, target)] if source and target else []


def read_terms(
    file: Path, file_format: GlossaryFormat | None, directions: Sequence[Direction]
) -> list[PlacedTerm]:
    """Return the terms of a file, each with its place."""
    if file_format is None:
        file_format = GlossaryFormat.CSV if str(file) == "-" else format_of_file(shown(file))
    return read_glossary_file(read_bytes(file), file_format, directions=directions)


def read_glossary_of(file: Path | None, direction: Direction) -> Glossary | None:
    """Return the glossary in a file for a direction, if a file is named."""
    if file is None:
        return None
    return make_glossary(slug(file.stem.replace("_", "-")), read_terms(file, None, [direction]))


def _line(stored: StoredGlossary) -> str:
    directions = ", ".join(map(str, stored.directions))
    return f"{stored.name}  {stored.terms} terms  {directions}  {stored.version[:12]}"


def _row(stored: StoredGlossary) -> dict[str, object]:
    return {
        "id": str(stored.id),
        "name": stored.name,
        "version": stored.version,
        "created_at": stored.created_at.isoformat(),
        "terms": stored.terms,
        "directions": list(map(str, stored.directions)),
    }
