import pytest
import torch
from transformers import MarianConfig, MarianMTModel

from service.mt.training.export import config_of
from service.mt.training.network import (
    Network,
    Shape,
    from_marian,
    initialise,
    sinusoids,
    to_marian,
)

SHAPE = Shape(vocabulary=50, width=32, feed_forward=48, heads=4, encoder_layers=3, decoder_layers=2)
PAD = 49


@pytest.fixture
def marian() -> MarianMTModel:
    torch.manual_seed(2)
    ends = {"pad_token_id": PAD, "eos_token_id": 0, "decoder_start_token_id": PAD}
    model = MarianMTModel(MarianConfig(**config_of(SHAPE), **ends, init_std=0.2)).eval()
    with torch.no_grad():
        model.model.shared.weight[PAD] = 0
    return model


def test_is_the_same_function_as_marian(marian: MarianMTModel) -> None:
    network = Network(SHAPE)
    from_marian(network, marian.state_dict())
    source, target = torch.randint(0, PAD, (4, 9)), torch.randint(0, PAD, (4, 7))

    hidden, alignment = network(source, target)
    shifted = torch.cat([torch.full((4, 1), PAD), target[:, :-1]], dim=1)
    marian.set_attn_implementation("eager")
    output = marian.model(input_ids=source, decoder_input_ids=shifted, output_attentions=True)

    assert torch.allclose(hidden, output.last_hidden_state, atol=2e-5)
    assert torch.allclose(alignment.exp(), output.cross_attentions[-1][:, 0], atol=2e-5)


def test_weights_go_to_marian_and_back_unchanged(marian: MarianMTModel) -> None:
    first, second = Network(SHAPE), Network(SHAPE)
    from_marian(first, marian.state_dict())

    state = to_marian(first)
    missing, unexpected = marian.load_state_dict(state, strict=False)
    from_marian(second, state)

    assert not unexpected
    assert all("embed" in name or "lm_head" in name for name in missing)
    for one, other in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_padding_of_a_model_that_has_some_becomes_zero(marian: MarianMTModel) -> None:
    state = marian.state_dict() | {
        "model.shared.weight": torch.ones(marian.model.shared.weight.shape)
    }
    network = Network(SHAPE)

    from_marian(network, state)

    assert not network.embedding.weight[network.pad].any()
    assert network.embedding.weight[: network.pad].all()


def test_a_padded_target_changes_nothing_before_the_padding() -> None:
    network = Network(SHAPE)
    initialise(network, seed=1)
    source, target = torch.randint(0, PAD, (2, 6)), torch.randint(0, PAD, (2, 5))
    padded = torch.nn.functional.pad(target, (0, 4), value=PAD)

    short, long = network(source, target)[0], network(source, padded)[0]

    assert torch.allclose(short, long[:, :5], atol=1e-6)


def test_begins_with_spread_out_weights_and_a_zero_row_for_the_padding() -> None:
    network = Network(SHAPE)
    initialise(network, seed=1)
    weights = network.embedding.weight.detach()
    joined = network.encoder[0].attention.joined.weight.detach()

    assert not weights[PAD].any()
    assert weights[:PAD].std().item() == pytest.approx(32**-0.5, rel=0.1)
    # Glorot for each of query, key and value by itself: sqrt(2 / (32 + 32)).
    assert joined.std().item() == pytest.approx((2 / 64) ** 0.5, rel=0.1)
    assert not network.encoder[0].attention.joined.bias.any()


def test_the_same_seed_gives_the_same_weights() -> None:
    networks = [Network(SHAPE) for _ in range(3)]
    for network, seed in zip(networks, (1, 1, 2), strict=True):
        initialise(network, seed=seed)

    one, same, other = (network.encoder[1].feed_forward.fc1.weight for network in networks)
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_positions_are_those_of_marian() -> None:
    # Position 1 of width 4: sin 1, sin 0.01, cos 1, cos 0.01.
    expected = torch.tensor([0.841471, 0.010000, 0.540302, 0.999950])

    assert torch.allclose(sinusoids(3, 4)[1], expected, atol=1e-6)
