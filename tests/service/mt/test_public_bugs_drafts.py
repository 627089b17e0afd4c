"""Public reports about what a draft keeps of its source's form, and about drafts that fail a check.

The numbers of the reports are those of ``docs/public-bugs.md``, which says what each was.
"""

import re
from collections.abc import Sequence

import pytest

from service.domain.language import Direction
from service.domain.translation import Translation
from service.mt.translator import Translator
from tests.service.mt.scripted import ScriptedEngine
from tests.service.mt.stubbed import (
    EN_FR,
    EN_RU,
    FR_EN,
    RU_EN,
    echo,
    stubbed,
    translate,
    translate_markup,
)


def flags(draft: Translation) -> list[str]:
    return [flag.code.value for flag in draft.flags]


# Preparation ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "calm", "direction"),
    [
        ("THE OLD BRIDGE IS CLOSED", "The old bridge is closed", EN_FR),
        ("THE CITY OPENS A NEW LIBRARY", "The city opens a new library", EN_RU),
        ("LE PONT EST FERMÉ", "Le pont est fermé", FR_EN),
        ("МОСТ ЗАКРЫТ", "Мост закрыт", RU_EN),
        ("SOUPE DE LENTILLES", "Soupe de lentilles", FR_EN),
    ],
)
def test_a_headline_in_capitals_is_translated_like_any_other(
    translator: Translator, text: str, calm: str, direction: Direction
) -> None:
    """LT#917: a soup in capitals became "I'M SORRY"."""
    draft = translate(translator, text, direction).text

    assert draft == draft.upper()
    assert draft == translate(translator, calm, direction).text.upper()


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Il a dit «\u00a0non\u00a0» deux fois.", FR_EN),
        ("Он сказал «нет» и ушёл.", RU_EN),
        ("Le livre «\u202fLa mer\u202f» est ici.", FR_EN),
    ],
)
def test_quotations_into_english_are_curly(
    translator: Translator, text: str, direction: Direction
) -> None:
    """sacremoses#56, #74, machine.py#94, silnlp#297: quotes and their spaces were mangled."""
    draft = translate(translator, text, direction).text

    assert len(re.findall('“[^“”"\\s][^“”"]*”', draft)) == 1
    assert not set('"«»').intersection(draft)


@pytest.mark.parametrize("text", ["A file of 4 kB is not one of 4 Mb.", "The pH of 7 and 3 dB."])
def test_units_keep_their_letters_in_russian(translator: Translator, text: str) -> None:
    """LT#224: "KBps" became "kbps", and "Mg2+" became "mg2+"."""
    draft = translate(translator, text, EN_RU).text.replace("\u00a0", " ")

    wanted = re.findall(r"\d [kM]B|\d Mb|pH|\d dB", text)
    assert [unit for unit in wanted if unit not in draft] == []


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("## The old bridge", EN_FR),
        ("### **Le pont**", FR_EN),
        ("The **old bridge** is shut.", EN_FR),
        ("# The bridge\n\n> It is shut.\n\n- one\n- **two**", EN_RU),
        ("A [bridge](https://a.example/b) is *here*.", EN_FR),
    ],
)
def test_markdown_keeps_its_signs(translator: Translator, text: str, direction: Direction) -> None:
    """OPUS-CAT#80, firefox-translations#499, LocalTranslate#56: headings and bold were lost."""
    signs = re.compile(r"^#+ |^> |^- |\*\*|\*|\]\(\S+\)|\[", re.MULTILINE)

    draft = translate(translator, text, direction).text

    assert sorted(signs.findall(draft)) == sorted(signs.findall(text))


@pytest.mark.parametrize("direction", [EN_FR, EN_RU], ids=str)
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Hello %2$s, you have {count} letters.", ["%2$s", "{count}"]),
        ("Hello {first_name}, it is %d o'clock in %(place)s.", ["{first_name}", "%d", "%(place)s"]),
        ("Dear $Customer, ${name} waits.", ["$Customer", "${name}"]),
        ("Open {{ page.title }} or <%= page %>.", ["{{ page.title }}", "<%= page %>"]),
        ("You have %1$s of {0} left.", ["%1$s", "{0}"]),
        (r"Say \"%s\" and \n go.", [r"\"%s\"", r"\n"]),
    ],
)
def test_placeholders_come_back_as_they_were(
    translator: Translator, text: str, kept: Sequence[str], direction: Direction
) -> None:
    """LT#123, #760, Weblate#2374: %1$s, {name} and $User were broken."""
    draft = translate(translator, text, direction).text

    assert [part for part in kept if draft.count(part) != 1] == []


def test_a_placeholder_that_the_model_loses_is_put_back_or_flagged() -> None:
    """LT#123, #760, Weblate#2374."""
    forgetful = ScriptedEngine(
        lambda tokens, _: [token for token in tokens[1:-1] if token.strip("▁").isalpha()]
    )

    draft = translate(stubbed(forgetful), "Hello {first_name}, you owe %1$s.")

    assert ("{first_name}" in draft.text and "%1$s" in draft.text) or flags(draft)


def test_entities_that_a_text_speaks_of_stay(translator: Translator) -> None:
    """Weblate#21004: an entity that is text, not markup, keeps its level."""
    draft = translate_markup(translator, "Write &amp;nbsp; or &amp;lt;i&amp;gt; and go.").markup

    assert draft is not None
    assert re.findall(r"&amp;\w+;", draft) == ["&amp;nbsp;", "&amp;lt;", "&amp;gt;"]


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("— Not yet.\n— Soon.", EN_FR),
        ("— Вы уходите?\n— Да.", RU_EN),
        ("— Vous partez\u202f?\n— Oui.", FR_EN),
    ],
)
def test_every_line_of_dialogue_keeps_its_dash(
    translator: Translator, text: str, direction: Direction
) -> None:
    """Not reported in public, yet easily lost: the dash is what says that somebody speaks."""
    lines = translate(translator, text, direction).text.split("\n")

    assert all(re.match(r"[–—]\s\S|“", line) for line in lines)


@pytest.mark.parametrize(
    ("mixed", "plain"),
    [("Мoсква стоит на реке.", "Москва стоит на реке."), ("Дом cтоит здесь.", "Дом стоит здесь.")],
)
def test_a_latin_letter_in_a_russian_word_changes_nothing(
    translator: Translator, mixed: str, plain: str
) -> None:
    """Not reported in public: a Latin o or c among Cyrillic letters breaks the word for a model."""
    assert translate(translator, mixed, RU_EN).text == translate(translator, plain, RU_EN).text


# Checks and retries -----------------------------------------------------------------------------


def test_a_fluent_story_for_one_rare_word_is_flagged() -> None:
    """EasyNMT#22, #38: a rare word gave a warning about livers, and nobody was warned."""
    story = "▁Il ▁est ▁interdit ▁de ▁donner ▁ce ▁produit ▁aux ▁personnes ▁malades ▁du ▁foie ."

    assert flags(translate(stubbed(ScriptedEngine(lambda *_: story.split())), "Gneiss."))


def test_a_sentence_that_is_only_copied_is_flagged() -> None:
    """LT#567, #612: a sentence came back untranslated though other hypotheses were fine."""
    text = "The keeper of the lamp house went down to the harbour."

    draft = translate(stubbed(ScriptedEngine(echo)), text)

    assert "untranslated" in flags(draft)


def test_a_name_is_no_sentence_that_was_left_untranslated() -> None:
    """LT#567, #612: what is the same in both languages is no finding."""
    draft = translate(stubbed(ScriptedEngine(echo)), "Radio France Internationale")

    assert "untranslated" not in flags(draft)


def test_a_tail_that_the_model_drops_is_asked_for_in_parts() -> None:
    """OPUS-CAT#93, #115, modernmt#305, #416: sentences of 60 words lost their tail."""
    tale = "the old keeper went down to the harbour and saw that the boats were gone, "
    text = f"{tale * 6}and at last Webb came home."

    def forgetful(tokens: Sequence[str], _ngram: int) -> Sequence[str]:
        return tokens[1:-1][:30]

    draft = translate(stubbed(ScriptedEngine(forgetful)), text)

    assert "Webb" in draft.text[-60:] or flags(draft)
