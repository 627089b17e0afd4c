"""What a text may be made of: anything that a database and an XML file can keep."""

import re

from service.domain.errors import InvalidInputError

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class UnstorableTextError(InvalidInputError):
    """The text holds a NUL or half of a surrogate pair."""

    def __init__(self, position: int, line: int) -> None:
        super().__init__(
            f"character {position + 1} (line {line}) is a NUL or half of a surrogate pair, which "
            "is no text: remove it, or read the file in its right encoding"
        )


def check_plain(text: str) -> str:
    """Return the text if every character of it can be kept.

    Raises:
        UnstorableTextError: If one cannot.
    """
    if found := _UNSTORABLE.search(text):
        raise UnstorableTextError(found.start(), text.count("\n", 0, found.start()) + 1)
    return text
