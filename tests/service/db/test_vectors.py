import threading
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from alignment import CachedEncoder, SentenceEncoder
from alignment.cache import hash_text
from service.db import vectors
from service.db.tables import SentenceVectorRow
from service.db.vectors import VectorStore

FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(arrays.arrays(np.float32, st.integers(1, 2_000), elements=FINITE))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_vector_comes_back_bit_for_bit(
    sessions: sessionmaker[Session], vector: NDArray[np.float32]
) -> None:
    store, key = VectorStore(sessions), hash_text(vector.tobytes().hex())

    store.write("any", {key: vector})

    assert store.read("any", [key, b"other"])[key].tobytes() == vector.tobytes()


def test_the_next_worker_finds_what_the_last_one_encoded(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    class Broken:
        name = encoder.name

        def encode(self, texts: object) -> NDArray[np.float32]:
            pytest.fail(f"encoded again: {texts}")

    texts = ["The ferry is back.", "Le bac est de retour.", "The ferry is back."]

    first = CachedEncoder(encoder, VectorStore(sessions)).encode(texts)

    again = CachedEncoder(Broken(), VectorStore(sessions)).encode(texts)
    assert again.tobytes() == first.tobytes() == encoder.encode(texts).tobytes()


def test_encoders_do_not_see_each_others_vectors(sessions: sessionmaker[Session]) -> None:
    store = VectorStore(sessions)
    for number, encoder in enumerate(("one", "another")):
        store.write(encoder, {b"key": np.full(3 + number, number, np.float32)})

    assert store.read("one", [b"key"])[b"key"].tolist() == [0, 0, 0]
    assert store.read("another", [b"key"])[b"key"].tolist() == [1, 1, 1, 1]


def test_a_long_text_goes_in_several_statements(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "BATCH", 7)
    store = VectorStore(sessions)
    some = {hash_text(str(n)): np.array([n, 1], np.float32) for n in range(50)}

    store.write("any", some)

    found = store.read("any", some.keys())
    assert {key: vector.tolist() for key, vector in found.items()} == {
        key: vector.tolist() for key, vector in some.items()
    }


def test_workers_may_write_the_same_at_once_and_the_first_stays(
    sessions: sessionmaker[Session],
) -> None:
    keys = [hash_text(str(number)) for number in range(500)]
    barrier = threading.Barrier(4)
    errors: list[BaseException] = []

    def write(number: int) -> None:
        mine = keys if number % 2 else keys[::-1]
        barrier.wait()
        try:
            VectorStore(sessions).write(
                "any", {key: np.array([number], np.float32) for key in mine}
            )
        except BaseException as error:  # noqa: BLE001 - shown by the assert
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    before = VectorStore(sessions).read("any", keys)
    assert len(before) == 500
    VectorStore(sessions).write("any", {key: np.array([9], np.float32) for key in keys})
    assert {key: v.tolist() for key, v in VectorStore(sessions).read("any", keys).items()} == {
        key: v.tolist() for key, v in before.items()
    }


def test_no_transaction_is_open_while_the_encoder_works(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    open_ones: list[object] = []

    class Watching:
        name = "watching"

        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            with sessions.begin() as session:
                query = text(
                    "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' "
                    "AND datname = current_database() AND pid <> pg_backend_pid()"
                )
                open_ones.append(session.scalar(query))
            return encoder.encode(texts)

    CachedEncoder(Watching(), VectorStore(sessions)).encode(["One.", "Two."])

    assert open_ones == [0]


def test_rows_may_go_at_any_time_and_hold_no_text(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    cached = CachedEncoder(encoder, VectorStore(sessions))
    before = cached.encode(["Nobody finds this."])
    with sessions.begin() as session:
        (row,) = session.execute(text("SELECT sentence_vector::text FROM sentence_vector")).all()
        assert "Nobody" not in row[0]
        session.execute(delete(SentenceVectorRow))

    assert cached.encode(["Nobody finds this."]).tolist() == before.tolist()
    with sessions.begin() as session:
        assert session.scalar(select(func.count()).select_from(SentenceVectorRow)) == 1


def test_a_database_that_is_gone_is_an_error_and_nothing_is_encoded_in_its_place(
    sessions: sessionmaker[Session], encoder: SentenceEncoder
) -> None:
    with sessions.begin() as session:
        session.execute(text("ALTER TABLE sentence_vector RENAME TO elsewhere"))

    with pytest.raises(Exception, match="sentence_vector"):
        CachedEncoder(encoder, VectorStore(sessions)).encode(["One."])
