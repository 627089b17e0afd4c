"""Who runs the server, which matters for root alone."""

import os
import pwd
import subprocess
from pathlib import Path

import pytest

from service.db import account
from service.db.account import Account, open_way, reachable_programs, server_account
from service.db.errors import SystemUserError

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another")

NOBODY = Account(uid=65534, gid=65534, foreign=True)


def install(folder: Path) -> Path:
    """Put a program that says its version into a folder like the wheel's."""
    programs = folder / "pginstall18" / "bin"
    programs.mkdir(parents=True)
    (programs / "postgres").write_text("#!/bin/sh\necho PostgreSQL\n")
    (programs / "postgres").chmod(0o700)
    return programs


def test_programs_that_are_closed_to_the_account_are_copied(data_dir: Path) -> None:
    programs = install(data_dir / "home")

    copied = reachable_programs(programs, NOBODY, copies=data_dir)

    assert copied == data_dir / "pginstall18" / "bin"
    assert subprocess.check_output([copied / "postgres"], user=NOBODY.uid) == b"PostgreSQL\n"


def test_a_copy_is_made_once_and_mended_when_broken(data_dir: Path) -> None:
    programs = install(data_dir / "home")
    copied = reachable_programs(programs, NOBODY, copies=data_dir)
    first = (copied / "postgres").stat().st_ino

    assert reachable_programs(programs, NOBODY, copies=data_dir) == copied
    assert (copied / "postgres").stat().st_ino == first

    (copied / "postgres").unlink()
    assert reachable_programs(programs, NOBODY, copies=data_dir) == copied
    assert (copied / "postgres").exists()


def test_programs_that_the_account_may_run_stay_where_they_are(data_dir: Path) -> None:
    programs = install(data_dir)
    for path in (programs.parent, programs, programs / "postgres"):
        path.chmod(0o755)

    assert reachable_programs(programs, NOBODY, copies=data_dir / "copies") == programs


def test_our_own_programs_need_no_copy(data_dir: Path) -> None:
    ourselves = Account(uid=0, gid=0, foreign=False)

    assert reachable_programs(data_dir, ourselves, copies=data_dir / "copies") == data_dir
    open_way([data_dir / "missing"], ourselves)
    assert ourselves.may_enter(data_dir / "missing")


def test_root_runs_the_server_of_new_data_as_the_system_user(data_dir: Path) -> None:
    user = pwd.getpwnam("pgserver")

    assert server_account(data_dir / "data") == Account(
        uid=user.pw_uid, gid=user.pw_gid, foreign=True
    )


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("#!/bin/sh\necho cannot lock /etc/passwd >&2; exit 1\n", "cannot lock"),
        (None, "no useradd"),
    ],
)
def test_a_system_user_that_cannot_be_made_is_an_error(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, program: str | None, reason: str
) -> None:
    if program:
        (data_dir / "useradd").write_text(program)
        (data_dir / "useradd").chmod(0o755)
    monkeypatch.setenv("PATH", str(data_dir))
    monkeypatch.setattr(account, "SYSTEM_USER", "nobody-has-this-name")

    with pytest.raises(SystemUserError, match=rf"nobody-has-this-name.*{reason}.*DATABASE_URL"):
        server_account(data_dir / "data")
