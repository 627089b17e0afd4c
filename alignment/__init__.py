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
[(Span(start=0, end=1), Span(start=0, end=0)), (Span(start=1, end=2), Span(start=0, end=1))]
"""

from alignment.aligner import SkippedIndexError, align
from alignment.beads import Alignment, Bead, Span
from alignment.edition import EncoderError
from alignment.encoders import OfflineEncoder, SentenceEncoder

__all__ = [
    "Alignment",
    "Bead",
    "EncoderError",
    "OfflineEncoder",
    "SentenceEncoder",
    "SkippedIndexError",
    "Span",
    "align",
]
