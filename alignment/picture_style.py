"""What a picture of an alignment looks like: its style sheet, light and dark."""

from collections.abc import Iterator, Mapping
from typing import Final

_SHAPES: Final = """
.alignment-picture{font:10px system-ui,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
.alignment-picture .head{font-size:14px;font-weight:600}
.alignment-picture .centre{text-anchor:middle}
.alignment-picture .title text{font-weight:600}
.alignment-picture .alone rect{stroke-dasharray:3 2}
.alignment-picture .ribbon path{fill-opacity:.62;stroke-opacity:.9;stroke-width:.5}
.alignment-picture .ribbon:hover path{fill-opacity:1}
.alignment-picture .moved path{stroke-opacity:1;stroke-width:1.6;stroke-dasharray:5 3}
.alignment-picture.dense .moved path{stroke-width:.6}
.alignment-picture.dense rect{stroke-width:.5}
.alignment-picture .ribbon .check{fill:none;stroke-opacity:1;stroke-width:1.5;stroke-dasharray:none}
.alignment-picture a{cursor:pointer;outline:none}
.alignment-picture a:hover rect{stroke-width:1.5}
.alignment-picture a:focus-visible path{fill-opacity:1;stroke-width:2.5;stroke-opacity:1}
"""

_LIGHT: Final = {
    "ground": "#ffffff",
    "ink": "#1b1d20",
    "quiet": "#5b6068",
    "block": "#e9e7e1",
    "title": "#d3d0c6",
    "edge": "#b4b1a6",
    "moved": "#8a1f73",
    "c0": "#c2410c",
    "c1": "#ee9b3a",
    "c2": "#a9b8c4",
    "c3": "#6aa3cf",
    "c4": "#2f75ad",
}
_DARK: Final = {
    "ground": "#1d2024",
    "ink": "#e4e5e7",
    "quiet": "#a2a8b0",
    "block": "#343a41",
    "title": "#4a525b",
    "edge": "#5d666f",
    "moved": "#f09adf",
    "c0": "#f0702f",
    "c1": "#d99a3d",
    "c2": "#66727d",
    "c3": "#4f86b3",
    "c4": "#5aa9e6",
}


_RULES: Final = {
    ".ground": "fill:{ground}",
    "text": "fill:{ink}",
    ".quiet": "fill:{quiet}",
    ".block rect": "fill:{block};stroke:{edge}",
    ".title rect": "fill:{title}",
    ".apart rect": "fill:none",
    ".apart text": "fill:{quiet}",
    ".alone rect": "fill:{ground};stroke:{ink}",
    "a:hover rect": "stroke:{ink}",
    ".c0 path": "fill:{c0};stroke:{c0}",
    ".c1 path": "fill:{c1};stroke:{c1}",
    ".c2 path": "fill:{c2};stroke:{c2}",
    ".c3 path": "fill:{c3};stroke:{c3}",
    ".c4 path": "fill:{c4};stroke:{c4}",
    ".moved path": "stroke:{moved}",
    "circle": "fill:{ground};stroke:{ink}",
    ".ribbon .check": "stroke:{ink}",
    "a:focus-visible path": "stroke:{ink}",
}
"""What has which colour; no variables, as not all programs that show SVG know them."""


def _rules(colours: Mapping[str, str]) -> Iterator[str]:
    for selector, declarations in _RULES.items():
        yield f".alignment-picture {selector}{{{declarations.format(**colours)}}}"


STYLE: Final = "\n".join(
    [
        _SHAPES.strip(),
        *_rules(_LIGHT),
        "@media (prefers-color-scheme:dark){",
        *_rules(_DARK),
        "}",
    ]
)
"""The same in every picture, so that a page can allow it by its hash."""
