"""Long work shows a bar on a terminal, and one line a step elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def progress(label: str, *, unit: str = "") -> Iterator[Callable[[int, int], None]]:
    """Yield what is to be called with the steps done and the steps in all."""
    if not sys.stderr.isatty():
        yield _lines(label, unit)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit, style="dim"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def stages() -> Iterator[Callable[[str, int, int], None]]:
    """Yield what is to be called with what is being done, the steps done and the steps in all."""
    if not sys.stderr.isatty():
        yield _lines_of_stages()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda label, done, total: bar.update(
            task, description=label, completed=done, total=total
        )


def _lines_of_stages() -> Callable[[str, int, int], None]:
    """Print a line when something else begins."""
    said: list[str] = []

    def advance(label: str, _done: int, _total: int) -> None:
        if said[-1:] != [label]:
            said.append(label)
            typer.echo(label, err=True)

    return advance


def _lines(label: str, unit: str) -> Callable[[int, int], None]:
    """Print a line when a tenth more is done, so that a log stays short."""
    said = -1

    def advance(done: int, total: int) -> None:
        nonlocal said
        tenth = done * 10 // total if total else 10
        if tenth > said:
            said = tenth
            typer.echo(f"{label}: {done} of {total} {unit}".rstrip(), err=True)

    return advance
