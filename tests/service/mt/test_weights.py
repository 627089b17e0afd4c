import io
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import load_file

from service.mt.errors import RefusedPickleError
from service.mt.weights import convert_pickle
from tests.service.mt.opus import opus_state

SHARED = "model.shared.weight"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "opus-mt-en-fr"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("is_zip", [False, True])
def test_converted_weights_are_those_that_transformers_saves(
    folder: Path, opus_folder: Path, *, is_zip: bool
) -> None:
    state = opus_state(opus_folder)
    torch.save(state, folder / "pytorch_model.bin", _use_new_zipfile_serialization=is_zip)

    convert_pickle(folder)

    expected = load_file(opus_folder / "model.safetensors")
    converted = load_file(folder / "model.safetensors")
    assert set(converted) == set(expected) >= {SHARED, "final_logits_bias"}
    assert all(torch.equal(converted[name], expected[name]) for name in expected)
    assert [path.name for path in folder.iterdir()] == ["model.safetensors"]
    with safe_open(folder / "model.safetensors", "pt") as tensors:
        assert tensors.metadata() == {"format": "pt"}


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_numbers_stay_as_they_are_stored(folder: Path, dtype: torch.dtype) -> None:
    weights = torch.arange(12.0).reshape(4, 3).to(dtype)
    views = {SHARED: weights, "a.weight": weights.t(), "b.weight": weights[1:]}
    torch.save(views, folder / "pytorch_model.bin")

    convert_pickle(folder)

    converted = load_file(folder / "model.safetensors")
    assert all(torch.equal(converted[name], views[name]) for name in views)
    assert {tensor.dtype for tensor in converted.values()} == {dtype}


class Harm:
    """Makes a folder when it is unpickled, if whoever unpickles it is careless."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, (self.folder,))


@pytest.mark.parametrize("kind", ["plain", "old", "zip"])
def test_pickle_that_would_run_code_is_refused_and_not_run(folder: Path, kind: str) -> None:
    harmed, path = folder / "harmed", folder / "pytorch_model.bin"
    state = {SHARED: torch.ones(2, 2), "more": Harm(harmed)}
    if kind == "plain":
        path.write_bytes(pickle.dumps(state))
    else:
        torch.save(state, path, _use_new_zipfile_serialization=kind == "zip")

    with pytest.raises(RefusedPickleError, match="nothing in it was run"):
        convert_pickle(folder)

    assert [file.name for file in folder.iterdir()] == ["pytorch_model.bin"]


def test_the_same_pickle_does_harm_where_it_is_trusted(folder: Path) -> None:
    pickle.loads(pickle.dumps(Harm(folder / "harmed")))  # noqa: S301 - it is our own

    assert (folder / "harmed").is_dir()


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        ([torch.ones(2)], "no model.shared.weight"),
        ({}, "no model.shared.weight"),
        ({SHARED: 1}, "no model.shared.weight"),
        ({SHARED: torch.ones(2), "epoch": 3}, "more than named tensors"),
        ({SHARED: torch.ones(2), 3: torch.ones(2)}, "more than named tensors"),
        ({SHARED: torch.ones(2), "ids": torch.ones(2, dtype=torch.int64)}, "another kind"),
        ({SHARED: torch.ones(2), "sparse": torch.ones(2).to_sparse()}, "another kind"),
        ({SHARED: torch.ones(2), "lm_head.weight": torch.zeros(2)}, "lm_head.weight differs"),
    ],
)
def test_what_is_no_marian_model_is_refused(folder: Path, state: Any, problem: str) -> None:
    torch.save(state, folder / "pytorch_model.bin")

    with pytest.raises(RefusedPickleError, match=problem):
        convert_pickle(folder)

    assert not (folder / "model.safetensors").exists()


def _saved(*, is_zip: bool) -> bytes:
    buffer = io.BytesIO()
    torch.save({SHARED: torch.ones(2, 2)}, buffer, _use_new_zipfile_serialization=is_zip)
    return buffer.getvalue()


SAVED = [_saved(is_zip=False), _saved(is_zip=True)]


@settings(max_examples=60)
@given(data=st.data(), saved=st.sampled_from(SAVED))
def test_damaged_pickle_is_refused_or_read_but_nothing_else_happens(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, saved: bytes
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    content = bytearray(saved)
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    end = data.draw(st.just(len(content)) | st.integers(0, len(content)))
    (folder / "pytorch_model.bin").write_bytes(content[:end])

    try:
        convert_pickle(folder)
    except RefusedPickleError:
        assert [file.name for file in folder.iterdir()] == ["pytorch_model.bin"]
    else:
        assert [file.name for file in folder.iterdir()] == ["model.safetensors"]
