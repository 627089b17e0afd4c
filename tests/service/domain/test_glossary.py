import re
from dataclasses import replace
from typing import Any

import pytest

from service.domain.errors import SameLanguageError
from service.domain.glossary import (
    MAX_TERM_CHARS,
    Glossary,
    GlossaryError,
    GlossaryNameError,
    PlacedTerm,
    Term,
    TermError,
    TermKind,
    make_glossary,
)
from service.domain.language import Language

TERM = Term(
    source_language=Language.EN, target_language=Language.RU, source="deal", target="сделка"
)


def placed(*terms: Term) -> list[PlacedTerm]:
    return [PlacedTerm(place=f"line {n}", term=term) for n, term in enumerate(terms, 1)]


def test_white_space_of_a_term_is_made_single_and_none_stays_at_its_ends() -> None:
    term = replace(TERM, source="\ufeff  trade\u00a0\tdeal\n", source_forms=(" a  deal ", "a deal"))

    assert (term.source, term.source_forms) == ("trade deal", ("a deal",))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": " "}, "the source term is empty"),
        ({"target": ""}, "the target term is empty"),
        ({"target": "—!"}, "neither a letter nor a digit"),
        ({"target": "²"}, "neither a letter nor a digit"),
        ({"source": "x" * 10_000}, "has 10,000 characters and may have 500"),
        ({"source": "x " * 51}, "has 51 words"),
        ({"target": "nul\x00"}, r"U\+0000"),
        ({"target": "half\ud800"}, r"U\+D800"),
        ({"source_forms": ("",)}, "the form is empty"),
        ({"note": "x" * 3000}, "the note has 3,000"),
        (
            {"source": "", "kind": TermKind.FORBIDDEN, "source_forms": ("deals",)},
            "no source term: add it",
        ),
        ({"kind": TermKind.KEEP}, "no other target than itself"),
    ],
)
def test_term_that_cannot_be_used_is_refused_with_the_reason(
    change: dict[str, Any], words: str
) -> None:
    with pytest.raises(TermError, match=words):
        replace(TERM, **change)


def test_longest_term_is_taken() -> None:
    assert len(replace(TERM, source="x" * MAX_TERM_CHARS).source) == MAX_TERM_CHARS


def test_term_between_one_language_and_itself_is_refused() -> None:
    with pytest.raises(SameLanguageError):
        replace(TERM, target_language=Language.EN)


def test_only_a_forbidden_term_may_go_without_a_source() -> None:
    assert replace(TERM, source="", kind=TermKind.FORBIDDEN).source == ""
    with pytest.raises(TermError, match="source term is empty"):
        replace(TERM, source="")


def test_kept_term_is_its_own_target() -> None:
    assert replace(TERM, target="", kind=TermKind.KEEP).target == "deal"


def test_same_term_with_another_target_is_an_alternative() -> None:
    assert len(make_glossary("a", placed(TERM, replace(TERM, target="договор"))).terms) == 2


FORBIDS = replace(TERM, kind=TermKind.FORBIDDEN)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (TERM, replace(TERM, note="again")),
        (TERM, FORBIDS),
        (TERM, replace(FORBIDS, source="")),
        (TERM, replace(FORBIDS, target="Сделка")),
        (TERM, replace(TERM, kind=TermKind.KEEP, target="")),
    ],
)
def test_contradiction_names_both_places(first: Term, second: Term) -> None:
    for terms in ((first, second), (second, first)):
        with pytest.raises(GlossaryError) as caught:
            make_glossary("a", placed(*terms))
        assert set(re.findall(r"line \d", str(caught.value))) == {"line 1", "line 2"}


def test_version_is_that_of_the_terms_in_whatever_order() -> None:
    other = replace(TERM, target="договор")
    both = Glossary(name="a", terms=(TERM, other))

    assert both == Glossary(name="a", terms=(other, TERM))
    assert both.version != Glossary(name="a", terms=(TERM,)).version
    assert both.version != Glossary(name="a", terms=(TERM, replace(other, note="x"))).version
    assert both != Glossary(name="b", terms=(TERM, other))
    assert both.signature == f"glossary:a@{both.version[:12]}"


@pytest.mark.parametrize("name", ["", "a b", "a/b", "é", ".hidden", "x" * 121])
def test_name_that_cannot_stand_in_an_address_is_refused(name: str) -> None:
    with pytest.raises(GlossaryNameError):
        make_glossary(name, placed(TERM))
