from pathlib import Path
from random import Random

import pytest

from alignment.encoders import OfflineEncoder
from service.domain.language import Direction, Language
from service.domain.translation import FlagCode
from service.usecases.evaluate_checks import evaluate_checks
from service.usecases.plant_errors import EXPECTED, ErrorKind, TranslatedPair, plant_error
from service.usecases.read_test_set import TestSetError, TestSetFileError

EN_FR = Direction(Language.EN, Language.FR)
EN_RU = Direction(Language.EN, Language.RU)

ENGLISH = "In 2013 Macron paid 250 euros for the house that stands near the old harbour of Kidal."
FRENCH = (
    "En 2013, Macron a payé 250 euros pour la maison qui se trouve près du vieux port de Kidal."
)
RUSSIAN = "В 2013 году Макрон заплатил 250 евро за дом, который стоит у старой гавани Кидаля."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a test set of 60 lines that differ in a number and a word."""
    words = ("farm", "ferme", "ферма"), ("school", "école", "школа"), ("bridge", "pont", "мост")
    for place, (language, text) in enumerate((("en", ENGLISH), ("fr", FRENCH), ("ru", RUSSIAN))):
        lines = [f"{text} {n + 300} {words[n % 3][place]}" for n in range(60)]
        (tmp_path / f"{language}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_planted_errors_are_found_and_clean_sentences_pass(folder: Path) -> None:
    score = evaluate_checks(folder, sentences=44, directions=[EN_FR, EN_RU])

    assert score.planted == score.clean == 44
    assert set(score.by_kind) == set(ErrorKind) - {ErrorKind.MEANING_SWAPPED}
    assert score.clean_flags == {}
    assert score.precision == 1
    assert score.recall > 0.85
    assert score.by_kind[ErrorKind.NUMBER_CHANGED].recall == 1


def test_all_directions_of_a_set_are_taken_and_the_encoder_sees_what_was_swapped(
    folder: Path,
) -> None:
    (folder / "ru.txt").unlink()
    (folder / "en.txt").write_text(
        "The cat sleeps on the warm roof.\nTaxes rise again in spring.\n"
    )
    (folder / "fr.txt").write_text(
        "Le chat dort sur le toit chaud.\nLes impôts augmentent au printemps.\n"
    )

    score = evaluate_checks(folder, sentences=4, encoder=OfflineEncoder())

    assert score.planted + score.clean == 4
    assert score.seconds_meaning > 0


def test_same_seed_gives_the_same_and_another_one_something_else(folder: Path) -> None:
    def flags(seed: int) -> dict[str, object]:
        score = evaluate_checks(folder, sentences=40, directions=[EN_FR], seed=seed)
        return {kind.value: dict(found.flags) for kind, found in score.by_kind.items()}

    assert flags(1) == flags(1)
    assert any(flags(1) != flags(seed) for seed in (2, 3, 4))


def test_set_without_a_second_language_or_with_other_lines_is_refused(folder: Path) -> None:
    (folder / "ru.txt").write_text("Один.\n", encoding="utf-8")
    with pytest.raises(TestSetError, match="60 lines in the source and 1"):
        evaluate_checks(folder, sentences=4)

    (folder / "ru.txt").unlink()
    (folder / "fr.txt").unlink()
    with pytest.raises(TestSetFileError, match=r"fr\.txt"):
        evaluate_checks(folder, sentences=4)


@pytest.mark.parametrize("kind", ErrorKind)
@pytest.mark.parametrize(("direction", "target"), [(EN_FR, FRENCH), (EN_RU, RUSSIAN)])
def test_every_kind_changes_the_target_in_many_ways(
    kind: ErrorKind, direction: Direction, target: str
) -> None:
    pair = TranslatedPair(source=ENGLISH, target=target, neighbour="Another.")

    planted = [plant_error(pair, kind, direction, Random(seed)) for seed in range(30)]  # noqa: S311 - no secret

    assert all(found is not None and found[1] not in {"", target} for found in planted)
    if kind not in {ErrorKind.HALF_MISSING, ErrorKind.MEANING_SWAPPED}:
        assert len(set(planted)) > 1
    assert EXPECTED[kind] <= set(FlagCode)


@pytest.mark.parametrize(
    "kind",
    [
        *(ErrorKind.NUMBER_CHANGED, ErrorKind.NUMBER_DROPPED, ErrorKind.NAME_DROPPED),
        *(ErrorKind.HALF_MISSING, ErrorKind.WRONG_SCRIPT, ErrorKind.UNTRANSLATED),
    ],
)
def test_error_that_has_no_place_is_not_planted(kind: ErrorKind) -> None:
    pair = TranslatedPair(source="He is.", target="Il A.", neighbour="Non.")

    assert plant_error(pair, kind, EN_FR, Random(0)) is None  # noqa: S311 - no secret
