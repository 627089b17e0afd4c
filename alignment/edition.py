"""The sentences of an edition, and what is known of each on its own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from alignment.beads import Span
from alignment.encoders import SentenceEncoder
from alignment.numbers import find_numbers
from alignment.sentences import split_sentences

Matrix: TypeAlias = NDArray[np.float32]
Flags: TypeAlias = NDArray[np.bool_]
Indexes: TypeAlias = NDArray[np.intp]

CHARS_FOR_THE_SAME = {"en": 1.0, "fr": 1.19, "ru": 1.08}
"""Characters that say what one English character says, measured on the news of the development
sets; 1 for any other language."""
MOST_SENTENCES = 200
"""Of a paragraph; a longer one, which no article has, is cut into so many runs of sentences."""
NUMBER_CHARS = 20_000
"""Characters of a sentence that are searched for numbers."""


class EncoderError(ValueError):
    """An encoder gave something else than one finite vector a text."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the encoder {name} gave vectors that cannot be used: they must be finite, one a text"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """Some sentences of an edition, in reading order; all arrays are by sentence."""

    paragraphs: Indexes
    """(n,) in which paragraph each stands."""
    places: Indexes
    """(n,) which sentence of the edition each is, from 0."""
    begins: Flags
    """(n,) whether it is the first of its paragraph."""
    finishes: Flags
    """(n,) whether it is the last."""
    vectors: Matrix
    """(n, d), of length 1."""
    chars: Matrix
    """(n,) at least 1."""
    in_english: Matrix
    """(n,) characters of English that say as much."""
    numbers: Sequence[frozenset[str]]

    def __len__(self) -> int:
        return len(self.places)

    def take(self, rows: Indexes) -> "Sentences":
        """Return only some of them, which still know where they stand."""
        return Sentences(
            paragraphs=self.paragraphs[rows],
            places=self.places[rows],
            begins=self.begins[rows],
            finishes=self.finishes[rows],
            vectors=self.vectors[rows],
            chars=self.chars[rows],
            in_english=self.in_english[rows],
            numbers=[self.numbers[row] for row in rows],
        )

    @property
    def follows(self) -> Flags:
        """Whether each comes right after the one before it here: (n,), the first does not."""
        return np.concatenate([[False], np.diff(self.places) == 1])[: len(self)]


def find_sentences(
    texts: Sequence[str], *, language: str, encoder: SentenceEncoder, skip: Collection[int] = ()
) -> Sentences:
    """Return the sentences of paragraphs; a paragraph without any is one sentence.

    Args:
        texts: The paragraphs.
        language: ISO 639-1 code, for where sentences end and how long they are.
        encoder: Makes the vectors.
        skip: Indexes of paragraphs that are left out.

    Raises:
        EncoderError: If the encoder's vectors cannot be used.
    """
    found = [
        (index, text[span.start : span.end])
        for index, text in enumerate(texts)
        for span in _joined(split_sentences(text, language)) or [Span(0, len(text))]
    ]
    paragraphs = np.array([index for index, _ in found], np.intp)
    kept = np.flatnonzero([index not in skip for index, _ in found])
    sentences = [found[place][1] for place in kept]
    vectors = encoder.encode(sentences)
    if vectors.ndim != 2 or len(vectors) != len(sentences) or not np.isfinite(vectors).all():  # noqa: PLR2004
        raise EncoderError(encoder.name)
    change = paragraphs[1:] != paragraphs[:-1]
    chars = np.array([max(len(text), 1) for text in sentences], np.float32)
    return Sentences(
        paragraphs=paragraphs[kept],
        places=kept,
        begins=np.concatenate([[True], change])[kept] if found else np.zeros(0, np.bool_),
        finishes=np.concatenate([change, [True]])[kept] if found else np.zeros(0, np.bool_),
        vectors=vectors,
        chars=chars,
        in_english=chars / np.float32(CHARS_FOR_THE_SAME.get(language, 1.0)),
        numbers=[find_numbers(text[:NUMBER_CHARS]) for text in sentences],
    )


def _joined(sentences: Sequence[Span]) -> list[Span]:
    """Return the sentences of a paragraph, several of them in one where there are too many."""
    several = -(-len(sentences) // MOST_SENTENCES)
    firsts = range(0, len(sentences), max(several, 1))
    return [
        Span(sentences[first].start, sentences[min(first + several, len(sentences)) - 1].end)
        for first in firsts
    ]
