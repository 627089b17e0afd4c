import pytest
import torch
from torch.nn import functional

from service.mt.training import objective
from service.mt.training.objective import DIAGONAL, SMOOTHING, SmoothedCrossEntropy, guidance

PAD = 9


def test_constants_are_those_of_the_papers() -> None:
    assert SMOOTHING == 0.1
    assert DIAGONAL == 4.0


@pytest.mark.parametrize("chunk", [3, 7, 512])
def test_loss_and_gradients_are_torchs(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(objective, "CHUNK_ROWS", chunk)
    torch.manual_seed(1)
    hidden = torch.randn(11, 6, requires_grad=True)
    weight = torch.randn(20, 6, requires_grad=True)
    labels = torch.randint(0, 20, (11,))
    slow_hidden, slow_weight = (x.detach().clone().requires_grad_() for x in (hidden, weight))

    (3 * SmoothedCrossEntropy.apply(hidden, weight, labels)).backward()
    slow = functional.cross_entropy(slow_hidden @ slow_weight.t(), labels, label_smoothing=0.1)
    (3 * slow).backward()

    fast = SmoothedCrossEntropy.apply(hidden, weight, labels)
    assert torch.allclose(fast, slow, atol=1e-6)
    assert torch.allclose(hidden.grad, slow_hidden.grad, atol=1e-6)
    assert torch.allclose(weight.grad, slow_weight.grad, atol=1e-6)


def test_guidance_is_a_distribution_over_the_source() -> None:
    lexicon = torch.randn(10, 10).half()
    source, target = torch.randint(0, 9, (3, 5)), torch.randint(0, 9, (3, 4))

    wanted = guidance(source, target, lexicon, pad=PAD)

    assert wanted.shape == (3, 4, 5)
    assert torch.allclose(wanted.sum(-1), torch.ones(3, 4), atol=1e-5)


def test_guidance_looks_for_the_word_and_without_one_at_the_diagonal() -> None:
    lexicon = torch.full((10, 10), -14.0).half()
    lexicon[3, 7] = 0.0  # 7 translates 3
    source, target = torch.tensor([[1, 2, 3, 4]]), torch.tensor([[7, 5, 6, 8]])

    wanted = guidance(source, target, lexicon, pad=PAD)[0]

    assert wanted[0].argmax() == 2
    # Nothing is known of 5, 6 and 8: the i-th of four looks near the i-th of four.
    assert wanted[1:].argmax(-1).tolist() == [2, 3, 3]


def test_padding_does_not_move_the_diagonal() -> None:
    lexicon = torch.zeros(10, 10).half()
    source, target = torch.tensor([[1, 2, 3]]), torch.tensor([[4, 5]])
    padded = torch.tensor([[4, 5, PAD, PAD]])

    short = guidance(source, target, lexicon, pad=PAD)

    assert torch.allclose(short, guidance(source, padded, lexicon, pad=PAD)[:, :2])
