import pytest

from service.domain.errors import SameLanguageError, UnknownLanguageError
from service.domain.language import Direction, Language, parse_language


@pytest.mark.parametrize(
    ("code", "language"),
    [("en", "en"), ("FR", "fr"), ("ru-RU", "ru"), (" fr_CA ", "fr"), ("EN-us", "en")],
)
def test_language_codes_are_read_whatever_their_case_and_region(code: str, language: str) -> None:
    assert parse_language(code) is Language(language)


@pytest.mark.parametrize("code", ["", "de", "english", "e", "рус", "<script>"])
def test_unknown_language_says_which_there_are(code: str) -> None:
    with pytest.raises(UnknownLanguageError, match="choose one of en, fr, ru"):
        parse_language(code)


def test_direction_needs_two_languages() -> None:
    assert str(Direction(Language.EN, Language.RU)) == "en-ru"
    with pytest.raises(SameLanguageError, match="both 'fr'"):
        Direction(Language.FR, Language.FR)
