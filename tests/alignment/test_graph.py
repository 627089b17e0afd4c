from alignment.beads import Link
from alignment.edition import Edition, find_sentences
from alignment.graph import find_groups
from tests.alignment.conftest import WordEncoder

# Paragraphs 0 0 1 2 and 0 1 1 2.
SOURCE = find_sentences(
    Edition(texts=["Sun. Moon.", "Star.", "Sky."], language="en"), WordEncoder()
)
TARGET = find_sentences(Edition(texts=["Sun.", "Moon. Sea.", "Sky."], language="en"), WordEncoder())


def links(*pairs: tuple[list[int], list[int]], moved: bool = False) -> list[Link]:
    return [
        Link(source=source, target=target, probability=0.9, score=1.0, moved=moved)
        for source, target in pairs
    ]


def test_paragraphs_that_sentences_tie_are_one_group() -> None:
    found = find_groups(
        links(([0], [0]), ([1], [1]), ([2], []), ([], [2]), ([3], [3])), SOURCE, TARGET
    )

    assert [(group.source, group.target) for group in found] == [
        ((0,), (0, 1)),
        ((1,), ()),
        ((2,), (2,)),
    ]
    assert [len(group.links) for group in found] == [3, 1, 1]


def test_a_group_may_have_a_hole() -> None:
    found = find_groups(links(([0, 1], [0]), ([3], [0]), ([2], [1, 2]), ([], [3])), SOURCE, TARGET)

    assert [(group.source, group.target) for group in found] == [
        ((0, 2), (0,)),
        ((1,), (1,)),
        ((), (2,)),
    ]


def test_a_group_is_moved_if_all_that_ties_it_is() -> None:
    in_order, moved = links(([0], [0])), links(([1], [1]), ([3], [3]), moved=True)

    found = find_groups([*in_order, *moved, *links(([2], []), ([], [2]))], SOURCE, TARGET)

    assert [group.moved for group in found] == [False, False, True]
