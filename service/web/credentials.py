"""Who asks, and with which key: what a request's ``Authorization`` says."""

import base64
import binascii
import hmac

from starlette.datastructures import Headers

from service.web.errors import UnauthorizedError

MAX_NAME_CHARACTERS = 100


def check_key(headers: Headers, key: str) -> None:
    """Pass if the request carries the key, as a token or as a password.

    Raises:
        UnauthorizedError: If it does not.
    """
    scheme, token = _authorization(headers)
    if scheme == "bearer":
        given = token.encode("latin-1")  # the header's own bytes
    else:
        given = name_and_password(headers)[1].encode()
    if not hmac.compare_digest(given, key.encode()):
        raise UnauthorizedError


def name_and_password(headers: Headers) -> tuple[str, str]:
    """Return what was signed in with (HTTP Basic); both are empty where nothing was."""
    scheme, token = _authorization(headers)
    if scheme != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    return name.strip()[:MAX_NAME_CHARACTERS], password


def _authorization(headers: Headers) -> tuple[str, str]:
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return scheme.lower(), token.strip()
