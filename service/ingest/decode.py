"""Bytes to text: byte-order marks, UTF-8, and legacy encodings where they are beyond doubt.

Nothing is ever replaced or guessed: a text comes out as it was written, or an error says how to
help.
"""

import codecs
import re

from service.ingest.errors import (
    BinaryDataError,
    EmptyTextError,
    EncodingUnclearError,
    MissingByteOrderMarkError,
    UnknownEncodingError,
    UnreadableEncodingError,
    UnsupportedFileError,
)
from service.ingest.legacy import CYRILLIC_CODECS, LATIN_CODECS, may_be_legacy, recognise
from service.untrusted.limits import check_size

ENCODINGS = (
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "ascii"),
    *LATIN_CODECS,
    *("iso8859-1", "cp437"),
    *CYRILLIC_CODECS,
    "koi8-u",
)
"""Python's names of the encodings that ``encoding`` may name, also by their aliases."""

_MARKS = (  # UTF-32's little-endian mark begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES = (
    (b"%PDF-", "PDF file"),
    (b"PK\x03\x04", "ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office document"),
    (b"{\\rtf", "RTF document"),
    (b"\x89PNG\r\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\x1f\x8b\x08", "compressed file"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_DISTANT_SCRIPT = re.compile("[\u0530-\u1dff\u2e80-\ud7ff\uf900-\ufdff]")
_FEW_BYTES = 12
"""Non-ASCII bytes so few that they may be valid UTF-8 by chance (``é »`` in cp1252 is)."""


def decode(
    data: bytes, encoding: str | None = None, *, declared: str | None = None
) -> tuple[str, str]:
    """Return the text of the bytes, without its byte-order mark, and the codec's name.

    Args:
        data: The whole file.
        encoding: What a person says it is; nothing is guessed then.
        declared: What the file says of itself (HTML's ``meta``); believed where UTF-8 is ruled
            out and the bytes do not speak against it.

    Raises:
        FileTooLargeError: If there are too many bytes.
        EmptyTextError: If there are none.
        UnsupportedFileError: If it is a PDF, an office document, a picture.
        BinaryDataError: If it has NUL bytes, or control codes and no encoding.
        UnknownEncodingError: If ``encoding`` is none of ``ENCODINGS``.
        UnreadableEncodingError: If the bytes are not valid in their encoding.
        EncodingUnclearError: If two encodings are possible, or none.
    """
    check_size(len(data))
    if not data:
        raise EmptyTextError
    for magic, kind in _OTHER_FILES:
        if data.startswith(magic):
            raise UnsupportedFileError(kind)
    if encoding is not None:
        return _decode_as(data, codec_name(encoding))
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _decode_as(data, codec)
    if b"\0" in data:
        raise BinaryDataError
    return _recognise(data, declared)


def codec_name(encoding: str) -> str:
    """Return Python's name of an encoding that we read: ``windows-1251`` is ``cp1251``.

    Raises:
        UnknownEncodingError: If it is none of ``ENCODINGS``.
    """
    try:
        name = codecs.lookup(encoding.strip()).name
    except (LookupError, ValueError) as error:
        raise UnknownEncodingError(encoding, ENCODINGS) from error
    if name not in ENCODINGS:
        raise UnknownEncodingError(encoding, ENCODINGS)
    return name


def _decode_as(data: bytes, codec: str) -> tuple[str, str]:
    """Decode strictly and take one byte-order mark off."""
    if codec in {"utf-16", "utf-32"}:
        marks = [mark for mark, name in _MARKS if name == codec]
        if not data.startswith(tuple(marks)):
            raise MissingByteOrderMarkError(codec)
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        raise UnreadableEncodingError(codec, data.count(b"\n", 0, error.start) + 1) from error
    if codec in {"utf-16", "utf-32"}:  # these take their mark off themselves
        return text, codec
    return text.removeprefix("\ufeff") if codec.startswith("utf") else text, codec


def _recognise(data: bytes, declared: str | None) -> tuple[str, str]:
    """Find the encoding of bytes that have no mark, or refuse."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_legacy(data, declared, error)
    if _may_be_chance(data, text) and (legacy := may_be_legacy(data)):
        raise EncodingUnclearError(["utf-8", *legacy])
    return text, "utf-8"


def _may_be_chance(data: bytes, text: str) -> bool:
    """Whether the valid UTF-8 is little, or of a script that none of our languages uses."""
    beyond_ascii = len(data.translate(None, bytes(range(0x80))))
    return 0 < beyond_ascii <= _FEW_BYTES or _DISTANT_SCRIPT.search(text) is not None


def _decode_legacy(
    data: bytes, declared: str | None, utf8_error: UnicodeDecodeError
) -> tuple[str, str]:
    if _CONTROL.search(data):
        raise BinaryDataError
    if _mostly_utf8(data):
        line = data.count(b"\n", 0, utf8_error.start) + 1
        raise UnreadableEncodingError("utf-8", line) from utf8_error
    if declared is not None and declared in LATIN_CODECS + CYRILLIC_CODECS:
        return _decode_declared(data, declared)
    codec, near = recognise(data)
    if codec is None:
        raise EncodingUnclearError(near)
    return data.decode(codec), codec


def _decode_declared(data: bytes, declared: str) -> tuple[str, str]:
    """Decode as the file says, unless only other encodings make it look like a language."""
    text, _ = _decode_as(data, declared)
    plausible = may_be_legacy(data)
    if plausible and all(data.decode(codec) != text for codec in plausible):
        raise EncodingUnclearError([declared, *plausible])
    return text, declared


def _mostly_utf8(data: bytes) -> bool:
    """Whether more characters are valid UTF-8 than bytes are not: a damaged or cut file."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    valid = sum(1 for _ in re.finditer(r"[^\x00-\x7f\N{REPLACEMENT CHARACTER}]", text))
    return valid > broken
