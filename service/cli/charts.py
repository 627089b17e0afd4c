"""Figures as pictures: SVG, the same bytes for the same figures."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from alignment.score import Bin
from service.cli.options import check_writable, write_text

SUFFIX: Final = ".svg"


def _svg(value: str) -> Path:
    path = Path(value)
    if path.suffix != SUFFIX:
        message = f"the picture is an SVG: name it like chart{SUFFIX}"
        raise typer.BadParameter(message)
    check_writable(path)
    return path


PlotOption = Annotated[
    Path | None, typer.Option(parser=_svg, metavar="FILE.svg", help="Draw the figures, too.")
]


@contextmanager
def _figure(path: Path, size: tuple[float, float]) -> Iterator[Any]:
    """Yield a figure of a size in inches that is written when all is drawn."""
    import matplotlib as mpl  # noqa: PLC0415 - half a second, only when something is drawn
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    with mpl.rc_context({"svg.hashsalt": "triptych", "svg.fonttype": "none"}):
        figure = Figure(figsize=size, layout="constrained")
        yield figure
        drawn = StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    write_text(path, drawn.getvalue())


def draw_calibration(path: Path, bins: Sequence[Bin], caption: str) -> None:
    """Draw how many were right at each confidence: a point a bin, all of one size.

    Most confidences are high, so the right picture leaves the lowest bin out.
    """
    with _figure(path, (9, 4.8)) as figure:
        figure.suptitle(caption, fontsize=10)
        confidences = [one.confidence for one in bins]
        rights = [one.right for one in bins]
        lowest = max(0.0, min([*confidences[1:], *rights[1:], 1.0]) - 0.02)
        for axes, least in zip(figure.subplots(1, 2), (0.0, lowest), strict=True):
            axes.plot([0, 1], [0, 1], color="0.6", linewidth=1, label="as sure as right")
            axes.plot(confidences, rights, marker="o", label="groups, a tenth each")
            margin = (1 - least) * 0.03
            axes.set_xlim(least - margin, 1 + margin)
            axes.set_ylim(least - margin, 1 + margin)
            axes.set_aspect("equal")
            axes.set_title(f"from {least:.2f} to 1", fontsize=10)
            axes.set_xlabel("mean confidence")
            axes.grid(visible=True, alpha=0.3)
            axes.set_ylabel("share that was right")
        figure.axes[0].legend(loc="upper left")


def draw_growth(
    path: Path, curves: Mapping[str, Mapping[str, Sequence[tuple[int, float]]]]
) -> None:
    """Draw how quantities grow with the paragraphs, on logarithmic scales.

    Args:
        path: Where to.
        curves: By quantity with its unit, then by what has it: pairs of paragraphs and value. A
            grey line through the first point of the first curve has slope 1.
    """
    names = dict.fromkeys(name for members in curves.values() for name in members)
    colours = {name: f"C{place}" for place, name in enumerate(names)}
    with _figure(path, (9, 4.8)) as figure:
        for axes, (quantity, members) in zip(
            figure.subplots(1, len(curves), squeeze=False)[0], curves.items(), strict=True
        ):
            for place, (name, points) in enumerate(members.items()):
                counts, values = zip(*points, strict=True)
                axes.plot(counts, values, marker="o", label=name, color=colours[name], zorder=3)
                if place == 0:
                    straight = [values[0] * count / counts[0] for count in counts]
                    axes.plot(counts, straight, color="0.6", linewidth=1, label="slope 1")
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_xlabel("paragraphs an edition")
            axes.set_ylabel(quantity)
            axes.grid(visible=True, which="both", alpha=0.2)
        figure.axes[0].legend()
