"""Texts so long that a sentence is held against the sections around it, and not against all."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from alignment import Alignment, align, sections

LENGTH = 10_000
BLOCK = range(4_000, 4_030)
"""What moved, by 3,000 paragraphs."""
MISSING = (range(700, 730), range(5_200, 5_260), range(9_000, 9_040))
"""Left out of the target."""
BOILERPLATE = -1
EVERY = 40
"""Paragraphs between two lines of boilerplate: 250 of them in each text."""


class TwoLanguages:
    """Texts are a language and the number of what they say; translations have cosines of 0.7."""

    name = "two languages"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.array([self._vector(*text.split()) for text in texts], np.float32)
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def _vector(self, language: str, says: str) -> NDArray[np.float64]:
        meaning = np.random.default_rng(int(says) + 1).standard_normal(128)
        wording = np.random.default_rng([int(says) + 1, ord(language)]).standard_normal(128)
        vector: NDArray[np.float64] = meaning + 0.65 * wording
        return vector


def aligned(source: Sequence[int], target: Sequence[int]) -> Alignment:
    return align(
        [f"a {number}" for number in source],
        [f"b {number}" for number in target],
        source_language="en",
        target_language="en",
        encoder=TwoLanguages(),
    )


def with_boilerplate(numbers: Sequence[int]) -> list[int]:
    """Return the numbers with the same line after every so many."""
    return [
        number
        for start in range(0, len(numbers), EVERY)
        for number in (*numbers[start : start + EVERY], BOILERPLATE)
    ]


def said_by(
    alignment: Alignment, source: Sequence[int], target: Sequence[int]
) -> list[tuple[list[int], list[int], bool]]:
    """Return what the sides of each pair say, and whether it moved."""
    return [
        ([source[i] for i in bead.source], [target[j] for j in bead.target], bead.moved)
        for bead in alignment.beads
        if bead.source and bead.target
    ]


def assert_covered(alignment: Alignment, source: Sequence[int], target: Sequence[int]) -> None:
    assert sorted(i for bead in alignment.beads for i in bead.source) == list(range(len(source)))
    assert sorted(j for bead in alignment.beads for j in bead.target) == list(range(len(target)))


@pytest.mark.parametrize("goal", [BLOCK.start - 3_000, BLOCK.start + 3_000], ids=["up", "down"])
def test_a_block_that_moved_far_is_found_among_boilerplate_and_missing_blocks(goal: int) -> None:
    numbers = list(range(LENGTH))
    kept = [number for number in numbers if not any(number in block for block in MISSING)]
    rest = [number for number in kept if number not in BLOCK]
    before = sum(number < goal for number in rest)
    source = with_boilerplate(numbers)
    target = with_boilerplate([*rest[:before], *BLOCK, *rest[before:]])

    made = aligned(source, target)

    assert_covered(made, source, target)
    pairs = said_by(made, source, target)
    # Every paragraph of both has its counterpart, and nothing else has one.
    unlike = [pair for pair in pairs if pair[0] != pair[1]]
    assert unlike == []
    found = {here[0]: moved for here, _, moved in pairs if here != [BOILERPLATE]}
    assert sorted(found) == kept
    assert [number for number, moved in found.items() if moved] == list(BLOCK)


@pytest.fixture
def short_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a thousand paragraphs a long text."""
    monkeypatch.setattr(sections, "SECTION", 100)


@pytest.mark.usefixtures("short_sections")
def test_halves_that_changed_places_are_both_found() -> None:
    half = 500
    source = list(range(2 * half))
    target = [*source[half:], *source[:half]]

    made = aligned(source, target)

    assert_covered(made, source, target)
    pairs = said_by(made, source, target)
    right = sum(here == there for here, there, _ in pairs)
    assert right >= 0.99 * len(source)
    assert right >= 0.99 * len(pairs)


@pytest.mark.usefixtures("short_sections")
def test_long_texts_that_have_nothing_in_common_are_left_alone() -> None:
    source, target = range(1_000), range(50_000, 51_000)

    made = aligned(source, target)

    assert_covered(made, source, target)
    assert len(said_by(made, source, target)) <= 0.01 * len(source)


@pytest.mark.usefixtures("short_sections")
def test_a_half_that_was_turned_round_leaves_the_other_as_it_is() -> None:
    half = 500
    source = list(range(2 * half))
    target = [*source[:half][::-1], *source[half:]]

    made = aligned(source, target)

    assert_covered(made, source, target)
    pairs = said_by(made, source, target)
    found = {here[0] for here, there, _ in pairs if here == there}
    assert found >= set(source[half + 10 :])
    assert sum(here != there for here, there, _ in pairs) <= 0.01 * len(source)


def test_three_lines_find_their_counterparts_among_ten_thousand() -> None:
    target = [50, 5_000, 9_998]

    made = aligned(range(LENGTH), target)

    assert [(here, there) for here, there, _ in said_by(made, range(LENGTH), target)] == [
        ([number], [number]) for number in target
    ]
    assert_covered(made, range(LENGTH), target)
