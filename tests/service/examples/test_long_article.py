from itertools import pairwise

import pytest

from service.examples.long_article import (
    BLOCK,
    DROPPED,
    LONGEST,
    MERGED,
    SENTENCES,
    SHORTEST,
    LongArticle,
    _sentence_phrases,
    make_long_article,
)


@pytest.fixture(scope="module")
def article() -> LongArticle:
    return make_long_article(1000)


@pytest.mark.parametrize("paragraphs", [SHORTEST, 21, 50, 300])
@pytest.mark.parametrize("seed", range(5))
def test_gold_covers_both_editions_once(paragraphs: int, seed: int) -> None:
    made = make_long_article(paragraphs, seed=seed)

    assert sorted(index for group in made.groups for index in group[0]) == [
        *range(len(made.english))
    ]
    assert sorted(index for group in made.groups for index in group[1]) == [
        *range(len(made.french))
    ]


def test_same_number_and_seed_give_the_same_article() -> None:
    assert make_long_article(30) == make_long_article(30)
    assert make_long_article(30, seed=8) != make_long_article(30)


def test_no_two_paragraphs_are_the_same(article: LongArticle) -> None:
    assert len(set(article.english)) == len(article.english)
    assert len(set(article.french)) == len(article.french)


def test_paragraphs_of_a_group_say_the_same(article: LongArticle) -> None:
    # What an English paragraph tells, the French one beside it tells, too.
    for source, target in article.groups:
        if source and target and len(target) == 1:
            english = " ".join(article.english[index] for index in source)
            (french,) = (article.french[index] for index in target)
            assert english.count("On Tuesday evening") <= french.count("Mardi soir")
            assert english.count("a retired teacher") <= french.count(
                "un instituteur à la retraite"
            )


def test_editions_are_edited_as_the_constants_say(article: LongArticle) -> None:
    assert (DROPPED, MERGED, BLOCK, SENTENCES) == (0.05, 0.10, 3, (2, 4))
    merged = sum(len(source) == 2 for source, _ in article.groups)
    alone = sum(not target for _, target in article.groups)
    firsts = [
        target[0]
        for source, target in sorted(article.groups, key=lambda group: list(group[0]))
        if source and target
    ]
    back = sum(after < before for before, after in pairwise(firsts))

    assert len(article.english) == pytest.approx(950, abs=25)
    assert merged == pytest.approx(82, abs=30)
    assert alone == pytest.approx(45, abs=25)
    # One block is out of order.
    assert back == 1


def test_phrases_are_enough_for_the_longest_article() -> None:
    assert len(_sentence_phrases()) == 491_520
    assert LONGEST * SENTENCES[1] <= len(_sentence_phrases())
