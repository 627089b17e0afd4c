"""BLAS on one thread while anybody computes who needs the same sums every time.

How many threads BLAS takes is a setting of the whole process. If each call set it and put it back,
the first to end would give the others back their threads in the middle of a product, and its last
bits would change.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

from threadpoolctl import ThreadpoolController


class OneThread:
    """Holds BLAS to one thread from the first who comes until the last who leaves."""

    def __init__(self) -> None:
        self._blas = ThreadpoolController()
        self._lock = Lock()
        self._inside = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Compute with BLAS on one thread, in any number of threads of our own at a time."""
        with self._lock:
            if self._inside == 0:
                self._limit = self._blas.limit(limits=1, user_api="blas")
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if self._inside == 0:
                    self._limit.restore_original_limits()


ONE_THREAD: Final = OneThread()
"""The process has one such setting."""
