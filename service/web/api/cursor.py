"""Opaque cursors: where a listing goes on, as text that stands in an address."""

import base64
import binascii

from service.domain.errors import InvalidInputError


class InvalidCursorError(InvalidInputError):
    """The cursor is none that we gave."""

    def __init__(self) -> None:
        super().__init__("the cursor is not one of ours: use `next` of the page before, unchanged")


def encode_cursor(place: bytes) -> str:
    """Return a place in a listing as a cursor."""
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


def decode_cursor(cursor: str, *, size: int) -> bytes:
    """Return the place of a cursor.

    Raises:
        InvalidCursorError: If it is not ``size`` bytes that ``encode_cursor`` wrote.
    """
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidCursorError from error
    if len(place) != size:
        raise InvalidCursorError
    return place
