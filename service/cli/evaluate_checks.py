"""``triptych evaluate checks``: what the checks find of planted errors, printed."""

import json
from collections.abc import Mapping
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from service.bootstrap import make_encoder
from service.domain.translation import FlagCode
from service.settings import Settings
from service.usecases import evaluate_checks as usecase
from service.usecases.evaluate_checks import ChecksScore


def evaluate_checks(directory: Path, *, sentences: int, json_output: bool) -> None:
    """Score the checks on a test set and print a table, or one JSON object."""
    encoder = make_encoder(Settings())
    score = usecase.evaluate_checks(directory, sentences=sentences, encoder=encoder)
    if json_output:
        compared = "errors planted by rule in the set's own translations"
        typer.echo(json.dumps({"figures": _figures(score), "compared_to": compared}))
        return
    table = Table("planted error", "sentences", "named", "any flag", "flags", box=None)
    for kind, found in score.by_kind.items():
        name = kind.value.replace("_", " ")
        noticed = f"{found.noticed / found.planted:.0%}"
        table.add_row(name, str(found.planted), f"{found.recall:.0%}", noticed, _list(found.flags))
    alarms = f"{score.clean_flagged / score.clean:.1%}" if score.clean else "-"
    table.add_row("none", str(score.clean), "", alarms, _list(score.clean_flags))
    console = Console()
    console.print(table)
    console.print(f"precision {score.precision:.1%}, recall {score.recall:.1%}")
    console.print(f"checks {score.seconds:.2f} s, meaning {score.seconds_meaning:.2f} s")


def _figures(score: ChecksScore) -> dict[str, object]:
    return {
        "precision": score.precision,
        "recall": score.recall,
        "planted": score.planted,
        "clean": score.clean,
        "clean_flagged": score.clean_flagged,
        "seconds": score.seconds,
        "seconds_meaning": score.seconds_meaning,
        "false_alarms": {code.value: count for code, count in score.clean_flags.items()},
        "by_kind": {
            kind.value: {
                "planted": found.planted,
                "recall": found.recall,
                "any_flag": found.noticed / found.planted,
                "flags": {code.value: count for code, count in found.flags.items()},
            }
            for kind, found in score.by_kind.items()
        },
    }


def _list(flags: Mapping[FlagCode, int]) -> str:
    ordered = sorted(flags.items(), key=lambda item: -item[1])
    return ", ".join(f"{code.value} {count}" for code, count in ordered)
