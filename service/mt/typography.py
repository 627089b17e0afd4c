"""The signs of a draft as its language writes them: quotation marks, spaces, numbers."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final

from service.domain.language import Direction, Language
from service.mt.notation import find_numbers

NO_BREAK: Final = "\u00a0"
NARROW_NO_BREAK: Final = "\u202f"
SPACES: Final = f" {NO_BREAK}{NARROW_NO_BREAK}"

QUOTE: Final = re.compile(
    r"(?<!\")(?:(?P<opening>(?:^|(?<=[\s(\[—–«“„-]))\"(?=[^\s:;!?,)\]%]))|(?<=\S)\"(?=$|[\s)\].,;:!?…—–»”-]))(?!\")"
    r"|(?P<loose>(?<=\s)\"(?=$|[\s.,;:!?)\]]))(?!\")"
    r"|(?P<left>[«„])|(?P<right>[»”])|(?P<either>“)"
    r"|(?<![^\W_])'(?=[^\W_]{2}(?:[^'\"]{0,200}[^\W_])?[.,!?…]{0,3}'(?![^\W_]))"
    r"|(?<=[^\W_])[.,!?…]{0,3}(?P<single>')(?![^\W_])"
)
"""A straight quotation mark that opens or closes (of two in a row nobody can tell), one of a
language's own, or a single one that is hardly an apostrophe."""
OUTER: Final = {Language.EN: "“”", Language.FR: "«»", Language.RU: "«»"}
INNER: Final = {Language.EN: "‘’", Language.FR: "“”", Language.RU: "„“"}
CURLY: Final = re.compile("[“”«»„]")
QUOTATION_MARK: Final = re.compile('["“”«»„]')

APOSTROPHE: Final = re.compile(r"(?<=[^\W\d_])'(?=[^\W_]|[«“\"])")
"""Between letters, or before a figure or a quotation: l'11, qu'« il »."""
AFTER_LETTER: Final = re.compile(r"(?<=[^\W_])'")
BEFORE_COLON: Final = re.compile(r" (?=:)")
BEFORE_HIGH_SIGN: Final = re.compile(r"(?<![«“„])[ \u00a0](?=[;!?])")
BARE_HIGH_SIGN: Final = re.compile(
    r"(?<=[\w»”)\]%€\"])(?!;-?[()DP](?:\s|$))[;!?](?=[\s!?»”\")\].]|$)"
)
BARE_COLON: Final = re.compile(r"(?<=[\w»”)\]%€\"]):(?=\s|$)")
BARE_PERCENT: Final = re.compile(r"(?<=\d)%(?![\w(%])")
BEFORE_UNIT: Final = re.compile(r"(?<=\d) (?=[%€$£°](?!\d))")
SPACES_BEFORE_SIGN: Final = re.compile(
    r"(?<=[^\s(\[{«“„]) +(?=[;:!?]+(?:[\s»”\")\]]|$))(?![:;]-?[()DP](?:\s|$))"
)
DASH: Final = re.compile(r"(?<=\S) (?=[—–] )")
HYPHEN: Final = re.compile(r"(?<=[^\W\d_]|[»”),.!?\"]) (?P<dash>[-–])(?= )")
"""A hyphen or short dash between spaces, unless behind a figure, where it may be a minus."""
HYPHEN_MINUS: Final = re.compile(r"(?<![^\s(\[])-(?=\d)")
DASHES: Final = frozenset("-–—")
RANGE: Final = re.compile(r"(?<![\w.,:/-])(\d+)([-–—])(\d+)(?![\w/-]|[.,:]\d)")
LOOSE_RANGE: Final = re.compile(r"(?<![\w.,:/-])(\d+)(\s?[-–—]\s?)(\d+)(?![\w/-]|[.,:]\d)")
ELLIPSIS: Final = re.compile(r"(?<!\.)\.\.\.(?!\.)")


MOST_PASSES: Final = 6
"""One sign may make room for another; texts have not been seen to need more than three."""
MOST_KEPT: Final = 2048
"""Sentences: a draft's typography is asked for by its checks, and again when it is put together."""


@lru_cache(maxsize=MOST_KEPT)
def restore_typography(text: str, direction: Direction, *, source: str) -> tuple[str, ...]:
    """Return the text's characters, each as the target's language wants it written.

    French gets guillemets with no-break spaces, the curly apostrophe, a no-break space before ``:``
    and ``%``, a narrow one before ``; ! ?``; Russian gets guillemets, „“ inside them, and a dash
    with a no-break space before it; English gets curly quotes where the source has any but straight
    ones, and no guillemets. Numbers follow ``find_numbers``. Signs are replaced, words never
    touched, and doing it twice changes nothing.

    Args:
        text: What the model wrote.
        direction: From which language to which.
        source: The sentence that it was made of, as written.

    Returns:
        One string a character of ``text``, mostly that character, so that places stay known.
    """
    cells = _restore_once(text, direction, source)
    written, before = "".join(cells), text
    passes = 1
    while written != before and passes < MOST_PASSES:
        changed = _restore_once(written, direction, source)
        ends = [*accumulate(map(len, cells), initial=0)]
        cells = ["".join(changed[start:end]) for start, end in pairwise(ends)]
        written, before = "".join(cells), written
        passes += 1
    return tuple(cells)


def _restore_once(text: str, direction: Direction, source: str) -> list[str]:
    cells = [*text]
    target = direction.target
    if target is not Language.EN or CURLY.search(source + text):
        marks = len(QUOTATION_MARK.findall(source))
        curly = CURLY.search(source) is not None
        single = "‘" in source or (curly and direction.source is not Language.EN)
        whole = marks > 0 and marks % 2 == 0
        _set_quotes(cells, text, target, curly=curly, single=single, whole=whole)
    if target is Language.FR:
        _set_french(cells, text)
    else:
        _set_other(cells, text, target, curly_apostrophe="’" in source)
    if "−" in source:
        for match in HYPHEN_MINUS.finditer(text):
            cells[match.start()] = "−"
    if "…" in source and "..." not in source:
        for match in ELLIPSIS.finditer(text):
            cells[match.start() : match.end()] = ["…", "", ""]
    _set_ranges(cells, text, source)
    for place, sign in find_numbers(text, source, direction).items():
        cells[place] = sign
    return cells


def _set_french(cells: list[str], text: str) -> None:
    for match in APOSTROPHE.finditer(text):
        cells[match.start()] = "’"
    for match in BARE_HIGH_SIGN.finditer(text):
        cells[match.start()] = NARROW_NO_BREAK + match[0]
    for pattern in (BARE_COLON, BARE_PERCENT):
        for match in pattern.finditer(text):
            cells[match.start()] = NO_BREAK + match[0]
    for pattern in (BEFORE_COLON, BEFORE_UNIT):
        for match in pattern.finditer(text):
            cells[match.start()] = NO_BREAK
    for match in BEFORE_HIGH_SIGN.finditer(text):
        cells[match.start()] = NARROW_NO_BREAK


def _set_other(cells: list[str], text: str, target: Language, *, curly_apostrophe: bool) -> None:
    for match in SPACES_BEFORE_SIGN.finditer(text):
        cells[match.start() : match.end()] = [""] * len(match[0])
    if target is Language.RU:
        for match in HYPHEN.finditer(text):
            cells[match.start() : match.end()] = [NO_BREAK, "—"]
        for match in DASH.finditer(text):
            cells[match.start()] = NO_BREAK
    elif curly_apostrophe:
        for match in AFTER_LETTER.finditer(text):
            if cells[match.start()] == "'":  # and no quotation mark by now
                cells[match.start()] = "’"


def _set_ranges(cells: list[str], text: str, source: str) -> None:
    """Write a range of figures as the source does: 1941—1945, not "1941 -1945"."""
    dashes = {(match[1], match[3]): match[2] for match in RANGE.finditer(source)}
    for match in LOOSE_RANGE.finditer(text) if dashes else ():
        if dash := dashes.get((match[1], match[3])):
            between = [dash if sign in DASHES else "" for sign in match[2]]
            cells[match.start(2) : match.end(2)] = between


def _set_quotes(
    cells: list[str], text: str, target: Language, *, curly: bool, single: bool, whole: bool
) -> None:
    """Set pairs of quotation marks, the outer and the inner ones, and the spaces inside them.

    Args:
        cells: Changed in place.
        text: The same characters as they were.
        target: Whose marks.
        curly: Whether English gets curly marks.
        single: Whether single marks outside of others are quotation marks, too.
        whole: Whether each quotation of the source ends in it, so that those of the text do, too.
    """
    opened: list[str] = []
    paired, last_double = text.count('"') % 2 == 0, text.rfind('"')
    for quote in QUOTE.finditer(text):
        place = quote.end() - 1
        mark = text[place]
        if mark == "'":
            last = whole and not paired and place > last_double
            opening = _opens_single(quote, opened, single=single, last=last)
        else:
            opening = _opens(quote, opened, paired=paired)
        if opening is None:
            continue
        depth = len(opened) if opening else len(opened) - 1
        if opening:
            opened.append(mark)
        elif opened:
            opened.pop()
        marks = OUTER[target] if depth <= 0 else INNER[target]
        cells[place] = marks[0 if opening else 1]
        if target is Language.EN and not curly:
            cells[place] = '"' if depth <= 0 else "'"
        wanted = target is Language.FR and depth <= 0
        _set_space(cells, text, place, opening=opening, wanted=wanted)


def _opens(quote: re.Match[str], opened: Sequence[str], *, paired: bool) -> bool | None:
    """Tell whether a mark opens or closes, or that nobody can tell."""
    if quote["either"]:  # “ opens in English and French, and closes after a Russian „
        return opened[-1:] != ["„"]
    if quote["left"] or quote["opening"]:
        return True
    if quote["loose"] and not opened:
        # As in " Oui ", which models write in French; with an odd one, it may close anything.
        return True if paired and quote.end() < len(quote.string) else None
    # A closing quote after a figure, with none open, is a sign for inches or seconds.
    inches = quote.string[quote.start() - 1].isdigit() and not opened and not quote["right"]
    return None if inches else False


def _opens_single(
    quote: re.Match[str], opened: Sequence[str], *, single: bool, last: bool
) -> bool | None:
    """Tell the same of a single mark: it closes another one, or a double one that none follows."""
    if quote["single"]:
        possessive = quote.string.endswith("s'", 0, quote.end())
        closes = opened == ['"'] and last and not possessive
        return False if closes or opened[-1:] == ["'"] else None
    return True if opened or single else None


def _set_space(cells: list[str], text: str, place: int, *, opening: bool, wanted: bool) -> None:
    """Set the space inside a mark: one if it is wanted, as in French guillemets, or none."""
    step = 1 if opening else -1
    inside = place + step
    if wanted and 0 <= inside < len(text) and text[inside] in SPACES:
        cells[inside] = NO_BREAK
    elif wanted:
        cells[place] = cells[place] + NO_BREAK if opening else NO_BREAK + cells[place]
    else:
        while 0 <= inside < len(text) and text[inside] in SPACES:
            cells[inside] = ""
            inside += step
