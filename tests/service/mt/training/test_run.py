import json
import math
import resource
import shutil
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from service.mt.ctranslate2_engine import CTranslate2Engine
from service.mt.engine import Decoding
from service.mt.golden import GOLDEN
from service.mt.model_folder import check_model, read_model_folder
from service.mt.tokenizer import Tokenizer, decode
from service.mt.torch_engine import TorchEngine
from service.mt.training import loop
from service.mt.training import run as run_module
from service.mt.training.checkpoint import STATE, Checkpoint
from service.mt.training.errors import RuinedRunError, RunDamagedError
from service.mt.training.export import State
from service.mt.training.loop import RUINED_CONSTANT, RUINED_ENTROPY, signs_of_ruin
from service.mt.training.network import Network
from service.mt.training.packing import Batch
from service.mt.training.plan import Plan
from service.mt.training.record import LOG, read_log
from service.mt.training.run import MODEL, WARM_UP, WRITING, News, Run
from service.mt.training.schedule import SNAPSHOTS
from tests.service.mt.training.conftest import EN_FR
from tests.service.mt.training.toy import rows


def never() -> bool:
    return False


def after(steps: int) -> Callable[[], bool]:
    """Return what asks to stop after so many steps."""
    asked = iter(range(1, 1_000_000))
    return lambda: next(asked) >= steps


def trained(folder: Path, *, tokens: int, stopped: Callable[[], bool] = never) -> Run:
    run = Run(folder, threads=1)
    if run.leg is None or run.spent:
        run.begin_leg(seconds=None, tokens=tokens, cool=False)
    assert run.leg is not None
    list(run.train(run.leg, stopped=stopped))
    return run


def same(one: State, other: State) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one | other)


def weights_of(folder: Path) -> dict[str, torch.Tensor]:
    state = Checkpoint.load(folder)
    assert state is not None
    return state.weights


@pytest.fixture(scope="module")
def learned(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("learned") / "numbers"))
    trained(folder, tokens=450_000)
    return folder


def test_learns_to_translate_sentences_that_it_never_saw(learned: Path) -> None:
    last = read_log(learned)[-1]

    assert last["finished"]
    assert last["dev_chrf"]["en-fr"] > 90
    assert last["dev_chrf"]["ru-en"] > 90
    assert last["dev_loss"]["en-fr"] < 0.5


def test_both_engines_translate_alike_with_the_model(learned: Path, tmp_path: Path) -> None:
    model = check_model(read_model_folder(learned / MODEL))
    tokenizer = Tokenizer(learned / MODEL)
    batch = [tokenizer.encode("nine ten one two.", tag=model.folder.tags[EN_FR]).tokens]

    fast = CTranslate2Engine(model, cache_dir=tmp_path, threads=1, quantization="float32")
    slow = TorchEngine(model, tokenizer=tokenizer, threads=1)

    ((found,),) = fast.translate(batch, Decoding(beam=1))
    ((other,),) = slow.translate(batch, Decoding(beam=1))
    assert decode(found.tokens).text == "neuf dix un deux."
    assert found.tokens == other.tokens


def test_the_embedding_of_the_padding_stays_exactly_zero(learned: Path) -> None:
    weights = load_file(learned / MODEL / "model.safetensors")["model.shared.weight"]

    assert not weights[-1].any()
    assert weights[:-1].any(dim=1).all()
    assert not weights_of(learned)["embedding.weight"][-1].any()


def test_the_guided_head_looks_at_the_word_that_is_translated(
    learned: Path, tmp_path: Path
) -> None:
    model = check_model(read_model_folder(learned / MODEL))
    tokens = Tokenizer(learned / MODEL).encode(rows(1, seed=9)[0][0], tag=">>fra<<").tokens
    engine = CTranslate2Engine(model, cache_dir=tmp_path, threads=1, quantization="float32")

    ((found,),) = engine.translate([tokens], Decoding(beam=1, attention=True))
    assert found.attention is not None
    looked_at = found.attention @ np.arange(len(tokens))

    # Numbers keep their order, so the place that is looked at wanders along the source.
    assert np.corrcoef(looked_at, np.arange(len(looked_at)))[0, 1] > 0.9


def test_goes_on_exactly_where_it_was_stopped(run_folder: Path, tmp_path: Path) -> None:
    twin = Path(shutil.copytree(run_folder, tmp_path / "twin"))

    whole = trained(run_folder, tokens=20_000)
    first = trained(twin, tokens=20_000, stopped=after(17))
    second = trained(twin, tokens=999)  # goes on with the leg it was stopped in

    assert first.progress.step == 17
    assert second.progress.step == whole.progress.step
    assert second.progress.tokens == whole.progress.tokens
    for name, weight in weights_of(run_folder).items():
        assert torch.equal(weight, weights_of(twin)[name]), name


def test_a_crash_loses_only_what_was_not_saved_yet(run_folder: Path, tmp_path: Path) -> None:
    twin = Path(shutil.copytree(run_folder, tmp_path / "twin"))
    trained(twin, tokens=20_000)
    trained(run_folder, tokens=20_000, stopped=after(10))
    kept = (run_folder / STATE).read_bytes()

    trained(run_folder, tokens=20_000, stopped=after(5))
    (run_folder / STATE).write_bytes(kept)  # as if those five had not been saved
    (run_folder / f".{STATE}.part").write_bytes(b"half of it")
    with (run_folder / LOG).open("a") as log:
        log.write('{"progress": {"st')
    trained(run_folder, tokens=20_000)

    for name, weight in weights_of(twin).items():
        assert torch.equal(weight, weights_of(run_folder)[name]), name
    steps = [line["progress"]["step"] for line in read_log(run_folder)]
    assert steps == sorted(set(steps))


def test_a_crash_before_anything_was_saved_forgets_no_budget(run_folder: Path) -> None:
    run = Run(run_folder, threads=1)
    run.begin_leg(seconds=None, tokens=4_000, cool=False)
    assert run.leg is not None
    next(iter(run.train(run.leg, stopped=after(1))))
    (run_folder / LOG).unlink()
    again = Run(run_folder, threads=1)

    assert again.leg == run.leg
    assert not again.spent


def test_a_full_disk_is_said_and_keeps_the_older_state(run_folder: Path) -> None:
    trained(run_folder, tokens=20_000, stopped=after(3))
    kept = (run_folder / STATE).read_bytes()
    run = Run(run_folder, threads=1)
    assert run.leg is not None

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(kept) // 2, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            list(run.train(run.leg, stopped=never))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert (run_folder / STATE).read_bytes() == kept
    assert trained(run_folder, tokens=999).spent


def test_what_a_killed_run_was_writing_is_removed(run_folder: Path) -> None:
    trained(run_folder, tokens=2_000)
    model = {path.name: path.read_bytes() for path in (run_folder / MODEL).iterdir()}
    (run_folder / f"{WRITING}killed" / MODEL).mkdir(parents=True)
    (run_folder / f"{WRITING}killed" / MODEL / "model.safetensors").write_bytes(b"half of it")

    Run(run_folder, threads=1)

    assert not list(run_folder.glob(f"{WRITING}*"))
    assert {path.name: path.read_bytes() for path in (run_folder / MODEL).iterdir()} == model


def test_the_model_is_whole_when_training_is_stopped_before_it_was_scored(
    run_folder: Path,
) -> None:
    trained(run_folder, tokens=20_000, stopped=after(3))

    check_model(read_model_folder(run_folder / MODEL))
    assert {path.name for path in (run_folder / MODEL).iterdir()} >= {
        GOLDEN,
        "SHA256SUMS",
        "README.md",
    }
    assert "dev_loss" not in read_log(run_folder)[-1]


def test_trains_longer_from_where_a_leg_ended(run_folder: Path) -> None:
    first = trained(run_folder, tokens=6_000)

    second = trained(run_folder, tokens=6_000)

    assert second.progress.tokens >= first.progress.tokens + 6_000
    assert second.leg is not None
    assert second.leg.start == first.progress


def test_cooling_lets_the_rate_fall_from_the_beginning(run_folder: Path) -> None:
    run = trained(run_folder, tokens=5_000)
    run.begin_leg(seconds=None, tokens=10_000, cool=True)
    assert run.leg is not None

    rates = [news.report.rate for news in run.train(run.leg, stopped=never)]

    assert max(rates) <= run.plan.peak
    assert rates[-1] < 0.05 * run.plan.peak


def test_a_run_that_begins_by_cooling_warms_up_too(run_folder: Path) -> None:
    run = Run(run_folder, threads=1)

    run.begin_leg(seconds=None, tokens=10_000, cool=True)

    assert run.leg is not None
    assert run.leg.warm_up == WARM_UP


def test_begins_with_the_weights_of_a_model_alone(learned: Path, run_folder: Path) -> None:
    network = Network(Plan.load(run_folder).shape)
    plan = json.loads((run_folder / "plan.json").read_text())
    (run_folder / "plan.json").write_text(json.dumps(plan | {"from_model": "numbers"}))
    shutil.copyfile(learned / MODEL / "model.safetensors", run_folder / "start.safetensors")

    run = Run(run_folder, threads=1)
    run.begin_leg(seconds=None, tokens=500, cool=False)
    assert run.leg is not None
    news = list(run.train(run.leg, stopped=never))

    assert network.shape == run.plan.shape
    assert news[0].report.loss < 2  # from nothing it would be 5.7
    assert run.leg.warm_up == 100


def test_a_leg_ends_with_the_soup_of_its_snapshots_and_of_where_it_began(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = trained(run_folder, tokens=20_000)._stepper.weights()
    ladled: list[list[State]] = []
    losses: list[float] = []

    def ladle(states: list[State], loss: Callable[[State], float]) -> State:
        ladled.append(list(states))
        losses.append(loss(states[0]))
        return states[0]

    trained(run_folder, tokens=4_000, stopped=after(4))  # and goes on, as if nothing had been
    monkeypatch.setattr(run_module, "soup", ladle)
    run = trained(run_folder, tokens=4_000)

    ((first, *others),) = ladled
    assert same(first, before)
    assert 2 <= len(others) < len(SNAPSHOTS)
    assert not any(same(other, before) for other in others)
    assert same(run._stepper.weights(), before)
    assert same(weights_of(run_folder), before)
    shipped = load_file(run_folder / MODEL / "model.safetensors")["model.shared.weight"]
    assert torch.equal(shipped, before["embedding.weight"].half())
    assert sum(read_log(run_folder)[-1]["dev_loss"].values()) == pytest.approx(losses[0], abs=0.01)


def test_the_folder_of_the_model_can_be_installed(learned: Path) -> None:
    checked = check_model(read_model_folder(learned / MODEL))

    assert checked.folder.name == "numbers"
    assert {str(d): tag for d, tag in checked.folder.tags.items()} == {
        "en-fr": ">>fra<<",
        "ru-en": ">>eng<<",
    }
    card = (learned / MODEL / "README.md").read_text()
    assert "million target tokens" in card
    assert "| en-fr |" in card


def test_draws_loss_and_chrf_over_tokens(learned: Path) -> None:
    picture = (learned / "curve.svg").read_text()

    assert picture.startswith("<?xml")
    assert "million target tokens seen" in picture
    assert "en-fr" in picture
    assert "chrF" in picture


def test_tells_the_two_signs_of_a_ruined_run(learned: Path) -> None:
    run = Run(learned, threads=1)
    network, batch = run._stepper.network, run._dev.watched()
    entropy, constant = signs_of_ruin(network, batch)
    assert entropy > RUINED_ENTROPY
    assert constant < RUINED_CONSTANT

    with torch.no_grad():
        network.decoder[0].attention.joined.weight.mul_(50)
        network.encoder[-1].norm.weight.mul_(0.01)
        network.encoder[-1].norm.bias.fill_(1)
    entropy, constant = signs_of_ruin(network, batch)

    assert entropy < RUINED_ENTROPY
    assert constant > RUINED_CONSTANT


@pytest.mark.parametrize(
    ("entropy", "constant", "warning"),
    [(1.5, 0.3, None), (0.2, 0.3, "saturated"), (1.5, 0.95, "says the same of every word")],
)
def test_a_sign_of_ruin_becomes_a_warning(
    run_folder: Path, entropy: float, constant: float, warning: str | None
) -> None:
    run = Run(run_folder, threads=1)
    run.begin_leg(seconds=None, tokens=100, cool=False)
    assert run.leg is not None
    news: News = next(iter(run.train(run.leg, stopped=after(1))))
    report = type(news.report)(
        **{
            name: getattr(news.report, name)
            for name in news.report.__dataclass_fields__
            if name not in {"attention_entropy", "encoder_constant"}
        },
        attention_entropy=entropy,
        encoder_constant=constant,
    )

    assert (report.warning is None) == (warning is None)
    assert warning is None or warning in str(report.warning)


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_state(run_folder: Path) -> None:
    trained(run_folder, tokens=20_000, stopped=after(3))
    run = Run(run_folder, threads=1)
    assert run.leg is not None

    def spoil() -> bool:
        with torch.no_grad():
            run._stepper.network.encoder[0].norm.weight.fill_(math.nan)
        return False

    with pytest.raises(RuinedRunError, match="step 5"):
        list(run.train(run.leg, stopped=spoil))

    assert all(weight.isfinite().all() for weight in weights_of(run_folder).values())


@pytest.mark.parametrize(
    "file", ["plan.json", "pairs/en-fr.npz", "dev/en-ru.json", "lexicon.npz", "vocab.json"]
)
def test_a_missing_file_is_named(run_folder: Path, file: str) -> None:
    (run_folder / file).unlink()

    with pytest.raises(RunDamagedError, match=Path(file).name):
        Run(run_folder, threads=1)


@pytest.mark.parametrize(
    "file",
    [
        *("plan.json", "state.pt", "pairs/en-fr.npz", "dev/en-fr.npz"),
        *("dev/en-ru.json", "lexicon.npz", "vocab.json", "spm.model"),
    ],
)
@pytest.mark.parametrize("content", [b"", b"[1, 2", b"PK\x03\x04 and then"])
def test_a_damaged_file_is_named(run_folder: Path, file: str, content: bytes) -> None:
    (run_folder / file).write_bytes(content)

    with pytest.raises(RunDamagedError, match=Path(file).name):
        Run(run_folder, threads=1)


def test_a_state_never_runs_code(run_folder: Path, tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[object, tuple[Path]]:
            return Path.touch, (tmp_path / "ran",)

    torch.save({"progress": Hostile()}, run_folder / STATE)

    with pytest.raises(RunDamagedError, match=STATE):
        Run(run_folder, threads=1)

    assert not (tmp_path / "ran").exists()


def test_reports_come_by_the_clock_and_do_not_change_what_is_learned(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = Path(shutil.copytree(run_folder, tmp_path / "twin"))
    trained(run_folder, tokens=4_000)

    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    run = Run(twin, threads=1)
    run.begin_leg(seconds=None, tokens=4_000, cool=False)
    assert run.leg is not None
    reports = list(islice(run.train(run.leg, stopped=never), 1000))

    assert len(reports) == run.progress.step
    for name, weight in weights_of(run_folder).items():
        assert torch.equal(weight, weights_of(twin)[name]), name


def test_batches_of_the_watched_pairs_are_long_enough(prepared: Path) -> None:
    watched: Batch = Run(prepared, threads=1)._dev.watched()

    assert watched.target.shape[1] >= 4
    assert len(watched.target) >= 1
