from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import TriptychError
from service.domain.glossary import GlossaryError, LetterCase, Term, TermKind
from service.domain.language import Direction, Language
from service.exchange.glossary_csv import DirectionNeededError, read_csv, write_csv
from tests.growth import check_linear_growth
from tests.service.exchange.terms import some_terms

EN_FR = Direction(Language.EN, Language.FR)
EN_RU = Direction(Language.EN, Language.RU)


def pairs(content: str | bytes, *directions: Direction) -> list[tuple[str, str]]:
    data = content.encode() if isinstance(content, str) else content
    return [(p.term.source, p.term.target) for p in read_csv(data, directions=directions)]


@given(some_terms, st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_terms_that_are_written_are_read_back(
    written: list[Term], separator: str, encoding: str
) -> None:
    content = write_csv(written, separator=separator).encode(encoding)

    assert [placed.term for placed in read_csv(content)] == written


@pytest.mark.parametrize(
    "content",
    [
        "bank,banque\nriver bank,rive\n",
        "bank\tbanque\nriver bank\trive",
        "bank;banque\r\nriver bank;rive\r\n",
        "\ufeffbank,banque\n\n,\nriver bank,rive\n",
        '"bank","banque"\n"river bank","rive"\n',
        "Source,Target\nbank,banque\nriver bank,rive\n",
        "target,source\nbanque,bank\nrive,river bank\n",
        "en,fr\nbank,banque\nriver bank,rive\n",
        "French;English;Comment\nbanque;bank;\nrive;river bank;not the bank\n",
        "bank,banque,EN,FR\nriver bank,rive,en,fr\n",
        "bank,banque,en,fr\nriver bank,rive,en,fr\nbank,банк,en,ru\n",
        "en-GB\tfr-FR\tru\nbank\tbanque\tбанк\nriver bank\trive\t\n",
        " bank , banque \n river  bank,\u00a0rive\n",
    ],
)
def test_two_columns_are_read_however_they_are_written(content: str) -> None:
    assert pairs(content, EN_FR) == [("bank", "banque"), ("river bank", "rive")]


def test_utf_16_of_a_spreadsheet_is_read() -> None:
    assert pairs("bank\tбанк\r\n".encode("utf-16"), EN_RU) == [("bank", "банк")]


def test_separator_within_a_term_is_none() -> None:
    assert pairs('"Paris, France";"Paris (France)"\na, b;c\n', EN_FR) == [
        ("Paris, France", "Paris (France)"),
        ("a, b", "c"),
    ]


def test_quotes_of_a_table_with_tabs_are_those_of_the_term_unless_they_go_round_it() -> None:
    assert pairs('"Le Monde" daily\tx\n"a ""b"""\ty\n', EN_FR) == [
        ('"Le Monde" daily', "x"),
        ('a "b"', "y"),
    ]


def test_languages_in_the_header_give_all_pairs_from_the_first_one() -> None:
    read = read_csv("en,fr,ru\nbank,banque,банк\nlaw,,закон\n".encode())

    assert [(p.place, str(p.term.direction), p.term.target) for p in read] == [
        ("line 2", "en-fr", "banque"),
        ("line 2", "en-ru", "банк"),
        ("line 3", "en-ru", "закон"),
    ]


def test_columns_of_ours_say_everything_about_a_term() -> None:
    content = (
        "source,target,kind,case,source_forms,note\n"
        "child,ребёнок,,any,child|children,a person\n"
        ",дедлайн,Forbidden,,,\n"
        "BigBank,,keep,exact,,\n"
    )

    child, deadline, bank = (p.term for p in read_csv(content.encode(), directions=[EN_RU]))

    assert (child.case, child.source_forms) == (LetterCase.ANY, ("child", "children"))
    assert (child.kind, child.note) == (TermKind.REQUIRED, "a person")
    assert (deadline.source, deadline.kind) == ("", TermKind.FORBIDDEN)
    assert (bank.target, bank.kind) == ("BigBank", TermKind.KEEP)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            b"en-GB,en-US,fr\na,b,c\n",
            r"line 1: columns 1 \(“en-GB”\) and 2 \(“en-US”\) are both en",
        ),
        (b"source,source,target\na,b,c\n", r"line 1: columns 1 \(“source”\) and 2 .*: remove or"),
        (
            b"source,target,Translation\na,b,c\n",
            r"line 1: columns 2 .* and 3 \(“Translation”\) are",
        ),
        (b"bank,banque\nlaw,d\xe9cret\n", r"line 2: this is not UTF-8"),
        (b"bank,banque\nlaw,lo\x00i\n", r"line 2: it holds a NUL"),
        (b"bank,banque\nlaw,\n", r"line 2: the target term is empty"),
        (b"bank,banque\n,loi\n", r"line 2: the source term is empty"),
        (b"source,target\nbank,banque\n!,?\n", r"line 3: .*neither a letter"),
        (b"source,target,kind\nbank,banque,must\n", r"line 2: 'must' is none of required"),
        (b"source,target\nbank,banque,la\n", r"line 2: it has 3 cells for 2 columns"),
        (b"bank\nlaw\n", r"line 1: it has 1 column and no header"),
        (b"bank,banque,n.,f.\n", r"line 1: it has 4 columns and no header"),
        (b'bank,banque\n"law,loi\nx,y\n', r"line 2: a quotation mark is not closed"),
        (b'bank,banque\n"law" x,loi\n', r"line 2: a quotation mark is not closed, or"),
        (b'"a\nb",c\nd,"' + b"x" * 200_000 + b'"\n', r"line 3: "),
        (b"bank,banque\n" + b"x" * 10_000 + b",y\n", r"line 2: .*10,000 characters"),
        (b"source,target,source_language,target_language\na,b,en,de\n", r"line 2: unknown lang"),
        (b"source,target,source_language,target_language\na,b,en,en\n", r"line 2: source and"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(content: bytes, words: str) -> None:
    with pytest.raises(GlossaryError, match=words):
        read_csv(content, directions=[EN_FR])


def test_columns_that_we_do_not_read_may_be_called_alike() -> None:
    assert pairs("source,target,x,x,,\nbank,banque,1,2,,\n", EN_FR) == [("bank", "banque")]


def test_file_that_does_not_say_its_languages_needs_them_said() -> None:
    with pytest.raises(DirectionNeededError, match="--from and --to"):
        read_csv(b"bank,banque\n")
    with pytest.raises(DirectionNeededError):
        read_csv(b"bank,banque\n", directions=[EN_FR, EN_RU])


def test_empty_file_has_no_terms() -> None:
    assert pairs(b"", EN_FR) == pairs("\ufeff\n\n", EN_FR) == []


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    with suppress(TriptychError):
        assert all(one.term.direction == EN_FR for one in read_csv(content, directions=[EN_FR]))


def test_reading_takes_time_in_proportion_to_the_file() -> None:
    def task(size: int) -> Callable[[], object]:
        content = "".join(f"bank {n},banque {n}\n" for n in range(size)).encode()
        return lambda: read_csv(content, directions=[EN_FR])

    check_linear_growth(task, size=300)
