"""Where a model looks when it writes a word: the layer and heads that tell it best.

Every layer and head of a decoder looks at the source in its own way, and few of them look at the
word that is being translated. Which, is measured once for a model, and kept with it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

ATTENTION_FILE: Final = "triptych-attention.json"
"""Beside a model that has no manifest; one that has says it there."""
ATTENTION_KEY: Final = "attention"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """A layer of the decoder, and those of its heads whose mean is looked at."""

    layer: int
    """From 0; -1 is the last."""
    heads: tuple[int, ...]
    """From 0, each once, in order."""

    @property
    def code(self) -> str:
        """A few characters that name it: ``1.0-2-3``."""
        return f"{self.layer}.{'-'.join(map(str, self.heads))}"

    def fits(self, config: Mapping[str, Any]) -> bool:
        """Tell whether a model with this ``config.json`` has such a layer and heads."""
        layers, heads = config.get("decoder_layers"), config.get("decoder_attention_heads")
        if not isinstance(layers, int) or not isinstance(heads, int):
            return False
        return -1 <= self.layer < layers and max(self.heads) < heads


UNMEASURED: Final = Attention(layer=-1, heads=(0,))
"""marian's own choice for ``--alignment``, and the head that opus-mt was taught to align with."""


def parse_attention(value: Any) -> Attention:
    """Return what a manifest or file says.

    Raises:
        ValueError: If it is something else.
        TypeError: As above.
        KeyError: As above.
    """
    layer, heads = value["layer"], tuple(value["heads"])
    numbers = [layer, *heads]
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        message = "layer and heads must be whole numbers"
        raise TypeError(message)
    if layer < -1 or not heads or heads != tuple(sorted(set(heads))) or heads[0] < 0:
        message = "layer must be -1 or more, and heads some numbers from 0 in order"
        raise ValueError(message)
    return Attention(layer=layer, heads=heads)


def candidates(*, layers: int, heads: int) -> Iterator[Attention]:
    """Yield all that is tried: all heads of a layer together, and each alone; last layers first."""
    for layer in reversed(range(layers)):
        yield Attention(layer=layer, heads=tuple(range(heads)))
        for head in range(heads):
            yield Attention(layer=layer, heads=(head,))


def write_attention(folder: Path, attention: Attention, *, manifest: str) -> None:
    """Write into a model's manifest, or beside a model that has none.

    Raises:
        OSError: If it cannot be written.
    """
    path = folder / manifest
    content: Any = asdict(attention)
    if path.is_file():
        content = {**json.loads(path.read_text(encoding="utf-8")), ATTENTION_KEY: content}
    else:
        path = folder / ATTENTION_FILE
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def mean_rows(heads: Sequence[Sequence[Sequence[float]]]) -> list[list[float]]:
    """Return the mean over heads of what each target token looks at: (heads, T, S) to (T, S)."""
    return [
        [sum(weights) / len(heads) for weights in zip(*rows, strict=True)]
        for rows in zip(*heads, strict=True)
    ]
