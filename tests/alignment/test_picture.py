import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from alignment.picture import Block, Column, PictureError, Ribbon, draw
from alignment.picture_style import STYLE

Element = etree._Element
Case = tuple[list[Column], list[list[Ribbon]]]
SVG = "{http://www.w3.org/2000/svg}"
COLUMN_STEP, BLOCK_WIDTH = 400.0, 192.0
EVERY_CHARACTER = st.text(st.characters(exclude_categories=()), max_size=30)
"""Those that no XML may hold among them, halves of pairs too."""


@st.composite
def pictures(draw_: st.DrawFn) -> Case:
    columns = [
        Column(heading=draw_(EVERY_CHARACTER), blocks=draw_(st.lists(blocks(), max_size=5)))
        for _ in range(draw_(st.integers(1, 3)))
    ]
    closed = draw_(st.booleans())
    shown = [*columns, *columns[:1]] if closed else columns
    return columns, [draw_(ribbons(*two)) for two in pairwise(shown)]


def blocks() -> st.SearchStrategy[Block]:
    return st.builds(
        Block,
        text=EVERY_CHARACTER,
        heading=st.booleans(),
        set_aside=st.booleans(),
        link=st.none() | EVERY_CHARACTER,
    )


def ribbons(left: Column, right: Column) -> st.SearchStrategy[list[Ribbon]]:
    if not (left.blocks or right.blocks):
        return st.just([])
    one = st.builds(
        Ribbon,
        left=indexes(len(left.blocks)),
        right=indexes(len(right.blocks)),
        confidence=st.floats(0, 1),
        moved=st.booleans(),
        confirmed=st.booleans(),
        link=st.none() | EVERY_CHARACTER,
    )
    return st.lists(one.filter(lambda ribbon: bool(ribbon.left or ribbon.right)), max_size=4)


def indexes(count: int) -> st.SearchStrategy[tuple[int, ...]]:
    if not count:
        return st.just(())
    return st.sets(st.integers(0, count - 1)).map(lambda found: tuple(sorted(found)))


def read(svg: str) -> Element:
    """Return the root of a picture; fails if it is not well-formed or not UTF-8."""
    return etree.fromstring(svg.encode())


def named(root: Element, name: str) -> list[Element]:
    """Return what the picture itself has of a class, and not what its legend has."""
    body = root.findall(f"{SVG}g")[1]
    return [it for it in body.iter() if name in (it.get("class") or "").split()]


def words(element: Element) -> str:
    """Return what is said of an element that is pointed at."""
    return element.findtext(f"{SVG}title") or ""


def points(element: Element) -> list[tuple[float, float]]:
    """Return the corners of a ribbon, and the ends of its curves' handles."""
    found: list[tuple[float, float]] = []
    for path in element.findall(f"{SVG}path"):
        x = y = 0.0
        for command, text in re.findall(r"([MLCVlZ])([-\d. ]*)", path.get("d") or ""):
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", text)]
            if command == "V":
                found.append((x, y := numbers[0]))
            elif command == "l":
                found.append((x := x + numbers[0], y := y + numbers[1]))
            else:
                found += zip(numbers[::2], numbers[1::2], strict=True)
                x, y = found[-1]
    return found


def one_to_one(count: int, *, text: str = "As long as the others.") -> Case:
    column = Column(heading="English", blocks=[Block(text=text)] * count)
    return [column, column], [[ribbon((i,), (i,)) for i in range(count)]]


def ribbon(left: Sequence[int], right: Sequence[int], *, confidence: float = 0.9) -> Ribbon:
    return Ribbon(left=tuple(left), right=tuple(right), confidence=confidence)


@given(pictures())
def test_picture_of_any_text_is_well_formed_and_always_the_same(case: Case) -> None:
    first = draw(*case)

    assert first == draw(*case)
    root = read(first)
    assert root.get("class", "").startswith("alignment-picture")
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc") is not None


@given(pictures())
def test_every_paragraph_is_drawn_once_in_its_column_and_in_order(case: Case) -> None:
    columns, gaps = case
    shown = [*columns, *columns[: len(gaps) + 1 - len(columns)]]

    drawn = read(draw(*case)).findall(f"{SVG}g")[1].findall(f"{SVG}svg")

    assert len(drawn) == len(shown)
    for column, element in zip(shown, drawn, strict=True):
        numbers = [words(block).split()[1].rstrip(":") for block in element]
        assert numbers == [str(number) for number in range(1, len(column.blocks) + 1)]
        boxes = list(element.iter(f"{SVG}rect"))
        tops = [float(it.get("y", "")) for it in boxes]
        ends = [top + float(it.get("height", "")) for top, it in zip(tops, boxes, strict=True)]
        assert all(end <= top + 0.11 for end, top in zip(ends, tops[1:], strict=False))
        heights = [float(it.get("height", "")) for it in boxes]
        by_length = sorted(range(len(heights)), key=lambda place: len(column.blocks[place].text))
        # A longer paragraph of the column is never lower; figures are rounded to tenths.
        heights = [heights[place] for place in by_length]
        assert all(low <= high + 0.11 for low, high in pairwise(heights))


@given(pictures())
def test_every_ribbon_stays_in_its_gap_beside_the_columns(case: Case) -> None:
    root = read(draw(*case))
    gaps = len(case[1])

    bottom = max([float(it.get("height", "")) for it in root.iter(f"{SVG}svg")][1:], default=0.0)
    for element in named(root, "ribbon"):
        found = points(element)
        gap = int(min(x for x, _ in found) // COLUMN_STEP)
        assert 0 <= gap < gaps
        for x, y in found:
            assert gap * COLUMN_STEP + BLOCK_WIDTH <= x <= (gap + 1) * COLUMN_STEP
            assert -0.1 <= y <= bottom + 0.1


@given(pictures())
def test_every_ribbon_is_drawn_once_unless_all_it_joins_was_set_aside(case: Case) -> None:
    columns, gaps = case
    shown = [*columns, *columns[:1]]
    expected = sum(
        any(not left.blocks[i].set_aside for i in one.left)
        or any(not right.blocks[i].set_aside for i in one.right)
        for (left, right), between in zip(pairwise(shown), gaps, strict=False)
        for one in between
    )

    assert len(named(read(draw(*case)), "ribbon")) == expected


def test_text_cannot_become_markup() -> None:
    text = '</text></svg><script>alert(1)</script>" onload="x'
    link = '/review/x?a=1&b=2"onclick="x'
    column = Column(heading=text, blocks=[Block(text=text, link=link)])

    root = read(draw([column], []))

    assert [it.tag for it in root.iter(f"{SVG}script")] == []
    assert {name for it in root.iter() for name in it.attrib} & {"onload", "onclick"} == set()
    (block,) = named(root, "block")
    assert block.get("href") == link
    assert text in words(block)


def test_what_xml_cannot_hold_becomes_the_sign_for_what_is_unknown() -> None:
    column = Column(heading="a\0b\x1b\ud800\ufffe", blocks=[Block(text="\x07one")])

    root = read(draw([column], []))

    assert root.findtext(f"{SVG}title") == "Alignment: a\ufffdb\ufffd\ufffd\ufffd"
    assert words(named(root, "block")[0]) == "¶ 1: \ufffdone"


def test_colour_follows_confidence_and_the_words_say_it() -> None:
    columns, _ = one_to_one(5)
    sure = [0.2, 0.5, 0.84, 0.9, 1.0]
    gap = [ribbon((i,), (i,), confidence=one) for i, one in enumerate(sure)]

    drawn = named(read(draw(columns, [gap])), "ribbon")

    assert [it.get("class") for it in drawn] == [f"ribbon c{level}" for level in range(5)]
    assert words(drawn[2]).splitlines()[2] == "match 84 %"


def test_moved_ribbons_cross_above_the_others_and_are_dashed() -> None:
    columns, _ = one_to_one(3)
    moved = Ribbon(left=(0,), right=(2,), confidence=0.9, moved=True)
    svg = draw(columns, [[moved, ribbon((1,), (0,)), ribbon((2,), (1,))]])

    drawn = named(read(svg), "ribbon")

    assert [it.get("class") for it in drawn] == ["ribbon c3", "ribbon c3", "ribbon c3 moved"]
    assert words(drawn[2]).endswith("match 90 %, moved")
    assert re.search(r"\.moved path\{[^}]*stroke-dasharray", STYLE)
    assert "3 links, 1 moved" in svg


def test_confirmed_ribbon_has_a_check_mark_and_the_words_say_it() -> None:
    columns, _ = one_to_one(1)
    confirmed = Ribbon(left=(0,), right=(0,), confidence=0.4, confirmed=True)

    (drawn,) = named(read(draw(columns, [[confirmed]])), "ribbon")

    assert [it.get("class") for it in drawn.findall(f"{SVG}path")] == [None, "check"]
    assert words(drawn).endswith("match 40 %, confirmed by a person")


def test_paragraph_without_counterpart_is_hollow_and_its_ribbon_torn_off() -> None:
    columns, _ = one_to_one(2)
    root = read(draw(columns, [[ribbon((0,), (0,)), ribbon((1,), ()), ribbon((), (1,))]]))

    torn = named(root, "ribbon")[1:]

    assert [words(it).splitlines()[-1] for it in torn] == ["no match 90 %"] * 2
    assert [max(x for x, _ in points(it)) - min(x for x, _ in points(it)) for it in torn] == [
        22
    ] * 2
    assert [words(it)[:15] for it in named(root, "alone")] == ["¶ 2 (no match):"] * 2


def test_paragraph_between_two_editions_is_hollow_only_if_neither_has_it() -> None:
    column = Column(heading="English", blocks=[Block(text="One."), Block(text="Two.")])
    gaps = [
        [ribbon((0,), (0,)), ribbon((), (1,))],
        [ribbon((0,), ()), ribbon((1,), ())],
    ]

    root = read(draw([column] * 3, gaps))

    middle = root.findall(f"{SVG}g")[1].findall(f"{SVG}svg")[1]
    assert [it.get("class") for it in middle] == ["block", "block alone"]


def test_what_was_set_aside_has_no_ribbon_and_a_heading_is_told_apart() -> None:
    aside = Column(heading="English", blocks=[Block(text="12", set_aside=True)])
    heading = Column(heading="French", blocks=[Block(text="Le bac", heading=True)])

    root = read(draw([aside, heading], [[ribbon((0,), ()), ribbon((), (0,))]]))

    assert [it.get("class") for it in named(root, "block")] == ["block apart", "block title alone"]
    assert len(named(root, "ribbon")) == 1


def test_ribbon_with_a_hole_leads_from_each_part_and_none_covers_the_hole() -> None:
    columns, _ = one_to_one(4)

    (drawn,) = named(read(draw(columns, [[ribbon((0, 1, 3), (1, 2))]])), "ribbon")

    at_left = [y for x, y in points(drawn) if x == BLOCK_WIDTH]
    boxes = named(read(draw(*one_to_one(4))), "block")[:4]
    hole = boxes[2].find(f"{SVG}rect")
    assert hole is not None
    top, height = float(hole.get("y", "")), float(hole.get("height", ""))
    assert len(drawn.findall(f"{SVG}path")) == 2
    assert not [y for y in at_left if top < y < top + height]


def test_merged_paragraphs_are_one_ribbon_over_both() -> None:
    columns, _ = one_to_one(2)

    (drawn,) = named(read(draw(columns, [[ribbon((0, 1), (0,))]])), "ribbon")

    left = [y for x, y in points(drawn) if x == BLOCK_WIDTH]
    right = [y for x, y in points(drawn) if x == COLUMN_STEP]
    assert max(left) - min(left) > 2 * (max(right) - min(right))


def test_three_editions_can_stand_in_a_circle() -> None:
    columns, (gap,) = one_to_one(2)
    three = [*columns, columns[0]]

    root = read(draw(three, [gap, gap, gap]))

    heads = [it.text for it in root.iter(f"{SVG}text") if it.get("class") == "head"]
    assert len(heads) == 4
    assert len(named(root, "ribbon")) == 6
    assert "again" in [it.text for it in root.iter(f"{SVG}text")]


def test_picture_with_links_is_a_group_and_without_an_image() -> None:
    columns, (gap,) = one_to_one(1)
    linked = Ribbon(left=(0,), right=(0,), confidence=1, link="#row-1")

    assert read(draw(columns, [gap])).get("role") == "img"
    root = read(draw(columns, [[linked]]))
    assert root.get("role") == "group"
    assert named(root, "ribbon")[0].get("href") == "#row-1"


def test_legend_names_every_colour_and_only_marks_that_occur() -> None:
    columns, gaps = one_to_one(1)
    moved = Ribbon(left=(0,), right=(0,), confidence=1, moved=True)

    plain, marked = (
        ["".join(it.itertext()) for it in read(svg).findall(f"{SVG}g")[2]]
        for svg in (draw(columns, gaps), draw(columns, [[moved]]))
    )

    assert plain == ["match under 50 %", "50–70 %", "70–85 %", "85–95 %", "95–100 %"]
    assert marked == [*plain, "moved"]


@pytest.mark.parametrize("count", [1000, 3000])
def test_thousands_of_paragraphs_make_a_picture_of_bounded_height(count: int) -> None:
    root = read(draw(*one_to_one(count)))

    assert 5000 < float(root.get("height", "")) < 6200
    heights = [float(it.get("height", "")) for it in root.iter(f"{SVG}rect") if it.get("y")]
    assert min(heights) > 0.35 * 6000 / count


def test_length_grows_with_the_paragraphs_and_not_with_their_square() -> None:
    small, large = (len(draw(*one_to_one(count))) for count in (500, 2000))

    assert large < 4.5 * small


def test_one_bead_with_many_holes_is_dealt_out_in_as_many_pieces() -> None:
    columns, _ = one_to_one(2000)
    bead = ribbon(range(0, 2000, 2), range(1, 2000, 2))

    (drawn,) = named(read(draw(columns, [[bead]])), "ribbon")

    assert len(drawn.findall(f"{SVG}path")) == 1000


def test_style_is_for_light_and_dark_and_can_stand_in_html_as_it_is() -> None:
    assert "@media (prefers-color-scheme:dark)" in STYLE
    assert not set("<&") & set(STYLE)


@pytest.mark.parametrize(
    ("columns", "gaps"),
    [
        ([], []),
        (one_to_one(1)[0], []),
        (one_to_one(1)[0], [[], [], []]),
        (one_to_one(1)[0], [[ribbon((1,), (0,))]]),
        (one_to_one(1)[0], [[ribbon((0,), (-1,))]]),
        (one_to_one(1)[0], [[ribbon((), ())]]),
    ],
)
def test_ribbons_that_do_not_fit_the_columns_are_refused(
    columns: list[Column], gaps: list[list[Ribbon]]
) -> None:
    with pytest.raises(PictureError):
        draw(columns, gaps)
