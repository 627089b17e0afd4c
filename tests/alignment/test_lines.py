"""Texts of which only sentences are known, a line for each: mostly a book and its translation."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from alignment import CachedEncoder, MemoryCache, OfflineEncoder, align
from alignment.beads import Span
from alignment.edition import Edition, EncoderError, Sentences, find_sentences
from alignment.encoders import RunEncoder, SentenceEncoder
from alignment.evidence import gather_evidence
from alignment.runs import find_runs
from alignment.search import LONGEST_RUN, SHAPES, SHAPES_OF_LINES
from tests.alignment.conftest import WordEncoder

GERMAN = [
    "Am Morgen verließen wir die Hütte, stiegen über den Gletscher auf und erreichten den Sattel.",
    "Der Nebel hob sich, und wir sahen das ganze Tal unter uns liegen.",
    "Niemand sprach.",
]
FRENCH = [
    "Le matin, nous quittâmes la cabane.",
    "Nous montâmes par le glacier.",
    "Nous atteignîmes enfin le col.",
    "Le brouillard se leva, et toute la vallée s'étendit à nos pieds.",
    "Personne ne parlait.",
]


def lines(texts: Sequence[str], encoder: SentenceEncoder, *, skip: Sequence[int] = ()) -> Sentences:
    edition = Edition(texts=texts, language="en", already_split=True, skip=skip)
    return find_sentences(edition, encoder)


def test_a_sentence_that_a_translator_made_into_several_is_found(
    offline_encoder: OfflineEncoder,
) -> None:
    beads = align(
        GERMAN,
        FRENCH,
        source_language="de",
        target_language="fr",
        encoder=offline_encoder,
        level="sentence",
        already_split=True,
    ).beads

    assert [(bead.source, bead.target) for bead in beads] == [
        ((0,), (0, 1, 2)),
        ((1,), (3,)),
        ((2,), (4,)),
    ]


def test_beads_of_five_sentences_are_for_lines_only(word_encoder: WordEncoder) -> None:
    texts = ["sun moon", "star sky", "sea sand", "wind rain", "snow ice"]
    in_paragraphs = find_sentences(Edition(texts=texts, language="en"), word_encoder)

    assert gather_evidence(in_paragraphs, in_paragraphs).shapes == SHAPES
    of_lines = lines(texts, word_encoder)
    assert gather_evidence(of_lines, of_lines).shapes == SHAPES_OF_LINES
    assert max(max(shape) for shape in SHAPES_OF_LINES) == LONGEST_RUN == 4


@pytest.mark.parametrize("cached", [False, True])
def test_what_runs_say_together_is_what_their_joined_texts_say(
    offline_encoder: OfflineEncoder, *, cached: bool
) -> None:
    encoder = CachedEncoder(offline_encoder, MemoryCache()) if cached else offline_encoder

    runs = encoder.encode_runs(FRENCH, 3)

    assert runs is not None
    assert [len(vectors) for vectors in runs] == [5, 4, 3]
    assert runs[0] == pytest.approx(encoder.encode(FRENCH), abs=1e-6)
    for length, vectors in enumerate(runs, start=1):
        joined = [" ".join(FRENCH[i : i + length]) for i in range(len(vectors))]
        cosines = np.einsum("ij,ij->i", vectors, encoder.encode(joined))
        assert cosines.min() > 0.93, length


@given(st.lists(st.sampled_from([*GERMAN, *FRENCH, "", "12"]), max_size=5))
def test_runs_longer_than_the_text_are_none(
    offline_encoder: OfflineEncoder, texts: list[str]
) -> None:
    runs = offline_encoder.encode_runs(texts, 4)

    assert [vectors.shape for vectors in runs] == [(max(len(texts) - k, 0), 512) for k in range(4)]


def test_runs_of_some_lines_are_those_of_the_whole_text(offline_encoder: OfflineEncoder) -> None:
    runs = offline_encoder.encode_runs(FRENCH, 2)
    some = lines(FRENCH, offline_encoder).take(np.array([1, 3, 4]))

    found = find_runs(some)

    assert found.possible[1].tolist() == [False, False, False, True]
    assert found.vectors(1, Span(1, 4)) == pytest.approx(runs[0][[1, 3, 4]])
    assert found.vectors(2, Span(3, 4)) == pytest.approx(runs[1][[3]])


def test_lines_that_are_skipped_are_in_no_run(offline_encoder: OfflineEncoder) -> None:
    found = find_runs(lines(FRENCH, offline_encoder, skip=[1]))

    assert found.possible[1].tolist() == [False, False, False, True, True]
    assert found.vectors(2, Span(3, 4)) == pytest.approx(
        offline_encoder.encode_runs(FRENCH, 2)[1][[2]]
    )


def test_an_encoder_that_knows_nothing_of_runs_does_for_lines(word_encoder: WordEncoder) -> None:
    cached = CachedEncoder(word_encoder, MemoryCache())

    assert not isinstance(word_encoder, RunEncoder)
    assert cached.encode_runs(["sun", "moon"], 2) is None
    assert lines(["sun", "moon"], cached).runs is None
    made = align(
        ["sun", "moon star"],
        ["sun", "moon", "star"],
        source_language="en",
        target_language="en",
        encoder=cached,
        level="sentence",
        already_split=True,
    )
    assert [(bead.source, bead.target) for bead in made.beads] == [((0,), (0,)), ((1,), (1, 2))]


class Telling(WordEncoder):
    """Knows of runs."""

    def encode_runs(self, texts: Sequence[str], longest: int) -> list[NDArray[np.float32]]:
        return [self.encode(texts)[: max(len(texts) - length, 0)] for length in range(longest)]


def test_too_few_runs_are_an_error() -> None:
    careless = Telling()
    assert lines(["sun", "moon"], careless).runs is not None
    careless.encode_runs = lambda texts, longest: [careless.encode(texts)] * longest  # type: ignore[method-assign]

    with pytest.raises(EncoderError):
        lines(["sun", "moon"], careless)
