"""Whether a sentence ends at a mark: what stands before it, and what stands after it."""

import re
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import Final

from alignment.quotations import BRACKETS
from alignment.sentence_tables import LastWords, SentenceTables, normalise

MARKS: Final = ".!?…‼⁇⁈⁉"
DASHES: Final = "—–―-"

_LONGEST_WORD_CHARS: Final = 24
_LONGEST_LEAD_CHARS: Final = 10
_LONGEST_NUMBERING_CHARS: Final = 40
_LONGEST_ATTRIBUTION_CHARS: Final = 80
_LONGEST_ATTRIBUTION_WORDS: Final = 7
_LONGEST_NAME_LINK: Final = 3
"""Characters of a small word inside a name and its title: of, the, van."""
_LONGEST_CLIPPED_WORD: Final = 4
"""Characters of an unknown word without vowels that is taken for an abbreviation."""
_LONG_SENTENCE_CHARS: Final = 40
"""From here on an ellipsis may end the sentence: what it cuts off is no fragment."""
_NO_BREAK_SPACES: Final = frozenset("\u00a0\u202f\u2007")
_VOWELS: Final = frozenset("aeiouyàâäéèêëîïôöùûüÿœæаеиоуыэюя")

_NEXT: Final = re.compile(
    r"""
    (?: \[ (?:…|\.\.\.) \] \s*+ )?+                 # an omission: […]
    (?P<bullet> [•‣◦▪] )?+
    (?P<dash> [—–―-]++ \s++ )?+
    ["'“„‘«‹(\[{*_¿¡\s]*+
    (?: (?P<number> [$€£¥₽№§+−±≈~-]? \s? \d )
      | (?P<word> [^\W\d_]++ (?: ['’-] [^\W\d_]++ )*+ ) )
    """,
    re.VERBOSE,
)
_BRAND: Final = re.compile(r"[a-z]{1,3}[A-Z]")
_ROMAN: Final = re.compile(r"[IVXLCDM]+")
_WORD_BREAK: Final = re.compile(r"""[\s()\[\]{}«»‹›“”„"*—–…]""")
_ELISION: Final = re.compile(r"(?:[cdjlmnst]|qu)'(?=.)", re.IGNORECASE)
_DOTTED: Final = re.compile(r"(?:[^\W\d_]{1,2}\.-?)+[^\W\d_]{1,5}")
_INITIALS: Final = re.compile(r"[^\W\d_](?:\.-?[^\W\d_])?")
_SHORT_NUMBER: Final = re.compile(r"\d{1,2}")
_NUMBERING: Final = re.compile(
    r"[\W_]*(?:(?P<heading>[^\W\d_]+)\.?\s)?(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]+|[^\W\d_])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A mark, what closes after it, and the gap that follows. Positions are offsets in the text."""

    sentence: int
    """Where the sentence starts that may end here."""
    at: int
    """Where the marks start."""
    marks: str
    closers: str
    gap: str
    following: int
    """Where the gap ends."""
    opening: int | None
    """Where the last of the closers was opened, if its other half is known."""
    spoken: bool
    """Whether the sentence or its paragraph opens with a dash, as a line of dialogue does."""


class _Ending(IntEnum):
    """Whether what stands before the gap ends a sentence."""

    NO = auto()
    PERHAPS = auto()
    YES = auto()


class _Beginning(Enum):
    """What stands after the gap: only a word that is no name settles what is in doubt."""

    NONE = auto()
    NUMBER = auto()
    CAPITAL = auto()
    STARTER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Next:
    """What follows the gap, its first word, and whether a dash leads it in."""

    kind: _Beginning
    word: str = ""
    dash: bool = False


def ends_sentence(text: str, stop: Stop, tables: SentenceTables) -> bool:
    """Whether a sentence ends at the stop."""
    following = _read_next(text, stop.following, tables)
    if following.kind is _Beginning.NONE or _is_attributed(text, stop, tables):
        return False
    ending = min(
        _ending_at_marks(text, stop, following, tables), _ending_at_closers(text, stop, following)
    )
    if following.kind is _Beginning.STARTER:
        return ending >= _Ending.PERHAPS
    return ending is _Ending.YES


def ends_at_a_glance(text: str, at: int, words: LastWords) -> bool | None:
    """Whether a sentence ends at a mark, where few characters around it say so; else ``None``.

    That is so at most marks. ``ends_sentence`` comes to the same, in many more steps.

    Args:
        text: The text.
        at: Where the mark is.
        words: What is listed in the language's tables.
    """
    gap, following = text[at + 1 : at + 2], text[at + 2 : at + 6]
    if text[at] == "\n" or not following:
        return None
    if gap not in {" ", "\n"}:
        return False if gap.isalpha() or gap.isdecimal() else None  # 3.5, example.org
    if following[0].isalpha() and following.islower() and ")" not in following:
        return False  # a small letter, neither iPhone nor a)
    if text[at] != "." or not following[0].isupper():
        return None
    if _stands_after_word(text, at, words.listed):
        return True
    letter = text[max(at - 2, 0) : at]
    is_initial = letter[-1:].isupper() and letter[:-1] in {"", " ", "\n"}
    is_another = following[1:2] == "." and letter[-1:].lower() not in words.ending
    return False if is_initial and is_another else None  # J. K.


def _stands_after_word(text: str, at: int, listed: frozenset[str]) -> bool:
    """Whether an ordinary word stands before a place: no abbreviation, initial or number."""
    word = text[max(at - _LONGEST_WORD_CHARS + 1, 0) : at].rpartition(" ")[2]
    return (
        1 < len(word) < _LONGEST_WORD_CHARS - 1
        and word.isalpha()
        and word[1:].islower()
        and (len(word) > _LONGEST_CLIPPED_WORD or not _VOWELS.isdisjoint(word.lower()))
        and normalise(word).lower() not in listed
    )


def opens_sentence(text: str, opening: int, sentence: int) -> bool:
    """Whether a quotation or bracket opens before the sentence's first word."""
    if opening - sentence > _LONGEST_LEAD_CHARS:
        return False
    return not any(map(str.isalnum, text[sentence:opening]))


def _read_next(text: str, at: int, tables: SentenceTables) -> _Next:
    """Return what can begin a sentence at the offset."""
    match = _NEXT.match(text, at)
    if match is None:
        return _Next(kind=_Beginning.NONE)
    word, dash = match["word"] or "", match["dash"] is not None
    if match["number"]:
        kind = _Beginning.NUMBER
    elif match["bullet"]:
        kind = _Beginning.CAPITAL
    elif word[0].islower():
        is_item = len(word) == 1 and text.startswith(")", match.end())
        kind = _Beginning.CAPITAL if is_item or _BRAND.match(word) else _Beginning.NONE
    elif not text.startswith(".", match.end()) and _is_starter(word, tables):
        kind = _Beginning.STARTER
    else:
        kind = _Beginning.CAPITAL
    return _Next(kind=kind, word=word, dash=dash)


def _is_starter(word: str, tables: SentenceTables) -> bool:
    """Whether a capitalised word is one that begins sentences and not a name."""
    plain = normalise(word)
    if not plain[0].isupper() or not (len(plain) == 1 or plain[1:].islower()):
        return False
    plain = plain.lower()
    stem, apostrophe, _ = plain.partition("'")
    return not tables.starters.isdisjoint((plain, stem, stem + apostrophe)) or any(
        plain.endswith(suffix) for suffix in tables.starter_suffixes
    )


def _ending_at_marks(text: str, stop: Stop, following: _Next, tables: SentenceTables) -> _Ending:
    """Judge the marks and the word before them."""
    if text[stop.at - 1 : stop.at] in {"(", "["} and stop.closers[:1] in {")", "]"}:
        return _Ending.NO  # (!), […]
    if any(mark not in ".…" for mark in stop.marks):
        words = _words_before(text, stop) if stop.marks == "!" else []
        is_name = any(f"{word}!" in tables.names for word in words)
        return _Ending.PERHAPS if is_name else _Ending.YES
    if stop.marks != ".":
        return _ending_at_ellipsis(text, stop, following)
    if _is_numbering(text, stop, tables):
        return _Ending.NO
    words = _words_before(text, stop)
    ending = _ending_at_word(words, following, tables)
    if following.dash and not stop.spoken and (ending < _Ending.YES or words[-1].isdecimal()):
        return _Ending.NO  # a dateline: RIVERTON, Mass. – The bridge…; 12 mai 2026. — Le pont…
    return min(ending, _Ending.PERHAPS) if _NO_BREAK_SPACES.issuperset(stop.gap) else ending


def _ending_at_ellipsis(text: str, stop: Stop, following: _Next) -> _Ending:
    """Judge an ellipsis: in a short sentence it is a pause (Nothing… Then a noise)."""
    if (stop.spoken and following.dash) or _closes_speech(text, stop):
        return _Ending.YES
    is_long = stop.at - stop.sentence >= _LONG_SENTENCE_CHARS
    return _Ending.PERHAPS if is_long else _Ending.NO


def _ending_at_closers(text: str, stop: Stop, following: _Next) -> _Ending:
    """Judge what closes after the marks, and a dash that follows."""
    quoted = not BRACKETS.issuperset(stop.closers)
    if following.dash and quoted:
        return _Ending.NO  # «Нет!» — Иванов ушёл
    in_doubt = following.dash and not stop.spoken
    if stop.opening is not None and not opens_sentence(text, stop.opening, stop.sentence):
        if text[stop.opening] in BRACKETS:
            in_doubt = True
        elif stop.marks != ".":
            # В романе «Что делать?» Чернышевский…, but Он крикнул: «Стой!» Иванов…
            in_doubt = in_doubt or not _closes_speech(text, stop)
    return _Ending.PERHAPS if in_doubt else _Ending.YES


def _closes_speech(text: str, stop: Stop) -> bool:
    """Whether a quotation ends here that opened the sentence or was led in by a colon or comma."""
    if stop.opening is None or text[stop.opening] in BRACKETS:
        return False
    lead = text[max(stop.opening - 2, 0) : stop.opening].rstrip()
    return opens_sentence(text, stop.opening, stop.sentence) or lead[-1:] in {":", ","}


def _is_attributed(text: str, stop: Stop, tables: SentenceTables) -> bool:
    """Whether a quotation ends here and a name and its verb follow: “Why now?” Ann Lee asked."""
    if stop.marks == "." or BRACKETS.issuperset(stop.closers) or not tables.reporting:
        return False
    tail = text[stop.following : stop.following + _LONGEST_ATTRIBUTION_CHARS]
    for place, word in enumerate(tail.split()[:_LONGEST_ATTRIBUTION_WORDS]):
        bare = word.rstrip(".,")
        if bare.lower() in tables.reporting:
            return place > 0
        if place == 0 and bare != "I" and bare and _is_starter(bare, tables):
            return False
        is_name = bare[:1].isupper() or bare.isdecimal() or len(bare) <= _LONGEST_NAME_LINK
        ends = word.endswith(".") and len(bare) > 1 and word not in tables.inside
        if ends or not is_name:
            return False
    return False


def _words_before(text: str, stop: Stop) -> list[str]:
    """Return what the tables may know of the words before the mark, the longest first.

    For ``и т. д`` that is ``т.д`` and ``д``; for ``и др``, ``и др`` and ``др``; for ``ген.-лейт``
    that and ``лейт``. A word that is longer than any in the tables comes without its beginning.
    """
    low = max(stop.sentence, stop.at - _LONGEST_WORD_CHARS)
    *before, last = _WORD_BREAK.split(normalise(text[low : stop.at]))
    last = _ELISION.sub("", last, count=1)
    if ".-" in last:
        return [last, last.rpartition("-")[2]]  # ген.-лейт
    if not before or not before[-1]:
        return [last]
    previous = before[-1]
    joined = previous + last if previous.endswith(".") else f"{previous} {last}"
    return [joined, last]


def _is_numbering(text: str, stop: Stop, tables: SentenceTables) -> bool:
    """Whether the sentence so far is only the number of a heading or of a list's item."""
    if stop.at - stop.sentence > _LONGEST_NUMBERING_CHARS:
        return False
    match = _NUMBERING.fullmatch(text, stop.sentence, stop.at)
    if match is None:
        return False
    heading = match["heading"]
    return heading is None or heading.lower() in tables.headings


def _ending_at_word(words: list[str], following: _Next, tables: SentenceTables) -> _Ending:
    """Judge a word with a full stop, given what ``_words_before`` says of it."""
    is_number = following.kind is _Beginning.NUMBER or _is_like_number(following.word)
    for word in words:
        spellings = _spellings(word)
        if not tables.inside.isdisjoint(spellings):
            return _Ending.NO
        counts = not tables.before_number.isdisjoint(spellings)
        ends = not tables.end.isdisjoint(spellings)
        # "No. I" is a number, yet "No. I stayed." begins with a word of its own.
        if counts and is_number and not (ends and following.kind is _Beginning.STARTER):
            return _Ending.NO
        if ends:
            return _Ending.YES
        if counts or not tables.either.isdisjoint(spellings):
            return _Ending.PERHAPS
    if words[0].endswith((f": {words[-1]}", f"; {words[-1]}")) and words[-1].isdecimal():
        return _Ending.NO  # Three steps: 1. Measure.
    return _ending_by_shape(words[-1], following, tables)


def _is_like_number(word: str) -> bool:
    """Whether the word numbers a part: ``vol. IV``, ``app. B``."""
    return (len(word) == 1 and word.isupper()) or _ROMAN.fullmatch(word) is not None


def _spellings(word: str) -> tuple[str, ...]:
    """Return how the tables may spell the word with its full stop: MR. as Mr., Fig. as fig.

    A single capital stands only for itself: it is an initial.
    """
    if len(word) == 1:
        return (f"{word}.",)
    return (f"{word}.", f"{word.lower()}.", f"{word.capitalize()}." if word.isupper() else "")


def _ending_by_shape(word: str, following: _Next, tables: SentenceTables) -> _Ending:
    """Judge a word that no table knows: a number, an initial, something that looks clipped."""
    if word.isdecimal():
        short = _SHORT_NUMBER.fullmatch(word) is not None
        is_date = short and following.kind is _Beginning.NUMBER
        return _Ending.NO if is_date or (short and tables.ordinals) else _Ending.YES
    if _INITIALS.fullmatch(word) and following.word.lower() in tables.particles:
        return _Ending.NO
    is_letter = len(word) == 1 and (word.isupper() or word.islower())
    is_clipped = (
        word.isalpha()
        and len(word) <= _LONGEST_CLIPPED_WORD
        and word[1:].islower()
        and _VOWELS.isdisjoint(word.lower())
    )
    looks_clipped = is_letter or is_clipped or _DOTTED.fullmatch(word) is not None
    return _Ending.PERHAPS if looks_clipped else _Ending.YES
