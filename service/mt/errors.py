"""What can go wrong with models and markup, by name."""

from collections.abc import Sequence
from pathlib import Path

from service.domain.errors import (
    BusyError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)
from service.domain.language import Direction


class NoModelError(UnavailableError):
    """No installed model, nor two through English, translates in this direction."""

    def __init__(self, direction: Direction, available: Sequence[Direction]) -> None:
        known = ", ".join(map(str, available)) or "none"
        super().__init__(
            f"no model translates {direction} (there are models for: {known}); "
            f"fetch one with: triptych models pull opus-mt-{direction}, or install a folder that "
            "you have with: triptych models add FOLDER"
        )


class BrokenModelError(UnavailableError):
    """A model folder cannot be used; the message names the file and the remedy."""

    def __init__(self, folder: Path, problem: str) -> None:
        super().__init__(f"model folder {folder}: {problem}")


class MissingModelFileError(BrokenModelError):
    """A model folder lacks a file."""

    def __init__(self, folder: Path, file: str) -> None:
        super().__init__(folder, f"{file} is missing; copy the whole folder again")


class ChecksumError(BrokenModelError):
    """A file of a model is not the one that its SHA256SUMS names."""

    def __init__(self, folder: Path, file: str) -> None:
        super().__init__(
            folder, f"{file} differs from its line in SHA256SUMS; copy the whole folder again"
        )


class PickledModelError(BrokenModelError):
    """The weights are a pickle, which can run code when it is read."""

    def __init__(self, folder: Path, file: str) -> None:
        remedy = (
            "install the folder with: triptych models add FOLDER, which takes its tensors and "
            "runs nothing"
            if file == "pytorch_model.bin"
            else "get the model as model.safetensors"
        )
        super().__init__(
            folder, f"{file} is a pickle, which can run code when it is read; {remedy}"
        )


class RefusedPickleError(BrokenModelError):
    """A pickle holds something else than the tensors of a Marian model; nothing in it was run."""

    def __init__(self, folder: Path, file: str, problem: str) -> None:
        super().__init__(
            folder,
            f"{file} is refused, and nothing in it was run: {problem}; do not load it elsewhere "
            "either, get the model from another source",
        )


class WrongAnswersError(BrokenModelError):
    """A model answers otherwise than it should."""

    def __init__(self, folder: Path, engine: str, problems: Sequence[str]) -> None:
        listed = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(
            folder, f"it answers wrongly with {engine}; get it anew, or do not use it:{listed}"
        )


class LanguageTagError(BrokenModelError):
    """The manifest names a language tag that the vocabulary lacks."""

    def __init__(self, folder: Path, tag: str) -> None:
        super().__init__(
            folder, f"vocab.json has no token {tag!r}; correct the tag in triptych-model.json"
        )


class PadRowError(BrokenModelError):
    """The embedding of ``<pad>`` is not zero, so the two engines would start differently."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder,
            "the <pad> row of the shared embedding in model.safetensors is not zero; "
            "set it to zero and save the model again",
        )


class ModelNameError(InvalidInputError):
    """A folder neither has a manifest nor is named like an opus-mt model."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} is no model folder that Triptych knows: name it opus-mt-<from>-<to>, "
            "for example opus-mt-fr-en, or put a triptych-model.json into it"
        )


class ModelExistsError(ConflictError):
    """A model of this name is already installed."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(f"a model named {name!r} is already installed: remove {folder} first")


class ModelCacheError(UnavailableError):
    """The folder for converted models cannot be written or read."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"the converted model cannot be kept in {folder} ({reason}); "
            "free space, or delete that folder, or choose another data folder"
        )


class NoRoomError(UnavailableError):
    """There is no room for a model."""

    def __init__(self, folder: Path, needed_bytes: int | None = None) -> None:
        needed = "" if needed_bytes is None else f": it takes {needed_bytes / 1e6:,.0f} MB"
        super().__init__(
            f"there is no room for the model in {folder}{needed}; nothing was installed: free "
            "space, or choose another data folder (TRIPTYCH_DATA_DIR), and try again"
        )


class UnknownModelError(InvalidInputError):
    """The name is none of a model that can be fetched."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"no model {name[:80]!r} can be fetched: choose one of {', '.join(known)}")


class NotOnHubError(NotFoundError):
    """The hub has no such model, revision or file."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"the hub has no {what}; look at its page there, and choose another revision or model"
        )


class HubError(UnavailableError):
    """The hub cannot be reached, or does not give what it should."""

    def __init__(self, endpoint: str, problem: str) -> None:
        super().__init__(
            f"{endpoint}: {problem}; nothing was installed. Try again later; or, where there is "
            "no network, get the folder on another machine, bring it here, and install it with: "
            "triptych models add FOLDER"
        )


class FailedCheckError(UnavailableError):
    """Models are not as they should be."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))


class QueueFullError(BusyError):
    """Too much waits to be translated already."""

    def __init__(self) -> None:
        super().__init__("too much is being translated at the moment: try again in some seconds")


class MarkupError(InvalidInputError):
    """A paragraph's markup cannot be parsed."""

    def __init__(self) -> None:
        super().__init__("the paragraph's markup is no HTML that can be read; send it as text")
