"""Aligns the paragraphs of two editions of an article: text in, beads out.

>>> from alignment import OfflineEncoder, align
>>> beads = align(
...     ["Good morning.", "It rains."],
...     ["Il pleut."],
...     source_language="en",
...     target_language="fr",
...     encoder=OfflineEncoder(),
... ).beads
>>> [(bead.source, bead.target) for bead in beads]
[((0,), ()), ((1,), (0,))]
"""

from alignment.aligner import EditionsError, align, align_editions, signature_of
from alignment.beads import Alignment, Bead, Sentence, Span
from alignment.cache import CachedEncoder, CacheFileError, FileCache, MemoryCache, VectorCache
from alignment.edition import Edition, EncoderError, KindsMismatchError, SkippedIndexError
from alignment.encoders import (
    EncoderModelError,
    OfflineEncoder,
    RunEncoder,
    SentenceEncoder,
    SentenceTransformersEncoder,
)
from alignment.furniture import find_furniture, find_furniture_of_pairs
from alignment.pins import Pin, PinError
from alignment.reasons import Reason, describe, find_reason
from alignment.rows import Row, find_rows

__all__ = [
    "Alignment",
    "Bead",
    "CacheFileError",
    "CachedEncoder",
    "Edition",
    "EditionsError",
    "EncoderError",
    "EncoderModelError",
    "FileCache",
    "KindsMismatchError",
    "MemoryCache",
    "OfflineEncoder",
    "Pin",
    "PinError",
    "Reason",
    "Row",
    "RunEncoder",
    "Sentence",
    "SentenceEncoder",
    "SentenceTransformersEncoder",
    "SkippedIndexError",
    "Span",
    "VectorCache",
    "align",
    "align_editions",
    "describe",
    "find_furniture",
    "find_furniture_of_pairs",
    "find_reason",
    "find_rows",
    "signature_of",
]
