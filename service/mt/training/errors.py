"""What can go wrong when a model is trained, by name."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

from service.domain.errors import ConflictError, InvalidInputError, NotFoundError
from service.domain.language import Direction


class PairsError(InvalidInputError):
    """A file of sentence pairs cannot be read."""

    def __init__(self, path: Path, problem: str, *, line: int | None = None) -> None:
        place = path.name if line is None else f"{path.name}, line {line}"
        super().__init__(f"{place}: {problem}")


class NoPairFilesError(NotFoundError):
    """There is no file of sentence pairs where they should be."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"there are no sentence pairs in {path}: give files named .tsv or .jsonl (also with "
            ".xz after it), or a folder of them"
        )


class NoPairsError(InvalidInputError):
    """Nothing is left to train a direction on."""

    def __init__(self, direction: Direction, reasons: str) -> None:
        super().__init__(
            f"no sentence pair is left for {direction} (left out: {reasons or 'nothing'}): give "
            "files that have both languages, or name the columns with --columns"
        )


class NoDevelopmentPairsError(InvalidInputError):
    """There is nothing to score a direction on."""

    def __init__(self, languages: Direction) -> None:
        super().__init__(
            f"there are no pairs of {languages} to score the model on: name a development set that "
            "has some with --dev, or give more pairs, of which some are held out"
        )


class TooFewLinesError(InvalidInputError):
    """The text is too little to learn a vocabulary of that size from."""

    def __init__(self, pieces: int, problem: str) -> None:
        super().__init__(
            f"no vocabulary of {pieces} pieces can be made of these texts ({problem}); "
            "ask for fewer with --pieces, or give more text"
        )


class SharedVocabularyError(InvalidInputError):
    """Training goes on only from a model with one vocabulary for both sides, and with tags."""

    def __init__(self, folder: Path, problem: str) -> None:
        super().__init__(
            f"training cannot go on from {folder}: {problem}; begin without --from instead"
        )


class RunDamagedError(ConflictError):
    """A file of the run is missing or cannot be read."""

    def __init__(self, folder: Path, file: str) -> None:
        super().__init__(
            f"{folder}: {file} is missing or damaged; begin a new run, with --from {folder}/model "
            "if that is there"
        )


UNREADABLE: Final = (OSError, EOFError, KeyError, RuntimeError, ValueError, BadZipFile)
"""What the readers of a run's files raise when one is missing or damaged."""


class RuinedRunError(InvalidInputError):
    """The loss is no number any more."""

    def __init__(self, step: int) -> None:
        super().__init__(
            f"the loss at step {step} is no number: the run is ruined from there on; "
            "the state before it is kept, begin again from the exported model with --from"
        )


class UnknownDomainError(InvalidInputError):
    """A weight is given to a domain that no file has."""

    def __init__(self, unknown: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(
            f"no file is named {', '.join(unknown)}, so its weight means nothing: "
            f"the domains are {', '.join(known)}"
        )


class NoWeightError(InvalidInputError):
    """All domains have the weight zero."""

    def __init__(self) -> None:
        super().__init__("every domain has the weight 0, so nothing is left: give one of them more")


class NoTestLinesError(NotFoundError):
    """There is nothing to keep the pairs apart from where a test set should be."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"there are no lines of a test set in {path}: give a text file, or a folder with .txt "
            "files"
        )
