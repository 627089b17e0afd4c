import socket

import pytest
from pydantic import SecretStr

from service.cli.web import (
    AddressUnavailableError,
    KeyNeededError,
    PortTakenError,
    listen,
    with_address,
)
from service.settings import Settings


def settings(host: str, port: int = 0, key: str | None = None) -> Settings:
    given = with_address(Settings(), host, port)
    return given.model_copy(update={"api_key": SecretStr(key) if key else None})


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org", "::"])  # noqa: S104 - refused
def test_without_a_key_only_loopback_is_listened_on(host: str) -> None:
    with pytest.raises(KeyNeededError, match="TRIPTYCH_API_KEY"):
        listen(settings(host))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
def test_loopback_is_listened_on_without_a_key(host: str) -> None:
    with listen(settings(host)) as listener:
        assert listener.getsockname()[1] > 0


def test_with_a_key_any_address_is_listened_on() -> None:
    with listen(settings("0.0.0.0", key="secret")) as listener:  # noqa: S104 - has a key
        assert listener.getsockname()[0] == "0.0.0.0"  # noqa: S104 - has a key


def test_taken_port_says_who_holds_it() -> None:
    with listen(settings("127.0.0.1")) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(PortTakenError, match=rf"port {port} is taken by .*process \d+"):
            listen(settings("127.0.0.1", port))


def test_address_of_another_machine_is_refused_in_words() -> None:
    with pytest.raises(AddressUnavailableError, match=r"192\.0\.2\.1"):
        listen(settings("192.0.2.1", key="secret"))


def test_port_is_free_again_at_once() -> None:
    with listen(settings("127.0.0.1")) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            pass

    with listen(settings("127.0.0.1", port)):
        pass
