"""Scores of the models that come along, beside published ones: the table and plot of models.md.

python docs/scores.py                        write table and plot again from scores.json
python docs/scores.py ../shared/data/eval    score every direction on every set first (hours)
"""

import json
import sys
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from service.domain.language import Direction, Language
from service.mt.catalogue import Catalogue
from service.mt.translator import Translator
from service.usecases.evaluate_translation import evaluate_translation

DOCS = Path(__file__).parent
SCORES = DOCS / "scores.json"
PAGE = DOCS / "models.md"
PICTURE = DOCS / "scores.svg"
SETS = ("ntrex128", "newstest2013", "flores200-devtest")
DIRECTIONS = [str(Direction(*two)) for two in permutations(Language, 2)]
BEGIN, END = "<!-- scores -->\n", "<!-- end of scores -->\n"


def main(arguments: list[str]) -> None:
    """Score, if a folder of sets is named; write table and plot."""
    scores = json.loads(SCORES.read_text(encoding="utf-8"))
    if arguments:
        scores["ours"] = list(_measure(Path(arguments[0])))
        text = json.dumps(scores, ensure_ascii=False, indent=1)
        SCORES.write_text(text + "\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(before + BEGIN + table(scores) + END + after, encoding="utf-8")
    _draw(scores)


def _measure(sets: Path) -> Iterator[dict[str, Any]]:
    """Yield the scores of the packaged models alone, whatever else is installed here."""
    with TemporaryDirectory() as empty:
        catalogue = Catalogue(Path(empty), hub_cache=Path(empty))
        translator = Translator(
            catalogue, engine="ctranslate2", cache_dir=Path(empty, "cache"), threads=2
        )
        for route in catalogue.routes():
            for name in SETS:
                score = evaluate_translation(translator, sets / name, route.direction)
                found = {
                    "set": name,
                    "direction": str(route.direction),
                    "model": score.model,
                    "chrf": round(score.chrf, 2),
                    "bleu": round(score.bleu, 2),
                    "signature": score.signature,
                }
                print(found, file=sys.stderr)  # noqa: T201 - hours of work show how far they are
                yield found


def table(scores: dict[str, Any]) -> str:
    """Return the table: a line a set and direction, ours first; chrF / BLEU."""
    systems = list(dict.fromkeys(found["system"] for found in scores["published"]))
    lines = ["| set | direction | ours | model | " + " | ".join(systems) + " |"]
    lines.append("|---|---|---|---|" + "---|" * len(systems))
    for name in SETS:
        for direction in DIRECTIONS:
            ours = _find(scores["ours"], set=name, direction=direction)
            others = [
                _cell(_find(scores["published"], set=name, direction=direction, system=system))
                for system in systems
            ]
            if ours or any(cell != "–" for cell in others):
                model = ours["model"] if ours else "–"
                cells = [name, direction, _cell(ours), model, *others]
                lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _find(found: list[dict[str, Any]], **wanted: str) -> dict[str, Any] | None:
    return next((one for one in found if wanted.items() <= one.items()), None)


def _cell(score: dict[str, Any] | None) -> str:
    if score is None:
        return "–"
    chrf = "–" if score["chrf"] is None else f"{score['chrf']:.1f}"
    return f"{chrf} / {score['bleu']:.1f}"


def _draw(scores: dict[str, Any]) -> None:
    """Draw chrF by direction, a panel a set."""
    import matplotlib as mpl  # noqa: PLC0415 - only to draw
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    with mpl.rc_context({"svg.hashsalt": "triptych"}):
        figure = Figure(figsize=(9, 3.4), layout="constrained")
        for axes, name in zip(figure.subplots(1, 3, sharey=True), SETS, strict=True):
            shown = [("ours", scores["ours"], "o")]
            shown += [
                (system, [one for one in scores["published"] if one["system"] == system], "_")
                for system in ("Firefox tiny", "Google")
            ]
            for label, found, marker in shown:
                points = [one for one in found if one["set"] == name and one["chrf"]]
                places = [DIRECTIONS.index(one["direction"]) for one in points]
                values = [one["chrf"] for one in points]
                axes.plot(places, values, marker, label=label, markersize=9)
            axes.set_xticks(range(len(DIRECTIONS)), DIRECTIONS, rotation=45)
            axes.set_title(name)
            axes.set_ylim(0, 80)
            axes.grid(axis="y", alpha=0.3)
        figure.axes[0].set_ylabel("chrF")
        figure.axes[0].legend(loc="lower right")
        figure.savefig(PICTURE, metadata={"Date": None})


if __name__ == "__main__":
    main(sys.argv[1:])
