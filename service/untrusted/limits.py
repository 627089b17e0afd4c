"""How much Triptych takes from outside at once: every limit in one place, with its error."""

from service.domain.errors import TooLargeError

MAX_FILE_BYTES = 50_000_000
"""Bytes of one file or request body: the longest novels have 3 MB."""

MAX_LINES = 200_000
"""Lines of a text, or paragraphs of a page: three times a very long novel."""

MAX_HTML_TAGS = 1_000_000
"""Tags of a page, closing ones included; each costs a few microseconds."""

MAX_HTML_DEPTH = 256
"""Elements inside one another, at which libxml2 stops reading: browsers stop at 512."""

MAX_HTML_TEXT_BYTES = 10_000_000
"""Bytes of one run of text between two tags, at which libxml2 stops reading."""


class FileTooLargeError(TooLargeError):
    """A file or body is longer than what is read into memory."""

    def __init__(self, size_bytes: int) -> None:
        super().__init__(
            f"the file has {size_bytes / 1e6:.1f} MB and at most {MAX_FILE_BYTES / 1e6:.0f} MB "
            "are taken at once: split it into parts"
        )


class TooManyLinesError(TooLargeError):
    """A text falls into more lines or paragraphs than anybody reviews."""

    def __init__(self) -> None:
        super().__init__(
            f"the text has more than {MAX_LINES:,} lines or paragraphs: split it into parts"
        )


class HtmlTooComplexError(TooLargeError):
    """The page would take too long, or the parser would drop a part of it without a word."""

    def __init__(self) -> None:
        super().__init__(
            f"the page nests elements more than {MAX_HTML_DEPTH} deep, has more than "
            f"{MAX_HTML_TAGS:,} tags, or a run of text over {MAX_HTML_TEXT_BYTES / 1e6:.0f} MB: "
            "send its article alone, or send it as plain text"
        )


def check_size(size_bytes: int) -> None:
    """Let through what is small enough to be read.

    Raises:
        FileTooLargeError: If there is more than ``MAX_FILE_BYTES``.
    """
    if size_bytes > MAX_FILE_BYTES:
        raise FileTooLargeError(size_bytes)
