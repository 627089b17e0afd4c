"""Everything that can go wrong by name; each message is written once, for a person.

The web layer turns the five parents into HTTP statuses, the command line prints the message,
the worker stores it with the job.
"""

from collections.abc import Sequence


class TriptychError(Exception):
    """Parent of every error that a user may see; ``str(error)`` says what to do next."""


class InvalidInputError(TriptychError):
    """What was sent cannot be used as it is (HTTP 422, exit status 1)."""


class NotFoundError(TriptychError):
    """What was asked for does not exist (HTTP 404)."""


class ConflictError(TriptychError):
    """What was asked for does not fit the present state (HTTP 409)."""


class TooLargeError(TriptychError):
    """More was sent than Triptych takes at once (HTTP 413)."""


class UnavailableError(TriptychError):
    """Something that Triptych needs is not there now (HTTP 503)."""


class BusyError(TriptychError):
    """More is asked for than can be done soon (HTTP 429)."""


class UnknownLanguageError(InvalidInputError):
    """The language code is none of ours."""

    def __init__(self, code: str, known: Sequence[str]) -> None:
        super().__init__(f"unknown language {code[:40]!r}: choose one of {', '.join(known)}")


class SameLanguageError(InvalidInputError):
    """Source and target are the same language."""

    def __init__(self, code: str) -> None:
        super().__init__(f"source and target are both {code!r}: choose two different languages")


class KeptTermsError(InvalidInputError):
    """The terms that are not to be translated are too many, too long or blank."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"terms to keep: {problem}")
