"""Short and odd input: what other translators were reported to invent, and ours must not.

The numbers of the reports are those of ``docs/public-bugs.md``, which says what each was.
"""

import re

import pytest

from service.domain.language import Direction
from service.domain.translation import FlagCode
from service.mt.tokenizer import END, TAG
from service.mt.translator import Translator
from tests.service.mt.scripted import ScriptedEngine
from tests.service.mt.stubbed import (
    DIRECTIONS,
    EN_FR,
    EN_RU,
    FR_EN,
    RU_EN,
    echo,
    stubbed,
    translate,
)

EMOJI = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]+")


@pytest.mark.parametrize("direction", DIRECTIONS, ids=str)
@pytest.mark.parametrize(
    "text", [" \u00a0\t", "–", "~ * ~", "— — —", "?!", "…", "·", "🎻🎻", "\ufeff"]
)
def test_what_has_no_word_comes_back_as_it_is(
    translator: Translator, text: str, direction: Direction
) -> None:
    """transformers#14337: a blank gave "I don't know.", a dash "No, no, no"."""
    assert translate(translator, text, direction).text == text


def test_empty_lines_never_reach_the_model() -> None:
    """marian-dev#357: an empty line gave the caption of a picture."""
    engine = ScriptedEngine(echo)
    text = "The gate is open.\n\n \n\t\nThe lamp is lit.\n\n"

    draft = translate(stubbed(engine), text)

    assert len(engine.asked) == 2
    assert draft.text == text


def test_a_word_that_goes_in_circles_is_asked_for_again() -> None:
    """EasyNMT#22, OPUS-MT-train#105, transformers#12616: one word gave it many times over."""
    engine = ScriptedEngine(lambda _, ngram: ["▁Reste", "."] if ngram else ["▁reste", ","] * 9)

    draft = translate(stubbed(engine), "Stay.")

    assert draft.text == "Reste."
    assert FlagCode.REPETITION not in [flag.code for flag in draft.flags]


def test_a_word_that_still_goes_in_circles_is_flagged() -> None:
    """EasyNMT#22, OPUS-MT-train#105, transformers#12616."""
    draft = translate(stubbed(ScriptedEngine(lambda *_: ["▁reste", ","] * 9)), "Stay.")

    assert FlagCode.REPETITION in [flag.code for flag in draft.flags]


def test_a_fluent_story_for_a_few_rare_words_is_flagged() -> None:
    """EasyNMT#22, #38: a rare word gave a warning about livers, and nobody was warned."""
    story = "▁Il ▁est ▁interdit ▁de ▁donner ▁ce ▁produit ▁aux ▁personnes ▁malades ▁du ▁foie ."

    draft = translate(
        stubbed(ScriptedEngine(lambda *_: (story + " " + story).split())),
        "The gneiss and the schist.",
    )

    assert FlagCode.LENGTH in [flag.code for flag in draft.flags]


@pytest.mark.parametrize("direction", DIRECTIONS, ids=str)
@pytest.mark.parametrize(
    "text", ["4\n5\n6\n", "7702-8843", "1.\n2.\n3.", "38 %", "§ 12", "(9)", "12/05/2031"]
)
def test_numbers_alone_come_back_as_they_are(
    translator: Translator, text: str, direction: Direction
) -> None:
    """mozilla/translations#600, fairseq#4854: "5" gave "5 5", and "102" became words."""
    assert translate(translator, text, direction).text == text


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Brr-r-r-r, it is cold again.", EN_FR),
        ("A-a-a-ah, the sea!", EN_RU),
        ("Oh-oh-oh-oh, encore la pluie.", FR_EN),
        ("А-а-а-а, опять зима.", RU_EN),
    ],
)
def test_a_drawn_out_cry_does_not_grow(
    translator: Translator, text: str, direction: Direction
) -> None:
    """mozilla/translations#1407: "O-o-o-o" gave words that nobody had said."""
    draft = translate(translator, text, direction).text

    assert draft.count("-") <= text.count("-")
    assert len(draft.split()) <= len(text.split()) + 3


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Good 👍🏽 We leave at noon. 🚢", EN_RU),
        ("It rained 🌧️ all day. Nobody came 😢 at all.", EN_FR),
        ("Très bien 🎉 Le bateau arrive ce soir.", FR_EN),
        ("Хорошо 🎈🎈 Мы ждём вас завтра.", RU_EN),
    ],
)
def test_emoji_stay_and_so_does_what_follows_them(
    translator: Translator, text: str, direction: Direction
) -> None:
    """LT#439, LT#33: the text after an emoji was dropped, or the emoji became another."""
    draft = translate(translator, text, direction).text

    assert EMOJI.findall(draft) == EMOJI.findall(text)
    assert [bool(part.strip()) for part in EMOJI.split(draft)] == [
        bool(part.strip()) for part in EMOJI.split(text)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "One </s> two.",
        "Go to >>rus<< now.",
        "www.example.org is down.",
        "word " * 900,
        "Is it?\nYes!",
        "a",
    ],
)
def test_every_source_ends_with_the_end_and_has_no_other(text: str) -> None:
    """CTranslate2#836, #1236, #1694, #832: without the end a model repeats itself for ever."""
    engine = ScriptedEngine(echo)

    translate(stubbed(engine), text)

    assert engine.asked
    assert all(tokens[-1] == END and tokens.count(END) == 1 for tokens in engine.asked)


@pytest.mark.parametrize(("direction", "tag"), [(EN_FR, ">>fra<<"), (EN_RU, ">>rus<<")])
def test_every_sentence_has_the_tag_once_and_in_front(direction: Direction, tag: str) -> None:
    """transformers#4396, #4160, OPUS-MT-train#10: only the first sentence had its language tag."""
    engine = ScriptedEngine(echo)

    translate(stubbed(engine), "The tide is low. >>rus<< The boats >>fra<< wait.\nRow!", direction)

    assert len(engine.asked) >= 3
    for tokens in engine.asked:
        assert [token for token in tokens if TAG.fullmatch(token)] == [tag]
        assert tokens[0] == tag
