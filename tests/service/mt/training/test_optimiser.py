import pytest
import torch

from service.mt.training.network import Network, Shape, initialise
from service.mt.training.optimiser import (
    ADAM_BETAS,
    ITERATIONS,
    MOMENTUM,
    QUINTIC,
    UPDATE_SIZE,
    Optimiser,
    orthogonal,
)

SHAPE = Shape(vocabulary=30, width=16, feed_forward=64, heads=2, encoder_layers=1, decoder_layers=1)


def test_constants_are_those_of_the_sources() -> None:
    assert QUINTIC == (3.4445, -4.7750, 2.0315)
    assert (ITERATIONS, MOMENTUM, UPDATE_SIZE) == (5, 0.95, 0.2)
    assert ADAM_BETAS == (0.9, 0.98)


@pytest.mark.parametrize("shape", [(48, 32), (32, 48), (32, 32)])
def test_brings_singular_values_near_one_and_keeps_directions(shape: tuple[int, int]) -> None:
    torch.manual_seed(3)
    left, _ = torch.linalg.qr(torch.randn(shape[0], 8))
    right, _ = torch.linalg.qr(torch.randn(shape[1], 8))
    sizes = torch.logspace(0, -1, 8)

    found = left.t() @ orthogonal((left @ sizes.diag() @ right.t())[None])[0] @ right

    assert found.shape == (8, 8)
    assert ((found.diag() > 0.6) & (found.diag() < 1.3)).all()
    assert (found - found.diag().diag()).abs().max() < 1e-3


def test_a_zero_gradient_moves_nothing() -> None:
    assert not orthogonal(torch.zeros(2, 4, 6)).any()


def _stepped(*, joined_gradient: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    network = Network(SHAPE)
    initialise(network, seed=1)
    weights = {name: weight.detach().clone() for name, weight in network.named_parameters()}
    name = "encoder.0.attention.joined.weight"
    before = weights[name].clone()
    optimiser = Optimiser(network, weights, half=False)
    for weight in weights.values():
        weight.grad = torch.zeros_like(weight)
    weights[name].grad = joined_gradient
    optimiser.step(0.01)
    return before, weights[name]


def test_query_key_and_value_are_matrices_of_their_own() -> None:
    torch.manual_seed(4)
    gradient = torch.randn(48, 16)
    louder = gradient.clone()
    louder[:16] *= 1000  # a query that shouts must not silence key and value

    _, usual = _stepped(joined_gradient=gradient)
    _, loud = _stepped(joined_gradient=louder)

    assert torch.allclose(usual, loud, atol=1e-5)


def test_an_update_has_the_size_that_adams_has() -> None:
    torch.manual_seed(4)

    before, after = _stepped(joined_gradient=torch.randn(48, 16))

    size = (after - before).square().mean().sqrt().item()
    assert size == pytest.approx(0.01 * 0.2, rel=0.35)


def test_every_weight_learns_and_forgets_its_gradient() -> None:
    network = Network(SHAPE)
    initialise(network, seed=1)
    weights = {name: weight.detach().clone() for name, weight in network.named_parameters()}
    before = {name: weight.clone() for name, weight in weights.items()}
    optimiser = Optimiser(network, weights, half=False)
    for weight in weights.values():
        weight.grad = torch.randn_like(weight)

    optimiser.step(0.01)

    for name, weight in weights.items():
        assert not torch.equal(weight, before[name]), name
        assert weight.grad is None
