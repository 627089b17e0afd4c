from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.quotations import matching_pairs


def quoted(text: str) -> list[str]:
    return [
        text[opening : closing + 1] for opening, closing in sorted(matching_pairs(text).items())
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a (b [c] {d}) e", ["(b [c] {d})", "[c]", "{d}"]),
        ("« Oui », dit-il ‹bas›.", ["« Oui »", "‹bas›"]),
        ("“One ‘two’ three”", ["“One ‘two’ three”", "‘two’"]),
        ("„Ja“ und „nein”", ["„Ja“", "„nein”"]),
        ('He said "no" and "yes".', ['"no"', '"yes"']),
        # The apostrophe is followed by a letter, so that it closes nothing.
        ("‘It’s late’", ["‘It’s late’"]),
        # What opened inside and never closed is in no pair.
        ("(a “b) c”", ["(a “b)"]),
        ("“a “b”", ["“b”"]),
        (") a ( » “ ”", ["“ ”"]),
        ('" spaced " and " again "', ['" spaced "', '" again "']),
        ('5" pipes', []),
        ("", []),
    ],
)
def test_pairs_are_found(text: str, expected: list[str]) -> None:
    assert quoted(text) == expected


@given(st.text(alphabet="()[]«»“”„‘’\"'a \n", max_size=40))
def test_pairs_nest_and_share_no_mark(text: str) -> None:
    pairs = sorted(matching_pairs(text).items())

    marks = [at for pair in pairs for at in pair]
    assert len(set(marks)) == len(marks)
    assert all(opening < closing for opening, closing in pairs)
    for (_, outer), (opening, inner) in pairwise(pairs):
        assert inner < outer or opening > outer
