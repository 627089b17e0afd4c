"""Sentence pairs become a folder in which a model can be trained."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from service.db.file_lock import FileLock
from service.domain.errors import ConflictError, InvalidInputError

if TYPE_CHECKING:
    from service.mt.training.plan import Plan
    from service.mt.training.prepare import Sources, Told

LOCK = ".lock"


class RunBusyError(ConflictError):
    """Another process trains in this folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"another process is at work in {folder}: wait for it, or stop it first")


class RunExistsError(ConflictError):
    """The folder already has a run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} already has a run: name no sentence pairs to go on with it, or choose "
            "another folder"
        )


class RunNameError(InvalidInputError):
    """The model takes its name from the folder, and this one is not fit for it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"the model is named like its folder, and {folder.name!r} is no name for one: "
            "choose letters, digits, - and . only"
        )


def lock_run(folder: Path) -> FileLock:
    """Return the lock of a run's folder, taken; closing it lets others in.

    Raises:
        RunBusyError: If another process has it.
        OSError: If the folder cannot be written.
    """
    lock = FileLock(folder / LOCK)
    if not lock.take():
        lock.close()
        raise RunBusyError(folder)
    return lock


def prepare_training(
    folder: Path,
    sources: "Sources",
    *,
    size: Mapping[str, int],
    pieces: int,
    from_model: Path | None,
    batch_tokens: int,
    seed: int,
    threads: int,
    told: "Told",
) -> "Plan":
    """Read, clean and pack sentence pairs into a new run's folder.

    Args:
        folder: Of the run; made if it is not there. The model is named like it.
        sources: The sentence pairs, and what is to be made of them.
        size: Fields of `Shape`, as `SIZES` has them; of no account with ``from_model``.
        pieces: Size of the vocabulary; of no account with ``from_model``.
        from_model: Model folder whose vocabulary and weights to begin with.
        batch_tokens: Target tokens of a batch, padding included.
        seed: Of all random choices.
        threads: Processor threads.
        told: Called with what is being done, how much of it is done, and all of it.

    Raises:
        RunNameError: If the folder's name is none for a model.
        RunExistsError: If there is a run.
        RunBusyError: If another process prepares one.
        TriptychError: Whatever `prepare` raises.
    """
    from service.mt.training.checkpoint import STATE  # noqa: PLC0415 - heavy imports are lazy
    from service.mt.training.plan import NAME, PLAN  # noqa: PLC0415 - heavy imports are lazy
    from service.mt.training.prepare import prepare  # noqa: PLC0415 - as above

    folder = folder.resolve()
    if not NAME.fullmatch(folder.name):
        raise RunNameError(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lock = lock_run(folder)
    try:
        if (folder / PLAN).exists() or (folder / STATE).exists():
            raise RunExistsError(folder)
        return prepare(
            folder,
            sources,
            size=size,
            pieces=pieces,
            from_model=from_model,
            batch_tokens=batch_tokens,
            seed=seed,
            threads=threads,
            told=told,
        )
    finally:
        lock.close()
