from collections.abc import Sequence

import pytest

from service.domain.language import Language
from service.domain.paragraph import Kind, Paragraph
from service.ingest.errors import WrongLanguageError
from service.ingest.language import check_language, detect_language

ENGLISH = "The ferry had been away for so long that nobody on the quay remembered its colour."
FRENCH = "Le bac avait disparu depuis si longtemps que personne ne se rappelait sa couleur."
RUSSIAN = "Паром не ходил так долго, что никто на набережной уже не помнил его цвета."
GREEK = "Το πλοίο έλειπε τόσο καιρό που κανείς στην προκυμαία δεν θυμόταν το χρώμα του."


def paragraphs(*texts: str, kind: Kind = Kind.PARA) -> Sequence[Paragraph]:
    return [Paragraph(text=text, kind=kind) for text in texts]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, Language.EN),
        (FRENCH, Language.FR),
        (RUSSIAN, Language.RU),
        (f"{RUSSIAN} France 24, Le Monde", Language.RU),
        ("Война в Мали", Language.RU),
        ("Bonjour", Language.FR),
        (GREEK, None),
        ("Macron", None),  # a name
        ("2021", None),
        ("", None),
    ],
)
def test_the_language_is_told_or_left_open(text: str, language: Language | None) -> None:
    assert detect_language(paragraphs(text)) is language


def test_the_whole_text_decides_and_not_its_start_or_its_furniture() -> None:
    text = [*paragraphs(ENGLISH * 3), *paragraphs(*[FRENCH] * 100)]

    assert detect_language(text) is Language.FR
    assert detect_language([*paragraphs(RUSSIAN * 9, kind=Kind.FURNITURE), *text]) is Language.FR
    assert detect_language(paragraphs(f"{FRENCH} " * 60_000)) is Language.FR


@pytest.mark.parametrize(
    ("text", "claimed", "message"),
    [
        (FRENCH, Language.EN, "looks like French: say 'fr'"),
        (ENGLISH, Language.FR, "looks like English"),
        (RUSSIAN, Language.EN, "looks like Russian"),
        (ENGLISH, Language.RU, "looks like English"),
        (GREEK, Language.EN, "another script"),
        (GREEK, Language.RU, "another script"),
    ],
)
def test_a_text_in_another_language_is_refused_with_a_way_out(
    text: str, claimed: Language, message: str
) -> None:
    with pytest.raises(WrongLanguageError, match=message) as refused:
        check_language(paragraphs(text), claimed)

    assert "--no-check-language" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        (ENGLISH, Language.EN),
        (FRENCH, Language.FR),
        (RUSSIAN, Language.RU),
        ("Tour de France", Language.EN),  # too short to doubt
        ("Привет", Language.EN),
        (f"{RUSSIAN} {ENGLISH}", Language.RU),
        ("1234567890 " * 20, Language.EN),
    ],
)
def test_a_text_that_may_be_what_it_is_said_to_be_passes(text: str, claimed: Language) -> None:
    check_language(paragraphs(text), claimed)
