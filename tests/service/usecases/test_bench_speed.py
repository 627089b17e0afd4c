from collections.abc import Sequence
from pathlib import Path

import pytest

from alignment import OfflineEncoder
from service.domain.language import Direction, Language
from service.domain.paragraph import Kind, Paragraph, ReadText
from service.usecases.bench_speed import (
    BATCH_SIZES,
    DirectionSpeed,
    NothingToTimeError,
    PivotError,
    bench_speed,
)

EN_FR = Direction(Language.EN, Language.FR)
FR_RU = Direction(Language.FR, Language.RU)


def speed(
    folder: Path, documents: Sequence[ReadText], direction: Direction = EN_FR
) -> DirectionSpeed:
    told: list[tuple[int, int]] = []
    found = bench_speed(
        documents,
        [direction],
        encoder=OfflineEncoder(),
        models_dir=folder / "models",
        cache_dir=folder / "cache",
        threads=1,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(0, 1), (1, 1)]
    return found[direction]


def test_four_ways_are_timed_over_the_same_sentences(tmp_path: Path) -> None:
    first = ReadText(
        paragraphs=(
            Paragraph(text="The library is open. It is old."),
            Paragraph(text="page 5 of the paper", kind=Kind.FURNITURE),
        )
    )
    second = ReadText(paragraphs=(Paragraph(text="The ferry is back."),))

    result = speed(tmp_path, [first, second])

    assert result.sentences == 3
    assert result.batch_size in BATCH_SIZES
    assert min(result.ours, result.pipeline, result.ctranslate2, result.paragraph_calls) > 0
    assert result.meaning_on_top == pytest.approx(result.with_meaning / result.ours - 1)
    assert result.ratio_to_pipeline == pytest.approx(result.pipeline / result.ours)
    assert result.ratio_to_ctranslate2 == pytest.approx(result.ctranslate2 / result.ours)
    assert result.ratio_to_paragraph_calls == pytest.approx(result.paragraph_calls / result.ours)


def test_text_without_sentences_cannot_be_timed(tmp_path: Path) -> None:
    with pytest.raises(NothingToTimeError, match="another file"):
        speed(tmp_path, [ReadText(paragraphs=(Paragraph(text=" "),))])


def test_direction_through_english_is_none_that_raw_weights_could_do(tmp_path: Path) -> None:
    with pytest.raises(PivotError, match="its own model"):
        speed(tmp_path, [ReadText(paragraphs=(Paragraph(text="Bonjour."),))], FR_RU)
