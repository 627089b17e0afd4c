import multiprocessing
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from alignment import (
    CachedEncoder,
    CacheFileError,
    EncoderError,
    FileCache,
    MemoryCache,
    OfflineEncoder,
    VectorCache,
    align,
)
from alignment.cache import hash_text
from tests.alignment.conftest import WordEncoder

TEXTS = ["The ferry is back.", "It carries bread.", "", "\ud800", "The ferry is back.", "Да."]


class CountingEncoder:
    """Remembers every text that it is asked to encode."""

    def __init__(self, name: str = "words") -> None:
        self.name = name
        self.asked: list[str] = []
        self._words = WordEncoder()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return self._words.encode([text.encode(errors="replace").decode() for text in texts])


@pytest.fixture(params=["memory", "file"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> VectorCache:
    return MemoryCache() if request.param == "memory" else FileCache(tmp_path / "vectors.sqlite")


def vectors_of(*texts: str) -> dict[bytes, NDArray[np.float32]]:
    return {hash_text(text): np.full(8, place, np.float32) for place, text in enumerate(texts)}


def test_each_different_text_is_encoded_once_and_never_again(cache: VectorCache) -> None:
    encoder = CountingEncoder()
    cached = CachedEncoder(encoder, cache)

    first = cached.encode(TEXTS)
    again = cached.encode([*reversed(TEXTS), "New."])

    assert encoder.asked == [*dict.fromkeys(TEXTS), "New."]
    assert first.tobytes() == encoder.encode(TEXTS).tobytes()
    assert again[:-1].tobytes() == first[::-1].tobytes()


def test_no_texts_have_vectors_of_the_encoders_width(cache: VectorCache) -> None:
    assert CachedEncoder(CountingEncoder(), cache).encode([]).shape == (0, 64)


def test_encoders_do_not_see_each_others_vectors(cache: VectorCache) -> None:
    encoder = CountingEncoder("another")
    CachedEncoder(CountingEncoder("one"), cache).encode(TEXTS)

    CachedEncoder(encoder, cache).encode(TEXTS)

    assert len(encoder.asked) == 5


def test_what_comes_out_is_ones_own_to_change(cache: VectorCache) -> None:
    cached = CachedEncoder(CountingEncoder(), cache)
    before = cached.encode(TEXTS)
    kept = before.copy()

    before += 1

    assert cached.encode(TEXTS).tolist() == kept.tolist()


@pytest.mark.parametrize("vectors", [np.full((5, 4), np.nan), np.zeros((4, 4)), np.zeros(5)])
def test_vectors_that_cannot_be_used_are_refused_and_not_kept(
    cache: VectorCache, vectors: NDArray[np.float64]
) -> None:
    class Broken:
        name = "broken"

        def encode(self, _texts: Sequence[str]) -> NDArray[np.float32]:
            return vectors.astype(np.float32)

    with pytest.raises(EncoderError, match="broken"):
        CachedEncoder(Broken(), cache).encode(TEXTS)

    assert cache.read("broken", [hash_text(text) for text in TEXTS]) == {}


def test_only_what_changed_in_an_edition_is_encoded_again(cache: VectorCache) -> None:
    encoder = CountingEncoder()
    cached = CachedEncoder(encoder, cache)
    english = ["The ferry is back. It carries bread.", "Buses wait. The quay is full."]
    edited = [english[0], "Buses wait. Nobody is at the quay."]

    for text in (english, edited):
        made = align(english, text, source_language="en", target_language="en", encoder=cached)

    assert encoder.asked[-1] == "Nobody is at the quay."
    assert len(encoder.asked) == 5
    assert [bead.source for bead in made.beads] == [(0,), (1,)]
    assert made.signature.startswith("sentences-crf|words|")


def test_cached_alignment_is_that_without_a_cache(
    cache: VectorCache, offline_encoder: OfflineEncoder
) -> None:
    english = ["The bridge was closed on Monday.", "Buses replace the trams.", "It rained."]
    french = ["Il pleuvait.", "Le pont a été fermé lundi.", "Des bus remplacent les trams."]
    cached = CachedEncoder(offline_encoder, cache)
    for text in (*english, *french):
        cached.encode([text])

    made, expected = (
        align(english, french, source_language="en", target_language="fr", encoder=encoder)
        for encoder in (cached, offline_encoder)
    )

    assert [(b.source, b.target) for b in made.beads] == [
        (b.source, b.target) for b in expected.beads
    ]
    assert [b.confidence for b in made.beads] == pytest.approx(
        [b.confidence for b in expected.beads], abs=1e-4
    )


@given(arrays.arrays(np.float32, st.integers(1, 40), elements=st.floats(width=32)))
def test_file_gives_every_vector_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, vector: NDArray[np.float32]
) -> None:
    cache = FileCache(tmp_path_factory.mktemp("cache") / "vectors.sqlite")

    cache.write("any", {b"key": vector})

    assert cache.read("any", [b"key", b"other"])[b"key"].tobytes() == vector.tobytes()


def test_full_memory_forgets_what_was_not_asked_for_longest() -> None:
    cache = MemoryCache(most=2)
    first, second, third = map(hash_text, "abc")
    cache.write("any", vectors_of("a", "b"))
    cache.read("any", [first])

    cache.write("any", vectors_of("c"))

    assert cache.read("any", [first, second, third]).keys() == {first, third}


def test_memory_holds_rows_not_the_matrix_that_they_came_from() -> None:
    cache = MemoryCache()
    matrix = np.zeros((1_000, 8), np.float32)

    cache.write("any", {b"key": matrix[3]})

    assert cache.read("any", [b"key"])[b"key"].base is None


def test_full_file_forgets_the_oldest_and_does_not_grow(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    cache = FileCache(path, most=100)
    texts = [str(number) for number in range(1_000)]
    for start in range(0, 200, 50):
        cache.write("any", vectors_of(*texts[start : start + 50]))
    size = path.stat().st_size

    for start in range(200, 1_000, 50):
        cache.write("any", vectors_of(*texts[start : start + 50]))

    known = cache.read("any", [hash_text(text) for text in texts])
    assert known.keys() == {hash_text(text) for text in texts[-100:]}
    assert path.stat().st_size <= size * 1.5


def test_file_never_holds_a_text(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"

    CachedEncoder(CountingEncoder(), FileCache(path)).encode(["Nobody may find this in a file."])

    assert b"Nobody may" not in path.read_bytes()


def test_next_process_finds_what_the_last_one_made(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    CachedEncoder(CountingEncoder(), FileCache(path)).encode(TEXTS)
    encoder = CountingEncoder()

    CachedEncoder(encoder, FileCache(path)).encode(TEXTS)

    assert encoder.asked == []


def _fill(path: Path) -> int:
    encoder = CountingEncoder()
    cached = CachedEncoder(encoder, FileCache(path))
    for start in range(0, 100, 5):
        cached.encode([f"text {number}" for number in range(start, start + 10)])
    return len(cached.encode([f"text {number}" for number in range(105)]))


def test_several_processes_share_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"

    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert pool.map(_fill, [path] * 4) == [105] * 4

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM vector").fetchone() == (105,)


def refused(path: Path) -> str:
    """Return why a file is refused, whether it is read or written, if it stays as it is."""
    before = path.read_bytes()
    problems = set()
    cache = FileCache(path)
    for use in (lambda: cache.read("any", [b"key"]), lambda: cache.write("any", vectors_of("a"))):
        with pytest.raises(CacheFileError) as caught:
            use()
        problems.add(str(caught.value))
    assert path.read_bytes() == before
    (problem,) = problems
    return problem


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE treasure (gold)")

    assert "belongs to another program; choose another file" in refused(path)


def test_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text("Once upon a time. " * 1_000)

    assert "no such file, or damaged; choose another, or delete it" in refused(path)


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CacheFileError, match=r"nowhere.*unable to open"):
        FileCache(tmp_path / "nowhere" / "vectors.sqlite").read("any", [b"key"])


def test_file_that_another_process_locks_is_waited_for_and_then_named(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    cache = FileCache(path, timeout_seconds=0.05)
    cache.write("any", vectors_of("a"))

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CacheFileError, match="locked"):
            cache.write("any", vectors_of("b"))
        assert len(cache.read("any", vectors_of("a").keys())) == 1


@pytest.fixture(scope="module")
def full_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("full") / "vectors.sqlite"
    FileCache(path).write("any", vectors_of(*"abcdefghijklmnop"))
    return path


@given(st.integers(0), st.integers(1, 255), st.integers(1, 64))
def test_damage_gives_an_error_or_does_no_harm(
    full_file: Path, tmp_path_factory: pytest.TempPathFactory, place: int, flip: int, length: int
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "vectors.sqlite"
    content = bytearray(full_file.read_bytes())
    start = place % len(content)
    for position in range(start, min(start + length, len(content))):
        content[position] ^= flip
    path.write_bytes(content)
    expected = vectors_of(*"abcdefghijklmnop")

    try:
        found = FileCache(path).read("any", expected.keys())
    except CacheFileError:
        return

    for key, vector in found.items():
        assert vector.tobytes() == expected[key].tobytes()


def test_file_cut_short_is_named(full_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    shutil.copy(full_file, path)
    with path.open("r+b") as file:
        file.truncate(20_000)

    with pytest.raises(CacheFileError, match="damaged"):
        FileCache(path).read("any", vectors_of(*"abcdef").keys())
