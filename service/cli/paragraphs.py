"""``triptych paragraphs``: what the reader made of a file."""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.cli.options import (
    AsIsOption,
    EncodingOption,
    JsonOption,
    UndoOption,
    format_of,
    read_bytes,
)
from service.domain.paragraph import ReadText
from service.ingest.read import read_document


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("paragraphs", epilog="Example: triptych paragraphs story.txt")(paragraphs)


def paragraphs(
    file: Annotated[Path, typer.Argument(help="A text or HTML file; - for standard input.")],
    *,
    undo: UndoOption = None,
    as_is: AsIsOption = False,
    encoding: EncodingOption = None,
    json_output: JsonOption = False,
) -> None:
    """Show the paragraphs of a file, their kinds, and what was repaired.

    A table on a terminal; elsewhere a line each, with tabs between index, kind, text and repairs.
    """
    document = read_document(
        read_bytes(file),
        format=format_of(file),
        encoding=encoding,
        undo=undo or (),
        repair=not as_is,
    )
    if json_output:
        typer.echo(json.dumps(_as_json(document), ensure_ascii=False))
    elif sys.stdout.isatty():
        _print_table(document)
    else:
        _print_lines(document)


def _as_json(document: ReadText) -> dict[str, object]:
    repairs = [
        {"id": r.id, "kind": r.kind.value, "paragraph": r.paragraph, "note": r.note}
        for r in document.repairs
    ]
    made = _repairs(document)
    rows = [
        {
            "index": index,
            "kind": paragraph.kind.value,
            "level": paragraph.level,
            "text": paragraph.text,
            "html": paragraph.markup,
            "repairs": made[index],
        }
        for index, paragraph in enumerate(document.paragraphs)
    ]
    return {
        "encoding": document.encoding,
        "format": document.format,
        "paragraphs": rows,
        "repairs": repairs,
    }


def _repairs(document: ReadText) -> defaultdict[int, list[str]]:
    """Return the ids of the repairs of each paragraph."""
    made: defaultdict[int, list[str]] = defaultdict(list)
    for repair in document.repairs:
        made[repair.paragraph].append(repair.id)
    return made


def _print_lines(document: ReadText) -> None:
    """Print a line each, with tabs between index, kind, text and repairs."""
    made = _repairs(document)
    for index, paragraph in enumerate(document.paragraphs):
        ids = ",".join(made[index])
        text = " ".join(paragraph.text.split())
        typer.echo(f"{index}\t{paragraph.kind.value}\t{text}\t{ids}")


def _print_table(document: ReadText) -> None:
    console = Console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right", style="dim")
    table.add_column("kind", style="cyan")
    table.add_column("text", ratio=1, overflow="fold")
    table.add_column("repairs", style="yellow", overflow="fold", max_width=30)
    made = _repairs(document)
    for index, paragraph in enumerate(document.paragraphs):
        ids = made[index]
        table.add_row(str(index), paragraph.kind.value, Text(paragraph.text), "\n".join(ids))
    console.print(table)
    console.print(
        f"{len(document.paragraphs)} paragraphs, {len(document.repairs)} repairs, "
        f"{document.format} in {document.encoding}",
        style="dim",
    )
    for repair in document.repairs:
        console.print(f"  {repair.id}: {repair.note}", style="dim", markup=False)
    if document.repairs:
        console.print("  leave one out with --undo ID, all with --as-is", style="dim")
