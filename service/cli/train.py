"""``triptych train``: a compact model of your own sentence pairs."""

import json
import os
import re
import signal
import time as clock
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from service.bootstrap import threads_of
from service.cli.options import JsonOption, read_bytes
from service.cli.progress import stages
from service.domain.errors import InvalidInputError
from service.domain.language import Direction, Language, parse_language
from service.settings import Settings
from service.usecases.prepare_training import prepare_training
from service.usecases.train_model import Budget, train_model

if TYPE_CHECKING:
    from service.mt.training.plan import Plan
    from service.mt.training.run import News

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
TOKENS: Final = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}
FOR_NEW_RUNS: Final = {
    "direction": "direction",
    "columns": "columns",
    "dev": "dev",
    "test": "test",
    "weights": "weights",
    "licence": "licence",
    "from_model": "from",
    "size": "size",
    "pieces": "pieces",
    "batch": "batch",
    "seed": "seed",
}
"""Parameters that a run keeps, and what their options are called."""
MOST_TIMES: Final = 100
"""An epoch takes no pair more often."""
LINE_SECONDS: Final = 60.0
"""Between two lines where there is no terminal."""


class WeightsFileError(InvalidInputError):
    """The file of domain weights cannot be used."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f'{path}: expected one JSON object, a figure a domain: {{"news": 2, "laws": 0.5}}'
        )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("train", epilog="Example: triptych train runs/mine pairs.tsv --time 2h")(train)


def _quantity(text: str, units: dict[str, int], *, least: float, example: str) -> float:
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)\s*([A-Za-z]*)", text.strip())
    quantity = float(match[1]) * units.get(match[2], 0) if match else 0
    if quantity < least:
        message = f"{text[:40]!r} is no such quantity: write it as {example}"
        raise typer.BadParameter(message)
    return quantity


def _seconds(text: str) -> float:
    return _quantity(text, SECONDS, least=0.001, example="90s, 30m, 2h or 1.5d")


def _tokens(text: str) -> int:
    return int(_quantity(text, TOKENS, least=1, example="800k, 60M or 1.5G"))


def _direction(text: str) -> Direction:
    source, _, target = text.partition("-")
    return Direction(parse_language(source), parse_language(target))


def _columns(text: str) -> list[Language]:
    columns = [parse_language(code) for code in text.split(",")]
    if len(set(columns)) < len(columns) or len(columns) < 2:  # noqa: PLR2004 - a pair
        raise typer.BadParameter("name two or three different languages, as en,fr,ru")
    return columns


TimeOption = Annotated[
    float | None,
    typer.Option("--time", parser=_seconds, metavar="TIME", help="How long to train, as 2h."),
]
TokensOption = Annotated[
    int | None,
    typer.Option(
        parser=_tokens, metavar="COUNT", help="How many target tokens to train on, as 60M."
    ),
]


def train(
    context: typer.Context,
    run: Annotated[Path, typer.Argument(help="Folder of the run; the model is named like it.")],
    pairs: Annotated[
        list[Path] | None,
        typer.Argument(help="TSV or JSONL of sentence pairs, or folders of them; for a new run."),
    ] = None,
    *,
    time: TimeOption = None,
    tokens: TokensOption = None,
    cool: Annotated[
        bool, typer.Option("--cool", help="Let the learning rate fall all the way: do this last.")
    ] = False,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Prepare the data, and do not train.")
    ] = False,
    direction: Annotated[
        list[Direction] | None,
        typer.Option(parser=_direction, metavar="en-fr", help="Repeat; else all there are."),
    ] = None,
    columns: Annotated[
        str, typer.Option(metavar="CODES", help="What the fields of a TSV are.")
    ] = "en,fr,ru",
    dev: Annotated[
        list[Path] | None,
        typer.Option(help="Pairs to score the model on; else some are held out. Repeat."),
    ] = None,
    test: Annotated[
        list[Path] | None,
        typer.Option(help="Texts, or folders of them, that must not be trained on. Repeat."),
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="JSON: how often an epoch takes each file's pairs.")
    ] = None,
    licence: Annotated[
        str, typer.Option(help="Licence of the pairs, for the model's card.")
    ] = "not stated",
    from_model: Annotated[
        Path | None, typer.Option("--from", help="Model folder to begin with, not from nothing.")
    ] = None,
    size: Annotated[
        Literal["small", "medium"], typer.Option(help="9 or 18 million parameters.")
    ] = "small",
    pieces: Annotated[
        int, typer.Option(min=280, max=32_000, help="Size of the vocabulary.")
    ] = 8000,
    batch: Annotated[
        int, typer.Option(min=64, max=262_144, help="Target tokens in a batch; more on a GPU.")
    ] = 4096,
    seed: Annotated[int, typer.Option(min=0, help="Of all random choices.")] = 1,
    json_output: JsonOption = False,
) -> None:
    """Train a compact model on sentence pairs; run it again to go on, exactly where it was.

    Stop it with Ctrl-C whenever you like: it saves first.
    """
    # Threads that wait by spinning starve each other as soon as anything else runs.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    threads = threads_of(Settings())
    _check_usage(context, new=bool(pairs), budget=bool(time or tokens), cool=cool, prepare=prepare)
    if pairs:
        from service.mt.training.plan import SIZES  # noqa: PLC0415 - heavy imports are lazy
        from service.mt.training.prepare import Sources  # noqa: PLC0415 - as above

        sources = Sources(
            files=pairs,
            columns=_columns(columns),
            directions=direction or (),
            dev=dev or (),
            tests=test or (),
            weights=_read_weights(weights) if weights else {},
            data_licence=licence,
        )
        with stages() as told:
            plan = prepare_training(
                run,
                sources,
                size=SIZES[size],
                pieces=pieces,
                from_model=from_model,
                batch_tokens=batch,
                seed=seed,
                threads=threads,
                told=told,
            )
        _print_plan(plan)
    if not prepare:
        budget = Budget(seconds=time, tokens=tokens, cool=cool) if time or tokens else None
        _train(run, budget, threads=threads, json_output=json_output)


def _check_usage(
    context: typer.Context, *, new: bool, budget: bool, cool: bool, prepare: bool
) -> None:
    given = [name for name in FOR_NEW_RUNS if _is_given(context, name)]
    if given and not new:
        options = ", ".join(f"--{FOR_NEW_RUNS[name]}" for name in given)
        raise typer.BadParameter(f"{options} is for a new run: name the sentence pairs, too")
    if prepare and not new:
        raise typer.BadParameter("--prepare is for a new run: name the sentence pairs, too")
    if cool and not budget:
        raise typer.BadParameter("--cool needs --time or --tokens: how long the rate is to fall")


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _read_weights(path: Path) -> dict[str, float]:
    try:
        found = json.loads(read_bytes(path))
        weights = {str(domain): float(weight) for domain, weight in found.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise WeightsFileError(path) from error
    if not all(0 <= weight <= MOST_TIMES for weight in weights.values()):
        raise WeightsFileError(path)
    return weights


def _print_plan(plan: "Plan") -> None:
    table = Table(box=None, header_style="bold")
    table.add_column("domain")
    for languages in plan.pairs:
        table.add_column(languages, justify="right")
    table.add_column("times an epoch", justify="right")
    for domain in sorted({domain for counts in plan.pairs.values() for domain in counts}):
        counts = (f"{found.get(domain, 0):,}" for found in plan.pairs.values())
        table.add_row(domain, *counts, f"{plan.weights.get(domain, 1):g}")
    console = Console(stderr=True)
    console.print(table)
    for languages, left_out in plan.left_out.items():
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in left_out.items())
        console.print(f"left out of {languages}: {reasons or 'nothing'}")
    for languages, count in plan.renamed.items():
        console.print(f"again with other names, {languages}: {count:,}")


def _train(run: Path, budget: Budget | None, *, threads: int, json_output: bool) -> None:
    news = None
    with _stoppable() as stopped, _live() as show:
        for news in train_model(run, budget, threads=threads, stopped=stopped):
            show(news)
    if news is None or not news.report.ended:
        raise typer.Exit(1)
    report = news.report
    if json_output:
        typer.echo(json.dumps({"figures": _figures(news), "compared_to": "the development set"}))
    elif report.finished:
        typer.echo(f"done: {run / 'model'} (triptych models add {run / 'model'})")
    else:
        typer.echo(f"stopped and saved; go on with: triptych train {run}")


def _figures(news: "News") -> dict[str, object]:
    report, scores = news.report, news.scores
    return {
        "tokens": report.progress.tokens,
        "steps": report.progress.step,
        "seconds": report.progress.seconds,
        "loss": report.loss,
        "tokens_per_second": report.progress.tokens / report.progress.seconds,
        "dev_loss": dict(scores.loss) if scores else None,
        "dev_chrf": dict(scores.chrf) if scores else None,
        "finished": report.finished,
    }


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Yield what says whether somebody wants us to stop; a second wish is granted at once."""
    wishes: list[int] = []

    def wish(number: int, _frame: object) -> None:
        if wishes:
            raise KeyboardInterrupt
        wishes.append(number)

    before = {number: signal.signal(number, wish) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(wishes)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _live() -> Iterator[Callable[["News"], None]]:
    """Yield what shows news: one line that changes on a terminal, a line a minute elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines().show
        return
    with Live(Text("loading"), console=console, transient=True) as live:

        def show(news: "News") -> None:
            live.update(Text(_line(news)))
            if news.scores or news.report.warning:
                live.console.print(Text(_line(news)))

        yield show


class _Lines:
    """Prints scores, warnings and the end, and else a line a minute."""

    def __init__(self) -> None:
        self._said = -LINE_SECONDS

    def show(self, news: "News") -> None:
        now = clock.monotonic()
        important = news.scores or news.report.warning or news.report.ended
        if important or now - self._said >= LINE_SECONDS:
            self._said = now
            typer.echo(_line(news), err=True)


def _line(news: "News") -> str:
    report, leg = news.report, news.leg
    left = leg.seconds_left(report.progress, tokens_per_second=report.tokens_per_second)
    parts = [
        f"{report.progress.tokens / 1e6:.2f} M tokens",
        f"loss {report.loss:.3f}",
        f"alignment {report.guide:.2f}",
        f"rate {report.rate:.1e}",
        f"{report.tokens_per_second:,.0f} tokens/s",
        f"{_clock(left)} left",
    ]
    if news.scores is not None:
        for direction, loss in news.scores.loss.items():
            parts.append(f"{direction} {loss:.3f}, chrF {news.scores.chrf[direction]:.1f}")
    if report.warning is not None:
        parts.append(f"WARNING: {report.warning}")
    return " · ".join(parts)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
