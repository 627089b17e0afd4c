import numpy as np
import pytest

from alignment.edition import Edition, Sentences, find_sentences
from alignment.lengths_alike import ENOUGH, with_lengths_alike
from tests.alignment.conftest import WordEncoder

WORDS = [f"word{number}" for number in range(ENOUGH + 2)]


def sentences(texts: list[str], language: str) -> Sentences:
    return find_sentences(
        Edition(texts=texts, language=language, already_split=True), WordEncoder()
    )


def long(texts: list[str]) -> list[str]:
    """The same words, twice as long to write."""
    return [text + " " * len(text) for text in texts]


@pytest.mark.parametrize(("source", "target"), [("de", "fr"), ("fr", "de"), ("de", "es")])
def test_an_unmeasured_language_is_as_long_as_what_its_sentences_answer_to(
    source: str, target: str
) -> None:
    one, other = sentences(long(WORDS), source), sentences(WORDS, target)

    here, there = with_lengths_alike(one, other)

    assert here.in_english == pytest.approx(there.in_english)
    assert (here.in_english == one.in_english).all() == one.measured
    assert (there.in_english == other.in_english).all() == other.measured


def test_which_text_is_the_source_makes_no_difference() -> None:
    one, other = sentences(long(WORDS), "de"), sentences([*WORDS[3:], "more"], "es")

    here, there = with_lengths_alike(one, other)
    turned = with_lengths_alike(other, one)

    assert turned[1].in_english == pytest.approx(here.in_english)
    assert turned[0].in_english == pytest.approx(there.in_english)


def test_measured_languages_and_what_is_too_little_stay_as_they_are() -> None:
    measured = sentences(long(WORDS), "en"), sentences(WORDS, "fr")
    few = sentences(long(WORDS)[: ENOUGH - 1], "de"), sentences(WORDS, "fr")
    empty = sentences([], "de"), sentences(WORDS, "fr")

    for source, target in (measured, few, empty):
        here, there = with_lengths_alike(source, target)
        assert np.array_equal(here.in_english, source.in_english)
        assert np.array_equal(there.in_english, target.in_english)
