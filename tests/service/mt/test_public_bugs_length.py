"""Length, splitting and batches: what other translators were reported to lose, and ours must not.

The numbers of the reports are those of ``docs/public-bugs.md``, which says what each was.
"""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.sentences import split_sentences
from service.domain.language import Direction
from service.domain.translation import FlagCode, SourceText
from service.mt.engine import MAX_POSITIONS
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

STORY = """the old keeper of the lamp house went down to the harbour with a bag of bread and saw
that the boats were gone and the water was still and grey as the sky above the hills"""
WORDS = STORY.split()


def endless(words: int) -> str:
    """Return a sentence of so many words without a sign; one in ten has its number."""
    numbered = (word if i % 10 else f"{word} {i}" for i, word in enumerate(WORDS * 40))
    return " ".join(list(numbered)[:words])


def without_space(text: str) -> str:
    """Return what is left when typography may set its own spaces."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("joint", [" ", ", ", "; ", "-", ""])
def test_a_sentence_of_a_thousand_words_fits_the_model_and_is_whole(joint: str) -> None:
    """transformers#11958, rust-bert#153, spark-nlp PR#6461: more than 512 tokens crashed."""
    engine = ScriptedEngine(echo)
    text = joint.join(WORDS * 30) + "."

    draft = translate(stubbed(engine), text)

    assert max(map(len, engine.asked)) <= MAX_POSITIONS
    assert without_space(draft.text) == without_space(text)


@given(
    words=st.lists(
        st.text(st.sampled_from("aeinrst,;. "), min_size=1, max_size=12), min_size=60, max_size=90
    )
)
def test_no_character_of_a_long_text_is_unaccounted_for(words: Sequence[str]) -> None:
    """EasyNMT's ``truncation=True``: of 5401 tokens 512 were translated, and nobody was told."""
    text = "Run " + " ".join(words)

    draft = translate(stubbed(ScriptedEngine(echo)), text)

    assert without_space(draft.text) == without_space(text)


@pytest.mark.parametrize("direction", [EN_FR, EN_RU], ids=str)
def test_a_long_sentence_is_translated_to_its_last_number(
    translator: Translator, direction: Direction
) -> None:
    """OPUS-CAT#93, #115, modernmt#305, #416: sentences of 60 words lost their tail."""
    text = f"{endless(110)} and 9001."

    draft = translate(translator, text, direction)

    assert "9001" in draft.text[-40:]
    assert 0.6 < len(draft.text) / len(text) < 1.9


def test_a_tail_that_the_model_leaves_out_is_flagged() -> None:
    """OPUS-CAT#93, #115, modernmt#305, #416."""
    forgetful = ScriptedEngine(lambda tokens, _: tokens[1 : max(2, len(tokens) // 3)])

    draft = translate(stubbed(forgetful), f"{endless(30)} and only 417 of them came back.")

    assert {FlagCode.NUMBERS, FlagCode.LENGTH} & {flag.code for flag in draft.flags}


def only_the_first(tokens: Sequence[str], _ngram: int) -> Sequence[str]:
    """Answer with the source up to its first full stop."""
    end = next((i for i, token in enumerate(tokens) if token.endswith(".")), len(tokens) - 2)
    return tokens[1 : end + 1]


def test_two_sentences_are_two_though_the_model_would_drop_the_second() -> None:
    """fairseq#2241: of two sentences in one line the second vanished."""
    text = "The bridge is shut. The river is calm."

    assert translate(stubbed(ScriptedEngine(only_the_first)), text).text == text


@pytest.mark.parametrize("direction", DIRECTIONS, ids=str)
def test_all_sentences_come_in_their_order(translator: Translator, direction: Direction) -> None:
    """QOnlineTranslator#65, crow-translate#691: only the last sentence was shown."""
    text = {
        "en": "We saw 31 boats. Then 47 birds came. In the end 58 people sang.",
        "fr": "On a vu 31 bateaux. Puis 47 oiseaux sont venus. À la fin, 58 personnes ont chanté.",
        "ru": "Мы видели 31 лодку. Потом пришли 47 человек. В конце 58 детей пели.",
    }[direction.source.value]

    draft = translate(translator, text, direction).text

    assert re.findall(r"\d+", draft) == ["31", "47", "58"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Dr. K. L. Webb, Ph.D., saw Mrs. O. T. Lane of Lumen Inc. at 6 p.m. in St. Ives."),
        ("en", "“Are you sure?” asked the keeper."),
        ("fr", "M. Vidal, Mme Roy et J.-L. Petit, p. ex., sont venus av. midi."),
        ("fr", "«\u00a0Tu restes\u202f?\u00a0» demanda-t-il."),
        ("ru", "Он любит реки, т. е. Волгу, Дон и т. п., как и А. Н. Орлов."),
        ("ru", "«Ты остаёшься?» — спросил он."),
    ],
)
def test_abbreviations_and_quotations_are_not_torn(language: str, text: str) -> None:
    """LanguageTool#1314, pySBD#132, #118, sentencex#25: initials and quotes were torn apart."""
    assert len(split_sentences(text, language)) == 1


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
@pytest.mark.parametrize(
    "text",
    [
        "fini .. Ensuite",
        "a . b . C",
        "so ... .. What ..",
        "  What?!..  Yes  . ",
        "…? Yes",
        "A.\u00a0 B.",
    ],
)
def test_the_splitter_changes_no_character(language: str, text: str) -> None:
    """pySBD#83, #29: the splitter dropped spaces, and a character with them."""
    spans = split_sentences(text, language)

    ends = [0, *(span.end for span in spans)]
    gaps = [text[end : span.start] for end, span in zip(ends, spans, strict=False)]
    pieces = [text[span.start : span.end] for span in spans]
    rebuilt = "".join(gap + piece for gap, piece in zip(gaps, pieces, strict=True))
    assert rebuilt + text[ends[-1] :] == text
    assert not "".join([*gaps, text[ends[-1] :]]).strip()


@pytest.mark.parametrize("direction", DIRECTIONS, ids=str)
def test_a_sentence_alone_is_translated_as_among_many_of_all_lengths(
    translator: Translator, direction: Direction
) -> None:
    """transformers#22707, fairseq#3078, CTranslate2#1050: padding changed translations."""
    texts = {
        "en": [f"{' '.join(WORDS[: 1 + i * 3])}." for i in range(10)],
        "fr": ["Il pleut.", "Le pont est fermé.", "Elle a vu les bateaux partir vers le nord."],
        "ru": ["Идёт дождь.", "Мост закрыт.", "Она видела, как лодки уходили на север."],
    }[direction.source.value]
    sources = [SourceText(text=text) for text in [*texts, " ".join(texts)]]

    together = translator.translate(sources, direction)

    assert together == [translator.translate([source], direction)[0] for source in sources]


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("The\u00a0gate is   shut.  It\u2009rains.", EN_FR),
        ("Le pont est  fermé.\u00a0 Il pleut.", FR_EN),
        ("Мост\u00a0закрыт.  Идёт дождь.", RU_EN),
    ],
)
def test_spaces_of_all_kinds_are_one_space_to_the_model(
    translator: Translator, text: str, direction: Direction
) -> None:
    """argos-translate#237: what spaces are between words changes no word."""
    plain = translate(translator, " ".join(text.split()), direction).text

    assert translate(translator, text, direction).text.split() == plain.split()
