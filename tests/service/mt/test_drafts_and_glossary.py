"""A glossary decides which hypothesis becomes the draft, what is kept, and what is flagged."""

from collections.abc import Sequence

from service.domain.glossary import Glossary, Term, TermKind
from service.domain.language import Direction, Language
from service.domain.translation import FlagCode, SourceText, Translation, TranslationOptions
from service.mt.translator import Translator
from tests.service.mt.scripted import Answer, ScriptedEngine
from tests.service.mt.stubbed import EN_FR, echo, stubbed

FR_RU = Direction(Language.FR, Language.RU)


def term(
    source: str,
    target: str,
    kind: TermKind = TermKind.REQUIRED,
    direction: Direction = EN_FR,
) -> Term:
    return Term(
        source_language=direction.source,
        target_language=direction.target,
        source=source,
        target=target,
        kind=kind,
    )


def glossary(*terms: Term) -> Glossary:
    return Glossary(name="house", terms=terms)


def says(*pieces: str) -> Answer:
    """Return an answer of these words, whatever was asked."""

    def answer(_tokens: Sequence[str], _ngram: int) -> Sequence[str]:
        return [f"▁{piece}" for piece in pieces]

    return answer


def draft(
    translator: Translator,
    text: str,
    terms: Glossary | None,
    direction: Direction = EN_FR,
    *,
    markup: str | None = None,
) -> Translation:
    (made,) = translator.translate(
        [SourceText(text=text, markup=markup)],
        direction,
        options=TranslationOptions(glossary=terms),
    )
    return made


def notes(made: Translation) -> list[str]:
    return [flag.note for flag in made.flags if flag.code is FlagCode.TERM]


BANK = glossary(term("bank", "banque"))


def test_first_hypothesis_that_follows_the_glossary_becomes_the_draft() -> None:
    engine = ScriptedEngine(says("le", "rivage"), says("la", "rive"), says("la", "banque"))

    assert draft(stubbed(engine), "The bank", BANK).text == "la banque"
    assert draft(stubbed(engine), "The bank", None).text == "le rivage"


def test_where_none_follows_it_the_best_one_stays_and_is_flagged() -> None:
    engine = ScriptedEngine(says("le", "rivage"), says("la", "rive"))

    made = draft(stubbed(engine), "The bank", BANK)

    assert made.text == "le rivage"
    assert notes(made) == ["expected “banque” for “bank”"]


def test_hypothesis_without_a_forbidden_term_becomes_the_draft() -> None:
    terms = glossary(term("bank", "rivage", TermKind.FORBIDDEN))
    engine = ScriptedEngine(says("le", "rivage"), says("la", "banque"))

    assert draft(stubbed(engine), "The bank", terms).text == "la banque"


def test_kept_term_reaches_no_model_and_comes_back() -> None:
    engine = ScriptedEngine(echo)
    terms = glossary(term("Blue Whale", "", TermKind.KEEP))

    made = draft(stubbed(engine), "The Blue Whale sails.", terms)

    assert made.text == "The Blue Whale sails."
    assert not any("Wh" in token for tokens in engine.asked for token in tokens)
    assert notes(made) == []


def test_places_are_those_of_the_text_with_its_markdown() -> None:
    text = "The **bank** is [shut](https://a.example)."

    made = draft(stubbed(ScriptedEngine(says("le", "rivage"))), text, BANK)

    (flag,) = [flag for flag in made.flags if flag.code is FlagCode.TERM]
    assert [text[span.start : span.end] for span in flag.source] == ["bank"]


def test_text_that_no_model_saw_is_held_to_nothing() -> None:
    made = draft(stubbed(ScriptedEngine(echo)), "***", BANK)

    assert (made.model, made.signature, made.flags) == ("none", "none", ())


def test_signature_says_which_glossary_in_which_version(translator: Translator) -> None:
    made = draft(translator, "The bank", BANK)

    assert f"|{BANK.signature}|terms:2" in made.signature
    assert "glossary:" not in draft(translator, "The bank", None).signature


def test_through_english_a_draft_is_flagged_all_the_same(translator: Translator) -> None:
    terms = glossary(term("banque", "кредитище", direction=FR_RU))

    made = draft(translator, "La banque est fermée.", terms, FR_RU)

    assert notes(made) == ["expected “кредитище” for “banque”"]
