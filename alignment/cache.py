"""Vectors that were made before: kept by a hash of their text, which itself is kept nowhere."""

import hashlib
import sqlite3
import threading
import zlib
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from alignment.edition import EncoderError
from alignment.encoders import RunEncoder, SentenceEncoder

Vector: TypeAlias = NDArray[np.float32]


def hash_text(text: str) -> bytes:
    """Return the SHA-256 of a text's UTF-8, lone surrogates as if they were characters."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class VectorCache(Protocol):
    """Keeps vectors by the encoder's name and the hash of the text; may forget any at any time.

    Several threads may use it at once. A vector comes back bit for bit, or not at all.
    """

    def read(self, encoder: str, hashes: Collection[bytes]) -> Mapping[bytes, Vector]:
        """Return those of the vectors that are known, each ``(d,)``."""
        ...

    def write(self, encoder: str, vectors: Mapping[bytes, Vector]) -> None:
        """Keep vectors, each ``(d,)`` and finite; one that is known already stays as it is."""
        ...


class CachedEncoder:
    """An encoder that encodes only what its cache does not know, each different text once.

    What the cache raises passes through: nothing is encoded in place of what cannot be read.
    """

    def __init__(self, encoder: SentenceEncoder, cache: VectorCache) -> None:
        """Put ``cache`` in front of ``encoder``."""
        self._encoder = encoder
        self._cache = cache

    @property
    def name(self) -> str:
        """That of the encoder itself: the vectors are its own."""
        return self._encoder.name

    def encode(self, texts: Sequence[str]) -> Vector:
        """Return one unit vector a text: ``(len(texts), d)``.

        Raises:
            EncoderError: If the encoder's vectors cannot be used; none of them is kept.
        """
        if not texts:
            return self._encoder.encode(texts)
        hashes = [hash_text(text) for text in texts]
        text_of = dict(zip(hashes, texts, strict=True))
        known = dict(self._cache.read(self.name, text_of.keys()))
        if lacking := [key for key in text_of if key not in known]:
            made = self._encoder.encode([text_of[key] for key in lacking])
            if made.ndim != 2 or len(made) != len(lacking) or not np.isfinite(made).all():  # noqa: PLR2004
                raise EncoderError(self.name)
            new = dict(zip(lacking, made, strict=True))
            self._cache.write(self.name, new)
            known |= new
        return np.stack([known[key] for key in hashes])

    def encode_runs(self, texts: Sequence[str], longest: int) -> Sequence[Vector] | None:
        """Return the vectors of runs, if the encoder knows them; see `RunEncoder`. None is kept."""
        if isinstance(self._encoder, RunEncoder):
            return self._encoder.encode_runs(texts, longest)
        return None


class MemoryCache:
    """Vectors in the memory of this process; those that nobody asked for longest make room."""

    def __init__(self, *, most: int = 50_000) -> None:
        """Keep ``most`` vectors at most: by default 100 MB of 512 dimensions."""
        self._most = most
        self._vectors: OrderedDict[tuple[str, bytes], Vector] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, encoder: str, hashes: Collection[bytes]) -> Mapping[bytes, Vector]:
        """See `VectorCache.read`; the vectors are not to be written to."""
        found: dict[bytes, Vector] = {}
        with self._lock:
            for key in hashes:
                if (vector := self._vectors.get((encoder, key))) is not None:
                    self._vectors.move_to_end((encoder, key))
                    found[key] = vector
        return found

    def write(self, encoder: str, vectors: Mapping[bytes, Vector]) -> None:
        """See `VectorCache.write`."""
        with self._lock:
            for key, vector in vectors.items():
                if (encoder, key) not in self._vectors:
                    kept = vector.astype(np.float32)  # a copy: a row would hold its whole matrix
                    kept.flags.writeable = False
                    self._vectors[encoder, key] = kept
            while len(self._vectors) > self._most:
                self._vectors.popitem(last=False)


class CacheFileError(Exception):
    """The file of a cache cannot be used; whatever it holds is as it was."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"cannot keep vectors in {path}: {problem}")


_FOREIGN: Final = "it belongs to another program; choose another file"
_BROKEN: Final = "it is no such file, or damaged; choose another, or delete it: vectors can be made"
_MARK: Final = 0x54525631
"""The application_id of our files: "TRV1" in ASCII, with the version of their tables."""
_LAYOUT: Final = """
    CREATE TABLE vector (
        number INTEGER PRIMARY KEY,
        encoder TEXT NOT NULL,
        hash BLOB NOT NULL,
        vector BLOB NOT NULL,
        checksum INTEGER NOT NULL,
        UNIQUE (encoder, hash)
    )
"""
_PAGE_BYTES: Final = 16_384
"""Seven vectors of 512 dimensions share a page; of SQLite's own 4 KB each would take one."""
_NEWEST: Final = "SELECT coalesce(max(number), 0) FROM vector"
_LAID_OUT: Final = np.dtype("<f4")


class FileCache:
    """Vectors in a file, for many processes at once and for the next ones.

    The file is SQLite's, of about 2.4 KB a vector of 512 dimensions; the oldest make room. It is
    opened for each reading and writing, so that nothing is held in between.
    """

    def __init__(self, path: Path, *, most: int = 200_000, timeout_seconds: float = 60) -> None:
        """Use the file, made when it is first needed.

        Args:
            path: The file, in a folder that exists, on a disk of this machine.
            most: Vectors that are kept at most; 200,000 are about 480 MB.
            timeout_seconds: How long another process that writes is waited for.
        """
        self._path = path
        self._most = most
        self._timeout = timeout_seconds

    def read(self, encoder: str, hashes: Collection[bytes]) -> Mapping[bytes, Vector]:
        """See `VectorCache.read`.

        Raises:
            CacheFileError: If the file cannot be read, or is none of ours.
        """
        # Where a file is damaged, anything may stand in place of a vector.
        one = """
            SELECT coalesce(CAST(vector AS BLOB), x''), checksum
            FROM vector WHERE encoder = ? AND hash = ?
        """
        found: dict[bytes, Vector] = {}
        with self._opened() as connection:
            connection.execute("BEGIN")
            for key in hashes:
                if row := connection.execute(one, (encoder, key)).fetchone():
                    laid_out, checksum = row
                    if _checksum(encoder, key, laid_out) != checksum:
                        raise CacheFileError(self._path, _BROKEN)
                    found[key] = np.frombuffer(laid_out, _LAID_OUT).astype(np.float32)
        return found

    def write(self, encoder: str, vectors: Mapping[bytes, Vector]) -> None:
        """See `VectorCache.write`; all of them are kept, or none.

        Raises:
            CacheFileError: If the file cannot be written, or is none of ours.
        """
        rows = [
            (encoder, key, laid_out, _checksum(encoder, key, laid_out))
            for key, vector in vectors.items()
            for laid_out in (vector.astype(_LAID_OUT).tobytes(),)
        ]
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT OR IGNORE INTO vector (encoder, hash, vector, checksum) "
                "VALUES (?, ?, ?, ?)",
                rows,
            )
            connection.execute(f"DELETE FROM vector WHERE number <= ({_NEWEST}) - ?", (self._most,))  # noqa: S608
            connection.execute("COMMIT")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(
                sqlite3.connect(self._path, timeout=self._timeout, isolation_level=None)
            ) as connection:
                self._check(connection)
                yield connection
        except sqlite3.OperationalError as error:  # busy, full, not to be opened
            raise CacheFileError(self._path, str(error)) from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the latter in its layout
            raise CacheFileError(self._path, _BROKEN) from error

    def _check(self, connection: sqlite3.Connection) -> None:
        """Make our table in a new file; leave one alone that is another program's."""
        if _mark(connection) == _MARK:
            return
        connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        connection.execute("BEGIN IMMEDIATE")
        if _mark(connection) != _MARK:  # nor has another process made it meanwhile
            if _mark(connection) or connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise CacheFileError(self._path, _FOREIGN)
            connection.execute(_LAYOUT)
            connection.execute(f"PRAGMA application_id = {_MARK}")
        connection.execute("COMMIT")
        # Readers and a writer do not wait for each other.
        connection.execute("PRAGMA journal_mode = WAL")


def _checksum(encoder: str, key: bytes, laid_out: bytes) -> int:
    """Return a number that tells damage; the key is in it, as a damaged index finds wrong rows."""
    return zlib.crc32(laid_out, zlib.crc32(key, zlib.crc32(encoder.encode())))


def _mark(connection: sqlite3.Connection) -> int:
    mark: int = connection.execute("PRAGMA application_id").fetchone()[0]
    return mark
