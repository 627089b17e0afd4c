"""Vectors of sentences in the database: what one worker encoded, no other encodes again."""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from service.db.tables import SentenceVectorRow

BATCH: Final = 1_000
"""Vectors in a statement: 2 MB."""


class VectorStore:
    """A `VectorCache` in the database, in short transactions of its own.

    What the database raises passes through. Nothing is removed: a vector of 512 dimensions takes
    2.8 KB, and rows may be deleted at any time, even while somebody aligns.
    """

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def read(self, encoder: str, hashes: Collection[bytes]) -> Mapping[bytes, NDArray[np.float32]]:
        """See `VectorCache.read`."""
        found: dict[bytes, NDArray[np.float32]] = {}
        for batch in _batches(hashes):
            with self._sessions.begin() as session:
                rows = session.execute(
                    select(SentenceVectorRow.hash, SentenceVectorRow.vector).where(
                        SentenceVectorRow.encoder == encoder, SentenceVectorRow.hash.in_(batch)
                    )
                )
                found |= {row.hash: row.vector for row in rows}
        return found

    def write(self, encoder: str, vectors: Mapping[bytes, NDArray[np.float32]]) -> None:
        """See `VectorCache.write`; several workers may write the same at once."""
        statement = insert(SentenceVectorRow).on_conflict_do_nothing()
        for batch in _batches(
            sorted(vectors)
        ):  # in one order for all, so that none waits in a circle
            rows = [{"encoder": encoder, "hash": key, "vector": vectors[key]} for key in batch]
            with self._sessions.begin() as session:
                session.execute(statement, rows)


def _batches(hashes: Collection[bytes]) -> Iterator[list[bytes]]:
    rest = iter(hashes)
    while batch := list(islice(rest, BATCH)):
        yield batch
