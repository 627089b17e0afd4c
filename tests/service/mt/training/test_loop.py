import itertools
from pathlib import Path

import pytest
import torch

from service.mt.training.lexicon import load_lexicon
from service.mt.training.loop import Stepper, mean_loss
from service.mt.training.network import Network, initialise
from service.mt.training.packing import Batches
from service.mt.training.plan import Plan, load_pairs
from service.mt.training.run import computes_in_half
from service.mt.training.vocabulary import Vocabulary

RATE = 1e-3


def stepper(folder: Path, *, half: bool) -> Stepper:
    network = Network(Plan.load(folder).shape)
    initialise(network, seed=1)
    lexicon = load_lexicon(folder / "lexicon.npz")
    return Stepper(network, lexicon, batch_tokens=512, device="cpu", half=half)


def batches(folder: Path) -> Batches:
    vocabulary, plan = Vocabulary(folder), Plan.load(folder)
    pairs = load_pairs(folder / "pairs", plan.directions, vocabulary)
    return Batches(pairs, pad=len(vocabulary) - 1, tokens=512, seed=2)


def steps(one: Stepper, folder: Path, first: int, last: int) -> list[float]:
    taken = itertools.islice(batches(folder).once(), first, last)
    return [one.step(batch, rate=RATE)[0] for batch in taken]


@pytest.mark.parametrize("half", [False, True])
def test_the_loss_falls_in_either_precision(prepared: Path, *, half: bool) -> None:
    one = stepper(prepared, half=half)

    losses = steps(one, prepared, 0, 25)

    assert losses[0] == pytest.approx(5.8, abs=0.7)  # about log 301
    assert sum(losses[-3:]) / 3 < losses[0] - 0.7


def test_half_precision_computes_from_whole_masters(prepared: Path) -> None:
    one = stepper(prepared, half=True)

    steps(one, prepared, 0, 2)

    weights = one.weights()
    for name, computed in one.network.named_parameters():
        assert computed.dtype == torch.bfloat16
        assert weights[name].dtype == torch.float32
        assert torch.equal(computed, weights[name].to(torch.bfloat16)), name
    assert any(
        not torch.equal(weight, weight.to(torch.bfloat16).float()) for weight in weights.values()
    )
    assert not weights["embedding.weight"][-1].any()


@pytest.mark.parametrize("half", [False, True])
def test_goes_on_exactly_from_what_was_kept(prepared: Path, *, half: bool) -> None:
    whole, first, second = (stepper(prepared, half=half) for _ in range(3))
    steps(whole, prepared, 0, 6)

    steps(first, prepared, 0, 3)
    second.take(first.weights(), first.optimiser_state())
    steps(second, prepared, 3, 6)

    kept = second.weights()
    for name, weight in whole.weights().items():
        assert torch.equal(weight, kept[name]), name


def test_a_batch_counts_by_its_tokens(prepared: Path) -> None:
    batch = next(batches(prepared).once())
    gradients = []
    for batch_tokens in (512, 2048):
        network = Network(Plan.load(prepared).shape)
        initialise(network, seed=1)
        lexicon = load_lexicon(prepared / "lexicon.npz")
        one = Stepper(network, lexicon, batch_tokens=batch_tokens, device="cpu", half=False)
        one._update = lambda _rate: None  # type: ignore[method-assign,assignment] # leave the gradients there
        one.step(batch, rate=RATE)
        gradients.append(network.embedding.weight.grad)

    assert torch.allclose(gradients[0], 4 * gradients[1], atol=1e-6)


def test_the_mean_loss_does_not_depend_on_the_batches(prepared: Path) -> None:
    one = stepper(prepared, half=False)
    vocabulary, plan = Vocabulary(prepared), Plan.load(prepared)
    pairs = load_pairs(prepared / "dev", plan.directions, vocabulary)
    pad = len(vocabulary) - 1

    small, large = (
        mean_loss(one.network, Batches(pairs, pad=pad, tokens=tokens, seed=1))
        for tokens in (64, 4096)
    )

    assert small == pytest.approx(large, rel=1e-5)


def test_a_gpu_computes_in_half_precision() -> None:
    assert computes_in_half("cuda")
