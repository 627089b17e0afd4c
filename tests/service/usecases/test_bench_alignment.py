from math import log
from pathlib import Path

import numpy as np
import pytest

from service.domain.errors import InvalidInputError
from service.usecases import bench_alignment as module
from service.usecases.bench_alignment import (
    MeasurementEndedError,
    ParagraphsOutOfRangeError,
    RememberingEncoder,
    bench_alignment,
    measure,
)
from tests.alignment.conftest import WordEncoder


def test_every_aligner_is_measured_and_growth_is_that_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "TWINS_MOST", 20)
    told: list[tuple[int, int]] = []

    speed = bench_alignment([40, 20], progress=lambda done, total: told.append((done, total)))

    assert [(run.aligner, run.paragraphs) for run in speed.runs] == [
        ("ours", 20),
        ("ours", 40),
        ("plain", 20),
        ("gale_church", 20),
    ]
    short, long, plain, by_length = speed.runs
    assert short.in_both < long.in_both
    assert min(short.encoding_seconds, short.aligning_seconds, short.aligning_mib) > 0
    assert by_length.encoding_seconds == 0
    assert by_length.process_mib < plain.process_mib  # it loads no model
    assert short.strict_f1 >= 0.9
    growth = log(long.in_both / short.in_both)
    assert speed.time_exponent == pytest.approx(
        log(long.aligning_seconds / short.aligning_seconds) / growth
    )
    assert speed.memory_exponent == pytest.approx(
        log(long.aligning_mib / short.aligning_mib) / growth
    )
    assert speed.seconds_per_1000 == pytest.approx(
        (long.encoding_seconds + long.aligning_seconds) / long.in_both * 1000
    )
    assert told == [(done, 4) for done in range(5)]


def test_one_length_shows_no_growth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TWINS_MOST", 0)

    speed = bench_alignment([20], progress=lambda *_: None)

    assert (speed.time_exponent, speed.memory_exponent, len(speed.runs)) == (None, None, 1)


def test_memory_is_that_of_aligning_alone() -> None:
    short, long = measure("gale_church", 20), measure("gale_church", 80)

    # The grid of all pairs: 16 times the points, of 16 bytes and a number each.
    assert 4 < long.aligning_mib / short.aligning_mib < 20
    assert long.aligning_mib < 2


def test_vectors_are_made_once_and_their_time_counted() -> None:
    words = WordEncoder()
    remembering = RememberingEncoder(words)

    first = remembering.encode(["old king", "snow"])

    assert remembering.encode(["old king", "snow"]) is first
    assert np.array_equal(first, words.encode(["old king", "snow"]))
    assert remembering.encode(["snow"]).shape == (1, 64)
    assert remembering.name == "words"
    assert remembering.cpu_seconds > 0


def test_memory_of_the_process_is_told_on_other_systems_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_linux = measure("gale_church", 20).process_mib
    monkeypatch.setattr(module, "STATUS", Path("/absent"))

    elsewhere = measure("gale_church", 20).process_mib

    # There bytes are counted, here kilobytes: the same count is a 1,024th.
    assert on_linux > 20
    assert 0 < elsewhere < on_linux


@pytest.mark.parametrize("paragraphs", [19, 100_001, 0, -5])
def test_lengths_that_cannot_be_made_are_refused_at_once(paragraphs: int) -> None:
    with pytest.raises(ParagraphsOutOfRangeError, match="choose 20 to 100000") as refusal:
        bench_alignment([20, paragraphs], progress=lambda *_: None)

    assert isinstance(refusal.value, InvalidInputError)


def test_process_that_is_ended_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "measure", abort)

    with pytest.raises(MeasurementEndedError, match="ours with 20 paragraphs was ended"):
        bench_alignment([20], progress=lambda *_: None)


def abort(*_: object) -> None:
    import os  # noqa: PLC0415 - in the other process

    os._exit(9)
