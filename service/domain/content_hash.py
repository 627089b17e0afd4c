"""Hashes that say when two paragraphs, or two whole editions, are the same."""

import hashlib
import unicodedata
from collections.abc import Iterable

from service.domain.paragraph import Paragraph


def exact_hash(paragraph: Paragraph) -> str:
    """Return the SHA-256 of a paragraph's text, kind, level and markup, byte for byte.

    Unnormalised, so that two texts that only look alike are kept apart and neither is replaced
    by the other.
    """
    parts = (paragraph.kind.value, str(paragraph.level), paragraph.markup or "", paragraph.text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def norm_hash(text: str) -> str:
    """Return the SHA-256 of what a reader sees: NFKC, case folded, all spaces one."""
    seen = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(seen.encode()).hexdigest()


def source_hash(exact_hashes: Iterable[str]) -> str:
    """Return the SHA-256 of the source side of a link, from its paragraphs' exact hashes."""
    return hashlib.sha256("".join(exact_hashes).encode()).hexdigest()


def content_hash(paragraphs: Iterable[Paragraph]) -> str:
    """Return the SHA-256 of an edition's paragraphs in order."""
    return source_hash(exact_hash(paragraph) for paragraph in paragraphs)
