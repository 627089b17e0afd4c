import re
from collections.abc import Callable
from typing import Any

import pytest

from service.domain.glossary import Glossary, LetterCase, Term, TermKind
from service.domain.language import Direction, Language
from service.domain.translation import FlagCode
from service.mt.glossary import check_terms, find_kept
from tests.growth import check_linear_growth

RU_EN = Direction(Language.RU, Language.EN)
EN_FR = Direction(Language.EN, Language.FR)
EN_RU = Direction(Language.EN, Language.RU)
REQUIRED, FORBIDDEN, KEEP = TermKind.REQUIRED, TermKind.FORBIDDEN, TermKind.KEEP


def term(
    direction: Direction, source: str, target: str, kind: TermKind = REQUIRED, **more: Any
) -> Term:
    return Term(
        source_language=direction.source,
        target_language=direction.target,
        source=source,
        target=target,
        kind=kind,
        **more,
    )


def glossary(*terms: Term) -> Glossary:
    return Glossary(name="house", terms=terms)


UNION = glossary(
    term(EN_RU, "European Union", "Европейский союз"),
    term(EN_RU, "central bank", "центральный банк"),
    term(EN_RU, "central bank", "Центробанк"),
    term(EN_RU, "deal", "пакт", FORBIDDEN),
    term(EN_RU, "", "дедлайн", FORBIDDEN),
    term(EN_RU, "BigBank", "", KEEP),
)


def notes(source: str, target: str, direction: Direction = EN_RU) -> list[str]:
    return [finding.note for finding in check_terms(source, target, UNION, direction)]


@pytest.mark.parametrize(
    "target",
    [
        "В Европейском союзе недовольны.",
        "ЕВРОПЕЙСКИЙ СОЮЗ недоволен.",
        "Недовольны европейским союзом.",
    ],
)
def test_draft_with_the_wanted_term_in_any_form_has_no_finding(target: str) -> None:
    assert notes("The European Union is unhappy.", target) == []


def test_draft_without_the_wanted_term_is_told_what_was_expected_and_for_which_words() -> None:
    source = "Ministers of the European Union met."

    (finding,) = check_terms(source, "Министры ЕС встретились.", UNION, EN_RU)

    assert finding.note == "expected “Европейский союз” for “European Union”"
    assert finding.flag.code is FlagCode.TERM
    assert finding.source is not None
    assert source[finding.source.start : finding.source.end] == "European Union"
    assert finding.target is None


@pytest.mark.parametrize("target", ["Слово Центробанка", "Слово центрального банка"])
def test_any_of_several_targets_will_do(target: str) -> None:
    assert notes("The word of the central bank", target) == []


def test_all_of_several_targets_are_named_where_none_is_there() -> None:
    assert notes("The word of the central bank", "Слово") == [
        "expected “центральный банк” or “Центробанк” for “central bank”"
    ]


def test_term_that_is_missing_is_told_once_however_often_it_stands_in_the_source() -> None:
    assert len(notes("central bank, central banks and the Central Bank", "банк")) == 1


def test_forbidden_term_is_found_in_any_form_where_its_source_term_stands() -> None:
    target = "Детали пакта неясны."

    (finding,) = check_terms("The deals are unclear.", target, UNION, EN_RU)

    assert finding.note == "the glossary forbids “пакт” for “deal”"
    assert finding.target is not None
    assert target[finding.target.start : finding.target.end] == "пакта"
    assert notes("The treaty is unclear.", target) == []


def test_term_that_is_forbidden_at_all_is_found_whatever_the_source_says() -> None:
    assert notes("Late again.", "Сорваны все дедлайны.") == ["the glossary forbids “дедлайн”"]


def test_forbidden_word_within_a_wanted_term_is_no_fault() -> None:
    own = glossary(
        term(EN_FR, "union", "syndicat"),
        term(EN_FR, "union", "union", FORBIDDEN),
        term(EN_FR, "European Union", "Union européenne"),
    )
    source = "A union in the European Union"

    assert check_terms(source, "Un syndicat de l’Union européenne", own, EN_FR) == []
    assert (
        len(check_terms(source, "Un syndicat et une union de l’Union européenne", own, EN_FR)) == 1
    )


def test_forbidden_word_in_small_letters_within_a_wanted_term_is_no_fault_either() -> None:
    own = glossary(term(EN_FR, "bank", "rive droite"), term(EN_FR, "", "rive", FORBIDDEN))

    assert check_terms("The bank", "La rive droite", own, EN_FR) == []
    assert len(check_terms("The bank", "La rive droite, une rive", own, EN_FR)) == 1


def test_term_that_stands_alone_and_beside_its_name_asks_for_its_own_target() -> None:
    own = glossary(term(EN_FR, "bank", "banque"), term(EN_FR, "Bank", "Établissement"))

    assert check_terms("Bank or bank?", "La banque", own, EN_FR) == []
    assert len(check_terms("Bank or bank?", "L’Établissement", own, EN_FR)) == 1


def test_words_of_a_longer_term_are_not_asked_for_on_their_own() -> None:
    own = glossary(term(EN_FR, "bank", "banque"), term(EN_FR, "river bank", "rive"))

    assert check_terms("The river bank is wet.", "La rive est mouillée.", own, EN_FR) == []


def test_longer_forbidden_term_leaves_those_within_it_kept_and_asked_for() -> None:
    own = glossary(
        term(EN_FR, "Bridge", "", KEEP),
        term(EN_FR, "Bridge house", "maison", FORBIDDEN),
        term(EN_FR, "bridge", "viaduc", case=LetterCase.EXACT),
        term(EN_FR, "old bridge", "ancien pont", FORBIDDEN),
    )
    source = "The Bridge house is an old bridge"

    kept = find_kept(source, own, EN_FR)
    bad = check_terms(source, "La maison Bridge est un ancien pont", own, EN_FR)

    assert [source[span.start : span.end] for span in kept] == ["Bridge"]
    assert [finding.note for finding in bad] == [
        "expected “viaduc” for “bridge”",
        "the glossary forbids “maison” for “Bridge house”",
        "the glossary forbids “ancien pont” for “old bridge”",
    ]
    assert check_terms(source, "La Bridge est un vieux viaduc", own, EN_FR) == []


def test_longer_wanted_term_leaves_what_is_forbidden_for_a_word_of_it_forbidden() -> None:
    own = glossary(
        term(EN_FR, "bank", "banque", FORBIDDEN),
        term(EN_FR, "river bank", "rive"),
        term(EN_FR, "river", "fleuve"),
    )

    def said(target: str) -> list[str]:
        return [one.note for one in check_terms("The river bank", target, own, EN_FR)]

    assert said("La rive") == []
    assert said("La rive de la banque") == ["the glossary forbids “banque” for “bank”"]


@pytest.mark.parametrize("target", ["Du coton à 100\u00a0%", "Du coton à 100%", "100 % coton"])
def test_wanted_term_with_a_sign_at_its_edge_is_found_in_a_draft(target: str) -> None:
    own = glossary(term(EN_FR, "100%", "100 %"))

    assert check_terms("100% cotton", target, own, EN_FR) == []
    assert len(check_terms("100% cotton", "Du coton", own, EN_FR)) == 1


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        ("ПАО «Мост»", 'Для [ПАО «Мост»], для [ПАО "Мост"] и [ПАО “Мост”], но ПАО Мост'),
        ("«Мост»", "Газета [«Мост»] и [„Мост“], но Мост"),
        ("Мост", "Газета «[Мост]»"),
        ("Google", "A [Google]-owned, non-[Google] site of Googleplex"),
        ("Water", "[Water]-owned, not water-owned"),
        ("C++", "A [C++]-like language"),
    ],
)
def test_kept_term_is_found_with_its_quotation_marks_and_in_compounds(kept: str, text: str) -> None:
    own = glossary(term(RU_EN, kept, "", KEEP))
    plain = text.replace("[", "").replace("]", "")

    found = [plain[span.start : span.end] for span in find_kept(plain, own, RU_EN)]

    assert found == re.findall(r"\[(.*?)\]", text)
    assert check_terms(plain, plain, own, RU_EN) == []


@pytest.mark.parametrize(
    ("direction", "forbidden", "target"),
    [
        (EN_FR, "colonie", "Dans la colonie-mère"),
        (EN_FR, "colonie", "L’ex-colonie est libre"),
        (EN_RU, "террорист", "О террористе-смертнике"),
    ],
)
def test_forbidden_term_is_found_in_a_compound(
    direction: Direction, forbidden: str, target: str
) -> None:
    at_all = glossary(term(direction, "", forbidden, FORBIDDEN))
    for_a_word = glossary(term(direction, "word", forbidden, FORBIDDEN))

    assert len(check_terms("A word", target, at_all, direction)) == 1
    assert len(check_terms("A word", target, for_a_word, direction)) == 1
    assert check_terms("A term", target, for_a_word, direction) == []


def test_kept_term_has_to_come_back_as_it_is() -> None:
    assert notes("He works at BigBank.", "Он работает в BigBank.") == []
    assert notes("He works at BigBank.", "Он работает в Бигбанке.") == [
        "expected “BigBank” as it is"
    ]


def test_kept_terms_are_found_as_they_are_written_and_not_within_longer_terms() -> None:
    own = glossary(
        term(EN_FR, "Apple", "", KEEP),
        term(EN_FR, "Apple pie", "tarte aux pommes"),
        term(EN_FR, "open source", "", KEEP, case=LetterCase.ANY),
    )
    text = "Apple likes Apple pie, an apple, Apples and Open Source."

    found = [text[span.start : span.end] for span in find_kept(text, own, EN_FR)]

    assert found == ["Apple", "Open Source"]


def test_terms_of_other_directions_say_nothing() -> None:
    assert notes("Европейский союз", "The EU", RU_EN) == []


def test_french_target_is_found_after_an_elision_and_in_the_plural() -> None:
    own = glossary(term(EN_FR, "member state", "État membre"))

    assert check_terms("All member states agreed.", "Tous les États membres.", own, EN_FR) == []
    assert check_terms("A member state", "l’Etat membre", own, EN_FR) == []


def test_checking_takes_time_in_proportion_to_the_text_and_not_to_the_terms_found() -> None:
    own = glossary(*(term(EN_FR, f"term{n}", f"terme{n}") for n in range(2_000)))

    def task(size: int) -> Callable[[], object]:
        source = " ".join(f"term{n}" for n in range(size))
        return lambda: check_terms(source, source.replace("term", "terme"), own, EN_FR)

    check_linear_growth(task, size=200)
