"""``triptych web``: the web server, for many machines; ``triptych up`` has all in one."""

import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import psutil
import typer
import uvicorn
from fastapi import FastAPI

from service.bootstrap import configure_logging, make_encoder, make_translator, open_database
from service.domain.errors import UnavailableError
from service.settings import Settings
from service.web.app import create_app
from service.web.guards import is_loopback

GRACE_SECONDS: Final = 10
"""What open requests are given to finish in."""


class PortTakenError(UnavailableError):
    """Something else listens on the port."""

    def __init__(self, port: int, holder: str) -> None:
        super().__init__(
            f"port {port} is taken by {holder}: stop it, or choose another with --port"
        )


class AddressUnavailableError(UnavailableError):
    """The address is not one of this machine's, or the system refuses it."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"cannot listen on {host} port {port}: {reason}")


class KeyNeededError(UnavailableError):
    """Other machines could reach a service that asks for no key."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"without a key Triptych listens on loopback only: set TRIPTYCH_API_KEY to serve "
            f"on {host}"
        )


HostOption = Annotated[str | None, typer.Option(help="Address to listen on.")]
PortOption = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("web", epilog="Example: triptych web --port 8080")(web)


def web(*, host: HostOption = None, port: PortOption = None) -> None:
    """Serve the API and the review pages; jobs need a worker beside it."""
    settings = with_address(Settings(), host, port)
    configure_logging()
    listener = listen(settings)
    with open_database(settings) as database:
        app = create_app(
            sessions=database.sessions,
            translator=make_translator(settings),
            encoder=make_encoder(settings, database),
            api_key=key_of(settings),
        )
        say_address(listener)
        make_server(app).run(sockets=[listener])


def with_address(settings: Settings, host: str | None, port: int | None) -> Settings:
    """Return the settings with what the command line says of host and port."""
    given = {"host": host, "port": port}
    return settings.model_copy(update={k: v for k, v in given.items() if v is not None})


def key_of(settings: Settings) -> str | None:
    """Return the key that requests must carry, if there is one."""
    return settings.api_key.get_secret_value() if settings.api_key else None


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens where the settings say.

    Raises:
        KeyNeededError: If other machines could reach it and no key is set.
        PortTakenError: If the port is taken; the message says by whom, where that can be told.
        AddressUnavailableError: If the system refuses the address.
    """
    if settings.api_key is None and not is_loopback(settings.host):
        raise KeyNeededError(settings.host)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(settings.port, _holder(settings.port)) from error
        reason = error.strerror or "the name is not known"
        raise AddressUnavailableError(settings.host, settings.port, reason) from error
    return listener


def say_address(listener: socket.socket, *, path: str = "/review") -> None:
    """Print where the pages are."""
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"Triptych is at http://{shown}:{port}{path}")


class Server(uvicorn.Server):
    """A web server that returns when it is told to stop, so that what was opened can be closed.

    uvicorn's own sends itself the signal again afterwards, which ends the process on the spot.
    """

    def stop(self) -> None:
        """Finish open requests, for ten seconds at most, and return."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop serving at the first SIGTERM or SIGINT, and drop open requests at the second."""
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self.handle_exit) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def make_server(app: FastAPI) -> Server:
    """Return a server whose ``run`` answers requests until it is told to stop."""
    return Server(
        uvicorn.Config(
            app, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE_SECONDS
        )
    )


def _holder(port: int) -> str:
    try:
        for connection in psutil.net_connections(kind="tcp"):
            listening = connection.status == psutil.CONN_LISTEN and connection.pid
            if listening and connection.laddr and connection.laddr.port == port:
                name = psutil.Process(connection.pid).name()
                return f"{name} (process {connection.pid})"
    except psutil.Error:
        pass
    return "another program"
