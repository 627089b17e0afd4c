from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment import (
    Alignment,
    Edition,
    EditionsError,
    KindsMismatchError,
    OfflineEncoder,
    Pin,
    align,
    align_editions,
)
from alignment.beads import Link
from alignment.third import find_ties, turned
from tests.alignment.conftest import WordEncoder

WORDS = WordEncoder()
STORY = ["the old king", "sleeps in his house by the sea", "snow falls 12 hours", "nobody comes"]
TEXTS = st.lists(st.sampled_from([*STORY, "", "a ship. a storm.", "zinc"]), max_size=5)


def edition(texts: list[str]) -> Edition:
    return Edition(texts=texts, language="en")


def covers_once(alignment: Alignment, source: list[str], target: list[str]) -> bool:
    return [
        sorted(i for bead in alignment.beads for i in bead.source),
        sorted(j for bead in alignment.beads for j in bead.target),
    ] == [list(range(len(source))), list(range(len(target)))]


def link(source: list[int], target: list[int], probability: float) -> Link:
    return Link(source=source, target=target, probability=probability, score=0.0, moved=False)


@given(TEXTS, TEXTS, TEXTS)
def test_each_pair_of_three_covers_both_texts_once(
    one: list[str], two: list[str], three: list[str]
) -> None:
    texts = [one, two, three]

    made = align_editions([edition(part) for part in texts], encoder=WORDS)

    assert list(made) == list(combinations(range(3), 2))
    for (source, target), alignment in made.items():
        assert covers_once(alignment, texts[source], texts[target])


def test_the_order_of_the_editions_changes_no_bead() -> None:
    texts = [STORY, [*STORY[:2], "zinc", *STORY[2:]], [f"{STORY[0]} {STORY[1]}", *STORY[2:]]]

    made = align_editions([edition(part) for part in texts], encoder=WORDS)
    turned_round = align_editions([edition(part) for part in reversed(texts)], encoder=WORDS)

    for (source, target), alignment in made.items():
        back = turned_round[2 - target, 2 - source]
        assert {(bead.source, bead.target) for bead in alignment.beads} == {
            (bead.target, bead.source) for bead in back.beads
        }


@pytest.mark.parametrize("count", [0, 1, 4])
def test_two_or_three_editions_are_asked_for(count: int) -> None:
    with pytest.raises(EditionsError, match=f"there are {count}"):
        align_editions([edition(STORY)] * count, encoder=WORDS)


def test_kinds_are_one_for_each_text() -> None:
    with pytest.raises(KindsMismatchError, match="1 kinds for 4 texts"):
        Edition(texts=STORY, language="en", kinds=["heading"])


def test_a_third_text_ties_what_answers_to_the_same_of_its_sentences() -> None:
    to_third = [link([0], [0, 1], 0.9), link([1], [2], 0.8), link([2], [], 0.7)]
    from_third = [link([0], [3], 0.5), link([2], [4], 1.0), link([], [5], 0.6)]

    ties = find_ties(to_third, from_third, n_source=3, n_target=6)

    assert list(zip(ties.source.tolist(), ties.target.tolist(), strict=True)) == [(0, 3), (1, 4)]
    assert ties.likely.tolist() == pytest.approx([0.45, 0.8])
    assert ties.source_known.tolist() == pytest.approx([0.9, 0.8, 0.0])
    assert ties.target_known.tolist() == pytest.approx([0, 0, 0, 0.5, 1.0, 0.0])


def test_what_is_asked_of_ties_is_what_the_whole_matrix_says() -> None:
    to_third = [link([0], [0], 0.9), link([1], [1], 0.8), link([2], [2], 0.7)]
    from_third = [link([0], [2], 0.5), link([1], [0], 1.0), link([2], [1], 0.6)]
    ties = find_ties(to_third, from_third, n_source=3, n_target=3)

    whole = ties.block(range(3), range(3))

    assert ties.block(range(-2, 2), range(1, 3))[2:] == pytest.approx(whole[:2, 1:])
    rows, columns = ties.source[:2], ties.target[[1, 0]]
    assert ties.take(rows, columns).block(range(2), range(2)) == pytest.approx(
        whole[rows][:, columns]
    )
    strongest = ties.strongest()
    assert strongest[0] == pytest.approx(whole.max(axis=1))
    assert strongest[1] == pytest.approx(whole.max(axis=0))
    back = find_ties(turned(from_third), turned(to_third), n_source=3, n_target=3)
    assert back.block(range(3), range(3)) == pytest.approx(whole.T)


def test_a_third_edition_settles_what_two_leave_open(offline_encoder: OfflineEncoder) -> None:
    texts = {
        "en": ["The bridge is closed.", "Details below.", "Buses replace the trams until May."],
        "fr": [
            "Le pont est fermé.",
            "Lire plus bas.",
            "Des bus remplacent les trams jusqu'en mai.",
        ],
        "ru": ["Мост закрыт.", "Подробности ниже.", "До мая вместо трамваев ходят автобусы."],
    }
    editions = [Edition(texts=part, language=language) for language, part in texts.items()]

    made = align_editions(editions, encoder=offline_encoder)

    for alignment in made.values():
        assert [(bead.source, bead.target) for bead in alignment.beads] == [
            ((i,), (i,)) for i in range(3)
        ]
    alone = align_editions([editions[1], editions[2]], encoder=offline_encoder)[0, 1]
    assert made[1, 2].beads[1].confidence > alone.beads[1].confidence


def test_pins_of_one_pair_hold_and_leave_the_others_their_truth() -> None:
    made = align_editions(
        [edition(STORY)] * 3, encoder=WORDS, pins={(0, 1): [Pin(source=(1,), target=())]}
    )

    assert ((1,), ()) in [(bead.source, bead.target) for bead in made[0, 1].beads]
    assert ((1,), (1,)) in [(bead.source, bead.target) for bead in made[0, 2].beads]


@given(TEXTS, TEXTS, st.sets(st.integers(0, 4)))
def test_beads_of_sentences_cover_all_sentences_once(
    source: list[str], target: list[str], skip: set[int]
) -> None:
    made = align(
        source,
        target,
        source_language="en",
        target_language="en",
        encoder=WORDS,
        skip_source={index for index in skip if index < len(source)},
        level="sentence",
    )

    assert covers_once(
        made, ["" for _ in made.source_sentences], ["" for _ in made.target_sentences]
    )
    for texts, sentences in ((source, made.source_sentences), (target, made.target_sentences)):
        assert sorted({sentence.paragraph for sentence in sentences}) == list(range(len(texts)))
        for index, text in enumerate(texts):
            spans = [found.span for found in sentences if found.paragraph == index]
            outside = "".join(
                text[end:start]
                for end, start in zip(
                    [0, *(span.end for span in spans)],
                    [*(span.start for span in spans), len(text)],
                    strict=True,
                )
            )
            assert not outside.strip()


def test_sentences_are_aligned_across_paragraphs_and_inside_pins() -> None:
    source = ["The old king. Snow falls.", "Nobody comes."]
    target = ["The old king.", "Snow falls. Nobody comes."]
    pins = [Pin(source=(0, 1), target=(0, 1))]

    for pinned in ([], pins):
        made = align(
            source,
            target,
            source_language="en",
            target_language="en",
            encoder=WORDS,
            level="sentence",
            pins=pinned,
        )
        assert [(bead.source, bead.target) for bead in made.beads] == [
            ((i,), (i,)) for i in range(3)
        ]
    assert [found.paragraph for found in made.target_sentences] == [0, 1, 1]


def test_lines_that_are_sentences_already_are_not_split() -> None:
    made = align(
        ["The old king. Snow falls."],
        ["The old king. Snow falls."],
        source_language="en",
        target_language="en",
        encoder=WORDS,
        level="sentence",
        already_split=True,
    )

    assert [(bead.source, bead.target) for bead in made.beads] == [((0,), (0,))]
