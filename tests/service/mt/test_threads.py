import doctest
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from service.domain.language import Language
from service.domain.translation import SourceText
from service.mt import threads
from service.mt.catalogue import Catalogue
from service.mt.engine import Answer, Decoding, Engine
from service.mt.errors import ModelCacheError
from service.mt.threads import FILE, fastest, processors, start_with_best_threads
from service.mt.translator import EngineName, Translator
from tests.service.mt.stubbed import EN_FR


class IdleEngine:
    """An engine that has nothing to do."""

    length_step = 1

    def __init__(self, number: int, signature: str = "idle") -> None:
        self.parallel_batches = number
        self.signature = signature

    def translate(self, batch: Sequence[Sequence[str]], _decoding: Decoding) -> list[Answer]:
        return [() for _ in batch]


@pytest.fixture
def four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "processors", lambda: 4)
    # What is fastest has tests of its own, with a clock of its own.
    monkeypatch.setattr(threads, "fastest", max)


def starter(signature: str = "idle") -> tuple[Callable[[int], Engine], list[int]]:
    started: list[int] = []

    def start(number: int) -> Engine:
        started.append(number)
        return IdleEngine(number, signature)

    return start, started


def best(folder: Path, start: Callable[[int], Engine]) -> int:
    return start_with_best_threads(folder, start, str.split, Language.EN).parallel_batches


class Clock:
    """Time that passes as a test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now

    def work(self, *seconds: float) -> Callable[[], None]:
        """Return work that takes so long at its first, second, … time, and then as at the last."""
        left = list(seconds)

        def work() -> None:
            self.now += left.pop(0) if len(left) > 1 else left[0]

        return work


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(threads, "time", clock)
    return clock


def test_example_in_the_documentation_holds() -> None:
    assert doctest.testmod(threads).failed == 0


def test_threads_that_help_are_taken_and_others_left(clock: Clock) -> None:
    helping = {number: clock.work(8 / number) for number in (1, 2, 4)}
    hindering = {number: clock.work(number) for number in (1, 2, 4)}

    assert fastest(helping) == 4
    assert fastest(hindering) == 1


def test_of_those_as_fast_the_most_are_taken(clock: Clock) -> None:
    assert fastest({1: clock.work(2), 2: clock.work(1.0), 4: clock.work(1.04)}) == 4
    assert fastest({1: clock.work(2), 2: clock.work(1.0), 4: clock.work(1.1)}) == 2


def test_best_time_counts_as_others_can_only_take_time_away(clock: Clock) -> None:
    assert fastest({1: clock.work(2), 2: clock.work(9, 9, 1, 9)}) == 2


@pytest.mark.usefixtures("four")
def test_what_was_measured_is_kept_until_the_engine_changes(tmp_path: Path) -> None:
    start, started = starter()
    assert best(tmp_path, start) == 4
    assert sorted(set(started)) == [1, 2, 4]

    again, started = starter()
    assert best(tmp_path, again) == 4
    assert started == [1, 4]

    newer, started = starter("newer")
    assert best(tmp_path, newer) == 4
    assert sorted(set(started)) == [1, 2, 4]
    assert json.loads((tmp_path / FILE).read_text()) == {
        "idle|4 processors": 4,
        "newer|4 processors": 4,
    }


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize("content", ["", "[]", "{", '{"idle|4 processors": 99}', "\x00"])
def test_file_that_says_nothing_sensible_is_measured_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    start, _ = starter()

    assert best(tmp_path, start) == 4


@pytest.mark.usefixtures("four")
def test_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    start, _ = starter()

    with pytest.raises(ModelCacheError, match="cannot be kept"):
        best(tmp_path / "file" / "cache", start)


def test_one_processor_needs_no_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "processors", lambda: 1)
    start, started = starter()

    assert best(tmp_path, start) == 1
    assert started == [1]
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("engine", ["ctranslate2", "transformers"])
def test_real_engine_is_measured_at_its_first_start(tmp_path: Path, engine: EngineName) -> None:
    translator = Translator(
        Catalogue(tmp_path, hub_cache=tmp_path), engine=engine, cache_dir=tmp_path / "cache"
    )

    translator.translate([SourceText(text="It rains.")], EN_FR)

    if processors() > 1:
        (number,) = json.loads((tmp_path / "cache" / FILE).read_text()).values()
        assert 1 <= number <= processors()
