"""What can be wrong with a file that somebody brings, each by its name."""

from collections.abc import Collection, Sequence

from service.domain.errors import InvalidInputError
from service.domain.language import Language

_LISTED_REPAIRS = 20
"""Repairs that an error message names before it says how many more there are."""


class EmptyTextError(InvalidInputError):
    """There is nothing to translate."""

    def __init__(self) -> None:
        super().__init__("the text is empty or has only white space: nothing to read")


class BinaryDataError(InvalidInputError):
    """The bytes are no text in any encoding we know of."""

    def __init__(self) -> None:
        super().__init__(
            "this looks like a binary file (it has NUL bytes or control codes): save it as plain "
            "text or HTML; if it is UTF-16 without a byte-order mark, insist with "
            "--encoding utf-16-le or utf-16-be"
        )


class UnsupportedFileError(InvalidInputError):
    """The file is of a known kind that this reader does not read."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"this is a {kind}: save its text as plain text or HTML and bring that")


class UnknownEncodingError(InvalidInputError):
    """The encoding asked for is none that we read."""

    def __init__(self, encoding: str, known: Sequence[str]) -> None:
        super().__init__(f"unknown encoding {encoding[:40]!r}: choose one of {', '.join(known)}")


class UnreadableEncodingError(InvalidInputError):
    """The bytes are not valid in the encoding that they are said to be in."""

    def __init__(self, encoding: str, line: int) -> None:
        super().__init__(
            f"line {line} is not valid {encoding}: the file is damaged or in another encoding; "
            "save it as UTF-8 or say which it is with --encoding"
        )


class MissingByteOrderMarkError(InvalidInputError):
    """UTF-16 or UTF-32 without a mark can be read in two ways."""

    def __init__(self, encoding: str) -> None:
        super().__init__(
            f"the file has no byte-order mark: insist with --encoding {encoding}-le or "
            f"{encoding}-be"
        )


class EncodingUnclearError(InvalidInputError):
    """The bytes are not UTF-8, and no legacy encoding explains them beyond doubt."""

    def __init__(self, candidates: Sequence[str]) -> None:
        guess = f" (it may be {' or '.join(candidates)})" if candidates else ""
        super().__init__(
            f"the encoding cannot be told for sure{guess}: save the file as UTF-8 or say which it "
            "is, for example --encoding cp1251"
        )


class UnknownRepairError(InvalidInputError):
    """A repair to undo is none of this text's."""

    def __init__(self, unknown: Collection[str], known: Sequence[str]) -> None:
        names = ", ".join(one[:40] for one in sorted(unknown)[:_LISTED_REPAIRS])
        listed = ", ".join(known[:_LISTED_REPAIRS]) or "none"
        more = f" and {len(known) - _LISTED_REPAIRS} more" if len(known) > _LISTED_REPAIRS else ""
        super().__init__(f"no repair {names}: the repairs of this text are {listed}{more}")


class WrongLanguageError(InvalidInputError):
    """The text is clearly in another language than it is said to be."""

    def __init__(self, claimed: Language, found: Language | None) -> None:
        if found:
            finding = f"it looks like {found.english_name}: say {found.value!r} instead"
        else:
            finding = "its letters are of another script: check that it is the right file"
        super().__init__(
            f"the text is said to be {claimed.english_name}, but {finding}, or insist with "
            "--no-check-language (in a request, `check_language: false`)"
        )
