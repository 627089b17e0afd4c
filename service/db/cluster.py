"""PostgreSQL's own programs, run on one data folder: make it, start its server, stop it."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from service.db.account import Account
from service.db.errors import DataVersionError, DiskFullError, EmbeddedServerError

MAJOR_VERSION: Final = 18
"""The PostgreSQL that the data folder is made with; the wheel brings 16 and 18."""

ROLE: Final = "triptych"
"""The superuser, and the only role: who may enter the socket's folder is the login."""

START_SECONDS: Final = 120
"""Long enough to replay what a crash left; a start takes well under a second otherwise."""

STOP_SECONDS: Final = 60

# Never a statement, a detail or a client's mistake in the log: they would carry article text.
_SETTINGS: Final = {
    "listen_addresses": "''",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "timezone": "UTC",
}

_WITHOUT_SYNC: Final = {"fsync": "off", "full_page_writes": "off"}

_REASON: Final = re.compile(r"(?:FATAL|error): +(?P<reason>.+)")
_LOG_TAIL_BYTES: Final = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The data of one server in ``folder``, whose programs run as ``account``.

    ``fsync`` off is for tests: an operating system that crashes would leave a broken database.
    """

    folder: Path
    log: Path
    programs: Path
    account: Account
    fsync: bool

    def check_version(self) -> None:
        """Pass if the data are ours to read.

        Raises:
            DataVersionError: If another major version of PostgreSQL made them.
        """
        found = (self.folder / "PG_VERSION").read_text().strip()
        if found != str(MAJOR_VERSION):
            raise DataVersionError(self.folder, found=found, needed=MAJOR_VERSION)

    def make(self) -> None:
        """Make the data folder; a kill in the middle leaves nothing that looks like one.

        Raises:
            EmbeddedServerError: If PostgreSQL refuses.
        """
        unfinished = self.folder.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.account.give(unfinished)
        # The builtin C.UTF-8 knows the letters of all three languages, whatever the system's
        # locale: under plain C, lower() and search would leave Cyrillic and accents alone.
        options = f"""--username={ROLE} --auth-local=trust --auth-host=reject --encoding=UTF8
            --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 --no-instructions"""
        sync = [] if self.fsync else ["--no-sync"]
        self._run("initdb", [*options.split(), *sync, "--pgdata=."], within=unfinished)
        unfinished.rename(self.folder)

    def start(self, socket_folder: Path, *, lock: int) -> None:
        """Start the server; its processes inherit the file descriptor ``lock``.

        Raises:
            EmbeddedServerError: If it does not start.
        """
        self._clear_leftovers(socket_folder)
        settings = _SETTINGS | {"unix_socket_directories": str(socket_folder)}
        if not self.fsync:
            settings |= _WITHOUT_SYNC
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        arguments = ["start", "--wait", f"--timeout={START_SECONDS}", f"--options={options}"]
        self._run("pg_ctl", [*arguments, "--pgdata=."], inherit=[lock])

    def stop(self) -> None:
        """Stop the server in order; whoever is connected is cut off.

        Raises:
            EmbeddedServerError: If it stays.
        """
        arguments = ["stop", "--mode=fast", "--wait", f"--timeout={STOP_SECONDS}", "--pgdata=."]
        self._run("pg_ctl", arguments)

    @property
    def _pid_file(self) -> Path:
        return self.folder / "postmaster.pid"

    def pid(self) -> int | None:
        """Return what the pid file says is the server's process; it may be of the past."""
        if not self._pid_file.exists():
            return None
        first, *_ = [*self._pid_file.read_text(errors="replace").split(), ""]
        return int(first) if first.isdecimal() else None

    def _clear_leftovers(self, socket_folder: Path) -> None:
        """Remove what a server that was killed left, where its number is another process's now.

        PostgreSQL takes any living process that a pid or lock file names for a server. That the
        one started here is gone is known from its lock; one started by hand is left alone.
        """
        number = self.pid()
        if number and self._is_server(number):
            return
        # That of a dead process stays: PostgreSQL itself looks for children that it left.
        if number is None or psutil.pid_exists(number):
            self._pid_file.unlink(missing_ok=True)
        for leftover in socket_folder.iterdir():
            leftover.unlink()

    def _is_server(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return process.name() == "postgres" and Path(process.cwd()) == self.folder.resolve()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def _run(
        self,
        program: str,
        arguments: Sequence[str],
        *,
        within: Path | None = None,
        inherit: Sequence[int] = (),
    ) -> None:
        """Run a program within the data folder, which spares it all quoting of the path."""
        with self.log.open("ab") as log:
            done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, no shell
                [self.programs / program, *arguments],
                check=False,
                cwd=within or self.folder,
                env=_environment(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=inherit,
                start_new_session=True,
                umask=0o077,
                **self.account.switch,
            )
        if done.returncode != 0:
            raise self._failure(program)

    def _failure(self, program: str) -> EmbeddedServerError | DiskFullError:
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - _LOG_TAIL_BYTES))
            lines = log.read().decode(errors="replace").splitlines()
        if any("No space left on device" in line for line in lines):
            return DiskFullError(str(self.folder.parent))
        reasons = [match["reason"] for line in lines if (match := _REASON.search(line))]
        reason = [*lines, *reasons][-1] if lines else "no reason given"
        return EmbeddedServerError(f"failed in {program}", reason=reason, log=self.log)


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Return what PostgreSQL gets of our environment: no PG* variable, no locale."""
    kept = {name: ours[name] for name in ("PATH", "TMPDIR") if name in ours}
    return {**kept, "LC_ALL": "C"}
