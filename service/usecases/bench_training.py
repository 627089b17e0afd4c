"""How fast we train, beside transformers' own trainer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from service.domain.errors import UnavailableError
from service.usecases.train_model import NoRunError

ROUNDS: Final = 3
"""Each way has its turn so often, so that a busy machine hits both alike."""


class NoTrainerError(UnavailableError):
    """transformers' trainer needs a package that is not installed."""

    def __init__(self) -> None:
        super().__init__("transformers' trainer needs accelerate: pip install accelerate")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSpeed:
    """Target tokens, padding left out, by way of training."""

    tokens_per_cpu_second: Mapping[str, float]
    """Of all threads; times the threads it is what a quiet machine does in a second."""
    tokens_per_second: Mapping[str, float]
    tokens_per_batch: Mapping[str, float]
    ratio_to_trainer: float
    """How many times as many tokens a CPU second as Seq2SeqTrainer."""
    threads: int
    half: bool
    """Whether both computed in bf16."""


def bench_training(
    run: Path,
    *,
    seconds: float,
    threads: int,
    progress: Callable[[int, int], None],
) -> TrainingSpeed:
    """Train new networks on a run's pairs, ours and the trainer's in turns; nothing is kept.

    Args:
        run: Folder of a prepared run; nothing is written there.
        seconds: For each way, all its turns together, warm-up apart.
        threads: Processor threads.
        progress: Called with the turns done and all turns.

    Raises:
        NoRunError: If nothing is prepared there.
        NoTrainerError: If transformers' trainer cannot be used.
        RunDamagedError: If a file of the run is missing or damaged.
    """
    from service.mt.training import bench  # noqa: PLC0415 - heavy imports are lazy
    from service.mt.training.plan import PLAN  # noqa: PLC0415 - as above
    from service.mt.training.run import computes_in_half  # noqa: PLC0415 - as above
    from service.mt.training.turns import Work, all_work  # noqa: PLC0415 - as above

    if find_spec("accelerate") is None:
        raise NoTrainerError
    if not (run / PLAN).is_file():
        raise NoRunError(run)
    half = computes_in_half("cpu")
    ways = bench.ways(run, threads=threads, half=half)
    turns: dict[str, list[Work]] = {name: [] for name in ways}
    for number in range(ROUNDS * len(ways)):
        progress(number, ROUNDS * len(ways))
        name = list(ways)[number % len(ways)]
        turns[name].append(ways[name](seconds / ROUNDS))
    progress(ROUNDS * len(ways), ROUNDS * len(ways))
    done = {name: all_work(work) for name, work in turns.items()}
    rates = {name: work.tokens / work.cpu_seconds for name, work in done.items()}
    return TrainingSpeed(
        tokens_per_cpu_second=rates,
        tokens_per_second={name: work.tokens / work.seconds for name, work in done.items()},
        tokens_per_batch={name: work.tokens / work.steps for name, work in done.items()},
        ratio_to_trainer=rates[bench.OURS] / rates[bench.TRAINER],
        threads=threads,
        half=half,
    )
