"""XML from outside: parsed without network, document types or entities of its own."""

import re
from typing import Final

from lxml import etree

from service.domain.errors import InvalidInputError, TooLargeError
from service.untrusted.limits import check_size

MAX_XML_TAGS: Final = 3_000_000
"""Tags of a file, closing ones included: some thirty for each of the terms a glossary takes."""

_UTF_16: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_ENCODING: Final = re.compile(r"""^(<\?xml[^>]*?)\s+encoding\s*=\s*["'][^"']*["']""")


class XmlError(InvalidInputError):
    """The file is no well-formed XML."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: this is no XML ({reason})")


class XmlEntityError(InvalidInputError):
    """The file declares entities, which can swell it without bounds or name other files."""

    def __init__(self) -> None:
        super().__init__("the file declares XML entities, which are not read: remove <!ENTITY ...>")


class XmlUndeclaredEntityError(InvalidInputError):
    """The file uses an entity that it leaves to another file to declare."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(
            f"line {line}: other files, such as a DTD, are not read ({reason}): write the "
            "character itself instead of &...;"
        )


class XmlTooComplexError(TooLargeError):
    """The file has more elements than any that people exchange."""

    def __init__(self) -> None:
        super().__init__(f"the file has more than {MAX_XML_TAGS:,} tags: split it into parts")


def parse_xml(content: bytes) -> etree._Element:
    """Return the root of the parsed file, without comments and processing instructions.

    Raises:
        FileTooLargeError: If the file is too long.
        XmlTooComplexError: If it has too many tags.
        XmlEntityError: If it declares entities.
        XmlUndeclaredEntityError: If it uses others than those of XML itself.
        XmlError: If it is not well-formed, or nests deeper than libxml2 reads.
    """
    check_size(len(content))
    content = _as_utf_8(content)
    if content.count(b"<") > MAX_XML_TAGS:
        raise XmlTooComplexError
    if b"<!ENTITY" in content:
        raise XmlEntityError
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser=parser)
    except etree.XMLSyntaxError as error:
        reason = re.sub(r", line \d+.*", "", error.msg or "syntax error")
        raise XmlError(error.lineno or 1, reason) from error
    # With a document type that might declare it, an unknown entity is only a warning.
    unknown = parser.error_log.filter_types([etree.ErrorTypes.WAR_UNDECLARED_ENTITY])
    if unknown:
        raise XmlUndeclaredEntityError(unknown[0].line, unknown[0].message)
    types = root.getroottree().docinfo.internalDTD
    if types is not None and any(True for _ in types.iterentities()):
        raise XmlEntityError
    return root


def _as_utf_8(content: bytes) -> bytes:
    """Return UTF-16 as UTF-8, so that nothing hides in it."""
    encoding = _UTF_16.get(content[:2])
    if encoding is None:
        return content
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise XmlError(1, "its UTF-16 is broken") from error
    return _ENCODING.sub(r"\1", text, count=1).encode("utf-8", "surrogatepass")
