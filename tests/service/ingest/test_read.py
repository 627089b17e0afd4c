import codecs

import pytest

from service.domain.errors import InvalidInputError
from service.ingest.errors import EncodingUnclearError, UnknownRepairError
from service.ingest.read import read_document

LONG = "The ferry had been away for so long that nobody on the quay remembered its colour"
RUSSIAN = "Мост через Сухону, который строили одиннадцать лет, открыли в субботу утром. "


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<!DOCTYPE html><p>a", "html"),
        (b"\n <html><body>a", "html"),
        (b"<?xml version='1.0'?>\n<!doctype HTML><p>a", "html"),
        (b"<!-- x --><p>a", "html"),
        (b"<p>a</p>", "html"),
        (codecs.BOM_UTF8 + b"<h1 class=x>a", "html"),
        (codecs.BOM_UTF16_LE + "<p>a".encode("utf-16-le"), "html"),
        (b"I <b>like</b> it.", "text"),
        (b"<3 is a heart", "text"),
        (b"<pause>", "text"),
        (b"a <p>", "text"),
    ],
)
def test_html_is_known_by_how_it_begins(data: bytes, expected: str) -> None:
    assert read_document(data).format == expected


def test_the_format_that_is_said_holds() -> None:
    assert read_document(b"<p>a", format="text").paragraphs[0].text == "<p>a"
    assert read_document(b"a <b>b</b>", format="html").paragraphs[0].text == "a b"


def test_text_is_repaired_or_not_as_asked() -> None:
    data = f"It began.\n\n{LONG}\n\nor its name.".encode("utf-16")

    read = read_document(data)
    undone = read_document(data, undo=[read.repairs[0].id])
    as_is = read_document(data, repair=False)

    assert read.encoding == "utf-16"
    assert [len(document.paragraphs) for document in (read, undone, as_is)] == [2, 3, 3]
    with pytest.raises(UnknownRepairError):
        read_document(data, undo=["x@1"])


def test_a_page_has_no_repairs_to_undo() -> None:
    with pytest.raises(UnknownRepairError, match="are none"):
        read_document(b"<p>a", undo=["x@1"])


@pytest.mark.parametrize(
    ("declaration", "codec"),
    [
        ("<meta charset='windows-1251'>", "cp1251"),
        ('<META http-equiv=x content="text/html; charset=koi8-r">', "koi8-r"),
        ("<?xml version='1.0' encoding='windows-1251'?><html>", "cp1251"),
    ],
)
def test_a_page_in_a_legacy_encoding_is_read_as_it_declares(declaration: str, codec: str) -> None:
    read = read_document(f"{declaration}<p>да</p>".encode(codec), format=None)

    assert read.paragraphs[0].text == "да"
    assert read.encoding == codec


def test_a_page_that_declares_latin_1_is_read_as_browsers_read_it() -> None:
    page = b"<meta charset=iso-8859-1><p>\x93caf\xe9\x94</p>"

    assert read_document(page).paragraphs[0].text == "“café”"


@pytest.mark.parametrize("name", ["klingon", "utf-8"])
def test_a_declaration_that_is_of_no_help_is_passed_over(name: str) -> None:
    page = f"<meta charset={name}><p>{RUSSIAN}</p>".encode("koi8-r")

    assert read_document(page).encoding == "koi8-r"


def test_a_declaration_that_its_bytes_deny_is_refused() -> None:
    page = f"<meta charset=windows-1252><p>{RUSSIAN}</p>".encode("cp1251")

    with pytest.raises(EncodingUnclearError, match="cp1252 or cp1251"):
        read_document(page)
    assert read_document(page, encoding="cp1251").paragraphs[0].text == RUSSIAN.strip()


def test_text_that_only_speaks_of_a_charset_declares_none() -> None:
    with pytest.raises(InvalidInputError):
        read_document(b"use <meta charset=cp1252> for caf\xe9")
