"""Refuses every connection and every look-up of a name that leaves this machine.

Python imports a module of this name at its start, before anything of ours, and so does every
Python that is started from there: the folder need only be on ``PYTHONPATH``. What was refused is
written, with who asked, to the file that ``REFUSED_CONNECTIONS`` names.
"""

import errno
import ipaddress
import os
import sys
import traceback
from pathlib import Path
from typing import Any

OUTWARD = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
    "socket.getnameinfo": 0,
}
"""Audit events, https://docs.python.org/3/library/audit_events.html, and which argument has the
address."""


def _stays_here(address: Any) -> bool:
    """Whether it is a Unix socket, nothing, or an address of this machine."""
    if isinstance(address, tuple):
        host = address[0]
    elif isinstance(address, str | bytes) and b"/" in os.fsencode(address):
        return True
    else:
        host = address
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    if not host or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    place = OUTWARD.get(event)
    if place is None or _stays_here(arguments[place]):
        return
    stack = traceback.extract_stack()[:-1]
    asked_by = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(stack[-8:]))
    with Path(os.environ["REFUSED_CONNECTIONS"]).open("a", encoding="utf-8") as log:
        log.write(f"{event} {arguments[place]!r} by {asked_by}\n")
    raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))


sys.addaudithook(_refuse)
