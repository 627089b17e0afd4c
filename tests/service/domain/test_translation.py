import pytest

from service.domain.errors import KeptTermsError
from service.domain.translation import MAX_KEPT, MAX_KEPT_CHARS, Newlines, TranslationOptions


@pytest.mark.parametrize(
    ("keep", "problem"),
    [
        (("a",) * (MAX_KEPT + 1), "at most 200"),
        (("a", " "), "one is blank"),
        (("a" * (MAX_KEPT_CHARS + 1),), "longer than 100"),
    ],
)
def test_terms_out_of_bounds_are_refused(keep: tuple[str, ...], problem: str) -> None:
    with pytest.raises(KeptTermsError, match=problem):
        TranslationOptions(keep=keep)


def test_signature_says_what_decides_an_answer() -> None:
    first = TranslationOptions(keep=("b", "a"))

    assert TranslationOptions().signature == "newlines:hard"
    assert first.signature == TranslationOptions(keep=(" a", "b", "a")).signature
    assert first.signature != TranslationOptions(keep=("a",)).signature
    assert first.signature != TranslationOptions(newlines=Newlines.SOFT, keep=("a", "b")).signature
