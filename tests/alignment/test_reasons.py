import pytest

from alignment.reasons import ALIKE_NATS, MOST_CHARS, MOST_SHOWN, Reason, describe, find_reason

EDITIONS = ("English", "French", "Russian")
ENGLISH = ["Some 1,250 people fled from Kidal in 2013.", "Nobody counted the goats."]
FRENCH = ["En 2013, 1 250 personnes ont fui Kidal.", "Nul n'a compté les chèvres."]
RUSSIAN = ["В 2013 году из Кидаля бежали 1 250 человек.", "Коз никто не считал."]


def reason_for(
    source: list[str],
    target: list[str],
    *,
    languages: tuple[str, str] = ("en", "fr"),
    score: float = 10.0,
    through: int | None = None,
    pinned: bool = False,
) -> Reason:
    return find_reason(
        source,
        target,
        source_language=languages[0],
        target_language=languages[1],
        score=score,
        through=through,
        pinned=pinned,
    )


@pytest.mark.parametrize(
    ("target", "language"), [(FRENCH, "fr"), (RUSSIAN, "ru")], ids=["French", "Russian"]
)
def test_numbers_and_names_are_shown_as_the_source_writes_them(
    target: list[str], language: str
) -> None:
    reason = reason_for(ENGLISH, target, languages=("en", language))

    assert reason == Reason(numbers=("1,250", "2013"), names=("Kidal",), alike=True)
    assert describe(reason, EDITIONS) == "1,250, 2013 and Kidal"


def test_the_other_direction_shows_the_other_spelling() -> None:
    reason = reason_for(RUSSIAN, FRENCH, languages=("ru", "fr"))

    assert describe(reason, EDITIONS) == "2013, 1 250 and Кидаля"


def test_texts_that_say_the_same_are_alike() -> None:
    reason = reason_for(ENGLISH[1:], FRENCH[1:], score=ALIKE_NATS)

    assert reason == Reason(alike=True)
    assert describe(reason, EDITIONS) == "alike"


def test_weak_evidence_is_carried_by_context() -> None:
    reason = reason_for(["Read also"], ["Notes"], score=ALIKE_NATS - 0.1)

    assert reason == Reason(context=True)
    assert describe(reason, EDITIONS) == "context"


def test_context_does_not_hide_what_is_shared() -> None:
    reason = reason_for(["Near Kidal"], ["Près de Kidal"], score=0.0)

    assert describe(reason, EDITIONS) == "Kidal; context"


def test_the_third_edition_takes_the_place_of_context() -> None:
    reason = reason_for(ENGLISH[1:], FRENCH[1:], score=0.0, through=2)

    assert reason == Reason(through=2)
    assert describe(reason, EDITIONS) == "through Russian"


def test_what_a_person_said_needs_no_other_reason() -> None:
    reason = reason_for(ENGLISH, FRENCH, score=-5.0, pinned=True)

    assert reason.pinned
    assert not reason.context
    assert describe(reason, EDITIONS) == "confirmed"


def test_a_paragraph_without_counterpart_has_no_reason() -> None:
    assert reason_for(ENGLISH, [], score=20.0) == Reason()
    assert describe(reason_for([], FRENCH), EDITIONS) == "no counterpart"
    assert describe(reason_for([], FRENCH, pinned=True), EDITIONS) == "confirmed"


def test_a_single_digit_is_no_reason() -> None:
    assert reason_for(["3 goats, 12 sheep"], ["3 chèvres, 12 moutons"]).numbers == ("12",)


def test_only_the_first_few_are_shown() -> None:
    text = ["10 11 12 13 near Gao, then Kidal, then Ménaka, then Tessalit"]

    reason = reason_for(text, text, languages=("fr", "fr"))

    assert reason.numbers == ("10", "11", "12")
    assert reason.names == ("Gao", "Kidal", "Ménaka")
    assert MOST_SHOWN == 3


def test_only_the_beginning_of_a_huge_paragraph_is_searched() -> None:
    huge = ["KIDAL, " * (MOST_CHARS // 7) + " " * 7 + "2013 in Gao"]

    assert reason_for(huge, huge) == Reason(alike=True)
