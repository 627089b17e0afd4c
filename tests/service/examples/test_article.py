import re
import unicodedata
from collections import Counter
from itertools import chain

import pytest

from service.domain.language import Direction, Language
from service.examples.article import GoldLink, example_gold, example_text

EN, FR, RU = Language.EN, Language.FR, Language.RU
DIRECTIONS = [Direction(EN, FR), Direction(EN, RU), Direction(FR, RU)]

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"


def text_of(language: Language) -> str:
    return example_text(language).decode()


def paragraphs_of(language: Language) -> list[str]:
    return text_of(language).removesuffix("\n").split("\n\n")


def numbers_in(text: str) -> Counter[str]:
    """Numbers as written in any of the languages: 5:30 a.m. is 5 h 30, 1,250 is 1 250."""
    text = re.sub(r"(\d+):(\d\d) p\.m\.", lambda time: f"{int(time[1]) + 12}:{time[2]}", text)
    text = re.sub(rf"(\d+){NO_BREAK}h{NO_BREAK}(\d\d)", r"\1:\2", text)
    text = re.sub(rf"(?<=\d)[,{NO_BREAK}{NARROW_NO_BREAK}](?=\d{{3}})", "", text)
    text = text.replace(",", ".")
    return Counter(re.findall(r"\d+(?:[.:]\d+)?", text))


@pytest.mark.parametrize("language", Language)
def test_an_edition_is_clean_text(language: Language) -> None:
    text = text_of(language)

    assert unicodedata.is_normalized("NFC", text)
    assert not re.search(r"[ \t\u00a0\u202f]\n|\n\n\n|  |\r|\t|['\"]", text)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert all("\n" not in paragraph for paragraph in paragraphs_of(language))


@pytest.mark.parametrize("language", Language)
def test_an_edition_has_about_twenty_paragraphs_of_many_kinds(language: Language) -> None:
    paragraphs = paragraphs_of(language)

    assert 20 <= len(paragraphs) <= 30
    assert sum(paragraph.startswith("– ") for paragraph in paragraphs) == 3
    assert sum(paragraph[-1].isalpha() for paragraph in paragraphs[3:]) == 3, "three headings"
    assert sum(paragraph.startswith(("“", "«")) for paragraph in paragraphs) == 3


@pytest.mark.parametrize("direction", DIRECTIONS, ids=str)
def test_gold_covers_each_paragraph_of_both_sides_once_and_in_order(direction: Direction) -> None:
    links = example_gold()[direction]

    source = list(chain.from_iterable(link.source for link in links))
    target = list(chain.from_iterable(link.target for link in links))
    assert source == list(range(len(paragraphs_of(direction.source))))
    assert target == list(range(len(paragraphs_of(direction.target))))


@pytest.mark.parametrize("direction", DIRECTIONS, ids=str)
def test_linked_paragraphs_have_the_same_numbers(direction: Direction) -> None:
    source, target = paragraphs_of(direction.source), paragraphs_of(direction.target)
    counted = 0

    for link in example_gold()[direction]:
        if link.source and link.target:
            numbers = numbers_in(" ".join(source[index] for index in link.source))
            assert numbers == numbers_in(" ".join(target[index] for index in link.target))
            counted += numbers.total()

    assert counted > 20


def test_gold_has_three_pairs() -> None:
    assert list(example_gold()) == DIRECTIONS


def test_french_merges_two_paragraphs_and_drops_one() -> None:
    links = example_gold()[Direction(EN, FR)]

    assert [link for link in links if (len(link.source), len(link.target)) != (1, 1)] == [
        GoldLink(source=(8, 9), target=(8,)),
        GoldLink(source=(16,), target=()),
    ]


def test_russian_splits_one_paragraph_and_adds_one() -> None:
    links = example_gold()[Direction(EN, RU)]

    assert [link for link in links if (len(link.source), len(link.target)) != (1, 1)] == [
        GoldLink(source=(10,), target=(10, 11)),
        GoldLink(source=(), target=(26,)),
    ]


def test_french_has_its_no_break_spaces() -> None:
    text = text_of(FR)

    assert not re.search(r"[^\u202f][;!?]", text)
    assert not re.search(r"[^\u00a0][:»%]|«[^\u00a0]", text)
    assert text.count("«") == text.count("»") == 3


def test_russian_has_its_quotation_marks_dashes_and_yo() -> None:
    text = text_of(RU)

    assert not re.search(r"[“”„]| —|—[^ ]|[^\u00a0]—", text)
    assert not re.search(r"\b(?:еще|ее|нее|отошел|пошел|сошел|перевез|лед|все шло)\b", text)
    assert text.count("«") == text.count("»") == 3
