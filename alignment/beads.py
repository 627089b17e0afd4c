"""Span, Bead, Alignment: what an alignment is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open run ``start <= index < end`` of paragraphs, sentences or characters."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise SpanError(self.start, self.end)

    def __len__(self) -> int:
        return self.end - self.start


class SpanError(ValueError):
    """A span that ends before it starts, or starts before 0."""

    def __init__(self, start: int, end: int) -> None:
        super().__init__(f"no span from {start} to {end}: it needs 0 <= start <= end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bead:
    """Source paragraphs and the target paragraphs that say the same; one side may be empty."""

    source: tuple[int, ...]
    """Indexes from 0, rising; not always neighbours."""
    target: tuple[int, ...]
    cost: float
    """Nats; low is good."""
    confidence: float
    """Probability in [0, 1] that the bead is right: that its two sides belong together and to
    nothing else or, where one is empty, that the other has no counterpart."""
    moved: bool = False
    """Whether it stands in another place of the target than its neighbours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Beads that cover both texts exactly once.

    They stand in the order of the source. One without source follows the bead of the target
    paragraph before it.
    """

    beads: tuple[Bead, ...]
    signature: str
    """What made it: version of the algorithm and its constants, encoder."""
