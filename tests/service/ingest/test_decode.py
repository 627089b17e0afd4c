import codecs

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.domain.errors import InvalidInputError
from service.ingest.decode import ENCODINGS, codec_name, decode
from service.ingest.errors import (
    BinaryDataError,
    EmptyTextError,
    EncodingUnclearError,
    MissingByteOrderMarkError,
    UnknownEncodingError,
    UnreadableEncodingError,
    UnsupportedFileError,
)
from service.untrusted.limits import MAX_FILE_BYTES, FileTooLargeError

FRENCH = (
    "Le bac de nuit a repris son service après dix-huit mois de travaux, et le préfet, pressé par "
    "les élus, s'est engagé à ne plus l'arrêter ; l'été dernier, la moitié des passagers étaient "
    "déjà là, « malgré tout », à cette heure."
)
RUSSIAN = (
    "Мост через Сухону, который строили одиннадцать лет, открыли в субботу. Первым по нему прошёл "
    "почтальон, за ним школьный оркестр и только потом губернатор."
)
ENGLISH = "It’s the keeper’s roof, she said; it isn’t the county’s – and that’s “all there is”."

WORDS = {
    "fr": ["à", "été", "garçon", "naïf", "où", "forêt", "déjà", "âge", "île", "hôtel", "la", "mer"],
    "ru": ["мост", "через", "ёлка", "объезд", "я", "это", "Она", "Пётр", "в", "не", "щука"],
}
CODECS = {
    "fr": ["cp1252", "iso8859-15", "iso8859-1", "mac-roman", "cp850"],
    "ru": ["cp1251", "koi8-r", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic"],
}


@pytest.mark.parametrize(
    ("text", "codec"),
    [(FRENCH, codec) for codec in CODECS["fr"]]
    + [(RUSSIAN, codec) for codec in CODECS["ru"]]
    + [(ENGLISH, "cp1252"), (ENGLISH, "mac-roman")],
)
def test_prose_in_a_legacy_encoding_is_recognised(text: str, codec: str) -> None:
    decoded, name = decode(text.encode(codec))

    assert decoded == text
    assert text.encode(name) == text.encode(codec)


@settings(deadline=None)  # the machine may be busy
@given(
    st.sampled_from(["fr", "ru"]).flatmap(
        lambda language: st.tuples(
            st.lists(
                st.sampled_from(WORDS[language])
                | st.text(st.sampled_from(sorted(set("".join(WORDS[language])))), min_size=1),
                min_size=1,
            ).map(" ".join),
            st.sampled_from([*CODECS[language], "utf-8"]),
        )
    )
)
@example(("рак", "cp866"))
@example(("café »", "cp1252"))
@example(("йййййййййййй", "cp1251"))
@example(("закладки", "cp1251"))
def test_a_legacy_text_comes_back_equal_or_is_refused(case: tuple[str, str]) -> None:
    text, codec = case

    try:
        decoded, _ = decode(text.encode(codec))
    except InvalidInputError:
        return

    assert decoded == text


@settings(deadline=None)  # the machine may be busy
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_a_text_with_a_byte_order_mark_comes_back_equal(text: str) -> None:
    for mark, codec in [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ]:
        assert decode(mark + text.encode(codec))[0] == text


@settings(deadline=None)  # the machine may be busy
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
        lambda text: not text.startswith("\ufeff")
    ),
    st.sampled_from([name for name in ENCODINGS if name not in {"utf-16", "utf-32"}]),
)
def test_an_encoding_that_a_person_insists_on_is_not_second_guessed(text: str, codec: str) -> None:
    data = text.encode(codec, "ignore")
    if not data or data.startswith((b"PK\x03\x04", b"GIF8")):
        return

    assert decode(data, codec) == (data.decode(codec).removeprefix("\ufeff"), codec)


def test_utf8_without_a_mark_is_read_as_it_is() -> None:
    for text in [FRENCH, RUSSIAN, "naïve 漢字 and Ελλάδα", "£5", "plain", "a\x02b", "Über 😀"]:
        assert decode(text.encode()) == (text, "utf-8")


def test_only_one_byte_order_mark_is_taken_off() -> None:
    assert decode(codecs.BOM_UTF8 + "\ufeffa".encode()) == ("\ufeffa", "utf-8")
    assert decode(codecs.BOM_UTF8 + b"a", "utf-8") == ("a", "utf-8")


def test_the_names_that_people_write_are_understood() -> None:
    names = ["Windows-1251", "UTF8", "latin-1", "KOI8-R", "macintosh", " cp866 "]

    assert [codec_name(name) for name in names] == [
        "cp1251", "utf-8", "iso8859-1", "koi8-r", "mac-roman", "cp866",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["klingon", "base64", "utf-7", "idna", "", "a\0b", "x" * 10_000])
def test_an_encoding_that_is_none_of_ours_is_refused(name: str) -> None:
    with pytest.raises(UnknownEncodingError, match="choose one of utf-8") as refused:
        decode(b"abc", name)

    assert len(str(refused.value)) < 500


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyTextError),
        (b"\x7fELF\x02\x01\x01\0\0\0", BinaryDataError),
        ("abc".encode("utf-16-le"), BinaryDataError),
        (b"\x80\x02\xff\x01\xfe", BinaryDataError),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", UnsupportedFileError),
        (b"PK\x03\x04\x14\0\x06", UnsupportedFileError),
        (b"{\\rtf1 abc}", UnsupportedFileError),
        (b"caf\xe9", EncodingUnclearError),  # too little to tell
        (b"\xa4\xa4\xa4", EncodingUnclearError),
        ("Žluťoučký kůň příšerně".encode("cp1250"), EncodingUnclearError),
        ("Η θάλασσα είναι γαλανή".encode("iso8859-7"), EncodingUnclearError),
        (codecs.BOM_UTF16_LE + b"a\0b", UnreadableEncodingError),
        (codecs.BOM_UTF16_LE + b"\0\xd8", UnreadableEncodingError),
        (codecs.BOM_UTF8 + b"caf\xe9", UnreadableEncodingError),
    ],
)
def test_what_cannot_be_read_for_sure_is_refused(
    data: bytes, error: type[InvalidInputError]
) -> None:
    with pytest.raises(error):
        decode(data)


def test_a_damaged_utf8_file_is_named_as_such_with_its_line() -> None:
    data = f"{RUSSIAN}\n{RUSSIAN}".encode()[:-2]

    with pytest.raises(UnreadableEncodingError, match="line 2 is not valid utf-8"):
        decode(data)


def test_an_unclear_encoding_names_the_option_that_helps() -> None:
    with pytest.raises(EncodingUnclearError, match="--encoding"):
        decode(b"caf\xe9")


def test_an_encoding_that_one_letter_decides_is_not_sure() -> None:
    # In mac-cyrillic the capital would be a Macedonian letter, and all else the same.
    data = "паром не ходил так долго, что никто уже не помнил его цвета, но Павел помнил".encode(
        "cp1251"
    )

    with pytest.raises(EncodingUnclearError, match="it may be cp1251 or mac-cyrillic"):
        decode(data)


def test_utf16_without_a_mark_asks_which_it_is() -> None:
    with pytest.raises(MissingByteOrderMarkError, match="utf-16-le or utf-16-be"):
        decode("abc".encode("utf-16-le"), "utf-16")
    assert decode("abc".encode("utf-16-be"), "utf-16-be") == ("abc", "utf-16-be")


def test_bytes_outside_the_encoding_asked_for_are_refused() -> None:
    with pytest.raises(UnreadableEncodingError, match="line 3 is not valid ascii"):
        decode(b"a\nb\n\xe9", "ascii")


def test_what_a_page_declares_is_believed_unless_its_bytes_speak_against_it() -> None:
    assert decode(b"caf\xe9", declared="cp1252") == ("café", "cp1252")
    assert decode("é".encode(), declared="cp1252") == ("é", "utf-8")
    with pytest.raises(EncodingUnclearError, match="cp1252 or cp1251"):
        decode(RUSSIAN.encode("cp1251"), declared="cp1252")


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(FileTooLargeError, match="50 MB"):
        decode(bytes(MAX_FILE_BYTES + 1))
