from pathlib import Path

import pytest

from service.domain.language import Direction, Language
from service.mt.training.bench import _Examples
from service.mt.training.packing import Batches
from service.mt.training.plan import Plan, load_pairs
from service.mt.training.prepare import Sources, prepare
from service.mt.training.vocabulary import Vocabulary
from service.usecases import bench_training as module
from service.usecases.bench_training import NoTrainerError, bench_training
from service.usecases.train_model import NoRunError
from tests.service.mt.training.toy import TINY, rows, write_rows


def silent(_done: int, _total: int) -> None:
    pass


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    pairs = write_rows(tmp_path / "numbers.tsv", rows(400))
    run = tmp_path / "numbers"
    run.mkdir()
    prepare(
        run,
        Sources(
            files=[pairs],
            columns=tuple(Language),
            directions=[Direction(Language.RU, Language.EN)],
        ),
        size=TINY,
        pieces=300,
        from_model=None,
        batch_tokens=512,
        seed=1,
        threads=1,
        told=lambda _label, _done, _total: None,
    )
    return run


def test_trains_in_turns_and_keeps_nothing(prepared: Path) -> None:
    before = sorted(path.name for path in prepared.rglob("*"))
    turns: list[tuple[int, int]] = []

    speed = bench_training(
        prepared, seconds=1.5, threads=1, progress=lambda *done: turns.append(done)
    )

    assert set(speed.by_cpu_second) == set(speed.by_second) == {"ours", "Seq2SeqTrainer"}
    assert all(rate > 0 for rate in speed.by_cpu_second.values())
    assert speed.ratio_to_trainer == pytest.approx(
        speed.by_cpu_second["ours"] / speed.by_cpu_second["Seq2SeqTrainer"]
    )
    assert turns == [(number, 6) for number in range(7)]
    assert sorted(path.name for path in prepared.rglob("*")) == before


def test_both_ways_train_on_the_same_tokens(prepared: Path) -> None:

    vocabulary = Vocabulary(prepared)
    pairs = load_pairs(prepared / "pairs", Plan.load(prepared).directions, vocabulary)
    pad = len(vocabulary) - 1

    theirs = sorted((one["input_ids"], one["labels"]) for one in _Examples(pairs))
    ours = sorted(
        (source.tolist(), target[target != pad].tolist())
        for batch in Batches(pairs, pad=pad, tokens=512, seed=1).once()
        for source, target in zip(batch.source, batch.target, strict=True)
    )

    assert theirs == ours


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoRunError):
        bench_training(tmp_path, seconds=1, threads=1, progress=silent)


def test_without_accelerate_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _name: None)

    with pytest.raises(NoTrainerError, match="pip install accelerate"):
        bench_training(tmp_path, seconds=1, threads=1, progress=silent)
