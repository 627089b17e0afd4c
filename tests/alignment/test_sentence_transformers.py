"""sentence-transformers' own library, on a tiny model that the test makes."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizerFast

from alignment import EncoderModelError, SentenceTransformersEncoder, align

WIDTH = 16
PIECES = "[PAD] [UNK] [CLS] [SEP] [MASK] the ferry is back it carries bread buses wait . ##s 1 2"
STORY = ["The ferry is back.", "It carries bread. Buses wait.", "The bus 12."]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the library writes it: one layer of BERT, random weights, mean pooling."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "vocab.txt").write_text("\n".join(PIECES.split()))
    config = BertConfig(
        vocab_size=len(PIECES.split()),
        hidden_size=WIDTH,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
    )
    torch.manual_seed(0)
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    modules = [Transformer(str(folder / "bert")), Pooling(WIDTH, pooling_mode="mean")]
    SentenceTransformer(modules=modules, device="cpu").save(
        str(folder / "tiny"), create_model_card=False
    )
    return folder / "tiny"


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it to be changed."""
    return Path(shutil.copytree(made, tmp_path / "tiny"))


@pytest.fixture(scope="module")
def encoder(made: Path) -> SentenceTransformersEncoder:
    return SentenceTransformersEncoder(str(made))


def test_texts_are_aligned_with_it(encoder: SentenceTransformersEncoder) -> None:
    alignment = align(STORY, STORY, source_language="en", target_language="en", encoder=encoder)

    assert [(bead.source, bead.target) for bead in alignment.beads] == [
        ((number,), (number,)) for number in range(3)
    ]
    assert f"|{encoder.name}|" in alignment.signature


def test_its_vectors_are_the_librarys_at_length_1(
    encoder: SentenceTransformersEncoder, made: Path
) -> None:
    theirs = SentenceTransformer(str(made), device="cpu").encode(STORY)
    expected = theirs / np.linalg.norm(theirs, axis=1, keepdims=True)

    vectors = encoder.encode(STORY)

    assert vectors.dtype == np.float32
    assert vectors == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "🙂", "Да.", "bread " * 100_000])
def test_every_text_has_a_unit_vector(encoder: SentenceTransformersEncoder, text: str) -> None:
    vectors = encoder.encode([text])

    assert vectors.shape == (1, WIDTH)
    assert np.linalg.norm(vectors) == pytest.approx(1, abs=1e-5)


def test_no_texts_have_no_vectors(encoder: SentenceTransformersEncoder) -> None:
    assert encoder.encode([]).shape == (0, WIDTH)


def test_order_length_and_repetition_change_nothing(encoder: SentenceTransformersEncoder) -> None:
    texts = [STORY[0], "bread " * 50, STORY[1], STORY[0]]

    vectors = encoder.encode(texts)

    assert vectors[0].tolist() == vectors[3].tolist()
    assert vectors == pytest.approx(np.vstack([encoder.encode([t]) for t in texts]), abs=1e-6)


def test_name_is_that_of_the_folder_and_of_what_is_in_it(
    encoder: SentenceTransformersEncoder, folder: Path
) -> None:
    (folder / "README.md").write_text("Words that change no vector.")
    assert SentenceTransformersEncoder(f"{folder}/").name == encoder.name
    assert encoder.name.startswith("tiny@")

    pooling = folder / "1_Pooling" / "config.json"
    pooling.write_text(pooling.read_text().replace("mean", "max"))

    assert SentenceTransformersEncoder(str(folder)).name != encoder.name


def test_a_folder_whose_name_is_no_text_is_refused_in_words_that_can_be_printed(
    folder: Path,
) -> None:
    odd = folder.rename(folder.with_name(os.fsdecode(b"\xff tiny")))

    with pytest.raises(EncoderModelError, match="\ufffd tiny: "):
        SentenceTransformersEncoder(str(odd))


@pytest.mark.parametrize("model", ["nowhere", "someone/no-such-model", "not a name/at all/x"])
def test_model_that_is_not_here_is_not_fetched(model: str) -> None:
    with pytest.raises(EncoderModelError, match="hf download NAME"):
        SentenceTransformersEncoder(model)


def test_model_in_the_hubs_cache_is_found_by_its_name(
    encoder: SentenceTransformersEncoder,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cached = tmp_path / "hub" / "models--someone--tiny"
    revision = "0123456789abcdef0123456789abcdef01234567"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text(revision)
    (cached / "snapshots").mkdir()
    folder.rename(cached / "snapshots" / revision)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))

    assert SentenceTransformersEncoder("someone/tiny").name == encoder.name


def test_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderModelError, match=r"modules\.json"):
        SentenceTransformersEncoder(str(tmp_path))


def test_pickled_weights_are_refused(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")

    with pytest.raises(EncoderModelError, match="pickle"):
        SentenceTransformersEncoder(str(folder))


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "modules.json"])
def test_broken_folder_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"{}")

    with pytest.raises(EncoderModelError, match="tiny: sentence-transformers cannot load it"):
        SentenceTransformersEncoder(str(folder))


def test_no_code_of_the_folder_runs(folder: Path, tmp_path: Path) -> None:
    witness = tmp_path / "it-ran"
    (folder / "own.py").write_text(f"open({str(witness)!r}, 'w')\nclass Own: pass\n")
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["type"] = "own.Own"
    (folder / "modules.json").write_text(json.dumps(modules))

    with pytest.raises(EncoderModelError):
        SentenceTransformersEncoder(str(folder))

    assert not witness.exists()


def test_library_that_is_not_installed_is_asked_for(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alignment.encoders.find_spec", lambda _: None)

    with pytest.raises(EncoderModelError, match="pip install"):
        SentenceTransformersEncoder(str(made))
