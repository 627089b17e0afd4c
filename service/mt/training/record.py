"""What a run has been through: a line a report, and a picture of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from service.mt.training.loop import Report
from service.mt.training.schedule import Progress
from service.mt.training.score import Scores

LOG: Final = "log.jsonl"
CURVE: Final = "curve.svg"


def write_report(folder: Path, report: Report, scores: Scores | None) -> None:
    """Append a line to the log."""
    line: dict[str, Any] = asdict(report) | {"progress": asdict(report.progress)}
    if scores is not None:
        line |= {"dev_loss": dict(scores.loss), "dev_chrf": dict(scores.chrf)}
    with (folder / LOG).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")


def read_log(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of the log; one that was cut off by a crash is left out."""
    path = folder / LOG
    if not path.is_file():
        return []
    lines: list[dict[str, Any]] = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(text))
        except ValueError:
            continue
    return lines


def forget_after(folder: Path, progress: Progress) -> None:
    """Take lines out of the log that come after the place where the run goes on."""
    lines = [line for line in read_log(folder) if line["progress"]["step"] <= progress.step]
    part = folder / f".{LOG}.part"
    part.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    part.replace(folder / LOG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Something over the tokens seen."""

    label: str
    tokens: Sequence[int]
    values: Sequence[float]


def curves(lines: Sequence[Mapping[str, Any]]) -> tuple[list[Curve], list[Curve]]:
    """Return the curves of losses in nats a token, and those of chrF."""
    losses = [_curve("training (smoothed)", lines, lambda line: line["loss"])]
    scored = [line for line in lines if "dev_loss" in line]
    directions = sorted({direction for line in scored for direction in line["dev_loss"]})
    losses += [_of_direction(direction, scored, "dev_loss") for direction in directions]
    return losses, [_of_direction(direction, scored, "dev_chrf") for direction in directions]


def _of_direction(direction: str, lines: Sequence[Mapping[str, Any]], key: str) -> Curve:
    having = [line for line in lines if direction in line[key]]
    return _curve(direction, having, lambda line: line[key][direction])


def _curve(label: str, lines: Sequence[Mapping[str, Any]], value: Any) -> Curve:
    return Curve(
        label=label,
        tokens=[line["progress"]["tokens"] for line in lines],
        values=[value(line) for line in lines],
    )


def draw(folder: Path) -> Path:
    """Draw loss and chrF over the tokens seen; return the picture's path."""
    import matplotlib as mpl  # noqa: PLC0415 - half a second, only when a curve is drawn
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    losses, chrf = curves(read_log(folder))
    with mpl.rc_context({"svg.hashsalt": "triptych", "svg.fonttype": "none"}):
        figure = Figure(figsize=(8, 6), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True)
        for axes, found, name in ((above, losses, "nats a token"), (below, chrf, "chrF, greedy")):
            for curve in found:
                millions = [tokens / 1e6 for tokens in curve.tokens]
                marker = "" if curve is losses[0] else "o"
                axes.plot(millions, curve.values, label=curve.label, marker=marker, markersize=3)
            axes.set_ylabel(name)
            axes.grid(visible=True, alpha=0.3)
            if found:
                axes.legend()
        below.set_xlabel("million target tokens seen")
        part = folder / f".{CURVE}.part"
        figure.savefig(part, format="svg", metadata={"Date": None})
    part.replace(folder / CURVE)
    return folder / CURVE
