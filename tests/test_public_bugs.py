"""The page of public reports names a test for each, and the tests are there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "public-bugs.md").read_text("utf-8")
MISSING = {4, 7, 11, 14, 20, 28, 33, 35, 38, 41, 45}
"""Numbers of reports that were merged into others."""


def named_tests() -> list[tuple[str, str]]:
    """Return each file and test that the page names."""
    return re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)


def functions_of(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def rows() -> dict[int, str]:
    """Return each numbered row of the page's tables."""
    return {
        int(number): row for number, row in re.findall(r"^\| (\d+) \| (.*)$", PAGE, re.MULTILINE)
    }


def test_every_report_has_a_row() -> None:
    assert rows().keys() == set(range(1, 48)) - MISSING


@pytest.mark.parametrize("number", sorted(set(range(1, 48)) - MISSING))
def test_every_row_names_a_test(number: int) -> None:
    assert re.search(r"`[\w/]+\.py::test_\w+`", rows()[number])


@pytest.mark.parametrize(("file", "test"), named_tests())
def test_every_test_that_is_named_is_there(file: str, test: str) -> None:
    assert test in {node.name for node in functions_of(ROOT / "tests" / file)}


def test_every_test_of_a_public_report_is_named_and_tells_the_report() -> None:
    named = {test for _, test in named_tests()}

    for path in (ROOT / "tests").rglob("test_public_bugs_*.py"):
        for node in functions_of(path):
            assert node.name in named, node.name
            assert re.search(r"#\d|truncation=True|Not reported", ast.get_docstring(node) or "")
