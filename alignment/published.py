"""What others' aligners reach on the test sets: figures to stand beside ours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Strict and lax F1 of one algorithm on one test set."""

    strict_f1: float
    lax_f1: float


def published_figures(path: Path, *, groups: int) -> Mapping[str, Published]:
    """Return the figures for a test set by algorithm; none if it is not one of those measured.

    Args:
        path: The set, without suffix: it is known by the last two names, such as ``test/heavy``.
        groups: Its gold groups with two sides; another number of them is another set.
    """
    known = _load()["sets"].get("/".join(path.parts[-2:]))
    if known is None or known["groups"] != groups:
        return {}
    return {
        name: Published(strict_f1=strict, lax_f1=lax)
        for name, (strict, lax) in known["strict_and_lax_f1"].items()
    }


@cache
def _load() -> Any:
    text = files("alignment").joinpath("data", "published.json").read_text(encoding="utf-8")
    return json.loads(text)
