"""``triptych bench align``: how time and memory of the aligner grow."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from service.cli.charts import PlotOption, draw_growth
from service.cli.options import JsonOption
from service.cli.progress import progress
from service.usecases.bench_alignment import AlignmentRun, AlignmentSpeed, bench_alignment

NAMES: Final = {
    "ours": "ours",
    "plain": "our plain twin",
    "gale_church": "our Gale-Church",
}
COMPARED_TO: Final = (
    "our plain dynamic programming and Gale-Church, which hold all pairs of paragraphs, where that "
    "fits"
)
NOTE: Final = (
    "CPU seconds on one thread; MiB beyond texts and vectors, and of the whole process; ×: times "
    "the line above. Power: 1 is linear, 2 quadratic."
)


def align(
    *,
    paragraphs: Annotated[
        str, typer.Option(metavar="N,N,…", help="How long each article is, in paragraphs.")
    ] = "100,1000,10000",
    json_output: JsonOption = False,
    plot: PlotOption = None,
) -> None:
    """Align made articles of growing length, each in a process of its own."""
    counts = _parse_counts(paragraphs)
    with progress("measuring", unit="runs") as advance:
        result = bench_alignment(counts, progress=advance)
    if plot is not None:
        _draw(plot, result)
    if json_output:
        typer.echo(json.dumps({"figures": asdict(result), "compared_to": COMPARED_TO}))
        return
    console = Console(highlight=False)
    console.print(_table(result.runs), "", NOTE, sep="\n")
    console.print(f"{result.seconds_per_1000:.2f} CPU seconds per 1,000 paragraphs, all in all.")
    if result.time_exponent is not None and result.memory_exponent is not None:
        console.print(
            f"Ours grows with the power {result.time_exponent:.2f} in time "
            f"and {result.memory_exponent:.2f} in memory."
        )


def _parse_counts(listed: str) -> list[int]:
    try:
        return [int(count) for count in listed.split(",")]
    except ValueError as error:
        message = "--paragraphs takes whole numbers with commas between, like 100,1000"
        raise typer.BadParameter(message) from error


def _by_aligner(runs: Sequence[AlignmentRun]) -> list[list[AlignmentRun]]:
    return [list(members) for _, members in groupby(runs, key=lambda run: run.aligner)]


def _table(runs: Sequence[AlignmentRun]) -> Table:
    table = Table(box=SIMPLE, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("", "n", "encode s", "align s", "×", "MiB", "×", "process", "strict F1"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for members in _by_aligner(runs):
        table.add_section()
        for before, run in zip([None, *members], members, strict=False):
            table.add_row(
                NAMES[run.aligner],
                f"{run.paragraphs:,}",
                f"{run.encoding_seconds:.2f}",
                f"{run.aligning_seconds:.3g}",
                _times(run, before, lambda one: one.aligning_seconds),
                f"{run.aligning_mib:.1f}",
                _times(run, before, lambda one: one.aligning_mib),
                f"{run.process_mib:.0f}",
                f"{run.strict_f1:.3f}",
            )
    return table


def _times(
    run: AlignmentRun, before: AlignmentRun | None, quantity: Callable[[AlignmentRun], float]
) -> str:
    return "" if before is None else f"{quantity(run) / quantity(before):.1f}"


def _draw(path: Path, result: AlignmentSpeed) -> None:
    """Draw time and memory of each aligner over the paragraphs of an edition."""
    members = _by_aligner(result.runs)
    ours = [run for run in result.runs if run.aligner == "ours"]
    seconds = {
        "ours, aligning": [(run.paragraphs, run.aligning_seconds) for run in ours],
        "ours, encoding": [(run.paragraphs, run.encoding_seconds) for run in ours],
    }
    mebibytes = {"ours, aligning": [(run.paragraphs, run.aligning_mib) for run in ours]}
    for runs in members[1:]:
        name = NAMES[runs[0].aligner]
        seconds[name] = [(run.paragraphs, run.aligning_seconds) for run in runs]
        mebibytes[name] = [(run.paragraphs, run.aligning_mib) for run in runs]
    draw_growth(
        path,
        {"CPU seconds, one thread": seconds, "MiB beyond texts and vectors": mebibytes},
    )
