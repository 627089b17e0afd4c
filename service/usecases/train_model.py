"""A model is trained on what was prepared, for as long as somebody gives it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service.domain.errors import ConflictError, NotFoundError
from service.usecases.prepare_training import lock_run

if TYPE_CHECKING:
    from service.mt.training.run import News


class NoRunError(NotFoundError):
    """There is no run to go on with."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} has no run yet: name the sentence pairs to begin one")


class BudgetSpentError(ConflictError):
    """All that was asked for is trained."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"the run in {folder} has spent its budget: say how much longer with --time or --tokens"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much longer to train; what is spent first ends it."""

    seconds: float | None = None
    tokens: int | None = None
    cool: bool = False
    """Let the learning rate fall from the beginning to the end."""


def train_model(
    folder: Path, budget: Budget | None, *, threads: int, stopped: Callable[[], bool]
) -> Iterator["News"]:
    """Train a run to the end of a budget, or until somebody stops it.

    Without a budget it goes on, exactly, with the one that it was stopped in. What is trained is
    saved every five minutes and at the end; the model so far is in the folder's ``model``.

    Args:
        folder: Of the run; prepared.
        budget: How much longer from here; ``None`` for what is left of the last one.
        threads: Processor threads.
        stopped: Asked at every step.

    Yields:
        How it stands, every few seconds; the last has ``report.ended``.

    Raises:
        NoRunError: If nothing is prepared.
        RunBusyError: If another process is at work in the folder.
        BudgetSpentError: If there is nothing left to do.
        RunDamagedError: If a file of the run is missing or damaged.
        RuinedRunError: If the loss is no number any more.
    """
    from service.mt.training.plan import PLAN  # noqa: PLC0415 - heavy imports are lazy
    from service.mt.training.run import Run  # noqa: PLC0415 - as above

    folder = folder.resolve()
    if not (folder / PLAN).is_file():
        raise NoRunError(folder)
    lock = lock_run(folder)
    try:
        run = Run(folder, threads=threads)
        if budget is not None:
            run.begin_leg(seconds=budget.seconds, tokens=budget.tokens, cool=budget.cool)
        if run.leg is None or run.spent:
            raise BudgetSpentError(folder)
        yield from run.train(run.leg, stopped=stopped)
    finally:
        lock.close()
