import doctest
import json
import time
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


class SleepyEngine:
    """An engine whose batches take a while, and never mind each other."""

    length_step = 1

    def __init__(self, number: int, seconds: float, signature: str = "sleepy") -> None:
        self.parallel_batches = number
        self.signature = signature
        self._seconds = seconds

    def translate(self, batch: Sequence[Sequence[str]], _decoding: Decoding) -> list[Answer]:
        time.sleep(self._seconds)
        return [() for _ in batch]


@pytest.fixture
def four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "processors", lambda: 4)


def starter(
    seconds: Callable[[int], float], signature: str = "sleepy"
) -> tuple[Callable[[int], Engine], list[int]]:
    started: list[int] = []

    def start(number: int) -> Engine:
        started.append(number)
        return SleepyEngine(number, seconds(number), signature)

    return start, started


def best(folder: Path, start: Callable[[int], Engine]) -> int:
    return start_with_best_threads(folder, start, str.split, Language.EN).parallel_batches


def test_example_in_the_documentation_holds() -> None:
    assert doctest.testmod(threads).failed == 0


@pytest.mark.usefixtures("four")
def test_threads_that_help_are_taken_and_others_left(tmp_path: Path) -> None:
    helping, _ = starter(lambda _: 0.004)
    hindering, _ = starter(lambda number: 0.001 * number**2)

    assert best(tmp_path / "a", helping) == 4
    assert best(tmp_path / "b", hindering) == 1


@pytest.mark.usefixtures("four")
def test_what_was_measured_is_kept_until_the_engine_changes(tmp_path: Path) -> None:
    start, started = starter(lambda _: 0.002)
    best(tmp_path, start)
    assert sorted(set(started)) == [1, 2, 4]

    again, started = starter(lambda _: 0.002)
    assert best(tmp_path, again) == 4
    assert started == [1, 4]

    newer, started = starter(lambda number: 0.001 * number**2, "newer")
    assert best(tmp_path, newer) == 1
    assert sorted(set(started)) == [1, 2, 4]
    assert json.loads((tmp_path / FILE).read_text()) == {
        "sleepy|4 processors": 4,
        "newer|4 processors": 1,
    }


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize("content", ["", "[]", "{", '{"sleepy|4 processors": 99}', "\x00"])
def test_file_that_says_nothing_sensible_is_measured_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    start, _ = starter(lambda _: 0.002)

    assert best(tmp_path, start) == 4


@pytest.mark.usefixtures("four")
def test_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    start, _ = starter(lambda _: 0.0)

    with pytest.raises(ModelCacheError, match="cannot be kept"):
        best(tmp_path / "file" / "cache", start)


def test_one_processor_needs_no_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "processors", lambda: 1)
    start, started = starter(lambda _: 0.0)

    assert best(tmp_path, start) == 1
    assert started == [1]
    assert not (tmp_path / FILE).exists()


def test_of_equals_the_most_are_taken() -> None:
    assert fastest({number: lambda: time.sleep(0.02) for number in (1, 2, 4)}) == 4


@pytest.mark.parametrize("engine", ["ctranslate2", "transformers"])
def test_real_engine_is_measured_at_its_first_start(tmp_path: Path, engine: EngineName) -> None:
    translator = Translator(
        Catalogue(tmp_path, hub_cache=tmp_path), engine=engine, cache_dir=tmp_path / "cache"
    )

    translator.translate([SourceText(text="It rains.")], EN_FR)

    if processors() > 1:
        (number,) = json.loads((tmp_path / "cache" / FILE).read_text()).values()
        assert 1 <= number <= processors()
