from pathlib import Path

import pytest

from service.domain.language import Direction, Language
from service.mt.translator import Translator
from service.usecases.evaluate_translation import evaluate_translation
from service.usecases.read_test_set import TestSetError, TestSetFileError

EN_FR = Direction(Language.EN, Language.FR)


def write(folder: Path, **texts: str) -> Path:
    for language, text in texts.items():
        (folder / f"{language}.txt").write_text(text, encoding="utf-8")
    return folder


def test_copied_lines_score_a_hundred_by_sacrebleu(translator: Translator, tmp_path: Path) -> None:
    lines = "1 2 3 4 5\n\n6 7 8 9 10\n"

    score = evaluate_translation(translator, write(tmp_path, en=lines, fr=lines), EN_FR)

    assert [score.chrf, score.bleu] == pytest.approx([100.0, 100.0])
    assert score.segments == 3
    assert score.model == "none"


def test_score_carries_its_signatures_and_the_model(translator: Translator, tmp_path: Path) -> None:
    folder = write(tmp_path, en="The library is open.\n5", fr="La bibliothèque est ouverte.\n5")
    seen: list[tuple[int, int]] = []

    score = evaluate_translation(
        translator, folder, EN_FR, progress=lambda *done: seen.append(done)
    )

    assert 0 < score.chrf <= 100
    assert score.model == "compact"
    assert "nc:6" in score.signature
    assert "tok:13a" in score.signature
    assert "compact@" in score.signature
    assert seen[-1] == (2, 2)


def test_missing_file_is_named(translator: Translator, tmp_path: Path) -> None:
    with pytest.raises(TestSetFileError, match=r"fr\.txt"):
        evaluate_translation(translator, write(tmp_path, en="a"), EN_FR)


@pytest.mark.parametrize(
    ("source", "reference", "problem"),
    [("a\nb\n", "a\n", "2 lines in the source and 1"), ("a\n", "\ufffe", "no")],
)
def test_files_that_do_not_fit_are_refused(
    translator: Translator, tmp_path: Path, source: str, reference: str, problem: str
) -> None:
    folder = write(tmp_path, en=source)
    encoding = "utf-8" if reference.isascii() else "utf-16"
    (folder / "fr.txt").write_text(reference, encoding=encoding)

    with pytest.raises(TestSetError, match=problem):
        evaluate_translation(translator, folder, EN_FR)


def test_empty_files_are_refused(translator: Translator, tmp_path: Path) -> None:
    with pytest.raises(TestSetError, match="empty"):
        evaluate_translation(translator, write(tmp_path, en="", fr=""), EN_FR)


def test_lines_can_be_given_to_the_model_as_they_are(
    translator: Translator, tmp_path: Path
) -> None:
    folder = write(tmp_path, en="Łódź, https://a.b/c?d=e\n5\nx", fr="Łódź, https://a.b/c?d=e\n5\nx")

    raw = evaluate_translation(translator, folder, EN_FR, raw=True, first=2)
    prepared = evaluate_translation(translator, folder, EN_FR, first=2)

    assert raw.segments == prepared.segments == 2
    assert raw.chrf < prepared.chrf
    assert "|raw" in raw.signature
