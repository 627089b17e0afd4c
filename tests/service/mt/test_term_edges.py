"""What stands right before and after a term: signs of its own, hyphens, dashes, digits."""

from collections.abc import Callable

import pytest

from service.domain.glossary import LetterCase
from service.domain.language import Language
from service.mt.term_index import Pattern, TermIndex
from tests.growth import check_linear_growth
from tests.service.mt.term_cases import check

EN, FR, RU = Language


@pytest.mark.parametrize(
    "line",
    [
        "100 % | Cotton [100\u00a0%], wool [100\u202f%], silk [100%] and [100 %].",
        "5 € | It costs [5 €], [5\u00a0€] or [5€], not 15 €, 1.5 €, 1,5 €, 3\u202f5 € or 5 $.",
        "№ 5 | [№ 5], [№\u00a05] and [№5], but № 51, № 5,3 and 5.",
        "$ 100 | [$100] or [$ 100], not $ 1000, $ 100,000 or US$100.",
        "Foo ® | The [Foo®] and the [Foo\u00a0®], but a Foo.",
        "Yahoo ! | It is [Yahoo!] and [Yahoo !] that pay; Yahoo does not.",
        "& Sons | Smith [& Sons], Smith [&Sons], but Sons.",
        "(ex) bank | An [(ex) bank] and a bank.",
        "bank (of a river) | The [bank (of a river)] is no bank.",
    ],
)
def test_sign_at_the_edge_of_a_term_is_found_behind_any_white_space_or_none(line: str) -> None:
    check(EN, line)


def test_sign_that_a_language_puts_a_space_before_is_found_with_it_and_without() -> None:
    check(FR, "Qui ? | [Qui\u00a0?] [Qui\u202f?] [Qui?] [Qui ?] Qui !")


def test_sign_in_another_paragraph_is_none_of_the_term() -> None:
    check(EN, "100 % | 100\n\n% of it")
    check(EN, "100 % | so [100\n%] of it")


def test_what_is_found_of_a_term_with_an_unseen_sign_before_its_edge_is_all_of_it() -> None:
    check(EN, "C++ | In [C\u200b++] or [C+\u2060+], too.")


def test_of_terms_with_the_same_words_the_one_with_its_signs_wins() -> None:
    index = TermIndex(EN)
    for number, text in enumerate(["5", "5 €", "€ 6"]):
        index.add(number, Pattern(text=text, case=LetterCase.AUTO))

    matches = index.find("5, then 5 € 6")

    assert [(match.numbers, match.span.start, match.span.end) for match in matches] == [
        ((0,), 0, 1),
        ((1,), 8, 11),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "C | In C++, C# and C♯, but also in [C].",
        "C# | Not in C or C++, but in [C#].",
        "C++ | Since C++11, or in [C++] and [C++]-like languages.",
        "C+ | Not C++, but [C+].",
        ".NET | ASP.NET is no [.NET], nor is a NET.",
        "NET | The [NET] is not .NET",
        "NET | .NET",
        "NET | so\n\n.NET",
        "given | so\n\n@given and [given]",
        "canal | Le canal+, mais le [canal] + la rive",
        "AT | Not AT&T, but [AT] & others",
        "water | [water]+oil, [water]/oil, [water]…",
        "#go | a [#go] but x#go",
    ],
)
def test_word_that_a_sign_makes_another_name_of_is_not_found(line: str) -> None:
    check(EN, line)


@pytest.mark.parametrize(
    "line",
    [
        "Bridge House | The [Bridge House]¹ is closed.",
        "water | Much [water]² and [water]¹².",
        "m² | Some 5 [m²], not 5 m or 5 m³.",
        "m | Some 5 [m], not 5 m², 5 km or 5 m³.",
        "km | Some 5 [km], not 5 km².",
        "km | 5 KM² WERE BURNT",
        "EU | The [EU]¹ met.",
        "10 | That is 10⁹, not [10].",
        "CO₂ | More [CO₂] in the air.",
        "CO | Less [CO], more CO₂.",
    ],
)
def test_superscript_digit_is_a_footnote_or_a_power_and_no_part_of_a_word(line: str) -> None:
    check(EN, line)


@pytest.mark.parametrize(
    "line",
    [
        "European Union | A [European Union]-backed plan, not a non-European Union one.",
        "bank | A bank-owned house, a non-bank",
        "bank | A [bank]–river railway, a river—[bank]—railway, a [bank] - no house.",
        "Paris-Brest | The [Paris–Brest], the [Paris-Brest] and the [Paris‑Brest]",
        "5G | [5G]-ready",
    ],
)
def test_hyphen_hides_a_word_that_a_translation_is_asked_for_and_a_dash_does_not(
    line: str,
) -> None:
    check(EN, line)


def test_hyphen_hides_a_french_phrase_too() -> None:
    check(FR, "chef d'État | Le [chef d’État] et le chef d’état-major")


def test_signs_far_from_a_word_take_time_in_proportion_to_the_text() -> None:
    index = TermIndex(EN)
    for number, sign in enumerate("%€$£¥₽°"):
        index.add(number, Pattern(text=f"5 {sign}", case=LetterCase.AUTO))
        index.add(number, Pattern(text=f"{sign} 5", case=LetterCase.AUTO))

    def task(size: int) -> Callable[[], object]:
        text = ("5" + " " * size) * 3 + "5 % " * size
        return lambda: index.find(text)

    check_linear_growth(task, size=500)
