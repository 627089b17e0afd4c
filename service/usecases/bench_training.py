"""How fast we train, beside transformers' own trainer."""

from collections.abc import Callable
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
    """Target tokens a second, padding left out, by way."""

    by_cpu_second: dict[str, float]
    """Of all threads; times the threads it is what a quiet machine does in a second."""
    by_second: dict[str, float]
    ratio_to_trainer: float
    """How many times as many tokens a CPU second as Seq2SeqTrainer."""
    threads: int


def bench_training(
    run: Path,
    *,
    seconds: float,
    threads: int,
    progress: Callable[[int, int], None],
) -> TrainingSpeed:
    """Train a new network on a run's pairs, in turns with Seq2SeqTrainer; nothing is kept.

    Args:
        run: Folder of a prepared run; nothing is written there.
        seconds: For each way, all its turns together.
        threads: Processor threads.
        progress: Called with the turns done and all turns.

    Raises:
        NoRunError: If nothing is prepared there.
        NoTrainerError: If transformers' trainer cannot be used.
        RunDamagedError: If a file of the run is missing or damaged.
    """
    from service.mt.training.bench import Work, ways  # noqa: PLC0415 - heavy imports are lazy
    from service.mt.training.plan import PLAN  # noqa: PLC0415 - as above

    if find_spec("accelerate") is None:
        raise NoTrainerError
    if not (run / PLAN).is_file():
        raise NoRunError(run)
    found = ways(run, threads=threads)
    done: dict[str, Work] = {name: Work() for name in found}
    turns = [name for _ in range(ROUNDS) for name in found]
    for number, name in enumerate(turns):
        progress(number, len(turns))
        found[name](seconds / ROUNDS, done[name])
    progress(len(turns), len(turns))
    by_cpu_second = {name: work.tokens / work.cpu_seconds for name, work in done.items()}
    return TrainingSpeed(
        by_cpu_second=by_cpu_second,
        by_second={name: work.tokens / work.seconds for name, work in done.items()},
        ratio_to_trainer=by_cpu_second["ours"] / by_cpu_second["Seq2SeqTrainer"],
        threads=threads,
    )
