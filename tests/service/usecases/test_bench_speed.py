from pathlib import Path

import pytest

from service.domain.language import Direction, Language
from service.domain.paragraph import Kind, Paragraph, ReadText
from service.usecases.bench_speed import NothingToTimeError, bench_speed

EN_FR = Direction(Language.EN, Language.FR)


def test_three_ways_are_timed_over_the_same_sentences(tmp_path: Path) -> None:
    document = ReadText(
        paragraphs=(
            Paragraph(text="The library is open. It is old."),
            Paragraph(text="page 5 of the paper", kind=Kind.FURNITURE),
        )
    )

    result = bench_speed(
        document, EN_FR, models_dir=tmp_path / "models", cache_dir=tmp_path / "cache", threads=1
    )

    assert [run.name for run in result.runs] == ["ctranslate2", "transformers", "naive"]
    assert result.sentences == 2
    for run in result.runs:
        assert run.sentences_per_second == pytest.approx(2 / run.seconds)
    fast, _, naive = result.runs
    assert result.ratio_to_naive == pytest.approx(naive.seconds / fast.seconds)


def test_text_without_sentences_cannot_be_timed(tmp_path: Path) -> None:
    with pytest.raises(NothingToTimeError, match="another file"):
        bench_speed(
            ReadText(paragraphs=(Paragraph(text=" "),)),
            EN_FR,
            models_dir=tmp_path,
            cache_dir=tmp_path,
            threads=1,
        )
