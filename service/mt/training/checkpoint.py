"""The whole state of a run on disk: it goes on exactly where it was."""

import os
from dataclasses import asdict, dataclass, fields
from io import BytesIO
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final

import torch
from torch import Tensor

from service.mt.training.errors import UNREADABLE, RunDamagedError
from service.mt.training.schedule import Leg, Progress

STATE: Final = "state.pt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Weights, optimiser, place in the data and in the leg.

    There is no other random state: all shuffling follows from the seed, the epoch and the place.
    """

    progress: Progress
    leg: Leg
    weights: dict[str, Tensor]
    optimiser: dict[str, Any]
    snapshots: list[dict[str, Tensor]]
    """Weights kept in this leg for its soup, oldest first."""
    loss: float
    guide: float
    """The running losses."""

    def save(self, folder: Path) -> None:
        """Write the state whole: what stood there stays until all of it is on the disk.

        Raises:
            OSError: If it cannot be written.
        """
        part = folder / f".{STATE}.part"
        content = {field.name: getattr(self, field.name) for field in fields(self)} | {
            "progress": asdict(self.progress),
            "leg": asdict(self.leg),
        }
        buffer = BytesIO()
        torch.save(content, buffer)  # to a file it makes something else of the system's errors
        try:
            with part.open("wb") as stream:
                stream.write(buffer.getbuffer())
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(folder / STATE)
        finally:
            part.unlink(missing_ok=True)

    @classmethod
    def load(cls, folder: Path) -> "Checkpoint | None":
        """Read what `save` wrote, or ``None`` where there is nothing; runs no code of the file.

        Raises:
            RunDamagedError: If it cannot be read.
        """
        path = folder / STATE
        if not path.is_file():
            return None
        try:
            content = torch.load(path, map_location="cpu", weights_only=True)
            leg = content["leg"]
            content["leg"] = Leg(**leg | {"start": Progress(**leg["start"])})
            content["progress"] = Progress(**content["progress"])
            return cls(**content)
        except (*UNREADABLE, TypeError, UnpicklingError) as error:
            raise RunDamagedError(folder, STATE) from error
