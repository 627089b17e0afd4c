"""Which model serves which direction."""

import errno
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Final

from service.domain.language import Direction, Language
from service.mt.attention import write_attention
from service.mt.calibration import calibrate
from service.mt.errors import (
    BrokenModelError,
    ModelExistsError,
    ModelNameError,
    NoModelError,
    NoRoomError,
)
from service.mt.model_folder import (
    MANIFEST,
    PICKLE,
    WEIGHTS,
    CheckedModel,
    ModelFolder,
    check_files,
    check_model,
    check_sums,
    read_model_folder,
    write_sums,
)
from service.mt.weights import convert_pickle

PACKAGED_MODELS = Path(__file__).parent / "models"
HUB_OWNER = "Helsinki-NLP"

LEFT_OUT: Final = re.compile(r"^\.|\.(bin|pt|pkl|h5|msgpack|ot)$|^SHA256SUMS$")
"""Files that are not copied: hidden ones, weights in forms that we never read, and old sums."""
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says when there is no more room: on the disk, of the user's, for a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One model, used in one of its directions."""

    model: ModelFolder
    direction: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a direction is translated: by one model, or by two through English."""

    direction: Direction
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        """``compact``, or ``opus-mt-fr-en+opus-mt-en-ru`` for a pivot."""
        return "+".join(step.model.name for step in self.steps)

    @property
    def notice(self) -> str | None:
        """What a user should know about its models, if anything."""
        notes = [f"{step.model.name}: {step.model.note}" for step in self.steps if step.model.note]
        return "; ".join(dict.fromkeys(notes)) or None

    @property
    def is_pivot(self) -> bool:
        """Whether the text goes through English."""
        return len(self.steps) > 1


class Catalogue:
    """The models of one machine: the user's folder, the local hub cache, the packaged one.

    Nothing is ever fetched. Folders are looked at each time, so a model that was added is found
    without a restart.
    """

    def __init__(self, models_dir: Path, *, hub_cache: Path | None = None) -> None:
        """Look for models in these places.

        Args:
            models_dir: The user's folder, with one folder a model; it need not exist.
            hub_cache: The Hugging Face cache; by default the library's own.
        """
        self._models_dir = models_dir
        self._hub_cache = hub_cache

    def models(self) -> list[ModelFolder]:
        """Return every model, in order of preference.

        opus-mt models come first, those of the user's folder before those of the hub cache; then
        the user's folders with a manifest; the packaged model is last.

        Raises:
            BrokenModelError: If a manifest cannot be read.
        """
        installed = list(_read_folders(self._models_dir))
        opus = [model for model in installed if not model.has_manifest]
        ours = [model for model in installed if model.has_manifest]
        return [*opus, *_hub_models(self._hub_cache), *ours, *_read_folders(PACKAGED_MODELS)]

    def find(self, direction: Direction) -> Route:
        """Return the route that a direction takes.

        Raises:
            NoModelError: If there is none.
            BrokenModelError: If a manifest cannot be read.
        """
        models = self.models()
        route = _find(models, direction)
        if route is None:
            raise NoModelError(direction, [route.direction for route in _routes(models)])
        return route

    def routes(self) -> list[Route]:
        """Return the route of every direction that has one.

        Raises:
            BrokenModelError: If a manifest cannot be read.
        """
        return _routes(self.models())

    def add(self, folder: Path) -> ModelFolder:
        """Check a model folder and copy it into the user's folder, whole or not at all.

        Weights in ``pytorch_model.bin`` alone are converted, and the copy has a new ``SHA256SUMS``.

        Raises:
            ModelNameError: If the folder is no model.
            BrokenModelError: If a file is missing or damaged, or the weights are refused.
            ModelExistsError: If a model of that name is installed.
            NoRoomError: If the disk is full.
            OSError: If it cannot be copied.
        """
        model = read_model_folder(folder.resolve())
        weights = WEIGHTS
        if (model.path / PICKLE).is_file() and not (model.path / WEIGHTS).is_file():
            weights = PICKLE
        check_sums(model, check_files(model, weights=weights))
        with self.installing(model.name) as copy:
            for file in model.path.iterdir():
                wanted = file.name == weights or not LEFT_OUT.search(file.name)
                if wanted and file.is_file():
                    shutil.copyfile(file, copy / file.name)
        return read_model_folder(self._models_dir / model.name)

    @contextmanager
    def installing(self, name: str) -> Iterator[Path]:
        """Yield an empty folder that becomes the model of this name, whole or not at all.

        What was put into it is converted, checked and summed up when the block ends, and is
        removed when the block or that fails.

        Raises:
            BrokenModelError: If it is no model as it should be.
            ModelExistsError: If a model of that name is installed, before or meanwhile.
            NoRoomError: If the disk is full.
            OSError: If it cannot be written.
        """
        target = self._models_dir / name
        if target.exists():
            raise ModelExistsError(name, target)
        with _room_in(self._models_dir):
            self._models_dir.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".adding-", dir=self._models_dir) as temporary:
                copy = Path(temporary) / name
                copy.mkdir()
                yield copy
                if not (copy / WEIGHTS).is_file() and (copy / PICKLE).is_file():
                    convert_pickle(copy)
                write_sums(copy)
                self._calibrate(check_model(read_model_folder(copy)))
                _publish(copy, target)

    @staticmethod
    def _calibrate(model: CheckedModel) -> None:
        """Measure where a model looks, and keep it with the model.

        A model that cannot be run is left as it is: ``triptych models check`` says so.
        """
        attention = None
        if not model.folder.is_calibrated:
            with suppress(BrokenModelError):
                attention = calibrate(model)
        if attention is not None:
            path = model.folder.path
            write_attention(path, attention, manifest=MANIFEST)
            write_sums(path)


def _publish(copy: Path, target: Path) -> None:
    try:
        copy.rename(target)
    except OSError as error:
        if target.exists():
            raise ModelExistsError(target.name, target) from error
        raise


@contextmanager
def _room_in(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise NoRoomError(folder) from error
        raise


def _find(models: list[ModelFolder], direction: Direction) -> Route | None:
    for model in models:
        if direction in model.tags:
            step = Step(model=model, direction=direction)
            return Route(direction=direction, steps=(step,))
    if Language.EN in (direction.source, direction.target):
        return None
    there = _find(models, Direction(direction.source, Language.EN))
    back = _find(models, Direction(Language.EN, direction.target))
    if there is None or back is None:
        return None
    return Route(direction=direction, steps=there.steps + back.steps)


def _routes(models: list[ModelFolder]) -> list[Route]:
    directions = (Direction(source, target) for source, target in permutations(Language, 2))
    found = (_find(models, direction) for direction in directions)
    return [route for route in found if route is not None]


def _read_folders(parent: Path) -> Iterator[ModelFolder]:
    if not parent.is_dir():
        return
    for path in sorted(parent.iterdir()):
        if path.is_dir() and not path.name.startswith("."):
            try:
                yield read_model_folder(path)
            except ModelNameError:
                continue  # a folder of something else is none of our business


def _hub_models(cache: Path | None) -> Iterator[ModelFolder]:
    """Yield the opus-mt models in the local Hugging Face cache; never opens a connection.

    Snapshots without safetensors are passed over: other programs left them there, not for us.
    """
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415 - 0.3 s, not for every start

    for source, target in permutations(Language, 2):
        name = f"opus-mt-{source}-{target}"
        weights = try_to_load_from_cache(f"{HUB_OWNER}/{name}", WEIGHTS, cache_dir=cache)
        if isinstance(weights, str):
            yield read_model_folder(Path(weights).parent, name=name)
