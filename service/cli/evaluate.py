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
from service.cli.evaluate_checks import evaluate_checks
from service.cli.options import JsonOption, SourceOption, TargetOption
from service.cli.progress import progress
from service.domain.language import Direction
from service.settings import Settings
from service.usecases.evaluate_splitting import (
    SplittingScore,
    compare_splitting,
    evaluate_splitting,
)
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
    compare: Annotated[
        bool, typer.Option("--compare", help="Run the other splitters that are installed, too.")
    ] = False,
    json_output: JsonOption = False,
) -> None:
    """Split every case into sentences and count those that are exactly right."""
    if compare:
        _compare_splitters(compare_splitting(cases), json_output=json_output)
        return
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


def _compare_splitters(scores: Mapping[str, SplittingScore], *, json_output: bool) -> None:
    """Print a row for each splitter: cases passed and false splits, by language."""
    figures = {
        name: {
            language: {"passed": counts.passed, "cases": counts.cases}
            | {"false_splits": counts.false_splits}
            for language, counts in score.by_language.items()
        }
        for name, score in scores.items()
    }
    if json_output:
        typer.echo(json.dumps({"figures": figures, "compared_to": "the boundaries of the cases"}))
        return
    languages = sorted({language for row in figures.values() for language in row})
    table = Table("splitter", box=None)
    for language in languages:
        table.add_column(f"{language} passed", justify="right")
        table.add_column("false", justify="right")
    for name, row in figures.items():
        cells = (
            cell
            for counts in (row[language] for language in languages)
            for cell in (f"{counts['passed']}/{counts['cases']}", str(counts["false_splits"]))
        )
        table.add_row(name, *cells)
    Console().print(table)


@group.command("checks", epilog="Example: triptych evaluate checks eval/ntrex128")
def checks(
    directory: DirectoryArgument,
    *,
    sentences: Annotated[
        int, typer.Option(min=2, metavar="N", help="Sentences in each direction.")
    ] = 300,
    json_output: JsonOption = False,
) -> None:
    """Plant errors in half of a test set's translations and count what the checks find.

    The other half stays as people translated it: what is flagged there is a false alarm.
    """
    evaluate_checks(directory, sentences=sentences, json_output=json_output)


def _print(figures: Mapping[str, object]) -> None:
    table = Table(box=None, show_header=False)
    for name, value in figures.items():
        table.add_row(name, f"{value:.1f}" if isinstance(value, float) else str(value))
    Console().print(table)
