import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from service.domain.language import Direction, Language
from service.mt.errors import (
    BrokenModelError,
    ChecksumError,
    LanguageTagError,
    MissingModelFileError,
    ModelNameError,
    PadRowError,
    PickledModelError,
)
from service.mt.model_folder import (
    MANIFEST,
    REQUIRED_FILES,
    check_model,
    check_sums,
    read_model_folder,
    write_sums,
)

CopyModel = Callable[..., Path]


def test_packaged_model_says_its_directions_and_that_it_is_a_stopgap(
    copy_model: CopyModel,
) -> None:
    model = read_model_folder(copy_model())

    assert model.name == "compact"
    assert model.tags == {
        Direction(Language.EN, Language.FR): ">>fra<<",
        Direction(Language.EN, Language.RU): ">>rus<<",
    }
    assert "stopgap" in model.note


def test_opus_folder_without_manifest_is_known_by_its_name(copy_model: CopyModel) -> None:
    model = read_model_folder(copy_model("opus-mt-fr-en", without=[MANIFEST]))

    assert model.tags == {Direction(Language.FR, Language.EN): None}
    assert not model.has_manifest


@pytest.mark.parametrize("name", ["opus-mt-en-en", "opus-mt-en-de", "something"])
def test_other_folders_are_no_models(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelNameError, match="opus-mt-fr-en"):
        read_model_folder(tmp_path / name)


def test_checksum_depends_on_the_weights(copy_model: CopyModel) -> None:
    original = copy_model("original")
    changed = copy_model("changed", without=["SHA256SUMS"])
    _set_pad_row(changed, 0.0)

    first = check_model(read_model_folder(original)).checksum
    again = check_model(read_model_folder(original)).checksum
    other = check_model(read_model_folder(changed)).checksum

    assert first == again != other


@pytest.mark.parametrize("file", REQUIRED_FILES)
def test_missing_file_is_named(copy_model: CopyModel, file: str) -> None:
    folder = copy_model(without=[file])

    with pytest.raises(MissingModelFileError, match=f"{file} is missing"):
        check_model(read_model_folder(folder))


def test_file_that_only_the_sums_name_is_missed(copy_model: CopyModel) -> None:
    folder = copy_model()
    (folder / "generation_config.json").unlink()

    with pytest.raises(MissingModelFileError, match=r"generation_config\.json"):
        check_model(read_model_folder(folder))


@pytest.mark.parametrize("file", ["vocab.json", "generation_config.json"])
def test_changed_file_is_named(copy_model: CopyModel, file: str) -> None:
    folder = copy_model()
    with (folder / file).open("ab") as stream:
        stream.write(b" ")

    with pytest.raises(ChecksumError, match=file):
        check_model(read_model_folder(folder))


def test_changed_weight_is_noticed(copy_model: CopyModel) -> None:
    folder = copy_model()
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "model.safetensors").write_bytes(weights)

    with pytest.raises(ChecksumError, match=r"model\.safetensors"):
        check_model(read_model_folder(folder))


def test_sums_cannot_point_outside_the_folder(copy_model: CopyModel) -> None:
    folder = copy_model()
    (folder / "SHA256SUMS").write_text("00  ../secret\n", encoding="utf-8")

    with pytest.raises(BrokenModelError, match="names no file of the folder"):
        check_model(read_model_folder(folder))


@pytest.mark.parametrize(
    ("file", "remedy"),
    [("pytorch_model.bin", "triptych models add FOLDER"), ("model.pt", r"as model\.safetensors")],
)
def test_pickle_is_refused_with_what_to_do(copy_model: CopyModel, file: str, remedy: str) -> None:
    folder = copy_model(without=["model.safetensors"])
    (folder / file).write_bytes(b"\x80\x04.")

    with pytest.raises(PickledModelError, match=f"{file} is a pickle.*{remedy}"):
        check_model(read_model_folder(folder))


def test_sums_that_are_written_are_those_that_are_checked(copy_model: CopyModel) -> None:
    folder = copy_model(without=["SHA256SUMS"])
    model = read_model_folder(folder)
    assert check_sums(model, {}) == 0

    write_sums(folder)

    files = [path.name for path in folder.iterdir() if path.name != "SHA256SUMS"]
    assert check_sums(model, {}) == len(files)
    (folder / files[0]).write_bytes(b"changed")
    with pytest.raises(ChecksumError, match=files[0]):
        check_sums(model, {})


def test_tag_that_the_vocabulary_lacks_is_refused(copy_model: CopyModel) -> None:
    folder = copy_model(without=["SHA256SUMS"])
    _edit(folder / MANIFEST, {"directions": {"en-fr": ">>fr<<"}})

    with pytest.raises(LanguageTagError, match=">>fr<<"):
        check_model(read_model_folder(folder))


@pytest.mark.parametrize("file", ["source.spm", "target.spm"])
def test_pieces_that_cannot_be_read_are_named(copy_model: CopyModel, file: str) -> None:
    folder = copy_model("opus-mt-en-fr", without=["SHA256SUMS", MANIFEST])
    (folder / file).write_bytes(b"no SentencePiece model")

    with pytest.raises(BrokenModelError, match=file):
        check_model(read_model_folder(folder))


@pytest.mark.parametrize("token", ["</s>", "<unk>"])
def test_token_that_every_model_needs_is_missed(copy_model: CopyModel, token: str) -> None:
    folder = copy_model("opus-mt-en-fr", without=["SHA256SUMS", MANIFEST])
    vocabulary = json.loads((folder / "vocab.json").read_text("utf-8"))
    del vocabulary[token]
    (folder / "vocab.json").write_text(json.dumps(vocabulary), "utf-8")

    with pytest.raises(BrokenModelError, match=token):
        check_model(read_model_folder(folder))


def test_sums_that_are_no_text_are_refused(copy_model: CopyModel) -> None:
    folder = copy_model()
    (folder / "SHA256SUMS").write_bytes(b"\xff\xfe")

    with pytest.raises(BrokenModelError, match="SHA256SUMS"):
        check_model(read_model_folder(folder))


def test_tag_must_be_a_string(copy_model: CopyModel) -> None:
    folder = copy_model()
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest["directions"]["en-fr"] = [">>fra<<"]
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")

    with pytest.raises(BrokenModelError, match="tag must be a string"):
        read_model_folder(folder)


def test_pad_row_must_be_zero(copy_model: CopyModel) -> None:
    folder = copy_model(without=["SHA256SUMS"])
    _set_pad_row(folder, 0.5)

    with pytest.raises(PadRowError, match="<pad> row"):
        check_model(read_model_folder(folder))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"pad_token_id": None}, "no pad_token_id"),
        ({"pad_token_id": 9000}, "cannot be read"),
        ({"model_type": "bart"}, "model_type marian"),
        ({"share_encoder_decoder_embeddings": False}, "one vocabulary a language"),
        ({"eos_token_id": 1}, "eos_token_id"),
        ({"eos_token_id": None}, "eos_token_id"),
    ],
)
def test_config_of_another_kind_is_refused(
    copy_model: CopyModel, change: dict[str, object], problem: str
) -> None:
    folder = copy_model(without=["SHA256SUMS"])
    _edit(folder / "config.json", change)

    with pytest.raises(BrokenModelError, match=problem):
        check_model(read_model_folder(folder))


def test_weights_that_are_no_safetensors_are_refused(copy_model: CopyModel) -> None:
    folder = copy_model(without=["SHA256SUMS"])
    (folder / "model.safetensors").write_bytes(b"\xff" * 100)

    with pytest.raises(BrokenModelError, match=r"model\.safetensors cannot be read"):
        check_model(read_model_folder(folder))


@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        ({"encoder.weight": np.ones(3, np.float32)}, "another kind of model"),
        ({"model.shared.weight": np.ones(3, np.complex64)}, "as float16 or float32"),
    ],
)
def test_weights_of_another_kind_are_refused(
    copy_model: CopyModel, weights: dict[str, Any], problem: str
) -> None:
    folder = copy_model(without=["SHA256SUMS"])
    save_file(weights, folder / "model.safetensors")

    with pytest.raises(BrokenModelError, match=problem):
        check_model(read_model_folder(folder))


@pytest.mark.parametrize("content", ["{", "[]", "\udcff"])
def test_vocabulary_that_is_no_object_is_refused(copy_model: CopyModel, content: str) -> None:
    folder = copy_model(without=["SHA256SUMS"])
    (folder / "vocab.json").write_bytes(content.encode(errors="surrogateescape"))

    with pytest.raises(BrokenModelError, match=r"vocab\.json"):
        check_model(read_model_folder(folder))


@pytest.mark.parametrize(
    "change",
    [
        {"directions": {"en-de": None}},
        {"directions": {"en-en": None}},
        {"directions": ["en-fr"]},
        {"directions": None},
        {"name": "../up"},
        {"name": ".hidden"},
        {"max_source_tokens": "many"},
        {"max_source_tokens": 0},
        {"max_source_tokens": 501},
    ],
)
def test_manifest_that_cannot_be_meant_is_refused(
    copy_model: CopyModel, change: dict[str, object]
) -> None:
    folder = copy_model()
    _edit(folder / MANIFEST, change)

    with pytest.raises(BrokenModelError, match=str(folder)):
        read_model_folder(folder)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc")
def test_file_that_cannot_be_read_is_named(copy_model: CopyModel) -> None:
    folder = copy_model(without=["SHA256SUMS", "source.spm"])
    # A file that is there, and gives an input/output error when it is read.
    (folder / "source.spm").symlink_to("/proc/self/mem")

    with pytest.raises(BrokenModelError, match=r"source\.spm cannot be read"):
        check_model(read_model_folder(folder))


def _edit(path: Path, change: dict[str, object]) -> None:
    content = json.loads(path.read_text(encoding="utf-8")) | change
    path.write_text(json.dumps(content), encoding="utf-8")


def _set_pad_row(folder: Path, value: float) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["model.shared.weight"][-1] = np.float16(value)
    tensors["model.shared.weight"][-2] = np.float16(0.25)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
