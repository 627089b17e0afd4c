"""What a run is made of: written once, when its data is prepared."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from service.domain.language import Direction, Language
from service.mt.model_folder import parse_direction
from service.mt.training.errors import UNREADABLE, RunDamagedError
from service.mt.training.network import Shape
from service.mt.training.packing import DirectedPairs, PackedPairs
from service.mt.training.vocabulary import Vocabulary

PLAN: Final = "plan.json"
NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,99}", re.ASCII)
"""What a model may be called."""
SIZES: Final = {
    "small": {"width": 256, "feed_forward": 1024, "heads": 4},
    "medium": {"width": 384, "feed_forward": 1536, "heads": 6},
}
"""9 and 18 million parameters with 8,000 pieces; both with 6 encoder and 2 decoder layers."""
PEAK_RATE: Final = 6e-4
"""Highest learning rate of a network 256 wide; 1e-3 ruined the first compact model: the query and
key weights of the decoder saturated. It falls with the root of the width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The settings of a run, and what its data came to."""

    name: str
    directions: tuple[Direction, ...]
    shape: Shape
    batch_tokens: int
    short_first: int
    """Target tokens for which a new run begins with short sentences."""
    seed: int
    from_model: str | None
    """Name of the model whose weights it began with."""
    data_licence: str
    pairs: Mapping[str, Mapping[str, int]]
    """Pairs by the two languages and domain, before weights."""
    weights: Mapping[str, float]
    """How often an epoch takes a domain's pairs, where not once."""
    left_out: Mapping[str, Mapping[str, int]]
    """Pairs left out, by the two languages and reason."""
    renamed: Mapping[str, int] = field(default_factory=dict)
    """Pairs that are there again with other names, by the two languages; older runs had none."""

    @property
    def peak(self) -> float:
        """The highest learning rate."""
        return float(PEAK_RATE * (SIZES["small"]["width"] / self.shape.width) ** 0.5)

    def save(self, folder: Path) -> None:
        """Write the plan whole; a folder has a run once it is there."""
        content = asdict(self) | {"directions": list(map(str, self.directions))}
        part = folder / f".{PLAN}.part"
        part.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        part.replace(folder / PLAN)

    @classmethod
    def load(cls, folder: Path) -> "Plan":
        """Read what `save` wrote.

        Raises:
            RunDamagedError: If it cannot be read.
        """
        try:
            content: dict[str, Any] = json.loads((folder / PLAN).read_text(encoding="utf-8"))
            content["directions"] = tuple(map(parse_direction, content["directions"]))
            content["shape"] = Shape(**content["shape"])
            return cls(**content)
        except (*UNREADABLE, TypeError) as error:
            raise RunDamagedError(folder, PLAN) from error


def languages_of(direction: Direction) -> Direction:
    """Return the two languages in the order in which their pairs are kept: en, fr, ru."""
    order = list(Language)
    first, second = sorted((direction.source, direction.target), key=order.index)
    return Direction(first, second)


def load_pairs(
    folder: Path, directions: tuple[Direction, ...], vocabulary: Vocabulary
) -> list[DirectedPairs]:
    """Return the packed pairs of a folder, one entry a direction.

    Raises:
        RunDamagedError: If a file is missing or damaged.
    """
    loaded: dict[Direction, PackedPairs] = {}
    for languages in dict.fromkeys(map(languages_of, directions)):
        file = f"{languages}.npz"
        try:
            loaded[languages] = PackedPairs.load(folder / file)
        except UNREADABLE as error:
            raise RunDamagedError(folder.parent, f"{folder.name}/{file}") from error
    return [
        DirectedPairs(
            pairs=loaded[languages_of(direction)],
            swapped=direction != languages_of(direction),
            tag=vocabulary.tag(direction.target),
        )
        for direction in directions
    ]
