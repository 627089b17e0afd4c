"""The real translator and the real encoder, loaded once for all tests of the service."""

from pathlib import Path

import pytest

from alignment import OfflineEncoder, SentenceEncoder
from service.mt.catalogue import Catalogue
from service.mt.translator import Translator


@pytest.fixture(scope="session")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Translator:
    """Return the translator with the compact model alone."""
    folder: Path = tmp_path_factory.mktemp("translator")
    return Translator(
        Catalogue(folder / "models"), engine="ctranslate2", cache_dir=folder / "cache", threads=1
    )


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    """Return the encoder that needs no network."""
    return OfflineEncoder()
