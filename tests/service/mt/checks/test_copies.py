import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.translation import FlagCode
from service.mt.checks import copies
from service.mt.checks.copies import check_links, check_placeholders, without_copies
from service.mt.checks.leftovers import check_leftovers


def test_example_in_the_documentation_holds() -> None:
    assert doctest.testmod(copies).failed == 0


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=c", "www.example.com/x_y", "a.b@example.org"]
)
def test_link_that_came_back_is_no_finding_and_a_broken_one_is(address: str) -> None:
    source, broken = f"See {address}.", f"Voir {address.replace('ex', 'e x')}."

    assert check_links(source, f"Voir {address}.") == []
    assert [flag.code for flag in check_links(source, broken)] == [FlagCode.LINKS]
    assert check_links(source, "Voir.")[0].note == f"links missing: {address}"


@pytest.mark.parametrize(
    "placeholder",
    [
        *("{name}", "{0}", "{{count}}", "{% if a %}", "${user}", "$User", "%s", "%1$s", "%(name)d"),
        *("%.2f", "%USER%", "&amp;", "&#39;", "<b>", "</g1>", '<x id="12"/>', "<!-- c -->"),
    ],
)
def test_lost_doubled_and_changed_placeholders_are_found(placeholder: str) -> None:
    source = f"Hello {placeholder} there"
    once, twice = f"Bonjour {placeholder} ici", f"Bonjour {placeholder} et {placeholder} ici"

    assert check_placeholders(source, once) == []
    (lost,) = check_placeholders(source, "Bonjour ici")
    assert (lost.code, lost.note) == (
        FlagCode.PLACEHOLDERS,
        f"placeholders missing: {placeholder}",
    )
    assert [source[span.start : span.end] for span in lost.source] == [placeholder]
    (doubled,) = check_placeholders(source, twice)
    assert [twice[span.start : span.end] for span in doubled.target] == [placeholder]
    assert doubled.target[0].start > twice.index(placeholder)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("It cost US$5 and 10% of it.", "Cela coûtait 5 $US et 10 % de cela."),
        ("A $billion deal", "Un accord d'un milliard"),
        ("10% discount", "10 % de remise"),
        ("5 < 6 and 7 > 6", "5 < 6 et 7 > 6"),
        ("AT&T", "AT&T"),
    ],
)
def test_money_and_percent_are_no_placeholders(source: str, target: str) -> None:
    assert check_placeholders(source, target) == []


@given(st.text(max_size=80))
def test_blanked_text_is_as_long_and_any_text_agrees_with_itself(text: str) -> None:
    assert len(without_copies(text)) == len(text)
    assert check_links(text, text) == check_placeholders(text, text) == []


@pytest.mark.parametrize(
    "piece", ["<unk>", "▁", "ma@@ ", ">>rus<<", "\ufffd", "XX1", "<0x0A>", "</s>", "⁇"]
)
def test_pieces_of_the_machinery_are_found_unless_the_source_has_them(piece: str) -> None:
    (flag,) = check_leftovers("A house", f"Une {piece} maison")

    assert flag.code is FlagCode.LEFTOVER
    assert flag.target[0].start >= 4
    assert check_leftovers(f"A {piece} house", f"Une {piece} maison") == []


@pytest.mark.parametrize("text", ["someone@example.org", "XXL", "20XX", "1 << 2 >> 3", "a @ b"])
def test_what_only_looks_like_such_a_piece_is_none(text: str) -> None:
    assert check_leftovers("", text) == []
