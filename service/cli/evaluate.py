"""``triptych evaluate``: quality on a test set."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from service.bootstrap import make_translator
from service.cli.charts import PlotOption
from service.cli.evaluate_align import evaluate_align
from service.cli.options import JsonOption, SourceOption, TargetOption
from service.cli.progress import progress
from service.domain.language import Direction
from service.settings import Settings
from service.usecases.evaluate_splitting import evaluate_splitting
from service.usecases.evaluate_translation import evaluate_translation

group = typer.Typer(no_args_is_help=True, help="Quality on a test set.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="evaluate")


DirectoryArgument = Annotated[Path, typer.Argument(help="Folder of the test set.")]


@group.command("mt", epilog="Example: triptych evaluate mt eval/ntrex128 --from en --to fr")
def evaluate_mt(
    directory: DirectoryArgument,
    *,
    source: SourceOption,
    target: TargetOption,
    raw: Annotated[
        bool, typer.Option("--raw", help="Give the lines to the model as they are, to compare.")
    ] = False,
    first: Annotated[int | None, typer.Option(min=1, help="Only so many lines.")] = None,
    json_output: JsonOption = False,
) -> None:
    """Translate a test set (en.txt, fr.txt, ru.txt, line by line) and score it."""
    translator = make_translator(Settings())
    with progress("translating", unit="lines") as advance:
        score = evaluate_translation(
            translator,
            directory,
            Direction(source, target),
            raw=raw,
            first=first,
            progress=advance,
        )
    figures = {
        "chrf": score.chrf,
        "bleu": score.bleu,
        "signature": score.signature,
        "model": score.model,
        "segments": score.segments,
    }
    if json_output:
        typer.echo(json.dumps({"figures": figures, "compared_to": "the set's reference"}))
        return
    _print(figures)


@group.command("align", epilog="Example: triptych evaluate align align/editions/dev")
def align(
    directory: Annotated[Path, typer.Argument(help="Folder of test sets, or one NAME.jsonl.")],
    *,
    json_output: JsonOption = False,
    plot: PlotOption = None,
) -> None:
    """Align every article of the test sets in a folder and score the groups against gold.

    With --plot also draw how often the aligner is right at each confidence.
    """
    evaluate_align(directory, json_output, plot)


@group.command("split", epilog="Example: triptych evaluate split split/cases.jsonl")
def split(
    cases: Annotated[Path, typer.Argument(help="JSONL of cases.")],
    *,
    json_output: JsonOption = False,
) -> None:
    """Split every case into sentences and count those that are exactly right."""
    score = evaluate_splitting(cases)
    figures = {
        "passed": score.passed,
        "cases": score.cases,
        "false_splits": score.false_splits,
        "by_language": {
            language: f"{counts.passed}/{counts.cases}"
            for language, counts in score.by_language.items()
        },
        "failed": ", ".join(score.failed) or "none",
    }
    if json_output:
        typer.echo(json.dumps({"figures": figures, "compared_to": "the boundaries of the cases"}))
        return
    _print(figures)


def _print(figures: Mapping[str, object]) -> None:
    table = Table(box=None, show_header=False)
    for name, value in figures.items():
        table.add_row(name, f"{value:.1f}" if isinstance(value, float) else str(value))
    Console().print(table)
