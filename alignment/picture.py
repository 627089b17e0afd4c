"""A picture of an alignment: editions as columns, ribbons between what says the same, as SVG."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

from alignment.picture_shapes import (
    GAP_WIDTH,
    Extent,
    check_mark,
    find_runs,
    outlines,
    torn,
    written,
)
from alignment.picture_style import STYLE

LEVELS: Final = (0.5, 0.7, 0.85, 0.95)
"""Confidences at which a ribbon's colour changes."""

MARGIN: Final = 24.0
BLOCK_WIDTH: Final = 192.0
HEADS_HEIGHT: Final = 44.0
"""For what stands above the columns; all of these are units of the picture, on a screen pixels."""
PARAGRAPH_HEIGHT: Final = 34.0
"""Of a paragraph on the average, with the space below it, where there is room."""
LOWEST: Final = 300.0
"""That the tallest column is at least."""
HIGHEST: Final = 6000.0
"""That it is at most: three for each of 2,000 paragraphs."""
DENSE_HEIGHT: Final = 12.0
"""Below which outlines are finer."""
LINE_HEIGHT: Final = 13.0
"""Of a block in which its first words can stand."""
LINE_CHARS: Final = 28
EXCERPT_CHARS: Final = 160
CHAR_WIDTH: Final = 5.4
"""Of a character of the legend, on the average."""

_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can hold, escaped or not."""


class PictureError(ValueError):
    """The ribbons do not fit the columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph; ``link`` is where a click on it leads."""

    text: str
    heading: bool = False
    set_aside: bool = False
    """Whether it took no part, as page furniture does not."""
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An edition."""

    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ribbon:
    """A bead between two neighbouring columns; one side may be empty.

    Indexes count from 0, rise, and need not be neighbours.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    confidence: float
    """Probability in [0, 1] that it is right."""
    moved: bool = False
    confirmed: bool = False
    """Whether a person has said that it is right."""
    link: str | None = None
    """Where a click on it leads."""


def draw(columns: Sequence[Column], gaps: Sequence[Sequence[Ribbon]]) -> str:
    """Return one self-contained SVG element; the same input gives the same text.

    It follows the light or dark scheme of whoever looks at it. Time and length are linear in the
    paragraphs and ribbons.

    Args:
        columns: The editions from left to right, at least one.
        gaps: The ribbons between each column and the next. Where there are as many gaps as
            columns, the last joins the last column and the first, which is drawn there again.
            Ribbons of nothing but blocks set aside are not drawn.

    Raises:
        PictureError: If there are not as many gaps, or a ribbon names a block that is not there or
            none at all.
    """
    if not columns or len(gaps) not in {len(columns) - 1, len(columns)}:
        message = f"{len(columns)} columns and {len(gaps)} gaps: give one gap between each two"
        raise PictureError(message)
    shown = [*columns, *columns[: len(gaps) + 1 - len(columns)]]
    _check(shown, gaps)
    drawn = [
        [ribbon for ribbon in ribbons if not _set_aside(left, right, ribbon)]
        for (left, right), ribbons in zip(pairwise(shown), gaps, strict=True)
    ]
    places = _lay_out(shown)
    width = 2 * MARGIN + len(shown) * (BLOCK_WIDTH + GAP_WIDTH) - GAP_WIDTH
    body = max(column[-1].bottom if column else 0.0 for column in places)
    legend, legend_height = _legend(columns, drawn, width - 2 * MARGIN)
    legend_top = MARGIN + HEADS_HEIGHT + body + MARGIN
    height = legend_top + legend_height + MARGIN
    # To assistive technology an image is one thing; a group has links that can be followed.
    role = "group" if any(ribbon.link for ribbons in drawn for ribbon in ribbons) else "img"
    size = f'width="{written(width)}" height="{written(height)}"'
    view = f'viewBox="0 0 {written(width)} {written(height)}"'
    alone = [_without_counterpart(drawn, k, len(columns)) for k in range(len(columns))]
    names = "alignment-picture" + " dense" * (_paragraph_height(columns) < DENSE_HEIGHT)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{names}" role="{role}" {size} {view}>',
        f"<title>Alignment: {_text(', '.join(column.heading for column in columns))}</title>",
        f"<desc>{_text(' '.join(_describe(shown, drawn)))}</desc>",
        f"<style>{STYLE}</style>",
        f'<rect class="ground" {size}/>',
        f'<g transform="translate({written(MARGIN)} {written(MARGIN)})">',
        *_headings(shown, drawn, len(columns)),
        f'</g><g transform="translate({written(MARGIN)} {written(MARGIN + HEADS_HEIGHT)})">',
        *(part for k, ribbons in enumerate(drawn) for part in _gap(shown, places, ribbons, k)),
        *(
            part
            for k, column in enumerate(shown)
            for part in _column(column, places[k], alone[k % len(columns)], _left_edge(k))
        ),
        f'</g><g transform="translate({written(MARGIN)} {written(legend_top)})">',
        *legend,
        "</g>",
        "</svg>\n",
    ]
    return "\n".join(parts)


def _check(shown: Sequence[Column], gaps: Sequence[Sequence[Ribbon]]) -> None:
    for (left, right), ribbons in zip(pairwise(shown), gaps, strict=True):
        for ribbon in ribbons:
            there = all(
                0 <= index < len(column.blocks)
                for column, side in ((left, ribbon.left), (right, ribbon.right))
                for index in side
            )
            if not (there and (ribbon.left or ribbon.right)):
                message = (
                    f"no ribbon from {ribbon.left} to {ribbon.right}: there are no such blocks"
                )
                raise PictureError(message)


def _set_aside(left: Column, right: Column, ribbon: Ribbon) -> bool:
    return all(left.blocks[i].set_aside for i in ribbon.left) and all(
        right.blocks[i].set_aside for i in ribbon.right
    )


def _lay_out(columns: Sequence[Column]) -> list[list[Extent]]:
    """Return where the blocks of each column stand, from 0 down.

    Each block has the same least height, and more by its length. All columns have one scale, so
    that an edition that was cut is seen to be shorter.
    """
    step = _paragraph_height(columns)
    least, space = min(LINE_HEIGHT, 0.4 * step), min(6.0, 0.2 * step)
    body = step * max(len(column.blocks) for column in columns)
    scale = min(
        (body - len(column.blocks) * (least + space))
        / max(sum(len(block.text) for block in column.blocks), 1)
        for column in columns
    )
    places: list[list[Extent]] = []
    for column in columns:
        top = 0.0
        places.append([])
        for block in column.blocks:
            places[-1].append(Extent(top, top + least + scale * len(block.text)))
            top = places[-1][-1].bottom + space
    return places


def _paragraph_height(columns: Sequence[Column]) -> float:
    """Return how high a paragraph of the column that has most is on the average."""
    most = max(1, *(len(column.blocks) for column in columns))
    return min(max(most * PARAGRAPH_HEIGHT, LOWEST), HIGHEST) / most


def _left_edge(k: int) -> float:
    return k * (BLOCK_WIDTH + GAP_WIDTH)


def _headings(
    shown: Sequence[Column], gaps: Sequence[Sequence[Ribbon]], n_columns: int
) -> Iterator[str]:
    for k, column in enumerate(shown):
        x, count = written(_left_edge(k)), _count(len(column.blocks), "paragraph")
        below = count if k < n_columns else "again"
        yield f'<text class="head" x="{x}" y="11">{_text(column.heading)}</text>'
        yield f'<text class="quiet" x="{x}" y="28">{below}</text>'
    for k, ribbons in enumerate(gaps):
        x, counts = (
            written(_left_edge(k) + BLOCK_WIDTH + GAP_WIDTH / 2),
            ", ".join(_counts(ribbons)),
        )
        yield f'<text class="quiet centre" x="{x}" y="28">{counts}</text>'


def _without_counterpart(gaps: Sequence[Sequence[Ribbon]], k: int, n_columns: int) -> set[int]:
    """Return the blocks of a column that have no counterpart in any column beside it."""
    found = [{i for r in gaps[k] if not r.right for i in r.left}] if k < len(gaps) else []
    if k or len(gaps) == n_columns:
        found.append({i for r in gaps[k - 1] if not r.left for i in r.right})
    return set.intersection(*found) if found else set()


def _column(
    column: Column, places: Sequence[Extent], alone: set[int], edge: float
) -> Iterator[str]:
    """Yield a column's blocks; the element around them cuts off words that are too wide."""
    height = places[-1].bottom if places else 0.0
    yield f'<svg x="{written(edge)}" width="{written(BLOCK_WIDTH)}" height="{written(height)}">'
    for index, (block, place) in enumerate(zip(column.blocks, places, strict=True)):
        yield _block(block, place, number=index + 1, alone=index in alone)
    yield "</svg>"


def _block(block: Block, place: Extent, *, number: int, alone: bool) -> str:
    names = ["block"] + ["title"] * block.heading + ["apart"] * block.set_aside + ["alone"] * alone
    about = " (set aside)" * block.set_aside + " (no match)" * alone
    words = f"¶ {number}{about}: {_excerpt(block.text, EXCERPT_CHARS)}"
    outline = min(0.5, place.height / 4)  # lies inside, or the column's edge would cut it
    inside = (
        f'<title>{_text(words)}</title><rect x="0.5" y="{written(place.top + outline)}"'
        f' width="{written(BLOCK_WIDTH - 1)}" height="{written(place.height - 2 * outline)}"'
        f' rx="{written(min(2.5, place.height / 3))}"/>'
    )
    if place.height >= LINE_HEIGHT:
        y = place.top + min(place.height / 2, 11) + 3.5
        inside += f'<text x="7" y="{written(y)}">{_text(_excerpt(block.text, LINE_CHARS))}</text>'
    # The ribbons lead to the same places: those are enough for the keyboard.
    return _linked(inside, names, block.link, ' tabindex="-1"')


def _gap(
    columns: Sequence[Column],
    places: Sequence[Sequence[Extent]],
    ribbons: Sequence[Ribbon],
    k: int,
) -> Iterator[str]:
    """Yield the ribbons between a column and the next, those that moved above the others."""
    for ribbon in sorted(ribbons, key=lambda ribbon: ribbon.moved):
        names = ["ribbon", f"c{_level(ribbon.confidence)}"]
        names += ["moved"] * ribbon.moved + ["confirmed"] * ribbon.confirmed
        words = _ribbon_words(columns[k], columns[k + 1], ribbon)
        left, right = find_runs(places[k], ribbon.left), find_runs(places[k + 1], ribbon.right)
        shapes = "".join(outlines(left, right, _left_edge(k) + BLOCK_WIDTH))
        if ribbon.confirmed:
            shapes += check_mark(left, right, _left_edge(k) + BLOCK_WIDTH)
        yield _linked(f"<title>{_text(words)}</title>{shapes}", names, ribbon.link)


def _level(confidence: float) -> int:
    return sum(confidence >= level for level in LEVELS)


def _linked(inside: str, names: Sequence[str], link: str | None, more: str = "") -> str:
    if link is None:
        return f'<g class="{" ".join(names)}">{inside}</g>'
    return f'<a class="{" ".join(names)}" href="{_text(link)}"{more}>{inside}</a>'


def _legend(
    columns: Sequence[Column], gaps: Sequence[Sequence[Ribbon]], width: float
) -> tuple[list[str], float]:
    """Return what the colours and those marks mean that occur, and how high that is."""
    ribbons = [ribbon for between in gaps for ribbon in between]
    blocks = [block for column in columns for block in column.blocks]
    swatch = '<path d="M0 2C12 2 12 0 24 0V10C12 10 12 12 0 12Z"/>'
    box = '<rect x="0.5" y="0.5" width="23" height="11" rx="2.5"/>'
    items = [(f"ribbon c{k}", swatch, words) for k, words in enumerate(_level_words())]
    if any(ribbon.moved for ribbon in ribbons):
        items.append(("ribbon c4 moved", swatch, "moved"))
    if any(ribbon.confirmed for ribbon in ribbons):
        mark = '<circle cx="12" cy="6" r="6"/><path class="check" d="M9.2 6l2 2.2 3.6-4.4"/>'
        items.append(("ribbon c4", mark, "confirmed by a person"))
    if any(not (ribbon.left and ribbon.right) for ribbon in ribbons):
        stub = torn(Extent(0, 12), 0)
        items.append(("ribbon c4", stub, "no match"))
    if any(block.heading for block in blocks):
        items.append(("block title", box, "heading"))
    if any(block.set_aside for block in blocks):
        items.append(("block apart", box, "set aside"))
    lines, x, y = [], 0.0, 0.0
    for names, shape, words in items:
        needed = 30 + CHAR_WIDTH * len(words)
        if x + needed > width:
            x, y = 0.0, y + 20
        lines.append(
            f'<g transform="translate({written(x)} {written(y)})"><g class="{names}">{shape}</g>'
            f'<text class="quiet" x="30" y="9.5">{words}</text></g>'
        )
        x += needed + 16
    return lines, y + 12


def _level_words() -> list[str]:
    """Return the confidences that have one colour: below the first bound, between two, above."""
    percent = [round(100 * level) for level in LEVELS]
    between = [f"{low}–{high} %" for low, high in pairwise(percent)]
    return [f"match under {percent[0]} %", *between, f"{percent[-1]}–100 %"]


def _describe(columns: Sequence[Column], gaps: Sequence[Sequence[Ribbon]]) -> Iterator[str]:
    """Yield sentences that say what there is to see."""
    for column in columns:
        yield f"{column.heading}: {_count(len(column.blocks), 'paragraph')}."
    for (left, right), ribbons in zip(pairwise(columns), gaps, strict=True):
        yield f"{left.heading} and {right.heading}: {', '.join(_counts(ribbons))}."


def _counts(ribbons: Sequence[Ribbon]) -> Iterator[str]:
    """Yield how many links there are, and how many paragraphs moved or have no counterpart."""
    pairs = [ribbon for ribbon in ribbons if ribbon.left and ribbon.right]
    yield _count(len(pairs), "link")
    if moved := sum(ribbon.moved for ribbon in pairs):
        yield f"{moved} moved"
    if alone := len(ribbons) - len(pairs):
        yield f"{alone} unmatched"


def _ribbon_words(left: Column, right: Column, ribbon: Ribbon) -> str:
    """Return what is said of a ribbon that is pointed at; paragraphs count from 1 for readers."""
    sides = [
        f"{column.heading} ¶ {', '.join(str(index + 1) for index in side)}: "
        + _excerpt(column.blocks[side[0]].text, EXCERPT_CHARS)
        for column, side in ((left, ribbon.left), (right, ribbon.right))
        if side
    ]
    match = "match" if ribbon.left and ribbon.right else "no match"
    about = [f"{match} {round(100 * ribbon.confidence)} %"]
    about += ["moved"] * ribbon.moved + ["confirmed by a person"] * ribbon.confirmed
    return "\n".join([*sides, ", ".join(about)])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _excerpt(text: str, chars: int) -> str:
    """Return the first words of a text on one line."""
    line = " ".join(text[: 4 * chars].split())
    return line if len(line) <= chars else line[: chars - 1].rstrip() + "…"


def _text(text: str) -> str:
    """Return a text for markup; what XML cannot hold becomes the sign for what is unknown."""
    return escape(_ILLEGAL.sub("\ufffd", text))
