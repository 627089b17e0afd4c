import doctest
from collections.abc import Mapping, Sequence

import pytest

from alignment.beads import Span
from service.domain.language import Direction, Language
from service.domain.translation import Flag, FlagCode
from service.mt import retries
from service.mt.checks.sentence import check_sentence
from service.mt.retries import Answer, find_cut, try_again

EN_FR = Direction(Language.EN, Language.FR)


def answer(text: str, *, loops: bool = False) -> Answer:
    return Answer(text=text, origins=(0,) * len(text), loops=loops)


def check(source: str, target: str) -> list[Flag]:
    return check_sentence(source, target, EN_FR)


class Scripted:
    """Answers as a test says, and remembers what it was asked."""

    def __init__(
        self,
        beam: Mapping[str, Sequence[str]] = {},
        banned: Mapping[str, str] = {},
    ) -> None:
        self.beam, self.banned = beam, banned
        self.asked: list[tuple[list[str], int, int]] = []

    def __call__(
        self, texts: Sequence[str], *, no_repeat_ngram: int = 0, hypotheses: int = 1
    ) -> list[list[Answer]]:
        self.asked.append((list(texts), no_repeat_ngram, hypotheses))
        if no_repeat_ngram:
            return [[answer(self.banned.get(text, "rien rien rien"))] for text in texts]
        return [
            [answer(target) for target in self.beam.get(text, ["rien rien rien"])[:hypotheses]]
            for text in texts
        ]


def retried(source: str, first: str, ask: Scripted, *, loops: bool = False) -> str:
    found = try_again({source: answer(first, loops=loops)}, ask=ask, check=check, hypotheses=4)
    return found[source].text


def test_example_in_the_documentation_holds() -> None:
    assert doctest.testmod(retries).failed == 0


def test_what_passes_is_not_asked_about_again() -> None:
    ask = Scripted()

    assert retried("It cost 5 euros.", "Cela coûtait 5 euros.", ask) == "Cela coûtait 5 euros."
    assert ask.asked == []


def test_first_hypothesis_that_passes_is_taken() -> None:
    source = "It cost 5 euros."
    beam = ["Cela coûtait 6 euros.", "Cela coûtait euros.", "C'était 5 euros.", "Prix : 5 euros."]
    ask = Scripted({source: beam})

    assert retried(source, beam[0], ask) == "C'était 5 euros."
    assert ask.asked == [([source], 0, 4)]


def test_best_of_those_that_fail_is_kept_and_of_equals_the_first() -> None:
    source = "From 5 to 7 euros."
    first, worse, same, better = (
        "De 1 à 2 euros.",
        "De 1, 2 à 3 <unk>.",
        "De 3 à 4 euros.",
        "De 5 à 4 euros.",
    )

    assert retried(source, first, Scripted({source: [first, worse, same]})) == first
    assert retried(source, first, Scripted({source: [first, worse, better]})) == better


def test_ban_of_ngrams_is_tried_where_something_repeats_itself_only() -> None:
    source, loop = "The man is old.", "Le le le le le le le."
    ask = Scripted({source: [loop]}, {source: "L'homme est vieux."})

    assert retried(source, loop, ask) == "L'homme est vieux."
    assert [asked[1] for asked in ask.asked] == [0, retries.NGRAM]

    ask = Scripted({"It cost 5.": ["Cela coûtait 6."]})
    retried("It cost 5.", "Cela coûtait 6.", ask)
    assert [asked[1] for asked in ask.asked] == [0]


def test_answer_that_never_ended_is_tried_again_though_its_words_differ() -> None:
    source = "The man is old."
    ask = Scripted({source: ["L'homme est vieux et las"]}, {source: "L'homme est vieux."})

    assert retried(source, "L'homme est vieux et las", ask, loops=True) == "L'homme est vieux."


def test_sentence_is_cut_at_a_clause_when_nothing_else_helps() -> None:
    source = "The price was 5 euros in May, and the people paid 7 euros."
    left, right = "The price was 5 euros in May,", "and the people paid 7 euros."
    ask = Scripted(
        {
            source: ["Le prix était de 5."],
            left: ["Le prix était de 5 euros en mai,"],
            right: ["Et les gens ont payé 7 euros."],
        }
    )

    found = try_again({source: answer("Le prix était de 5.")}, ask=ask, check=check, hypotheses=4)[
        source
    ]

    assert found.text == "Le prix était de 5 euros en mai, et les gens ont payé 7 euros."
    assert len(found.origins) == len(found.text)
    place = found.text.index("et les")
    assert source[found.origins[place] :] == right


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("One two three four; five six seven eight", "five six seven eight"),
        ("One two three four – five six seven eight", "five six seven eight"),
        # The clause end nearest the middle.
        ("a b c d, e f g h i j k l m, n o p q r s t", "n o p q r s t"),
        ("One, two three four five six", None),
        ("One two three four five six seven", None),
        ("1 2 3 4 5, 6 7 8 9 10", None),
    ],
)
def test_cut_leaves_enough_words_on_both_sides(text: str, second: str | None) -> None:
    cut = find_cut(text)

    assert (None if cut is None else text[cut:]) == second


def test_all_that_fail_are_asked_about_together_and_their_answers_do_not_depend_on_it() -> None:
    sources = {f"It cost {n} euros.": f"Cela coûtait {n + 1} euros." for n in range(5, 9)}
    good = {
        source: [first, source.replace("It cost", "Prix :")] for source, first in sources.items()
    }
    firsts = {source: answer(first) for source, first in sources.items()}
    ask = Scripted(good)

    together = try_again(firsts, ask=ask, check=check, hypotheses=2)
    alone = {
        source: try_again({source: first}, ask=Scripted(good), check=check, hypotheses=2)[source]
        for source, first in firsts.items()
    }

    assert together == alone
    assert ask.asked == [(list(sources), 0, 2)]


def test_greedy_search_has_no_other_hypotheses() -> None:
    ask = Scripted()

    try_again({"It cost 5.": answer("Cela 6.")}, ask=ask, check=check, hypotheses=1)

    assert ask.asked == []


def test_flags_without_places_and_unknown_ones_cost_something() -> None:
    def check_terms(_source: str, target: str) -> list[Flag]:
        bad = "gris" in target
        return [Flag(code=FlagCode.TERM, note="term", target=(Span(0, 1),))] if bad else []

    ask = Scripted({"The cat": ["Le gris", "Le chat"]})
    found = try_again({"The cat": answer("Le gris")}, ask=ask, check=check_terms, hypotheses=2)

    assert found["The cat"].text == "Le chat"
