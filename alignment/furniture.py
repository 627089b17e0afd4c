"""Page furniture: lines that stand in many of a publisher's articles and belong to none of them.

Bylines, offers, rights, "read also" lines. They are told by repetition in one language and by
nothing else, and rather missed than mistaken: what is taken for furniture wrongly is as good as
lost.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Final

VERSION: Final = "0.1"
"""Of everything that decides what is furniture."""

LONGEST_CHARS: Final = 150
"""What is longer is never furniture: agencies repeat whole paragraphs of background."""
FEWEST_STORIES: Final = 3
"""With more than 18 stories a line must stand in more of them: the root of half their number."""
EDGE: Final = 5
"""Paragraphs at either end of an article among which furniture stands."""
SENTENCE_WORDS: Final = 5
"""A line of fewer may be a heading that many articles have, such as "What we know"."""
OPENING_WORDS: Final = range(2, 5)
"""Words before the colon of "Read also:"; one alone may be a speaker in an interview."""
HEADLINE_WORDS: Final = 3
"""The fewest after the colon."""
TOGETHER: Final = 0.5
"""Of the articles that have the rarer of two lines, the share that have both, if one may translate
the other; by chance it is the share of all articles that have the commoner."""
OFTENER_THAN_BY_CHANCE: Final = 3
SHARED_LINES: Final = 5
"""The fewest that make two articles one story; a short notice may share its furniture."""
RARE: Final = 16
"""What more articles have does not tell whether two of them are one story."""

_MONTHS_AND_DAYS = """
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
monday tuesday wednesday thursday friday saturday sunday
janvier février mars avril mai juin juillet août septembre octobre novembre décembre janv févr
lundi mardi mercredi jeudi vendredi samedi dimanche
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
понедельник вторник среда четверг пятница суббота воскресенье
"""
MONTHS_AND_DAYS: Final = frozenset(_MONTHS_AND_DAYS.split())

_WORD: Final = re.compile(r"[^\W\d_]+")
_WORD_OR_NUMBER: Final = re.compile(r"[^\W\d_]+|\d+")
_ENDS_SENTENCE: Final = re.compile(r"[.!?…][\"'»”’)\]]*$")
_ENDS_NO_HEADLINE: Final = re.compile(r"[.…:;,\"'»”’)\]]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A paragraph as far as repetition is concerned.

    ``words`` are what it says, or begins with if it is long. ``opening`` is the beginning of a line
    such as "Read also: New ferry for Marrow", with the colon, which no words have.
    """

    words: str
    opening: str | None
    chars: int

    @property
    def keys(self) -> list[str]:
        """By what the line could be furniture."""
        if self.chars > LONGEST_CHARS:
            return []
        return [key for key in (self.words, self.opening) if key]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a line stands: in which story, and after and before how many paragraphs."""

    story: int
    before: int
    after: int
    line: _Line


def find_furniture(articles: Sequence[Sequence[str]]) -> list[frozenset[int]]:
    """Return which paragraphs of each article are furniture: indexes from 0.

    A line is furniture if enough different articles have it near their beginning or end, or more
    than half of them anywhere, and if it is not mostly the first paragraph, as a column's title is.
    Case, spaces and punctuation make no difference, nor, outside of sentences, do numbers and
    dates. Lines with one beginning and different headlines after it, such as "Read also:", are
    furniture, too. What repeats within one article is not. Articles that share most of their text
    count as one, and one that would be mostly furniture has none.

    The order of the articles makes no difference. Time and memory are linear in the text.

    Args:
        articles: The paragraphs of each, in one language and from one publisher.
    """
    return [frozenset(marks) for marks in _mark(_read(articles))]


def find_furniture_of_pairs(
    source: Sequence[Sequence[str]], target: Sequence[Sequence[str]]
) -> list[tuple[frozenset[int], frozenset[int]]]:
    """Return which paragraphs of both editions of articles are furniture without counterpart.

    Either side's furniture is told on its own; see `find_furniture`. Left out is what comes and
    goes, from article to article, with a line of the other edition, as a byline does with its
    translation. What most articles have comes and goes with nothing.

    Args:
        source: The paragraphs of each article in one language.
        target: The same articles in another language.
    """
    sides = _read(source), _read(target)
    return list(zip(_unmatched(*sides), _unmatched(*reversed(sides)), strict=True))


def _read(articles: Sequence[Sequence[str]]) -> list[list[_Line]]:
    return [[_line(text) for text in article] for article in articles]


def _line(text: str) -> _Line:
    text = text.strip()
    chars = len(text)
    # Of a long one the beginning will do to tell whether two articles share it.
    text = unicodedata.normalize("NFKC", text[: LONGEST_CHARS + 1]).casefold()
    return _Line(words=" ".join(_words(text)), opening=_opening(text), chars=chars)


def _words(text: str) -> list[str]:
    """Return what tells a line from others; the numbers in a sentence are part of what it says."""
    if _ENDS_SENTENCE.search(text):
        return _WORD_OR_NUMBER.findall(text)
    return [word for word in _WORD.findall(text) if word not in MONTHS_AND_DAYS]


def _opening(text: str) -> str | None:
    beginning, _, headline = text.partition(": ")
    words = _WORD_OR_NUMBER.findall(beginning)
    if (
        len(words) not in OPENING_WORDS
        or len(_WORD.findall(headline)) < HEADLINE_WORDS
        or _ENDS_NO_HEADLINE.search(text)
    ):
        return None
    return " ".join(words) + ":"


def _mark(articles: Sequence[Sequence[_Line]]) -> list[dict[int, str]]:
    """Return the furniture of each article: which paragraphs, and by which key each of them."""
    furniture = _furniture_of(_stories(articles))
    return [_marks(lines, furniture) for lines in articles]


def _marks(lines: Sequence[_Line], furniture: Collection[str]) -> dict[int, str]:
    marks = {
        index: key for index, line in enumerate(lines) for key in line.keys if key in furniture
    }
    chars = sum(lines[index].chars for index in marks)
    return marks if 2 * chars <= sum(line.chars for line in lines) else {}


def _stories(articles: Sequence[Sequence[_Line]]) -> list[Sequence[_Line]]:
    """Return the articles that tell something of their own.

    Left out is what holds half of another, by characters: a digest, or a story that came in twice.
    """
    # Sorted, so that of those with the same words the same one stands for all.
    by_shape = sorted(articles, key=lambda lines: [(o.chars, o.opening or "") for o in lines])
    different = {tuple(line.words for line in lines): lines for lines in by_shape if lines}
    contents = list(different)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for article, content in enumerate(contents):
        for words in {*content} - {""}:
            holders[words].append(article)
    rare = [{words for words in content if 0 < len(holders[words]) <= RARE} for content in contents]
    order = [(sum(map(len, lines)), content) for lines, content in zip(rare, contents, strict=True)]
    held: set[int] = set()
    for article, lines in enumerate(rare):
        shared: defaultdict[int, list[str]] = defaultdict(list)
        for words in lines:
            for other in holders[words]:
                shared[other].append(words)
        held |= {
            other
            for other, both in shared.items()
            if len(both) >= SHARED_LINES
            and 2 * sum(map(len, both)) >= order[article][0]
            and order[other] > order[article]
        }
    return [lines for n, lines in enumerate(different.values()) if n not in held]


def _furniture_of(stories: Sequence[Sequence[_Line]]) -> frozenset[str]:
    """Return the keys that make a line furniture."""
    places: defaultdict[str, list[_Place]] = defaultdict(list)
    for story, lines in enumerate(stories):
        for before, line in enumerate(lines):
            place = _Place(story=story, before=before, after=len(lines) - before - 1, line=line)
            for key in line.keys:
                places[key].append(place)
    return frozenset(
        key for key, found in places.items() if _is_furniture(key, found, among=len(stories))
    )


def _is_furniture(key: str, places: Sequence[_Place], *, among: int) -> bool:
    """Whether a key that has its places among so many stories makes a line furniture."""
    stories = len({place.story for place in places})
    if stories < max(FEWEST_STORIES, ceil(sqrt(among / 2))):
        return False
    if 2 * sum(place.before == 0 for place in places) > len(places):
        return False
    if key.endswith(":"):
        headlines = len({place.line.words for place in places})
        return len(places) <= 2 * stories <= 4 * headlines
    if 2 * stories > among:
        return True
    sentence = len(key.split()) >= SENTENCE_WORDS
    at_edge = sum(place.before < EDGE or (sentence and place.after < EDGE) for place in places)
    return 4 * at_edge >= 3 * len(places)


def _unmatched(
    articles: Sequence[Sequence[_Line]], others: Sequence[Sequence[_Line]]
) -> list[frozenset[int]]:
    """Return the furniture of articles that comes and goes with no line of their other edition."""
    marks = _mark(articles)
    keys = [{key for line in lines for key in line.keys} for lines in others]
    times = Counter(key for of_article in keys for key in of_article)
    common = [{key for key in each if times[key] >= FEWEST_STORIES} for each in keys]
    together = _together([set(of_article.values()) for of_article in marks], common)
    return [
        frozenset(i for i, key in of_article.items() if together[key].isdisjoint(beside))
        for of_article, beside in zip(marks, common, strict=True)
    ]


def _together(
    furniture: Sequence[Collection[str]], others: Sequence[Collection[str]]
) -> Mapping[str, set[str]]:
    """Return with which of the other keys, article by article, each furniture comes and goes."""
    times = Counter(key for keys in furniture for key in keys)
    other_times = Counter(key for keys in others for key in keys)
    shared = Counter(
        (key, other)
        for keys, beside in zip(furniture, others, strict=True)
        for key in keys
        for other in beside
    )
    together: defaultdict[str, set[str]] = defaultdict(set)
    for (key, other), n in shared.items():
        by_chance = times[key] * other_times[other] / len(others)
        enough = max(
            FEWEST_STORIES,
            TOGETHER * min(times[key], other_times[other]),
            OFTENER_THAN_BY_CHANCE * by_chance,
        )
        if n >= enough:
            together[key].add(other)
    return together
