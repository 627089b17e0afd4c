"""A file's bytes to paragraphs, whatever its format and encoding."""

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Literal

from service.domain.paragraph import ReadText
from service.ingest.decode import codec_name, decode
from service.ingest.errors import UnknownEncodingError
from service.ingest.html import read_html
from service.ingest.text import read_text

_LOOKS_LIKE_HTML = re.compile(
    rb"\s*(?:<\?xml[^<>]{0,200}>\s*)?<(?:!doctype\s+html|!--"
    rb"|(?:html|head|body|title|meta|link|article|main|section|header|div|p|h[1-6]|ul|ol|table"
    rb"|blockquote)(?=[\s/>]))",
    re.IGNORECASE,
)
_DECLARED = re.compile(
    rb"(?i)<(?:meta|\?xml)\b[^<>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]{1,40})"
)
_DECLARATION_BYTES = 4096
_AS_BROWSERS_DO = {"iso8859-1": "cp1252", "ascii": "cp1252"}
"""Labels that the web reads as another: https://encoding.spec.whatwg.org/#names-and-labels."""


def read_document(
    data: bytes,
    *,
    format: Literal["text", "html"] | None = None,  # noqa: A002  (the option's word)
    encoding: str | None = None,
    undo: Collection[str] = (),
    repair: bool = True,
) -> ReadText:
    """Return the paragraphs of a file, how it was read, and what was repaired.

    Args:
        data: The whole file.
        format: Recognised by how the file begins, if not given.
        encoding: Recognised, or refused if it is not beyond doubt, if not given.
        undo: Ids of repairs not to make.
        repair: Without it nothing is joined or set aside.

    Raises:
        InvalidInputError: If the file is empty, binary, in no encoding that is sure, or ``undo``
            names an unknown repair.
        TooLargeError: If it is more than is taken at once.
    """
    declared = _declared_encoding(data) if format != "text" else None
    text, codec = decode(data, encoding, declared=declared)
    if format is None:
        format = "html" if _LOOKS_LIKE_HTML.match(text[:_DECLARATION_BYTES].encode()) else "text"  # noqa: A001
    if format == "html":
        return replace(read_html(text, undo=undo, repair=repair), encoding=codec)
    return replace(read_text(text, undo=undo, repair=repair), encoding=codec)


def _declared_encoding(data: bytes) -> str | None:
    """Return the codec that an HTML file says it is in, if it says one that we read."""
    head = data[:_DECLARATION_BYTES]
    found = _DECLARED.search(head)
    if found is None or _LOOKS_LIKE_HTML.match(head) is None:
        return None
    try:
        name = codec_name(found[1].decode("ascii"))
    except (UnknownEncodingError, UnicodeDecodeError):
        return None
    return _AS_BROWSERS_DO.get(name, name)
