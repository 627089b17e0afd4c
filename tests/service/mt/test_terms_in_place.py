"""Terms of a glossary beside what a draft keeps."""

import pytest

from service.domain.glossary import Glossary, Term, TermKind
from service.domain.translation import FlagCode, SourceText, Translation, TranslationOptions
from service.mt.translator import Translator
from tests.service.mt.stubbed import EN_FR


def glossary(*terms: tuple[str, str, TermKind]) -> Glossary:
    made = [
        Term(
            source_language=EN_FR.source,
            target_language=EN_FR.target,
            source=source,
            target=target,
            kind=kind,
        )
        for source, target, kind in terms
    ]
    return Glossary(name="house", terms=tuple(made))


BANK = glossary(("bank", "zzyzx", TermKind.REQUIRED))
HOUSE = glossary(
    ("Bridge House", "", TermKind.KEEP), ("European Union", "zzyzx", TermKind.REQUIRED)
)


def translate(translator: Translator, text: str, terms: Glossary | None, *keep: str) -> Translation:
    source = SourceText(text=text)
    if "<" in text:
        source = SourceText(text="", markup=text)
    options = TranslationOptions(glossary=terms, keep=keep)
    return translator.translate([source], EN_FR, options=options)[0]


def term_flags(draft: Translation) -> list[str]:
    return [flag.note for flag in draft.flags if flag.code is FlagCode.TERM]


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.org/bank for more.",
        "Hello {bank}, we are here.",
        "Run `bank --list` and open bank.txt now.",
        "Set ${bank} and --bank in /etc/bank/x by bank().",
        "Use <code>bank</code> here.",
        'We are at <span translate="no">bank</span> now.',
    ],
)
def test_no_term_is_asked_for_in_what_comes_back_as_it_is(
    translator: Translator, text: str
) -> None:
    assert term_flags(translate(translator, text, BANK)) == []
    assert term_flags(translate(translator, f"{text} The bank is old.", BANK)) != []


def test_no_term_is_asked_for_in_a_kept_term(translator: Translator) -> None:
    assert term_flags(translate(translator, "We are at the Big bank now.", BANK, "Big bank")) == []


@pytest.mark.parametrize("text", ["The Bridge House<sup>1</sup> is shut.", "The Bridge House¹ is."])
def test_number_of_a_footnote_is_no_part_of_a_kept_term(translator: Translator, text: str) -> None:
    made = translate(translator, text, None, "Bridge House")

    assert "Bridge House" in made.text


@pytest.mark.parametrize(
    "text",
    [
        "He is European<br>Union members are here.",
        "He is European\nUnion members are here.",
        "He is European\n\nUnion members are here.",
    ],
)
def test_no_term_goes_across_the_end_of_a_line(translator: Translator, text: str) -> None:
    assert term_flags(translate(translator, text, HOUSE)) == []
    assert term_flags(translate(translator, "The European Union is here.", HOUSE)) != []
