"""Sentence links -> groups of paragraphs: the connected parts of the graph that they make."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from alignment.beads import Link
from alignment.edition import Sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Paragraphs of both texts that links tie together, and the links of all their sentences."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    links: Sequence[Link]

    @property
    def pairs(self) -> list[Link]:
        """The links with two sides."""
        return [link for link in self.links if link.source and link.target]

    @property
    def moved(self) -> bool:
        """Whether all that ties it together is out of order."""
        return bool(self.pairs) and all(link.moved for link in self.pairs)


def find_groups(links: Sequence[Link], source: Sentences, target: Sentences) -> list[Group]:
    """Return the groups of all paragraphs that have a sentence, by their first source paragraph.

    Groups without source come last, by their target.
    """
    of_source, of_target = source.paragraphs.tolist(), target.paragraphs.tolist()
    root: dict[tuple[int, int], tuple[int, int]] = {}

    def find(node: tuple[int, int]) -> tuple[int, int]:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    nodes = [
        [(0, of_source[row]) for row in link.source] + [(1, of_target[row]) for row in link.target]
        for link in links
    ]
    for tied in nodes:
        for node in tied:
            root[find(node)] = find(tied[0])
    held: defaultdict[tuple[int, int], list[Link]] = defaultdict(list)
    members: defaultdict[tuple[int, int], set[tuple[int, int]]] = defaultdict(set)
    for link, tied in zip(links, nodes, strict=True):
        held[find(tied[0])].append(link)
        members[find(tied[0])].update(tied)
    groups = [
        Group(
            source=tuple(sorted(paragraph for side, paragraph in found if side == 0)),
            target=tuple(sorted(paragraph for side, paragraph in found if side == 1)),
            links=held[name],
        )
        for name, found in members.items()
    ]
    return sorted(groups, key=lambda group: (not group.source, group.source, group.target))
