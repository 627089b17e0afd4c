"""``triptych evaluate align``: quality of the aligner on a test set with gold."""

import json
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from alignment.score import Figures
from service.bootstrap import make_encoder
from service.cli.progress import progress
from service.settings import Settings
from service.usecases.evaluate_alignment import AlignmentEvaluation, evaluate_alignment


def evaluate_align(directory: Path, json_output: bool) -> None:
    """Align every pair of editions of a test set and print how well it went."""
    with progress("aligning", unit="articles") as advance:
        evaluation = evaluate_alignment(directory, make_encoder(Settings()), progress=advance)
    if json_output:
        typer.echo(json.dumps(_as_object(evaluation)))
        return
    Console().print(_as_table(evaluation))


def _as_object(evaluation: AlignmentEvaluation) -> dict[str, object]:
    by_pair = {pair: asdict(figures) for pair, figures in evaluation.by_pair.items()}
    return {
        "figures": {
            **asdict(evaluation.figures),
            "by_pair": by_pair,
            "articles": evaluation.articles,
            "signature": evaluation.signature,
        },
        "compared_to": {"gale_church": asdict(evaluation.by_length)},
    }


def _as_table(evaluation: AlignmentEvaluation) -> Table:
    table = Table(title=f"{evaluation.articles} articles, {evaluation.signature}")
    for heading in ("", "strict F1", "lax F1", "link F1", "unmatched F1", "moved", "ECE"):
        table.add_column(heading, justify="right" if heading else "left")
    _add_row(table, "all pairs", evaluation.figures)
    for pair, figures in evaluation.by_pair.items():
        _add_row(table, pair, figures)
    _add_row(table, "Gale-Church, all pairs", evaluation.by_length)
    return table


def _add_row(table: Table, name: str, figures: Figures) -> None:
    table.add_row(name, *(f"{value:.3f}" for value in asdict(figures).values()))
