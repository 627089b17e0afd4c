"""The documentation says what there is, and the repository what it promises."""

import json
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer

from service.cli.main import make_app
from service.settings import Settings

ROOT = Path(__file__).parents[1]
DOCS = {path.name: path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md")}


def commands(command: Any, name: str) -> dict[str, Any]:
    """Return the commands under one, by their whole names; Typer keeps their classes private."""
    children = getattr(command, "commands", None)
    if children is None:
        return {name: command}
    found: dict[str, Any] = {}
    for child, subcommand in children.items():
        found |= commands(subcommand, f"{name} {child}")
    return found


COMMANDS = commands(typer.main.get_command(make_app()), "triptych")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_each_of_its_options_is_documented(name: str) -> None:
    assert f"`{name}" in DOCS["commands.md"]
    for parameter in COMMANDS[name].params:
        options = [o for o in parameter.opts if o.startswith("--") and o != "--help"]
        for option in options:
            assert option in DOCS["commands.md"], f"{name} {option}"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    assert COMMANDS[name].help
    assert f"Example: {name}" in (COMMANDS[name].epilog or "")


def test_every_setting_is_documented_with_its_default() -> None:
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias or f"TRIPTYCH_{name.upper()}"
        row = re.search(rf"^\| `{variable}` \| (.*?) \|", DOCS["settings.md"], re.MULTILINE)
        assert row, variable
        if field.default_factory is None and field.default is not None:
            assert f"`{field.default}`" in row[1]


def test_every_dependency_earns_its_place_in_one_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for requirement in project["dependencies"]:
        name = re.split(r"[\[<>=]", requirement)[0]
        assert f"| {name} |" in DOCS["dependencies.md"], name


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pinned = (ROOT / "constraints.txt").read_text("utf-8").lower().replace("_", "-")
    for requirement in project["dependencies"] + project["optional-dependencies"]["dev"]:
        name = re.split(r"[\[<>=]", requirement)[0]
        assert f"\n{name.lower()}==" in pinned, name


def test_links_between_pages_lead_somewhere() -> None:
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
            if not target.startswith("http"):
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_only_the_middleware_and_the_workers_frame_are_asynchronous() -> None:
    asynchronous = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "service").rglob("*.py")
        if re.search(r"^\s*async def", path.read_text("utf-8"), re.MULTILINE)
    }

    assert {Path(path).parts[:2] for path in asynchronous} <= {
        ("service", "web"),
        ("service", "jobs"),
    }
    assert "service/jobs/tasks.py" not in asynchronous
    assert {path for path in asynchronous if path.startswith("service/web/")} == {
        "service/web/guards.py"
    }


def test_layers_are_held() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_the_table_of_scores_is_that_of_the_figures() -> None:
    program = runpy.run_path(str(ROOT / "docs" / "scores.py"))
    scores = json.loads((ROOT / "docs" / "scores.json").read_text("utf-8"))

    assert program["table"](scores) in DOCS["models.md"]
    for score in scores["ours"]:
        assert "version:2" in score["signature"]
