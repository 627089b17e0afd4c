from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from alignment.beads import Span
from alignment.encoders import OfflineEncoder
from service.domain.language import Direction, Language
from service.domain.translation import FlagCode
from service.mt.checks.draft import check_draft, check_meanings
from service.mt.checks.meaning import CheckedPair, check_meaning, least_cosine
from service.mt.drafts import Draft, DraftBuilder

EN_FR = Direction(Language.EN, Language.FR)
EN_RU = Direction(Language.EN, Language.RU)

GOOD = (
    (
        "The library will stay open until nine in the evening.",
        "La bibliothèque restera ouverte jusqu'à neuf heures du soir.",
    ),
    (
        "Farmers fear that the drought will ruin the harvest.",
        "Les agriculteurs craignent que la sécheresse ne ruine la récolte.",
    ),
    ("Yes.", "Non."),
)


def pair(source: str, target: str, direction: Direction = EN_FR) -> CheckedPair:
    return CheckedPair(source=source, target=target, direction=direction)


def test_translations_pass_and_the_neighbours_translation_does_not() -> None:
    encoder = OfflineEncoder()
    swapped = [pair(GOOD[0][0], GOOD[1][1]), pair(GOOD[1][0], GOOD[0][1])]

    found = check_meaning(encoder, [*(pair(*texts) for texts in GOOD), *swapped])

    assert [[flag.code for flag in flags] for flags in found] == [
        [],
        [],
        [],
        [FlagCode.MEANING],
        [FlagCode.MEANING],
    ]


class CountingEncoder:
    """An encoder that counts its calls; all texts are alike to it."""

    name = "counting"

    def __init__(self) -> None:
        self.calls = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls += 1
        return np.ones((len(texts), 1), np.float32)


@pytest.mark.parametrize(("count", "calls"), [(0, 0), (1, 1), (50, 1)])
def test_all_sentences_of_a_call_are_encoded_together(count: int, calls: int) -> None:
    encoder = CountingEncoder()

    found = check_meaning(encoder, [pair(*GOOD[0])] * count)

    assert (len(found), encoder.calls) == (count, calls)


def test_more_is_asked_of_longer_sentences_the_same_both_ways() -> None:
    assert least_cosine(10, EN_FR) == 0.30
    assert least_cosine(60, EN_FR) == pytest.approx(0.325)
    assert least_cosine(5000, EN_RU) == 0.57
    assert least_cosine(100, EN_RU) == least_cosine(100, Direction(Language.RU, Language.EN))


def two_sentences(first: str, second: str) -> tuple[str, Draft]:
    source = "It cost 5 euros. The library will stay open until nine."
    builder = DraftBuilder(source=source)
    builder.add(Span(0, 16), first, [0] * len(first))
    builder.add(Span(17, len(source)), second, [17] * len(second))
    return source, builder.finish(loops=0, empty=0)


def test_findings_name_places_of_the_whole_paragraph() -> None:
    source, draft = two_sentences("Cela coûtait 6 euros.", "La <unk> reste ouverte jusqu'à neuf.")

    numbers, leftover = check_draft(source, draft, EN_FR)

    assert [source[span.start : span.end] for span in numbers.source] == ["5"]
    assert [draft.text[span.start : span.end] for span in numbers.target] == ["6"]
    assert [draft.text[span.start : span.end] for span in leftover.target] == ["<unk>"]


def test_finding_about_a_sentence_names_the_sentence() -> None:
    source, draft = two_sentences("Cela coûtait 5 euros.", "Les agriculteurs craignent la mer.")

    ((meaning,),) = check_meanings(OfflineEncoder(), [source], [draft], EN_FR)

    assert meaning.code is FlagCode.MEANING
    assert [source[span.start :] for span in meaning.source] == [
        "The library will stay open until nine."
    ]
    assert [draft.text[span.start :] for span in meaning.target] == [
        "Les agriculteurs craignent la mer."
    ]


def test_copied_text_is_not_checked() -> None:
    source = "5 5 5\n>>rus<< XX1"

    assert check_draft(source, DraftBuilder(source=source).finish(loops=0, empty=0), EN_FR) == []
