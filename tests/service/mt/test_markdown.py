import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.beads import Span
from service.domain.translation import Newlines
from service.mt.markdown import parse_markdown, places_in_written
from service.mt.markup import Element
from service.mt.newlines import find_joined
from tests.growth import check_linear_growth


def show(element: Element, text: str) -> str:
    """Return an element with its signs, as it was written."""
    done, pieces = element.span.start, [element.opening]
    for child in element.children:
        pieces += [text[done : child.span.start], show(child, text)]
        done = child.span.end
    return "".join([*pieces, text[done : element.span.end], element.closing])


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a **b c** d", "a b c d"),
        ("_a_ and __b c__ and *c* and ***d*** and ~~e~~", "a and b c and c and d and e"),
        ("[the *link*](https://a.b/c_d) x", "the link x"),
        ("an ![old house](a.png) here", "an old house here"),
        ("**a** `**b**` *c*", "a `**b**` c"),
        ("(**a**), “*b*”", "(a), “b”"),
    ],
)
def test_pairs_are_taken_out(text: str, plain: str) -> None:
    markup = parse_markdown(text)

    assert markup is not None
    assert markup.text == plain
    assert show(markup.root, plain) == text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "plain",
            "5 * 3 * 2",
            "5*3*2",
            "* item",
            "snake_case_name",
            "__init__",
            "**open",
            "a ** b **",
        ),
        *("*a\nb*", "`*a*`", "\\*a\\*", "https://a.b/_c_/d", "[a] (b)", "{*a*}", "()[]", "***"),
    ],
)
def test_text_without_pairs_has_no_markup(text: str) -> None:
    assert parse_markdown(text) is None


def test_terms_to_keep_are_not_taken_apart() -> None:
    assert parse_markdown("the *Star* ship", keep=["*Star*"]) is None


def test_text_of_an_image_is_on_its_own() -> None:
    markup = parse_markdown("see ![a b](c.png) d")

    assert markup is not None
    assert set(markup.breaks) == {4, 7}


@given(st.text("ab *_~[]()!`\n\\", max_size=50))
def test_signs_and_text_are_what_was_written(text: str) -> None:
    markup = parse_markdown(text)

    assert markup is None or show(markup.root, markup.text) == text


@pytest.mark.parametrize("piece", ["*", "_a", "[", "](", "[a](b", "**a ", "*a* ", "`", "~~"])
def test_time_is_linear_in_the_text(piece: str) -> None:
    check_linear_growth(
        lambda size: lambda: parse_markdown(piece * (size // len(piece))), size=20_000
    )


@pytest.mark.parametrize(
    "link",
    [
        "[the page](https://en.wikipedia.org/wiki/Foo_(bar))",
        '[the page](http://x.com/a "Great title")',
        "[the page](<a> 'Title')",
        "[the page]()",
    ],
)
def test_address_and_title_of_a_link_belong_to_its_sign(link: str) -> None:
    markup = parse_markdown(f"See {link} now.")

    assert markup is not None
    assert markup.text == "See the page now."


def test_places_are_found_again_in_the_text_with_signs() -> None:
    text = "a **b** [c *d*](e) f"
    markup = parse_markdown(text)
    assert markup is not None
    written = places_in_written(markup.root)

    for letter in "abcdf":
        at = markup.text.index(letter)
        place = written(Span(at, at + 1))
        assert text[place.start : place.end] == letter
    whole = written(Span(0, len(markup.text)))
    assert text[whole.start : whole.end] == text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_pair_goes_on_over_a_line_break_that_is_a_space(newline: str) -> None:
    text = f"the **old{newline}bridge** is [shut{newline}now](a)"

    markup = parse_markdown(text, joined=find_joined(text, Newlines.SOFT))

    assert markup is not None
    assert markup.text == f"the old{newline}bridge is shut{newline}now"
    assert parse_markdown(text) is None
