"""``triptych evaluate align``: quality of the aligner on test sets with gold."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from alignment.score import Figures
from service.bootstrap import make_encoder
from service.cli.charts import draw_calibration
from service.cli.progress import progress
from service.settings import Settings
from service.usecases.evaluate_alignment import AlignmentEvaluation, evaluate_alignment

PLAIN: Final = "our plain twin"
BY_LENGTH: Final = "our Gale-Church"
WITHOUT_CONFIDENCE: Final = ("strict_f1", "lax_f1", "link_f1", "unmatched_f1", "moved")
"""The figures of an aligner that does not say how sure it is."""
COLUMNS: Final = ("", "strict", "lax", "link", "alone", "moved", "ECE", "AUC")
NAME_WIDTH: Final = 20
"""Characters of the longest name of an algorithm, and the space beside it."""
SET_WIDTH: Final = 13
"""Characters of two figures and the space beside them."""
NOTE: Final = (
    "F1 of groups, strict and lax; of single links; of paragraphs left alone. moved: share of "
    "moved groups found. ECE, AUC: of the groups' confidence."
)
NOTE_ON_OTHERS: Final = (
    "Strict / lax F1. Ours, twin and our Gale-Church were measured now; the others are as measured "
    "before, with the same sentence vectors unless they name their own."
)


def evaluate_align(directory: Path, json_output: bool, plot: Path | None) -> None:
    """Align every pair of editions of the test sets and print how well it went."""
    with progress("aligning", unit="articles") as advance:
        evaluation = evaluate_alignment(directory, make_encoder(Settings()), progress=advance)
    if plot is not None:
        draw_calibration(plot, evaluation.bins, _caption(evaluation))
    if json_output:
        typer.echo(json.dumps(_as_object(evaluation)))
        return
    console = Console(highlight=False)
    console.print(_table_of_ours(evaluation), "", NOTE, "", sep="\n")
    for table in _tables_of_others(evaluation, console.width):
        console.print(table, "", sep="\n")
    console.print(NOTE_ON_OTHERS)


def _as_object(evaluation: AlignmentEvaluation) -> dict[str, object]:
    pooled = evaluation.pooled
    return {
        "figures": {
            **asdict(pooled.figures),
            "by_pair": _as_dicts(pooled.by_pair),
            "by_set": {
                name: {
                    **asdict(scores.figures),
                    "by_pair": _as_dicts(scores.by_pair),
                    "articles": scores.articles,
                }
                for name, scores in evaluation.by_set.items()
            },
            "articles": pooled.articles,
            "signature": evaluation.signature,
        },
        "compared_to": {
            "plain": _of_twin(pooled.plain),
            "gale_church": _of_twin(pooled.by_length),
            "by_set": {
                name: {"plain": _of_twin(scores.plain), "gale_church": _of_twin(scores.by_length)}
                for name, scores in evaluation.by_set.items()
            },
            "published": {
                name: {algorithm: asdict(figures) for algorithm, figures in known.items()}
                for name, known in evaluation.published.items()
            },
        },
    }


def _as_dicts(by_name: Mapping[str, Figures]) -> dict[str, dict[str, Any]]:
    return {name: asdict(figures) for name, figures in by_name.items()}


def _of_twin(figures: Figures) -> dict[str, float]:
    return {name: getattr(figures, name) for name in WITHOUT_CONFIDENCE}


def _caption(evaluation: AlignmentEvaluation) -> str:
    figures = evaluation.pooled.figures
    groups = sum(one.size for one in evaluation.bins)
    told = f"{groups} groups of {evaluation.pooled.articles} articles, {evaluation.signature}"
    return f"{told}\nECE {_shown(figures.ece)}, AUC {_shown(figures.auc)}"


def _table_of_ours(evaluation: AlignmentEvaluation) -> Table:
    """Return the table of our figures: over all, by pair, by set."""
    pooled = evaluation.pooled
    table = _table(COLUMNS, title=f"{pooled.articles} articles, {evaluation.signature}")
    table.add_row("all pairs", *_row(pooled.figures))
    for pair, figures in pooled.by_pair.items():
        table.add_row(pair, *_row(figures))
    if len(evaluation.by_set) > 1:
        for name, scores in evaluation.by_set.items():
            table.add_section()
            table.add_row(name, *_row(scores.figures))
            for pair, figures in scores.by_pair.items():
                table.add_row(f"  {pair}", *_row(figures))
    return table


def _row(figures: Figures) -> Iterator[str]:
    """Yield the cells; what there was nothing to measure on is a dash."""
    for name in WITHOUT_CONFIDENCE[:-1]:
        yield _shown(getattr(figures, name))
    yield _shown(figures.moved if figures.moved_groups else None)
    yield _shown(figures.ece)
    yield _shown(figures.auc)


def _tables_of_others(evaluation: AlignmentEvaluation, width: int) -> Iterator[Table]:
    """Yield tables of algorithms by sets, each with as many sets as fit in the width.

    Sets with published figures come first, and stand apart from the others.
    """
    at_a_time = max(1, (width - NAME_WIDTH) // SET_WIDTH)
    known = [name for name in evaluation.by_set if name in evaluation.published]
    other = [name for name in evaluation.by_set if name not in evaluation.published]
    for names in (known, other):
        for start in range(0, len(names), at_a_time):
            yield _table_of_others(evaluation, names[start : start + at_a_time])


def _table_of_others(evaluation: AlignmentEvaluation, names: Sequence[str]) -> Table:
    table = _table(("", *(name.replace("/", "/\n") for name in names)))
    scores = [evaluation.by_set[name] for name in names]
    table.add_row("ours", *(_strict_and_lax(one.figures) for one in scores))
    table.add_row(PLAIN, *(_strict_and_lax(one.plain) for one in scores))
    table.add_row(BY_LENGTH, *(_strict_and_lax(one.by_length) for one in scores))
    published = [evaluation.published.get(name, {}) for name in names]
    table.add_section()
    for algorithm in dict.fromkeys(algorithm for known in published for algorithm in known):
        table.add_row(algorithm, *(_strict_and_lax(known.get(algorithm)) for known in published))
    return table


def _strict_and_lax(figures: Any) -> str:
    if figures is None:
        return ""
    return f"{_shown(figures.strict_f1)}/{_shown(figures.lax_f1)}"


def _table(columns: Sequence[str], *, title: str | None = None) -> Table:
    table = Table(title=title, box=SIMPLE, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for place, heading in enumerate(columns):
        table.add_column(heading, justify="right" if place else "left", no_wrap=bool(place))
    return table


def _shown(share: float | None) -> str:
    """Return a share in three digits, without the zero before them."""
    return "–" if share is None else f"{share:.3f}".removeprefix("0")
