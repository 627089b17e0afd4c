import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentencepiece import SentencePieceProcessor
from transformers import MarianTokenizer

from service.mt.catalogue import PACKAGED_MODELS
from service.mt.tokenizer import Tokenizer, decode
from tests.growth import check_linear_growth

COMPACT = PACKAGED_MODELS / "compact"
PIECES = SentencePieceProcessor(model_file=str(COMPACT / "source.spm"))
TOKENIZER = Tokenizer(COMPACT)


@pytest.fixture(scope="module")
def marian() -> MarianTokenizer:
    return MarianTokenizer.from_pretrained(COMPACT, local_files_only=True)


@pytest.mark.parametrize(
    "text",
    [
        "The council approved the new budget late on Tuesday.",
        "  Two  spaces,\ta tab and a no-break\u00a0space. ",
        "Łódź 😀 中文 ½ № ﬁn…",
        "It’s “quoted” — isn't it?",
        "<0x41> is no byte",
    ],
)
def test_tokens_are_those_of_marian_tokenizer(marian: MarianTokenizer, text: str) -> None:
    expected = marian.convert_ids_to_tokens(marian(f">>fra<<{text}")["input_ids"])

    assert list(TOKENIZER.encode(text, tag=">>fra<<").tokens) == expected


@pytest.mark.parametrize("text", [">>rus<< a", "a >>rus<< b", "＞＞rus＜＜", ">\x01>rus<<"])
def test_language_tag_in_the_text_is_spelled_out(text: str) -> None:
    tokens = TOKENIZER.encode(text, tag=">>fra<<").tokens

    assert tokens[0] == ">>fra<<"
    assert ">>rus<<" not in tokens
    assert ">>rus<<" in decode(tokens[1:]).text


TAG_SIGNS = st.sampled_from(
    [*">＞﹥<＜﹤", "rus", "fra", "RUS", " ", "\u200b", "\u00ad", "a", ">>rus<<"]
)


@given(st.lists(TAG_SIGNS, max_size=12).map("".join))
def test_no_spelling_of_a_tag_gives_one(text: str) -> None:
    tokens = TOKENIZER.encode(text, tag=">>fra<<").tokens[1:]

    assert {">>fra<<", ">>rus<<"}.isdisjoint(tokens)


@pytest.mark.parametrize("piece", [">", ">>", ">>a", ">>rus<<", "<"])
def test_time_is_linear_in_hostile_text(piece: str) -> None:
    check_linear_growth(
        lambda size: lambda: TOKENIZER.encode(piece * (size // len(piece)), tag=">>fra<<"),
        size=100_000,
    )


@pytest.mark.parametrize(
    ("word", "small"), [("house", True), ("paris", False), ("london", False), ("", False)]
)
def test_words_are_told_from_names(word: str, small: bool) -> None:  # noqa: FBT001 - a parameter
    assert TOKENIZER.prefers_small_letters(word) == small


def test_model_without_tags_gets_none() -> None:
    assert TOKENIZER.encode("Hello", tag=None).tokens == ("▁He", "ll", "o", "</s>")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_spans_are_in_order_and_inside_the_text(text: str) -> None:
    encoded = TOKENIZER.encode(text, tag=">>fra<<")

    places = [place for span in encoded.spans for place in (span.start, span.end)]
    assert len(encoded.spans) == len(encoded.tokens)
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


def test_special_token_in_the_text_is_spelled_out() -> None:
    tokens = TOKENIZER.encode("a </s> <unk> <pad>", tag=None).tokens

    assert {"</s>", "<unk>", "<pad>"}.isdisjoint(tokens[:-1])


SOME_TOKENS = [*TOKENIZER.vocabulary][2:300:3] + ["▁", "▁в", "ation", "<0xC3>", "<0xA9>"] * 10


@given(st.lists(st.sampled_from(SOME_TOKENS), max_size=30))
def test_decoding_is_that_of_sentencepiece(tokens: list[str]) -> None:
    decoded = decode(tokens)

    # SentencePiece gives one U+FFFD for each byte that is no UTF-8, Python one for several.
    assert re.sub("\ufffd+", "\ufffd", decoded.text) == re.sub(
        "\ufffd+", "\ufffd", PIECES.decode(tokens)
    )
    assert "".join(decoded.text[span.start : span.end] for span in decoded.spans) == decoded.text


def test_unknown_token_and_end_give_nothing() -> None:
    assert decode(["▁Oui", "<unk>", "</s>"]).text == "Oui"


@pytest.mark.parametrize(("character", "known"), [("a", True), ("é", True), ("ł", False)])
def test_knows_what_it_need_not_spell_in_bytes(character: str, known: bool) -> None:  # noqa: FBT001 - a parameter
    assert unicodedata.category(character) == "Ll"
    assert TOKENIZER.knows(character) == known
