from collections.abc import Callable

import pytest

from alignment.beads import Span
from service.mt.catalogue import PACKAGED_MODELS
from service.mt.characters import read_characters
from service.mt.kept import find_code, find_terms, find_unknown, merge
from service.mt.tokenizer import Tokenizer
from tests.growth import check_linear_growth

TOKENIZER = Tokenizer(PACKAGED_MODELS / "compact")


def cut(text: str, spans: list[Span]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


def code(text: str) -> list[str]:
    return cut(text, find_code(text))


def unknown(text: str, language: str = "en") -> list[str]:
    cells = read_characters(text, language)
    return cut(text, find_unknown(text, cells, language=language, tokenizer=TOKENIZER))


@pytest.mark.parametrize(
    "placeholder",
    [
        *(
            "{name}",
            "{}",
            "{0}",
            "{n:>10.2f}",
            "{user.name}",
            "{{ x }}",
            "{{user}}",
            "{% if x %}",
            "<%= x.y %>",
            "<?php x ?>",
        ),
        *("%s", "%d", "%1$s", "%2$d", "%(name)s", "%(n)d", "%.2f", "%05d", "%@", "%ld", "%name%"),
        *("$User", "$user_name", "${x}", "#{count}", "&nbsp;", "&#160;"),
        "{n, plural, one {# word} other {# words}}",
        "{n, plural, one {{n} new word} other {{n} new words}}",
        *("%d%%", "%.2f%%", "[[name]]", "[[The old house]]"),
        "{when, date, long}",
    ],
)
def test_placeholders_are_kept_whole(placeholder: str) -> None:
    assert code(f"You have {placeholder}, he said.") == [placeholder]


@pytest.mark.parametrize(
    "code_like",
    [
        *("`a b`", "``a ` b``", "<b>", "</b>", "<x1/>", '<g id="3">', "<!-- note -->"),
        *("snake_case", "__init__", "foo()", "os.path.join()", "--dry-run", "config.json"),
        *("/usr/lib/x", "./run.sh", "~/a/b", "C:\\Users\\x", "\\u00e9", "README.md"),
        *("bit.ly/3x", "localhost:8080/x", "localhost", "host.local:8080", "[^1]", "\\*", "\\_"),
        *("https://a.b/c?d=e&f=g#h", "www.a.org/x_y", "a.b@c.org", "lemonde.fr", "@user", "#topic"),
    ],
)
def test_code_and_addresses_are_kept_whole(code_like: str) -> None:
    assert code(f"Look at {code_like}, he said.") == [code_like]


@pytest.mark.parametrize(
    "word",
    [
        *(
            "Mg2+",
            "H2O",
            "KBps",
            "iPhone",
            "COVID-19",
            "F-16",
            "G7",
            "YouTube",
            "5G",
            "kWh",
            "A380",
        ),
        *("v1.2.3", "10.0.0.1", "PhD", "McDonald"),
    ],
)
def test_words_with_figures_or_capitals_inside_are_kept(word: str) -> None:
    assert code(f"the {word} is") == [word]


def test_units_of_data_are_kept_behind_a_figure_only() -> None:
    assert code("10 Mo and 5\u00a0Gb of 3 kHz; Mo left") == ["Mo", "Gb", "kHz"]


@pytest.mark.parametrize(
    "text",
    [
        "In the 1990s the 5th and 21st of 18-year-old MPs met NGOs at 10am for $5m.",
        "Au XIXe siècle, le 1er et la 2e, 50 % des gens ; 20 %de plus.",
        "В 1990-х 20-летний и 5-й.",
        "It is 100% safe, costs $5 or 5$, and A & B; i.e. and/or he/she, person(s).",
        "Don't — it's O'Brien's well-known end.Then he left... (see p. 5)",
        "5 * 3 = 15 and 4 < 5 > 3",
    ],
)
def test_words_of_a_language_are_not_kept(text: str) -> None:
    assert code(text) == []


@pytest.mark.parametrize("text", ["{n}px wide", "up %dpx", "AT&amp;T"])
def test_placeholder_is_kept_with_what_is_glued_to_it(text: str) -> None:
    assert code(text)[0] in ("{n}px", "%dpx", "AT&amp;T")


@pytest.mark.parametrize(
    "tag",
    [
        *(">>rus<<", ">> rus <<", ">>RUS<<", "＞＞rus＜＜", "﹥﹥fra﹤﹤", ">\u200b>rus<\u00ad<"),
        *(">>zho_Hans<<", ">>r\u200bus<<", "＞>rus<＜"),
    ],
)
def test_language_tag_is_kept_in_any_spelling(tag: str) -> None:
    assert code(f"a{tag}b") == [tag]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ciarán and Łódź met", ["Ciarán", "Łódź"]),
        ("Αθήνα, 北京 and القاهرة.", ["Αθήνα", "北京", "القاهرة"]),
        ("He said «да, конечно» there", ["да", "конечно"]),
        ("in Новый Уренгой today", ["Новый Уренгой"]),
        ("an α-particle", ["α"]),
    ],
)
def test_words_that_the_model_cannot_read_are_kept(text: str, kept: list[str]) -> None:
    assert unknown(text) == kept


def test_latin_words_in_russian_are_kept_without_what_hangs_on_them() -> None:
    assert unknown("IT-компания Google и New York Times", "ru") == [
        "IT",
        "Google",
        "New York Times",
    ]


def test_letters_and_marks_are_one_letter() -> None:
    assert unknown("Re\u0301sume\u0301 e\u0301te\u0301") == []
    assert unknown("a Lo\u0301dz\u0301 q\u0301x", "en") == ["Lo\u0301dz\u0301", "q\u0301x"]
    assert unknown("за\u0301мок мои\u0306", "ru") == []


@pytest.mark.parametrize(
    ("text", "terms", "kept"),
    [
        ("The Blue Whale and blue whale", ["Blue Whale"], ["Blue Whale"]),
        ("THE BLUE WHALE", ["Blue Whale"], ["BLUE WHALE"]),
        ("Go, Gopher, Go!", ["Go"], ["Go", "Go"]),
        ("Blue\u00a0Whale and Blue\nWhale", ["Blue Whale"], ["Blue\u00a0Whale", "Blue\nWhale"]),
        ("C++ or C", ["C", "C++"], ["C++", "C"]),
        (".NET and a.NET", [".NET"], [".NET", ".NET"]),
        ("a (x) [y] b", ["(x) [y]"], ["(x) [y]"]),
        (">>rus<< x", [">>rus<<"], [">>rus<<"]),
        ("anything", ["  "], []),
        ("anything", [], []),
    ],
)
def test_terms_are_found_as_whole_words(text: str, terms: list[str], kept: list[str]) -> None:
    assert cut(text, find_terms(text, terms)) == kept


def test_merged_spans_that_touch_stay_two() -> None:
    assert merge([Span(2, 4), Span(0, 2), Span(3, 5)]) == [Span(0, 2), Span(2, 5)]


def test_placeholder_with_its_place_is_kept_behind_a_number_too() -> None:
    assert code("All 5 %1$s are here, and 5 % of them.") == ["%1$s"]


@pytest.mark.parametrize(
    "block",
    [
        "```bash\necho `date` and copy it\n```",
        "~~~\necho copy the file now\n~~~",
        "````\n```\nnested\n```\n````",
        "```\n\nwith blank lines\n\n```",
    ],
)
def test_fenced_code_is_kept_with_its_fences(block: str) -> None:
    assert code(f"Look at this.\n{block}\nAnd go on.") == [block]


def test_fence_that_is_not_closed_keeps_nothing() -> None:
    assert code("~~~ what follows\nis a text of two lines.") == []


@pytest.mark.parametrize(
    "line", ['[1]: https://a.example/b "The title"', "[the old page]: /b", "[a]: x"]
)
def test_definition_of_a_link_is_kept_whole(line: str) -> None:
    assert code(f"Look at it.\n{line}\nGo on.") == [line]


@pytest.mark.parametrize("emoji", ["2️⃣", "#️⃣", "👨‍👩‍👧", "🙂️", "🇫🇷"])
def test_what_makes_one_picture_is_kept_as_one(emoji: str) -> None:
    assert unknown(f"The {emoji} house") == [emoji]


@pytest.mark.parametrize(
    "piece", ["👨‍👩‍👧", "🙂\ufe0f", "1\ufe0f\u20e3", "a\u0301\u0316", "\u0301\u0316", "£1"]
)
def test_time_for_signs_is_linear_in_the_text(piece: str) -> None:
    def find(size: int) -> Callable[[], object]:
        text = piece * (size // len(piece))
        return lambda: unknown(text)

    check_linear_growth(find, size=10_000)


@pytest.mark.parametrize(
    "piece", ["```\n", "~~~~\n", "``` a\n~~~\n", "[a]: ", "a.b/", "[[", "{a,plural,{"]
)
def test_time_for_code_is_linear_in_the_text(piece: str) -> None:
    check_linear_growth(lambda size: lambda: code(piece * (size // len(piece))), size=10_000)


@pytest.mark.parametrize("text", ["Version 2 %s is out", "Buy 2 %d tickets", "Page 3%s of it"])
def test_placeholder_behind_a_figure_is_kept(text: str) -> None:
    assert code(text)[0].endswith(("%s", "%d"))


@pytest.mark.parametrize("text", ["5 % de plus", "5 %d'eau", "5 %, say", "50% so", "2 %selon"])
def test_percentage_is_no_placeholder(text: str) -> None:
    assert code(text) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://en.wikipedia.org/wiki/Python_(genus)",
        "https://a.b/x[1]?y=(z)",
        "file:///etc/passwd",
        "git@github.com:foo/bar.git",
        "mailto:a@b.org",
        "fe80::1",
        "2001:db8::1",
    ],
)
@pytest.mark.parametrize("sentence", ["See {}, it says.", "(See {})", "[this]({}) is", "{}—well"])
def test_address_ends_where_its_parentheses_do(sentence: str, address: str) -> None:
    assert address in code(sentence.format(address))


@pytest.mark.parametrize("before", ["See", "seE", "Сайт", "5", ".", ":", ""])
@pytest.mark.parametrize("address", ["https://a.b/c", "HTTP://A.B/C", "ftp://a.b/c"])
def test_address_glued_to_a_word_is_kept(before: str, address: str) -> None:
    assert any(address in found for found in code(f"{before}{address} is"))


def test_links_of_markdown_side_by_side_are_two_addresses() -> None:
    assert code("[a](https://a.com/x),[b](https://b.com/y) [[c](https://c.d)](https://e.f)") == [
        "https://a.com/x",
        "https://b.com/y",
        "https://c.d",
        "https://e.f",
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("my_report.txt", "report_2024.pdf", "a_b.tar.gz", "README.MD", "--dry-run", ":smile:"),
        *("C:\\Program Files\\App\\run.exe", "std::vector<int>", "obj.method(x, y)", "[A-Z]{2,5}"),
        *("123e4567-e89b-12d3-a456-426614174000", "a1b2c3d", "FR76 3000 6000 0112 3456 7890 189"),
        *("12(3)(b)", "5(a)(ii)", "4.2(a)"),
    ],
)
@pytest.mark.parametrize("sentence", ["Use {}! Now.", "It has {} in it.", "{}, then"])
def test_what_has_a_name_of_its_own_is_kept_whole(sentence: str, name: str) -> None:
    assert code(sentence.format(name)) == [name]


@pytest.mark.parametrize(
    "text",
    ["He said: yes: no.", "the U.S. (and others)", "defaced, facade", "Act (a) or (b)", "a:b"],
)
def test_prose_is_no_code(text: str) -> None:
    assert code(text) == []


@pytest.mark.parametrize(
    "emoji", ["🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"]
)
def test_flag_of_a_part_of_a_country_is_one_picture(emoji: str) -> None:
    assert unknown(f"There {emoji} won.") == [emoji]


@pytest.mark.parametrize("word", ["Acme™", "㎏", "Ⅳ", "Ca²⁺", "Na⁺", "№"])
def test_signs_that_would_be_spelled_in_letters_are_kept(word: str) -> None:
    assert unknown(f"The {word} is here.") == [word]
