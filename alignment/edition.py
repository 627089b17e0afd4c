"""The sentences of an edition, and what is known of each on its own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from alignment.beads import Sentence, Span
from alignment.encoders import RunEncoder, SentenceEncoder
from alignment.numbers import find_numbers
from alignment.search import LONGEST_RUN
from alignment.sentences import split_sentences

Matrix: TypeAlias = NDArray[np.float32]
Flags: TypeAlias = NDArray[np.bool_]
Indexes: TypeAlias = NDArray[np.intp]

CHARS_FOR_THE_SAME = {"en": 1.0, "fr": 1.19, "ru": 1.08}
"""Characters that say what one English character says, measured on the news of the development
sets; 1 for any other language, until two texts are held against each other."""
MOST_SENTENCES = 200
"""Of a paragraph; a longer one, which no article has, is cut into so many runs of sentences."""
NUMBER_CHARS = 20_000
"""Characters of a sentence that are searched for numbers."""
PLAIN = "paragraph"
"""The kind of a paragraph that is nothing special."""


class EncoderError(ValueError):
    """An encoder gave something else than one finite vector a text."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the encoder {name} gave vectors that cannot be used: they must be finite, one a text"
        )


class KindsMismatchError(ValueError):
    """There are more kinds than texts, or fewer."""

    def __init__(self, kinds: int, texts: int) -> None:
        super().__init__(f"{kinds} kinds for {texts} texts: give one for each, or none at all")


class SkippedIndexError(ValueError):
    """An index to skip is not that of a paragraph."""

    def __init__(self, index: int, count: int) -> None:
        super().__init__(f"cannot skip paragraph {index}: there are {count}, counted from 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of an article, as it goes in.

    Raises:
        KindsMismatchError: If there are kinds, but not one for each text.
        SkippedIndexError: If an index to skip is not that of a text.
    """

    texts: Sequence[str]
    """Paragraphs in reading order; any text, empty or without letters too."""
    language: str
    """ISO 639-1 code, for where sentences end and the length of what says the same; rules for many
    languages serve those that are not known."""
    kinds: Sequence[str] | None = None
    """What each paragraph is, in any words that the editions share; ``paragraph`` is plain text."""
    skip: Collection[int] = ()
    """Indexes, from 0, of paragraphs that take no part, such as page furniture."""
    already_split: bool = False
    """Whether each text is one sentence, and no paragraph is known."""

    def __post_init__(self) -> None:
        if self.kinds is not None and len(self.kinds) != len(self.texts):
            raise KindsMismatchError(len(self.kinds), len(self.texts))
        for index in self.skip:
            if not 0 <= index < len(self.texts):
                raise SkippedIndexError(index, len(self.texts))

    def text_of(self, sentence: Sentence) -> str:
        """Return the text of one of its sentences."""
        return self.texts[sentence.paragraph][sentence.span.start : sentence.span.end]


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
    measured: bool
    """Whether it is known how many characters of the language those are."""
    numbers: Sequence[frozenset[str]]
    kinds: Sequence[str | None]
    """What each one's paragraph is, if that is known."""
    spans: Sequence[Span]
    """Characters of its paragraph."""
    in_paragraphs: bool
    """Whether it is known where paragraphs begin and end."""
    runs: Sequence[Matrix] | None = None
    """Vectors of runs of 1, 2, ... neighbouring sentences of the edition, by the place of the
    first, where paragraphs are not known and the encoder knows them."""

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
            measured=self.measured,
            numbers=[self.numbers[row] for row in rows],
            kinds=[self.kinds[row] for row in rows],
            spans=[self.spans[row] for row in rows],
            in_paragraphs=self.in_paragraphs,
            runs=self.runs,
        )

    @property
    def follows(self) -> Flags:
        """Whether each comes right after the one before it here: (n,), the first does not."""
        return np.concatenate([[False], np.diff(self.places) == 1])[: len(self)]


def find_sentences(edition: Edition, encoder: SentenceEncoder) -> Sentences:
    """Return the sentences of an edition; a paragraph without any is one sentence.

    Raises:
        EncoderError: If the encoder's vectors cannot be used.
    """
    return find_all_sentences([edition], encoder)[0]


def find_all_sentences(editions: Sequence[Edition], encoder: SentenceEncoder) -> list[Sentences]:
    """Return the sentences of each edition, encoded in one call: several calls take longer.

    Raises:
        EncoderError: If the encoder's vectors cannot be used.
    """
    members = [_members(edition) for edition in editions]
    texts = [
        [edition.text_of(member) for member in of_edition.values()]
        for edition, of_edition in zip(editions, members, strict=True)
    ]
    runs = [_encode_runs(edition, encoder) for edition in editions]
    lacking = [some for some, known in zip(texts, runs, strict=True) if known is None]
    encoded = iter(_encode_each(lacking, encoder))
    return [
        _sentences(
            edition,
            members[place],
            texts[place],
            next(encoded) if known is None else known[0][[*members[place]]],
            known,
        )
        for place, (edition, known) in enumerate(zip(editions, runs, strict=True))
    ]


def _members(edition: Edition) -> dict[int, Sentence]:
    """Return the sentences that take part, by their place among all of the edition."""
    skipped = frozenset(edition.skip)
    return {
        place: sentence
        for place, sentence in enumerate(split_edition(edition))
        if sentence.paragraph not in skipped
    }


def _sentences(
    edition: Edition,
    members: Mapping[int, Sentence],
    texts: Sequence[str],
    vectors: Matrix,
    runs: Sequence[Matrix] | None,
) -> Sentences:
    places = np.array([*members], np.intp)
    paragraphs = np.array([member.paragraph for member in members.values()], np.intp)
    spans = [member.span for member in members.values()]
    # A paragraph takes part as a whole, so its first sentence here is its first.
    change = np.ones(len(members) + 1, np.bool_)
    change[1:-1] = paragraphs[1:] != paragraphs[:-1]
    change &= not edition.already_split
    chars = np.array([max(len(text), 1) for text in texts], np.float32)
    kinds: Sequence[str | None] = edition.kinds or [None] * len(edition.texts)
    return Sentences(
        paragraphs=paragraphs,
        places=places,
        begins=change[: len(members)],
        finishes=change[1:],
        vectors=vectors,
        chars=chars,
        in_english=chars / np.float32(CHARS_FOR_THE_SAME.get(edition.language, 1.0)),
        measured=edition.language in CHARS_FOR_THE_SAME,
        numbers=[find_numbers(text[:NUMBER_CHARS]) for text in texts],
        kinds=[kinds[paragraph] for paragraph in paragraphs],
        spans=spans,
        in_paragraphs=not edition.already_split,
        runs=runs,
    )


def _encode_runs(edition: Edition, encoder: SentenceEncoder) -> Sequence[Matrix] | None:
    """Return the vectors of runs of texts, if each is a sentence and the encoder knows them."""
    if not (edition.already_split and isinstance(encoder, RunEncoder)):
        return None
    runs = encoder.encode_runs(edition.texts, LONGEST_RUN)
    for length, vectors in enumerate(runs or (), start=1):
        _check(vectors, max(len(edition.texts) - length + 1, 0), encoder)
    return runs


def _encode_each(texts: Sequence[Sequence[str]], encoder: SentenceEncoder) -> list[Matrix]:
    """Return the vectors of some lists of texts, made in one call."""
    vectors = encoder.encode([*chain.from_iterable(texts)])
    ends = [*accumulate(map(len, texts))]
    _check(vectors, sum(map(len, texts)), encoder)
    return [vectors[end - len(some) : end] for some, end in zip(texts, ends, strict=True)]


def _check(vectors: Matrix, count: int, encoder: SentenceEncoder) -> None:
    """Raise an error unless there are so many finite vectors."""
    if vectors.ndim != 2 or len(vectors) != count or not np.isfinite(vectors).all():  # noqa: PLR2004
        raise EncoderError(encoder.name)


def split_edition(edition: Edition) -> list[Sentence]:
    """Return where all sentences of an edition stand, skipped paragraphs included."""
    return [
        Sentence(paragraph=index, span=span)
        for index, text in enumerate(edition.texts)
        for span in _spans(text, edition)
    ]


def _spans(text: str, edition: Edition) -> list[Span]:
    """Return the sentences of a text, of which there is always one."""
    whole = [Span(0, len(text))]
    if edition.already_split:
        return whole
    return _joined(split_sentences(text, edition.language)) or whole


def _joined(sentences: Sequence[Span]) -> list[Span]:
    """Return the sentences of a paragraph, several of them in one where there are too many."""
    several = -(-len(sentences) // MOST_SENTENCES)
    firsts = range(0, len(sentences), max(several, 1))
    return [
        Span(sentences[first].start, sentences[min(first + several, len(sentences)) - 1].end)
        for first in firsts
    ]
