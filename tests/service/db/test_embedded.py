import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import text

from service.db import embedded
from service.db.connect import create_engine_for, database_errors
from service.db.embedded import start_embedded
from service.db.errors import (
    DataFolderError,
    DataVersionError,
    DiskFullError,
    EmbeddedServerError,
)
from service.db.file_lock import FileLock
from service.domain.errors import UnavailableError

ROOT = Path(__file__).parents[3]

HOLD = """
import sys
import tempfile
from pathlib import Path
from service.db.embedded import start_embedded
with start_embedded(Path(sys.argv[1]), fsync=False) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another")


@pytest.fixture(scope="module")
def made(data_folder: Callable[[], AbstractContextManager[Path]]) -> Iterator[Path]:
    """A data folder whose server has been stopped in order; to be copied, not used."""
    with data_folder() as folder:
        start_embedded(folder, fsync=False).close()
        yield folder


@pytest.fixture
def used_dir(data_dir: Path, made: Path) -> Path:
    """A copy of it, which takes a tenth of the time of making one."""
    subprocess.run(["/bin/cp", "-a", f"{made}/.", data_dir], check=True)
    return data_dir


@contextmanager
def holder(used_dir: Path) -> Iterator["subprocess.Popen[str]"]:
    """Run another process that uses the server until its standard input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, used_dir],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


def url_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def query(url: str, statement: str) -> object:
    with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as connection:
        done = connection.execute(statement.encode())
        row = done.fetchone() if done.description else None
    return row[0] if row else None


def server_pid(used_dir: Path) -> int:
    return int((used_dir / "postgres/data/postmaster.pid").read_text().split()[0])


def server_processes(used_dir: Path) -> list[psutil.Process]:
    folder = str(used_dir / "postgres" / "data")
    return [
        process
        for process in psutil.process_iter(["name"])
        if process.info["name"] == "postgres" and lives(process.pid) and process.cwd() == folder
    ]


def lives(pid: int) -> bool:
    """Whether the process runs; where nobody collects orphans, dead ones keep their number."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_the_database_lowers_and_stems_all_three_languages(used_dir: Path) -> None:
    with start_embedded(used_dir, fsync=False) as server:
        assert query(server.url, "SELECT lower('ЁÉŒ')") == "ёéœ"
        assert query(server.url, "SELECT to_tsvector('russian', 'Статьями')::text") == "'стат':1"
        assert query(server.url, "SELECT to_tsvector('french', 'Élèves')::text") == "'élev':1"
        assert query(server.url, "SHOW server_encoding") == "UTF8"


def test_the_server_listens_on_no_port_and_lets_nobody_else_in(used_dir: Path) -> None:
    with start_embedded(used_dir, fsync=False) as server:
        process = psutil.Process(server_pid(used_dir))
        socket_folder = Path(str(query(server.url, "SHOW unix_socket_directories")))

        assert process.net_connections(kind="inet") == []
        assert socket_folder.stat().st_mode & 0o077 == 0
        assert (used_dir / "postgres/data").stat().st_mode & 0o077 == 0
    assert not socket_folder.exists()


def test_what_was_written_is_there_after_a_stop_and_a_start(used_dir: Path) -> None:
    with start_embedded(used_dir, fsync=False) as server:
        query(server.url, "CREATE TABLE kept AS SELECT 'да' AS word")

    with start_embedded(used_dir, fsync=False) as server:
        engine = create_engine_for(server.url)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT word FROM kept")) == "да"
        engine.dispose()


def test_spaces_quotes_letters_and_length_of_the_path_do_no_harm(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = data_dir / ('it\'s "a" $HOME `id` %s Données Данные;\\' + "x" * 150) / "deep"
    monkeypatch.setenv("LC_ALL", "xx_YY.nonsense")
    monkeypatch.setenv("PGDATA", "/nonexistent")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))

    with start_embedded(folder) as server:
        assert query(server.url, "SHOW data_directory") == str(folder / "postgres/data")


@needs_root
def test_a_temporary_folder_that_is_closed_to_the_system_user_is_not_used(
    used_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with start_embedded(used_dir, fsync=False) as server:
        assert query(server.url, "SELECT 1") == 1


def test_a_kill_in_the_middle_of_the_first_start_leaves_no_trace(data_dir: Path) -> None:
    unfinished = data_dir / "postgres/data.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    with start_embedded(data_dir, fsync=False) as server:
        assert query(server.url, "SELECT 1") == 1
    assert not unfinished.exists()


def test_the_last_process_out_stops_the_server(used_dir: Path) -> None:
    with holder(used_dir) as other:
        url = url_of(other)
        server = start_embedded(used_dir, fsync=False)
        pid = server_pid(used_dir)
        assert server.url == url

        other.communicate(timeout=30)
        assert query(url, "SELECT 1") == 1

        server.close()
        server.close()
        assert not lives(pid)


def test_handles_within_a_process_count_each(used_dir: Path) -> None:
    first = start_embedded(used_dir, fsync=False)
    with start_embedded(used_dir, fsync=False) as second:
        first.close()

        assert query(second.url, "SELECT 1") == 1
    assert server_processes(used_dir) == []


def test_processes_that_start_at_once_share_one_server(data_dir: Path) -> None:
    with holder(data_dir) as one, holder(data_dir) as two:
        assert url_of(one) == url_of(two)
        for process in (one, two):
            process.communicate(timeout=30)
            assert process.returncode == 0
    assert server_processes(data_dir) == []


def test_a_dead_process_does_not_keep_the_server(used_dir: Path) -> None:
    with holder(used_dir) as other:
        url_of(other)
        server = start_embedded(used_dir, fsync=False)
        other.kill()
        other.wait()

    server.close()

    assert server_processes(used_dir) == []


def test_a_killed_server_is_started_again_at_the_same_address(used_dir: Path) -> None:
    with start_embedded(used_dir, fsync=False) as server:
        url = server.url
        os.kill(server_pid(used_dir), signal.SIGKILL)

        server.ensure_running()

        assert server.url == url
        assert query(url, "SELECT 1") == 1


def test_a_joining_process_revives_a_killed_server_for_all(used_dir: Path) -> None:
    with start_embedded(used_dir, fsync=False) as server:
        os.kill(server_pid(used_dir), signal.SIGKILL)

        with start_embedded(used_dir, fsync=False):
            pass

        assert query(server.url, "SELECT 1") == 1


def test_a_start_heals_what_kill_9_of_everything_left(used_dir: Path) -> None:
    with holder(used_dir) as other:
        url = url_of(other)
        query(url, "CREATE TABLE kept AS SELECT 7 AS number")
        other.kill()
        for process in server_processes(used_dir):
            process.kill()

    with start_embedded(used_dir, fsync=False) as server:
        assert query(server.url, "SELECT number FROM kept") == 7


def test_a_server_whose_processes_all_died_is_joined(used_dir: Path) -> None:
    with holder(used_dir) as other:
        url = url_of(other)
        pid = server_pid(used_dir)
        other.kill()

    with start_embedded(used_dir, fsync=False) as server:
        assert server.url == url
        assert server_pid(used_dir) == pid
    assert not lives(pid)


@pytest.mark.parametrize("rest", ["\n/somewhere\n0\n5432\n/tmp\n\n 1 2\nready\n", ""])
def test_a_pid_file_that_names_another_process_is_not_believed(used_dir: Path, rest: str) -> None:
    # The same user's: PostgreSQL itself takes only those for its server.
    owner = (used_dir / "postgres/data").stat()
    with subprocess.Popen(["/bin/sleep", "60"], user=owner.st_uid) as stranger:
        (used_dir / "postgres/data/postmaster.pid").write_text(f"{stranger.pid}{rest}")

        with start_embedded(used_dir, fsync=False) as server:
            assert query(server.url, "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("garbage", ["", "\x00\x00\x00", "not a number\n"])
def test_a_pid_file_of_garbage_is_not_believed(used_dir: Path, garbage: str) -> None:
    (used_dir / "postgres/data/postmaster.pid").write_text(garbage)

    with start_embedded(used_dir, fsync=False) as server:
        assert query(server.url, "SELECT 1") == 1


def test_a_server_that_somebody_started_by_hand_is_left_alone(used_dir: Path) -> None:
    with start_embedded(used_dir, fsync=False) as server:
        pid = server_pid(used_dir)
        # Started by hand, it would hold another lock than ours.
        (used_dir / "postgres/server.lock").unlink()

        with pytest.raises(EmbeddedServerError, match=r'"postmaster.pid" already exists'):
            start_embedded(used_dir, fsync=False)

        assert query(server.url, "SELECT 1") == 1
        os.kill(pid, signal.SIGINT)
        while lives(pid):  # it still writes to the folder
            time.sleep(0.05)


def test_data_of_another_major_version_are_refused(used_dir: Path) -> None:
    (used_dir / "postgres/data/PG_VERSION").write_text("17\n")

    with pytest.raises(DataVersionError, match=r"made by PostgreSQL 17, this program brings 18"):
        start_embedded(used_dir)


def test_a_server_that_refuses_says_why(used_dir: Path) -> None:
    (used_dir / "postgres/data/postgresql.conf").write_text("nonsense = 1\n")

    with pytest.raises(
        EmbeddedServerError, match=r"postgresql.conf. contains errors.*postgres\.log"
    ):
        start_embedded(used_dir)


def test_a_lock_without_a_server_is_an_error_in_the_end(
    used_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "START_SECONDS", 0.3)
    lock = FileLock(used_dir / "postgres/server.lock")
    assert lock.take()

    with pytest.raises(EmbeddedServerError, match="process unknown does not answer"):
        start_embedded(used_dir)

    lock.close()
    monkeypatch.undo()
    start_embedded(used_dir, fsync=False).close()


def test_somebody_stuck_in_a_start_is_an_error_in_the_end(
    used_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "START_SECONDS", 0.3)
    lock = FileLock(used_dir / "postgres/start.lock")
    assert lock.take()

    with pytest.raises(EmbeddedServerError, match="another process"):
        start_embedded(used_dir)
    lock.close()


def test_a_data_folder_that_cannot_be_one_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(DataFolderError, match=r"Not a directory.*TRIPTYCH_DATA_DIR"):
        start_embedded(tmp_path / "file" / "data")


@needs_root
def test_a_parent_that_is_closed_to_the_system_user_is_named(data_dir: Path) -> None:
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(DataFolderError, match=rf"system user \(uid \d+\) may not enter {closed};"):
        start_embedded(closed / "data")


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[None]:
    """Mount a disk of its own on the folder, or skip where that is not allowed."""
    mount = ["/bin/mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("may not mount a small disk here")
    try:
        yield
    finally:
        subprocess.run(["/bin/umount", folder], check=True)


def test_a_disk_too_small_for_a_database_is_an_error(data_dir: Path) -> None:
    with (
        small_disk(data_dir, megabytes=20),
        pytest.raises(DiskFullError, match=f"{data_dir}.* is full: free some space"),
    ):
        start_embedded(data_dir)


def test_a_disk_that_may_only_be_read_is_an_error(data_dir: Path) -> None:
    with small_disk(data_dir, megabytes=1):
        subprocess.run(["/bin/mount", "-o", "remount,ro", data_dir], check=True)

        with pytest.raises(DataFolderError, match="Read-only file system"):
            start_embedded(data_dir)


def test_a_disk_that_fills_up_loses_nothing_that_was_committed(data_dir: Path, made: Path) -> None:
    fill = "INSERT INTO kept SELECT repeat(md5(n::text), 50) FROM generate_series(1, 99999) AS n"
    with small_disk(data_dir, megabytes=100):
        subprocess.run(["/bin/cp", "-a", f"{made}/.", data_dir], check=True)
        (data_dir / "ballast").write_bytes(bytes(20_000_000))
        with start_embedded(data_dir, fsync=False) as server:
            engine = create_engine_for(server.url)
            with engine.begin() as connection:
                connection.execute(text("CREATE TABLE kept AS SELECT 'да' AS word"))

            with pytest.raises(UnavailableError), database_errors(), engine.begin() as connection:
                connection.execute(text(fill))

            (data_dir / "ballast").unlink()
            server.ensure_running()
            with engine.begin() as connection:
                connection.execute(text("INSERT INTO kept VALUES ('ещё')"))
            with engine.connect() as connection:
                assert connection.scalar(text("SELECT count(*) FROM kept")) == 2
            engine.dispose()


@needs_root
def test_an_ordinary_user_runs_the_server_as_themselves(data_dir: Path) -> None:
    nobody = 65534
    os.chown(data_dir, nobody, nobody)
    if (child := os.fork()) == 0:
        # The interpreter itself may be closed to others, so it is too late to start another.
        os.setgroups([])
        os.setgid(nobody)
        os.setuid(nobody)
        try:
            with start_embedded(data_dir / "mine", fsync=False) as server:
                query(server.url, "CREATE TABLE kept AS SELECT 1 AS number")
            os._exit(0)
        except BaseException:  # noqa: BLE001 - the parent sees the exit status
            traceback.print_exc()
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert (data_dir / "mine/postgres/data").stat().st_uid == nobody

    # Root takes their data up as they were left: still theirs.
    with start_embedded(data_dir / "mine", fsync=False) as server:
        assert query(server.url, "SELECT number FROM kept") == 1
    assert (data_dir / "mine/postgres/data").stat().st_uid == nobody
