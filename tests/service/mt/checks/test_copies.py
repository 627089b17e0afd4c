import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.language import Direction, Language
from service.domain.translation import FlagCode
from service.mt.checks import copies
from service.mt.checks.copies import check_links, check_placeholders, without_copies, without_kept
from service.mt.checks.leftovers import check_leftovers
from service.mt.checks.sentence import check_sentence


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


@pytest.mark.parametrize(
    "draft",
    [
        "Voir https://fr.wikipedia.org/wiki/Python_(genre.",
        "Voir https://fr.wikipedia.org/wiki/Python_(genre ).",
        "Voir https://fr.wikipedia.org/wiki/Python_genre).",
        "Voir https://fr.wikipedia.org/wiki/Python_.",
    ],
)
def test_link_that_lost_or_moved_its_closing_bracket_is_found(draft: str) -> None:
    source = "See https://fr.wikipedia.org/wiki/Python_(genre)."

    assert [flag.code for flag in check_links(source, draft)] == [FlagCode.LINKS]
    assert check_links(source, "Voir https://fr.wikipedia.org/wiki/Python_(genre) !") == []


def test_bracket_around_a_link_is_not_its_own() -> None:
    source = "There (see https://example.org/a_(b)) it is (or www.example.com/x)."
    target = "Là (www.example.com/x ou voir https://example.org/a_(b))."

    assert check_links(source, target) == []


@pytest.mark.parametrize(
    "code",
    [
        *("%lld", "%zu", "%2$lld", "{name!r:>10}", "obj.method(x, y)", "/usr/local/bin/run"),
        "{count, plural, one {# file} other {# files}}",
    ],
)
def test_what_was_kept_as_it_was_is_neither_prose_nor_in_a_wrong_alphabet(code: str) -> None:
    source, target = f"There is {code} for you.", f"Здесь {code} для вас."

    assert check_sentence(source, target, Direction(Language.EN, Language.RU)) == []


@pytest.mark.parametrize(
    ("source", "target"), [("it is 100 %", "c'est 100 % de"), ("$5 billion", "5 $billion")]
)
def test_percent_and_money_that_only_one_text_has_so_are_no_code(source: str, target: str) -> None:
    assert without_kept(source, target) == (source, target)
    assert (without_copies(source), without_copies(target)) == (source, target)


def test_code_that_came_back_once_more_than_it_should_is_seen() -> None:
    ours, theirs = without_kept("See /a/b and 5G.", "Voir /a/b, /a/b et 4G.")

    assert "/a/b" not in ours
    assert theirs.count("/a/b") == 1
    assert ("5G" in ours, "4G" in theirs) == (True, True)


def test_words_lost_beside_long_code_are_missed_for_their_length() -> None:
    code = "`" + "a" * 300 + "`"
    source = f"The minister said that the old house in the street is for sale: {code}"

    flags = check_sentence(source, f"Dit : {code}", Direction(Language.EN, Language.FR))

    assert [flag.code for flag in flags] == [FlagCode.LENGTH]


@given(st.text(max_size=80), st.text(max_size=80))
def test_blanked_texts_are_as_long_and_any_text_agrees_with_itself(text: str, other: str) -> None:
    ours, theirs = without_kept(without_copies(text), without_copies(other))

    assert (len(ours), len(theirs)) == (len(text), len(other))
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
