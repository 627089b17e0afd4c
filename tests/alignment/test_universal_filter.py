import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from alignment.universal_filter import POINTS, TILE, make_filter


def outputs_of(window: NDArray[np.float32], inputs: NDArray[np.float32]) -> NDArray[np.float64]:
    """The plain sum: output j is the sum of input j + k times weight k."""
    return np.array(
        [
            sum(inputs[j + k].astype(float) @ weight for k, weight in enumerate(window))
            for j in range(TILE)
        ]
    )


@given(st.integers(0, 10_000), st.sampled_from([2, 3, 5]))
def test_filter_does_what_the_window_does(seed: int, size: int) -> None:
    random = np.random.default_rng(seed)
    window = random.standard_normal((size, 32, 32)).astype(np.float32)
    inputs = random.standard_normal((size + TILE - 1, 32)).astype(np.float32)
    made = make_filter(window)

    products = np.einsum("pi,pij->pj", made.to_points @ inputs, made.weights)

    expected = outputs_of(window, inputs)
    assert np.abs(expected).max() > 1
    assert made.to_outputs @ products == pytest.approx(expected, abs=2e-5 * np.abs(expected).max())


@pytest.mark.parametrize(("size", "plain"), [(2, 8), (3, 12), (5, 20)])
def test_filter_takes_fewer_products_than_a_plain_sum(size: int, plain: int) -> None:
    made = make_filter(np.ones((size, 1, 1), np.float32))

    assert len(made.weights) == size + 3 < plain


def test_points_differ_so_that_no_two_products_are_the_same() -> None:
    assert len(set(POINTS)) == 7 == 5 + TILE - 2
