"""Span, Bead, Alignment: what an alignment is made of."""

from collections.abc import Sequence
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
class Link:
    """Neighbouring sentences of one text and those of the other that say the same.

    Rows of the sentences. One side is empty where a sentence has no counterpart.
    """

    source: Sequence[int]
    target: Sequence[int]
    probability: float
    score: float
    """Nats; high is good."""
    moved: bool
    gain: float = 0.0
    """Nats by which the evidence speaks for it rather than for leaving all its members alone."""
    tied: float = 0.0
    """How likely a third text ties two of its members, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Where a sentence stands."""

    paragraph: int
    """From 0."""
    span: Span
    """Characters of the paragraph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bead:
    """Source paragraphs and the target paragraphs that say the same; one side may be empty.

    Sentences in place of paragraphs where these were aligned.
    """

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
    pinned: bool = False
    """Whether a person has confirmed it."""
    gain: float = 0.0
    """Nats by which the evidence speaks for it rather than for leaving both sides alone."""
    tied: float = 0.0
    """How likely a third edition ties its sides, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Beads that cover both texts exactly once.

    They stand in the order of the source. One without source follows the bead of the target
    paragraph before it.
    """

    beads: tuple[Bead, ...]
    signature: str
    """What made it: version of the algorithm and its constants, encoder."""
    source_sentences: tuple[Sentence, ...] = ()
    """What the beads' indexes count where sentences were aligned; else empty."""
    target_sentences: tuple[Sentence, ...] = ()
