"""What one reviewer has typed into a link and not committed."""

import hashlib
from dataclasses import dataclass

from service.domain.errors import ConflictError


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCopy:
    """A text on top of the version of the link that its writer saw; 0 is older than any."""

    text: str
    base_version: int


def copy_tag(link_version: int, copy: WorkingCopy | None) -> str:
    """Return what says that both a link and a reviewer's copy of it stand as they were seen.

    The version before the dash, so that a request which arrives after a commit, though it was sent
    before it, finds another tag than its own and brings nothing back; what is after the dash
    tells copies apart.
    """
    return f"{link_version}-{copy_hash(copy) if copy else 'none'}"


def copy_hash(copy: WorkingCopy) -> str:
    """Return what tells a reviewer's copies of one link apart."""
    return hashlib.sha256(f"{copy.base_version}\n{copy.text}".encode()).hexdigest()[:16]


class StaleCopyError(ConflictError):
    """The reviewer's copy was changed meanwhile, from another tab or browser of theirs.

    ``current`` is the copy that is kept now, if any, ``tag`` its tag.
    """

    def __init__(self, current: WorkingCopy | None, tag: str) -> None:
        super().__init__(
            "another text of yours is kept for this paragraph: compare both, and send again with "
            "the new ETag as If-Match"
            if current
            else "the text has changed meanwhile, and nothing of yours is kept for this "
            "paragraph: send again with the new ETag as If-Match"
        )
        self.current = current
        self.tag = tag
