import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from alignment import OfflineEncoder
from alignment.chances import Chances

SHARED = Path(__file__).parents[3] / "shared"


class WordEncoder:
    """Tells texts apart by their words: small, exact, and the same in every run."""

    name = "words"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.array([self._vector(text) for text in texts], np.float32)
        return vectors.reshape(len(texts), 64)

    def _vector(self, text: str) -> NDArray[np.float64]:
        total = np.full(64, 1e-3)
        for word in text.lower().split():
            total += np.random.default_rng(zlib.crc32(word.encode())).standard_normal(64)
        vector: NDArray[np.float64] = total / np.linalg.norm(total)
        return vector


def chances(*known: tuple[int, int, float]) -> Chances:
    """Return chances as source, target and probability."""
    source, target, probability = zip(*known, strict=True)
    return Chances(
        source=np.array(source, np.intp),
        target=np.array(target, np.intp),
        probability=np.array(probability),
    )


@pytest.fixture(scope="session")
def word_encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="session")
def offline_encoder() -> OfflineEncoder:
    return OfflineEncoder()


@pytest.fixture(scope="session")
def shared_alignments() -> Path:
    """The alignment benchmark beside the checkout."""
    folder = SHARED / "data" / "align"
    if not folder.is_dir():
        pytest.skip(f"no test sets: expected them at {folder}")
    return folder
