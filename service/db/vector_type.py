"""pgvector's type in SQLAlchemy: float32 vectors, which come back bit for bit."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy import ColumnElement, Dialect, LargeBinary, func
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType

_NUMBERS: Final = np.dtype(">f4")
_HEADER: Final = np.dtype(">u2")
"""Before the numbers pgvector has their count and a zero, two bytes each."""


class Vector(UserDefinedType[NDArray[np.float32]]):
    """A vector ``(d,)`` of finite numbers, of 1 to 16,000 dimensions."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the column's type as PostgreSQL calls it."""
        return "vector"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:  # noqa: ARG002 - SQLAlchemy's signature
        """Return what turns an array into what the driver sends."""
        return _Packed.of

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Have the server send the vector as it stores it, not as decimals."""
        return func.vector_send(column, type_=_Unpacked)


class _Unpacked(LargeBinary):
    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002 - SQLAlchemy's signature
        return _unpack


def _unpack(sent: bytes) -> NDArray[np.float32]:
    return np.frombuffer(sent, _NUMBERS, offset=2 * _HEADER.itemsize).astype(np.float32)


class _Packed(bytes):
    """A vector as pgvector's binary format has it."""

    __slots__ = ()

    @classmethod
    def of(cls, vector: NDArray[np.float32]) -> "_Packed":
        header = np.array([len(vector), 0], _HEADER)
        return cls(header.tobytes() + vector.astype(_NUMBERS).tobytes())


class _PackedDumper(Dumper):
    """Sends it in binary, of a type that the server knows from where it goes."""

    format = Format.BINARY

    def dump(self, obj: _Packed) -> bytes:
        return bytes(obj)


def send_vectors(connection: psycopg.Connection[Any], _record: object) -> None:
    """Teach a new connection to send vectors; a listener of the engine's ``connect``."""
    connection.adapters.register_dumper(_Packed, _PackedDumper)


# For `alembic check`, which reads the type back from the database.
ischema_names["vector"] = Vector
