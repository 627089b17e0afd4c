from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from alignment.edition import MOST_SENTENCES, Edition, EncoderError, find_sentences
from tests.alignment.conftest import WordEncoder

WORDS = WordEncoder()


def test_sentences_know_their_paragraph() -> None:
    found = find_sentences(Edition(texts=["Sun. Moon.", "", "Star."], language="en"), WORDS)

    assert found.paragraphs.tolist() == [0, 0, 1, 2]
    assert found.begins.tolist() == [True, False, True, True]
    assert found.finishes.tolist() == [False, True, True, True]
    assert found.follows.tolist() == [False, True, True, True]


def test_what_is_left_out_stands_between_its_neighbours() -> None:
    found = find_sentences(
        Edition(texts=["Sun.", "Moon.", "Star."], language="en", skip=[1]), WORDS
    )

    assert found.paragraphs.tolist() == [0, 2]
    assert found.follows.tolist() == [False, False]


def test_some_sentences_still_know_where_they_stand() -> None:
    found = find_sentences(Edition(texts=["Sun. Moon. Star.", "Sky."], language="en"), WORDS)

    some = found.take(found.places[[0, 2, 3]])

    assert some.paragraphs.tolist() == [0, 0, 1]
    assert some.follows.tolist() == [False, False, True]


@given(st.integers(0, 3 * MOST_SENTENCES + 1))
def test_a_paragraph_has_no_more_sentences_than_can_be_aligned(count: int) -> None:
    found = find_sentences(Edition(texts=["Sun 1. " * count], language="en"), WORDS)

    assert min(count, 1) <= len(found) <= MOST_SENTENCES
    assert found.chars.sum() >= count * len("Sun 1.")


@pytest.mark.parametrize(
    "vectors",
    [np.full((2, 64), np.nan), np.full((2, 64), np.inf), np.ones((1, 64)), np.ones(2)],
)
def test_vectors_that_cannot_be_used_are_refused_with_the_encoders_name(
    vectors: NDArray[np.float64],
) -> None:
    class Broken(WordEncoder):
        name = "broken@1"

        def encode(self, _texts: Sequence[str]) -> NDArray[np.float32]:
            return vectors.astype(np.float32)

    with pytest.raises(EncoderError, match="broken@1"):
        find_sentences(Edition(texts=["Sun.", "Moon."], language="en"), Broken())


def test_an_ordinary_paragraph_keeps_its_sentences() -> None:
    assert MOST_SENTENCES == 200
    assert len(find_sentences(Edition(texts=["Sun. " * 200], language="en"), WORDS)) == 200
