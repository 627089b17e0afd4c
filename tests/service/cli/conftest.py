"""The command as a user types it, in this process, on a database of the test's own."""

import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from service.cli.main import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Return what runs ``triptych`` with arguments; models and caches are in a folder apart."""
    monkeypatch.setenv("TRIPTYCH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TRIPTYCH_THREADS", "2")  # not measured in every test's new folder
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: object) -> Result:
        monkeypatch.setattr("sys.argv", ["triptych", *map(str, arguments)])
        status, handlers = 0, logging.root.handlers[:]
        on_terminate = signal.getsignal(signal.SIGTERM)
        try:
            main()
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 1
        # What a command configured writes to this test's streams.
        structlog.reset_defaults()
        logging.root.handlers[:] = handlers
        signal.signal(signal.SIGTERM, on_terminate)
        out, err = capfd.readouterr()
        return Result(status=status, out=out, err=err)

    return command


@pytest.fixture
def with_database(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """Let commands use the test's own database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
