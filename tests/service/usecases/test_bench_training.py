from pathlib import Path

import numpy as np
import pytest

from service.domain.language import Direction, Language
from service.mt.training.bench import OURS, TRAINER, Examples, sample
from service.mt.training.packing import Batches, DirectedPairs, pack
from service.mt.training.plan import Plan, load_pairs
from service.mt.training.prepare import Sources
from service.mt.training.turns import WARM_UP_STEPS, Turn
from service.mt.training.vocabulary import Vocabulary
from service.usecases import bench_training as module
from service.usecases.bench_training import NoTrainerError, bench_training
from service.usecases.train_model import NoRunError
from tests.service.mt.training.toy import prepare_toy, rows, write_rows

PAD = 300


def silent(_done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    pairs = write_rows(folder / "numbers.tsv", rows(3000))
    run = folder / "numbers"
    directions = [Direction(Language.RU, Language.EN)]
    prepare_toy(run, Sources(files=[pairs], columns=tuple(Language), directions=directions))
    return run


@pytest.fixture
def pairs(prepared: Path) -> list[DirectedPairs]:
    plan = Plan.load(prepared)
    return load_pairs(prepared / "pairs", plan.directions, Vocabulary(prepared))


def test_trains_in_turns_and_keeps_nothing(prepared: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in prepared.rglob("*")}
    turns: list[tuple[int, int]] = []

    speed = bench_training(
        prepared,
        seconds=0.6,
        threads=1,
        progress=lambda *done: turns.append(done),
    )

    rates = speed.tokens_per_cpu_second
    assert list(rates) == list(speed.tokens_per_second) == [OURS, TRAINER]
    assert all(rate > 0 for rate in (*rates.values(), *speed.tokens_per_second.values()))
    assert speed.ratio_to_trainer == pytest.approx(rates[OURS] / rates[TRAINER])
    assert turns == [(number, 6) for number in range(7)]
    assert {path: path.stat().st_mtime_ns for path in prepared.rglob("*")} == before


def test_ours_and_the_trainer_train_on_the_same_tokens(pairs: list[DirectedPairs]) -> None:
    examples = Examples.of(sample(pairs, most=5000), batch_tokens=30)

    theirs = sorted(
        (examples[place]["input_ids"], examples[place]["labels"]) for place in range(len(examples))
    )
    ours = [
        (source.tolist(), target[target != PAD].tolist())
        for batch in Batches(pairs, pad=PAD, tokens=512, seed=1).once()
        for source, target in zip(batch.source, batch.target, strict=True)
    ]

    assert len(ours) - len(theirs) < examples.rows  # their last batch, if it is not full
    assert all(one in ours for one in theirs)


def test_any_few_of_the_trainers_batches_are_as_long_as_all(
    pairs: list[DirectedPairs],
) -> None:
    examples = Examples.of(sample(pairs, most=5000), batch_tokens=60)
    lengths = np.array([len(one["input_ids"]) for one in examples.examples])
    batches = lengths.reshape(-1, examples.rows)

    assert len(batches) > 10
    assert np.ptp(batches, axis=1).mean() < np.ptp(lengths) / 4
    for start in range(0, len(batches) - 8, 8):
        assert batches[start : start + 8].mean() == pytest.approx(lengths.mean(), rel=0.2)


def test_the_trainer_goes_on_where_its_last_turn_ended(pairs: list[DirectedPairs]) -> None:
    examples = Examples.of(sample(pairs, most=5000), batch_tokens=200)
    before = [examples[place] for place in range(len(examples))]

    examples.go_on_after(2)

    turned = 2 * examples.rows
    after = [examples[place] for place in range(len(examples))]
    assert after == before[turned:] + before[:turned]


def test_a_sample_follows_weights_and_turns_pairs_round() -> None:
    packed = pack([([1, 0], [2, 2, 0], 2.0), ([3, 0], [4, 4, 0], 0.0)])
    swapped = DirectedPairs(pairs=packed, swapped=True, tag=9)

    (found,) = sample([swapped], most=10)

    assert found.pairs.tokens.tolist() == [2, 2, 0, 1, 0] * 2
    assert found.pairs.offsets.tolist() == [0, 3, 5, 8, 10]
    assert (found.swapped, found.tag) == (False, 9)


def test_a_sample_has_no_more_than_was_asked_for() -> None:
    packed = pack([([number, 0], [number, 0], 1.0) for number in range(1, 101)])
    two = [DirectedPairs(pairs=packed, swapped=False, tag=tag) for tag in (7, 8)]

    assert [len(one.pairs) for one in sample(two, most=20)] == [10, 10]


def test_a_turn_leaves_its_warm_up_out() -> None:
    turn = Turn(0)

    for _ in range(WARM_UP_STEPS):
        assert not turn.is_over(1000)
    assert turn.work.steps == turn.work.tokens == 0
    assert turn.is_over(5)

    assert (turn.work.steps, turn.work.tokens) == (1, 5)
    assert turn.work.seconds > 0
    assert turn.work.cpu_seconds > 0


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoRunError):
        bench_training(tmp_path, seconds=1, threads=1, progress=silent)


def test_without_accelerate_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _name: None)

    with pytest.raises(NoTrainerError, match="pip install accelerate"):
        bench_training(tmp_path, seconds=1, threads=1, progress=silent)
