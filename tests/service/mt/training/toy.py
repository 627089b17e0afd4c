"""A little language that a little network learns in seconds: numbers spelled in three languages."""

import random
from pathlib import Path

from service.mt.training.plan import Plan
from service.mt.training.prepare import Sources, prepare

ENGLISH = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
FRENCH = ["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"]
RUSSIAN = [
    *("один", "два", "три", "четыре", "пять"),
    *("шесть", "семь", "восемь", "девять", "десять"),
]

TINY = {"width": 64, "feed_forward": 128, "heads": 2, "encoder_layers": 2, "decoder_layers": 1}
"""A network for tests."""

Row = tuple[str, str, str]


def rows(count: int, *, seed: int = 0) -> list[Row]:
    """Return different sentences of three to seven numbers in English, French and Russian."""
    chance = random.Random(seed)  # noqa: S311 - test data
    found: dict[tuple[int, ...], None] = {}
    while len(found) < count:
        found[tuple(chance.randrange(10) for _ in range(chance.randint(3, 7)))] = None
    return [
        (_spell(numbers, ENGLISH), _spell(numbers, FRENCH), _spell(numbers, RUSSIAN))
        for numbers in found
    ]


def _spell(numbers: tuple[int, ...], words: list[str]) -> str:
    return " ".join(words[number] for number in numbers) + "."


def write_rows(path: Path, found: list[Row], *, columns: int = 3) -> Path:
    """Write a TSV of the first columns."""
    lines = ("\t".join(row[:columns]) for row in found)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def prepare_toy(
    folder: Path, sources: Sources, *, from_model: Path | None = None, seed: int = 1
) -> Plan:
    """Prepare a run for a tiny network in small batches."""
    folder.mkdir(exist_ok=True)
    return prepare(
        folder,
        sources,
        size=TINY,
        pieces=300,
        from_model=from_model,
        batch_tokens=512,
        seed=seed,
        threads=1,
        told=lambda _label, _done, _total: None,
    )
