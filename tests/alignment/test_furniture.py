from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment import find_furniture, find_furniture_of_pairs
from alignment.furniture import EDGE, FEWEST_STORIES, LONGEST_CHARS, RARE
from tests.growth import check_linear_growth

OFFER = "Read the whole Courier on paper, every Saturday at breakfast."
BYLINE = "By Ilse Marrow and our desk in Lind"


def names(number: int) -> str:
    """A name of its own for every number: no digits, for those are overlooked."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def story(number: int, *, paragraphs: int = 6) -> list[str]:
    """An article of which no line stands in another: a title and some paragraphs."""
    name = names(number)
    return [
        f"Mr {name} builds a bridge",
        *(f"In week {n} he and {name}{n} carried stones to the river." for n in range(paragraphs)),
    ]


def paper(articles: int, furnish: Callable[[int, list[str]], list[str]]) -> list[list[str]]:
    return [furnish(number, story(number)) for number in range(articles)]


def found(articles: Sequence[Sequence[str]]) -> list[list[str]]:
    return [
        [article[index] for index in sorted(indexes)]
        for article, indexes in zip(articles, find_furniture(articles), strict=True)
    ]


def test_byline_and_offer_of_all_articles_are_furniture() -> None:
    articles = paper(8, lambda _, lines: [lines[0], BYLINE, *lines[1:], OFFER])

    assert found(articles) == [[BYLINE, OFFER]] * 8


def test_what_some_articles_have_is_found_in_those() -> None:
    articles = paper(30, lambda n, lines: [*lines, OFFER] if n % 5 == 0 else lines)

    assert found(articles) == [[OFFER] if n % 5 == 0 else [] for n in range(30)]


@pytest.mark.parametrize(
    ("articles", "with_it", "furniture"),
    # The root of half the number of articles, rounded up, and at least three.
    [(2, 2, False), (3, 3, True), (4, 2, False), (72, 5, False), (72, 6, True), (73, 6, False)],
)
def test_how_many_articles_are_enough(articles: int, with_it: int, furniture: bool) -> None:  # noqa: FBT001 - a column of the table
    given = paper(articles, lambda n, lines: [*lines, OFFER] if n < with_it else lines)

    assert any(found(given)) is furniture


def test_case_spaces_and_marks_make_no_difference() -> None:
    variants = (OFFER, OFFER.upper(), OFFER.replace(" ", "\u00a0 "), f"» {OFFER}", f"{OFFER}..")

    articles = paper(5, lambda n, lines: [*lines, variants[n]])

    assert found(articles) == [[variant] for variant in variants]


def test_dates_and_numbers_make_none_outside_of_sentences() -> None:
    dates = ("3 June, 9:40", "12 December, 18:05", "Monday 30 March, 7:00")

    notes = paper(3, lambda n, lines: [lines[0], f"Last changed on {dates[n]}", *lines[1:]])
    sentences = paper(3, lambda n, lines: [*lines, f"A loaf of bread costs {n + 2}.50 marks now."])

    assert found(notes) == [[f"Last changed on {date}"] for date in dates]
    assert not any(found(sentences))


def test_read_also_lines_are_found_by_their_beginning() -> None:
    articles = paper(
        9, lambda n, lines: [*lines[:5], f"Read also: The {names(n)} bridge is open!", *lines[5:]]
    )

    assert found(articles) == [[article[5]] for article in articles]


@pytest.mark.parametrize(
    "line",
    [
        "Question: why did {} build a bridge?",  # one word: somebody speaks
        "The upshot: {} builds no bridge.",  # a sentence
        "Mayor Anna Lind: “{} will build it”",  # somebody is quoted
        "Length of bridge: {} feet",  # no headline
        "get http://{}.example.org/stones main river",  # an address
        "When the day came, and nobody doubted it: {} builds a bridge",  # no opening
    ],
)
def test_other_lines_with_a_shared_beginning_are_not(line: str) -> None:
    assert not any(found(paper(9, lambda n, lines: [*lines, line.format(names(n))])))


def test_opening_that_one_article_has_often_is_part_of_it() -> None:
    asked = "The Courier asks: why did {} build a bridge?"

    def interview(number: int, lines: list[str]) -> list[str]:
        return [*lines, *(asked.format(names(10 * number + n)) for n in range(3))]

    assert not any(found(paper(6, interview)))


def test_opening_with_one_headline_is_not_found_by_its_beginning() -> None:
    inside = "Read also: The bridge is open!"

    articles = paper(30, lambda n, lines: [*lines, inside, *lines[1:], *lines] if n < 6 else lines)

    assert not any(found(articles))


def test_title_of_a_column_is_kept() -> None:
    articles = paper(9, lambda _, lines: ["This week on the river with Ilse", *lines[1:]])

    assert not any(found(articles))


def test_heading_of_some_articles_is_kept() -> None:
    articles = paper(
        20, lambda n, lines: [*lines[:5], "What we know", *lines[5:]] if n < 9 else lines
    )

    assert not any(found(articles))


def test_sentence_in_the_middle_of_some_articles_is_kept() -> None:
    middle = "Nobody was hurt when the old bridge fell."

    articles = [
        [*story(n, paragraphs=EDGE), *([middle] if n < 9 else []), *story(n + 100)]
        for n in range(20)
    ]

    assert not any(found(articles))
    assert all(found([lines for lines in articles if middle in lines]))


def test_long_paragraph_is_kept() -> None:
    background = ("The bridge fell in the great flood of that spring. " * 4).strip()
    assert len(background) > LONGEST_CHARS

    assert not any(found(paper(9, lambda _, lines: [*lines, background])))


def test_refrain_of_one_article_is_kept() -> None:
    refrain = "Row, row, row your boat over the river."

    articles = paper(9, lambda n, lines: [refrain, *lines, refrain, refrain] if n == 0 else lines)

    assert not any(found(articles))


@pytest.mark.parametrize("copies", [3, RARE, 3 * RARE])
def test_story_that_came_in_often_is_one_story(copies: int) -> None:
    wire = story(0)
    edited = [[*wire, f"Written by {names(n)}, who was there."] for n in range(copies)]

    assert not any(found([wire] * copies))
    assert not any(found(edited))
    assert not any(found([*(story(n) for n in range(1, 30)), *edited]))


def test_digest_counts_for_none_of_its_stories() -> None:
    last = "That is all that is known."
    stories = [[*story(n), last] if n < FEWEST_STORIES - 1 else story(n) for n in range(5)]

    assert not any(found([*stories, [line for lines in stories for line in lines]]))


def test_article_of_hardly_anything_else_keeps_all_and_counts_for_little() -> None:
    articles = paper(9, lambda _, lines: [lines[0], BYLINE, *lines[1:], OFFER])

    assert found([*articles, ["The bridge", BYLINE, OFFER], [OFFER]]) == [[BYLINE, OFFER]] * 9 + [
        [],
        [],
    ]


def test_lines_without_words_are_kept() -> None:
    assert not any(found(paper(9, lambda n, lines: [*lines, "* * *", f"{n}", "", " \n"])))
    assert found([["* * *"], [], ["***", "!"]]) == [[], [], []]


known = st.one_of(
    st.sampled_from([OFFER, BYLINE, "Read also: the ferry of Lind", "What we know", "***"]),
    st.integers(0, 9).map(lambda n: story(n)[1]),
)
articles_of_known = st.lists(st.lists(known, max_size=8), max_size=12)
articles_of_any = st.lists(st.lists(known | st.text(max_size=12), max_size=8), max_size=12)


@given(articles_of_any)
def test_order_of_articles_makes_no_difference(articles: list[list[str]]) -> None:
    assert find_furniture(articles[::-1]) == find_furniture(articles)[::-1]


@given(articles_of_known)
def test_what_fewer_articles_have_is_never_found(articles: list[list[str]]) -> None:
    for line in {line for lines in found(articles) for line in lines}:
        assert sum(line in article for article in articles) >= FEWEST_STORIES


@given(st.lists(st.sampled_from([OFFER, BYLINE, *story(1)])))
def test_article_alone_has_no_furniture(article: list[str]) -> None:
    assert find_furniture([article]) == [frozenset()]


@given(articles_of_any, st.integers(0, 100))
def test_pairs_have_no_other_furniture_than_their_sides(
    articles: list[list[str]], turn: int
) -> None:
    target = [articles[(n + turn) % len(articles)] for n in range(len(articles))]

    pairs = find_furniture_of_pairs(articles, target)

    for side, of_side in zip((articles, target), zip(*pairs, strict=True), strict=False):
        assert all(a <= b for a, b in zip(of_side, find_furniture(side), strict=True))


def test_byline_that_comes_and_goes_with_its_translation_is_left_to_the_aligner() -> None:
    by_ilse = {n for n in range(40) if n % 5 == 0}
    offered = {n for n in range(40) if n % 4 == 0}, {n for n in range(40) if n % 3 == 0}

    def edition(byline: str, offer: str, offered: set[int]) -> list[list[str]]:
        return paper(
            40,
            lambda n, lines: [
                lines[0],
                *([byline] if n in by_ilse else []),
                *lines[1:],
                *([offer] if n in offered else []),
            ],
        )

    english = edition(BYLINE, OFFER, offered[0])
    french = edition(
        "Par Ilse Marrow et la rédaction", "Abonnez-vous au Courrier de Lind.", offered[1]
    )

    pairs = find_furniture_of_pairs(english, french)

    assert {line for lines in found(english) for line in lines} == {BYLINE, OFFER}
    for n, (source, target) in enumerate(pairs):
        assert [english[n][i] for i in source] == ([OFFER] if n in offered[0] else [])
        assert [french[n][i] for i in target] == ([french[n][-1]] if n in offered[1] else [])


def test_what_all_articles_have_is_set_aside_on_both_sides() -> None:
    english = paper(9, lambda _, lines: [*lines, OFFER])
    french = paper(9, lambda _, lines: [*lines, "Lisez le Courrier sur papier chaque samedi."])

    assert find_furniture_of_pairs(english, french) == [(frozenset({7}), frozenset({7}))] * 9


def test_no_articles_have_none() -> None:
    assert find_furniture([]) == []
    assert find_furniture_of_pairs([], []) == []


def test_time_is_linear_in_the_number_of_articles() -> None:
    def task(articles: int) -> Callable[[], object]:
        given = paper(articles, lambda _, lines: [lines[0], BYLINE, *lines[1:], OFFER])
        assert found(given[:9]) == [[BYLINE, OFFER]] * 9
        return lambda: find_furniture_of_pairs(given, given)

    check_linear_growth(task, size=1250)
