from itertools import permutations

import pytest
import torch
from torch import Tensor

from service.mt.training.export import State, average, soup


def state(*values: float) -> State:
    return {"weight": torch.tensor(values)}


def to(goal: Tensor, weights: State) -> float:
    return float((weights["weight"] - goal).square().sum())


def test_the_mean_of_two_that_err_in_opposite_ways_is_taken() -> None:
    goal = torch.tensor([0.0, 0.0])
    left, right, far = state(-1.0, 0.2), state(1.5, 0.2), state(9.0, 9.0)

    found = soup([far, left, right], lambda weights: to(goal, weights))

    assert torch.equal(found["weight"], average([left, right])["weight"])


def test_one_that_is_better_alone_stays_alone_to_the_last_bit() -> None:
    best = state(0.1, 1 / 3)

    found = soup([state(5.0, 5.0), best, state(4.0, 7.0)], lambda w: to(torch.zeros(2), w))

    assert torch.equal(found["weight"], best["weight"])


@pytest.mark.parametrize("seed", range(20))
def test_a_soup_is_no_worse_than_any_ingredient_in_any_order(seed: int) -> None:
    torch.manual_seed(seed)
    goal, states = torch.randn(6), [{"weight": torch.randn(6)} for _ in range(4)]

    def loss(weights: State) -> float:
        return to(goal, weights)

    found = [loss(soup(list(order), loss)) for order in permutations(states)]

    assert max(found) == pytest.approx(min(found), rel=1e-5)
    assert max(found) <= min(map(loss, states))
