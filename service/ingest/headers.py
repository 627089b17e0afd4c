"""Finds running headers and page numbers: short lines that come again where pages break."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from service.ingest.lines import Gap, Line
from service.ingest.prose import begins_small, ends_sentence
from service.ingest.words import PAGE_NUMBER, PART

_HEADER_CHARS = 80
_NUMBER = re.compile(r"\b\d+\b")
_BARE_NUMBER = "#"
_HEADER_LINES = 4
"""Lines of one page's header and the footer before it, at most."""
_OFTEN = 3
"""Occurrences that make a header of a line that need not cut a sentence each time."""


def find_headers(lines: Sequence[Line]) -> dict[int, str]:
    """Return the indexes of the lines that are running headers or page numbers, each with why.

    A line counts if the same words (numbers aside) stand beside form feeds and are many or cut a
    sentence, or cut sentences in two, or call themselves a page number. Lines of symbols alone
    never count, and chapter headings only where they cut a sentence.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if len(line.text) <= _HEADER_CHARS and any(map(str.isalnum, line.text)):
            groups[_fold(line.text)].append(index)
    repeated = {index: fold for fold, group in groups.items() if len(group) > 1 for index in group}
    found: dict[int, str] = {}
    for fold, group in groups.items():
        for index in _headers_of(lines, fold, group, repeated):
            found[index] = "page number" if fold == _BARE_NUMBER else "running header"
    return found


def _fold(text: str) -> str:
    return _NUMBER.sub(_BARE_NUMBER, " ".join(text.casefold().split()))


def _headers_of(
    lines: Sequence[Line], fold: str, group: Sequence[int], repeated: Mapping[int, str]
) -> list[int]:
    """Return those of the lines with the same words that are headers."""
    at_edge = [index for index in group if _at_page_edge(lines, index, repeated)]
    if PAGE_NUMBER.fullmatch(lines[group[0]].text):
        return list(group) if len(group) > 1 else at_edge
    if len(group) == 1 or (fold == _BARE_NUMBER and not _counts_up(lines, group)):
        return []
    cuts = sum(_cuts_sentence(lines, index, repeated) for index in group)
    if 2 * len(at_edge) >= len(group) and len(at_edge) > 1:
        if not cuts and (len(group) < _OFTEN or _is_numbered_part(lines, group)):
            return []
        pages = {*at_edge, *(index for index in group if index in {0, len(lines) - 1})}
        return [index for index in pages if not _is_title(lines, index, repeated)]
    alone = [index for index in group if _stands_alone(lines, index)]
    if len(alone) == len(group):
        enough = cuts == len(group) or (len(group) >= _OFTEN and cuts > 0)
    else:
        enough = len(group) >= _OFTEN and cuts > 1 and not begins_small(lines[group[0]].text)
    if not enough:
        return []
    return [index for index in group if not _is_title(lines, index, repeated)]


def _is_numbered_part(lines: Sequence[Line], group: Sequence[int]) -> bool:
    """Whether the lines are headings of chapters, each of which begins a page."""
    return all(PART.match(lines[index].text) for index in group)


def _counts_up(lines: Sequence[Line], group: Sequence[int]) -> bool:
    numbers = [int(_NUMBER.findall(lines[index].text)[0]) for index in group]
    return all(later == earlier + 1 for earlier, later in pairwise(numbers))


def _at_page_edge(lines: Sequence[Line], index: int, repeated: Mapping[int, str]) -> bool:
    """Whether only other repeated lines stand between the line and a form feed."""
    for before in range(index, max(index - _HEADER_LINES, -1), -1):
        if lines[before].gap is Gap.PAGE:
            return True
        if before - 1 not in repeated:
            break
    for after in range(index + 1, min(index + _HEADER_LINES, len(lines))):
        if lines[after].gap is Gap.PAGE:
            return True
        if after not in repeated:
            break
    return False


def _stands_alone(lines: Sequence[Line], index: int) -> bool:
    before = index == 0 or lines[index].gap is not Gap.LINE
    after = index + 1 == len(lines) or lines[index + 1].gap is not Gap.LINE
    return before and after


def _cuts_sentence(lines: Sequence[Line], index: int, repeated: Mapping[int, str]) -> bool:
    """Whether the text before the line goes on after it."""
    reach = range(1, _HEADER_LINES)
    before = next((index - step for step in reach if index - step not in repeated), -1)
    after = next((index + step for step in reach if index + step not in repeated), len(lines))
    if before < 0 or after >= len(lines):
        return False
    return not ends_sentence(lines[before].text) and begins_small(lines[after].text)


def _is_title(lines: Sequence[Line], index: int, repeated: Mapping[int, str]) -> bool:
    """Whether it is the text's first line, with no other line after it that could be a title."""
    if index > 0 or len(lines) == 1:
        return False
    second = lines[1]
    return 1 in repeated or len(second.text) > _HEADER_CHARS or ends_sentence(second.text)
