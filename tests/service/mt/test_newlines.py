from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.translation import Newlines
from service.mt.newlines import find_joined
from tests.growth import check_linear_growth

WRAPPED = (
    "The council met on Tuesday evening in the old town hall and\n"
    "decided that the ferry would return to the northern harbour\n"
    "before the end of the year."
)
POEM = (
    "I wandered lonely as a cloud\n"
    "That floats on high o'er vales and hills,\n"
    "When all at once I saw a crowd,\n"
    "A host, of golden daffodils;"
)
ADDRESSES = "The Mayor\nTown Hall\n12 Market Street\nNorthport"


def join(text: str, newlines: Newlines) -> str:
    pieces, done = [], 0
    for span in find_joined(text, newlines):
        pieces += [text[done : span.start], " "]
        done = span.end
    return "".join([*pieces, text[done:]])


def test_hard_breaks_are_all_breaks() -> None:
    assert find_joined(WRAPPED, Newlines.HARD) == []


def test_soft_breaks_are_spaces_but_blank_lines_and_lists_stay() -> None:
    text = "a b\n  c\r\nd\n\n\ne\n \nf\ng\n- h\n- i\n1. j\n# k\n— l\n> m"

    assert join(text, Newlines.SOFT) == "a b c d\n\n\ne\n \nf g\n- h\n- i\n1. j\n# k\n— l\n> m"


@pytest.mark.parametrize(
    "text",
    [
        "```\nx = 1\n```\nMore text",
        "Title here\n==========\nThe text",
        "Title here\n---\nThe text",
        "One line  \nand another",
        "One line\\\nand another",
        "[1]: https://a.example\n[^1]: A note",
    ],
)
def test_lines_that_markdown_sets_apart_stay_apart(text: str) -> None:
    assert join(text, Newlines.SOFT).count("\n") == text.count("\n")


def test_edges_of_the_text_stay() -> None:
    assert join("\na\nb\n", Newlines.SOFT) == "\na b\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_auto_joins_wrapped_prose(newline: str) -> None:
    text = WRAPPED.replace("\n", newline)

    assert join(text, Newlines.AUTO) == WRAPPED.replace("\n", " ")


@pytest.mark.parametrize(
    "text", [POEM, ADDRESSES, "One is.\nTwo is.\nThree is.", "a\nb", "", "\n\n"]
)
def test_auto_leaves_verses_and_lists(text: str) -> None:
    assert find_joined(text, Newlines.AUTO) == []


def test_auto_joins_lines_of_which_some_end_with_a_sentence() -> None:
    text = (
        "The council met on Tuesday in the old hall of the town.\n"
        "It decided that the ferry would return to the northern\n"
        "harbour before the end of the year."
    )

    assert join(text, Newlines.AUTO) == text.replace("\n", " ")


def test_auto_decides_for_each_paragraph() -> None:
    text = f"{WRAPPED}\n\n{ADDRESSES}"

    assert join(text, Newlines.AUTO) == WRAPPED.replace("\n", " ") + f"\n\n{ADDRESSES}"


@given(st.text("ab. \n\r\t-\u2028\u2029", max_size=60), st.sampled_from(Newlines))
def test_only_single_line_breaks_are_joined(text: str, newlines: Newlines) -> None:
    joined = find_joined(text, newlines)

    assert all(left.end <= right.start for left, right in pairwise(joined))
    for span in joined:
        inside = text[span.start : span.end]
        assert inside.isspace()
        assert len(inside.splitlines()) <= 2
        assert not text[span.start - 1].isspace()
        assert not text[span.end].isspace()


@pytest.mark.parametrize("piece", ["a\n", " ", "\n ", "a b\n", "\t"])
def test_time_is_linear_in_the_text(piece: str) -> None:
    check_linear_growth(
        lambda size: lambda: find_joined(piece * (size // len(piece)), Newlines.AUTO), size=50_000
    )
