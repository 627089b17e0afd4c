"""Locks between processes that the kernel lets go of when their holder dies."""

import fcntl
import os
import time
from pathlib import Path
from typing import Final

_PAUSE_SECONDS: Final = 0.05


class FileLock:
    """A lock on a file (``flock``), free at first; closing it, or dying, lets go of it.

    Two locks on one file exclude each other within a process, too. A child that inherits
    ``descriptor`` keeps the lock until it is gone as well.

    Raises:
        OSError: If the file cannot be opened or made.
    """

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def share(self) -> None:
        """Wait for a share of the lock."""
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    def take(self, *, timeout_seconds: float = 0) -> bool:
        """Take the lock for us alone; false if others held it all the time."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(_PAUSE_SECONDS)
            else:
                return True

    def close(self) -> None:
        """Let go of our hold; a child that inherited the lock keeps it."""
        os.close(self.descriptor)
