"""What ``compose.yaml`` promises, as far as it can be told without containers."""

from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # it comes with transformers, stubs for one test do not

from service.db.connect import parse_url

ROOT = Path(__file__).parents[3]


@pytest.fixture
def services() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    found: dict[str, Any] = content["services"]
    return found


def test_services_come_back_after_a_crash_and_a_restart_of_the_machine(
    services: dict[str, Any],
) -> None:
    assert {one["restart"] for one in services.values()} == {"unless-stopped"}


def test_port_is_published_on_this_machine_only(services: dict[str, Any]) -> None:
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert all("ports" not in services[name] for name in ("database", "worker"))


def test_database_is_healthy_when_it_listens_and_not_while_it_is_made(
    services: dict[str, Any],
) -> None:
    test = services["database"]["healthcheck"]["test"]

    assert test[test.index("-h") + 1] == "127.0.0.1"


def test_password_may_hold_any_character_as_it_stands_in_no_address(
    services: dict[str, Any],
) -> None:
    for name in ("web", "worker"):
        environment = services[name]["environment"]
        assert environment["PGPASSWORD"] == "${POSTGRES_PASSWORD}"
        assert parse_url(environment["DATABASE_URL"]).password is None
        assert "$" not in environment["DATABASE_URL"]
