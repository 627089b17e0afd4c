import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.plain_text import UnstorableTextError, check_plain


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_text_that_can_be_kept_passes_unchanged(text: str) -> None:
    assert check_plain(text) == text


@pytest.mark.parametrize("bad", [chr(0), chr(0xD800), chr(0xDFFF)])
def test_what_is_no_text_is_refused_with_its_place(bad: str) -> None:
    with pytest.raises(UnstorableTextError, match=r"character 5 \(line 2\)"):
        check_plain(f"ab\nc{bad}")
