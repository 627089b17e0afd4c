import json
import shutil
from pathlib import Path

import pytest

from service.domain.language import Language
from service.mt.catalogue import PACKAGED_MODELS
from service.mt.tokenizer import Tokenizer
from service.mt.training.errors import RunDamagedError, SharedVocabularyError, TooFewLinesError
from service.mt.training.vocabulary import TAGS, Vocabulary, learn_vocabulary, take_vocabulary
from tests.service.mt.training.toy import rows

COMPACT = PACKAGED_MODELS / "compact"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vocabulary")
    lines = [text for row in rows(500) for text in row]
    learn_vocabulary(lines, path, pieces=310, threads=1)
    return path


def test_has_tags_bytes_the_end_first_and_the_padding_last(folder: Path) -> None:
    numbers = json.loads((folder / "vocab.json").read_text())

    assert numbers["</s>"] == 0
    assert numbers["<unk>"] == 1
    assert numbers["<pad>"] == 310
    assert len(Vocabulary(folder)) == 311
    assert set(TAGS.values()) < set(numbers)
    assert {f"<0x{byte:02X}>" for byte in range(256)} < set(numbers)
    assert [Vocabulary(folder).tag(language) for language in Language] == [
        numbers[">>eng<<"],
        numbers[">>fra<<"],
        numbers[">>rus<<"],
    ]


def test_unknown_letters_are_spelled_in_bytes(folder: Path) -> None:
    numbers = json.loads((folder / "vocab.json").read_text())

    (pieces,) = Vocabulary(folder).encode(["ш漢"])

    assert [numbers[f"<0x{byte:02X}>"] for byte in "漢".encode()] == pieces[-4:-1]
    assert pieces[-1] == 0
    assert 1 not in pieces


def test_a_tag_in_a_text_does_not_become_the_tag(folder: Path) -> None:
    numbers = json.loads((folder / "vocab.json").read_text())

    (pieces,) = Vocabulary(folder).encode(["one >>rus<< two"])

    assert numbers[">>rus<<"] not in pieces


def test_encodes_as_the_translator_does(folder: Path, tmp_path: Path) -> None:
    for name, target in (("spm.model", "source.spm"), ("vocab.json", "vocab.json")):
        shutil.copyfile(folder / name, tmp_path / target)
    tokenizer = Tokenizer(tmp_path)
    text = "one\u00a0two  trois… ﬁve"

    (pieces,) = Vocabulary(folder).encode([text])

    assert [tokenizer.vocabulary[t] for t in tokenizer.encode(text, tag=None).tokens] == pieces


def test_too_little_text_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TooFewLinesError, match="--pieces"):
        learn_vocabulary(["one two"], tmp_path, pieces=5000, threads=1)


def test_takes_the_vocabulary_of_the_packaged_model(tmp_path: Path) -> None:
    take_vocabulary(COMPACT, tmp_path)

    assert len(Vocabulary(tmp_path)) == 8001


def _broken(tmp_path: Path, file: str, content: bytes) -> Path:
    model = tmp_path / "model"
    model.mkdir()
    for name in ("source.spm", "target.spm", "vocab.json"):
        shutil.copyfile(COMPACT / name, model / name)
    (model / file).write_bytes(content)
    return model


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("target.spm", b"another", "a vocabulary each"),
        ("vocab.json", b"{", "cannot be read"),
        ("vocab.json", b'{"</s>": 0, "<unk>": 1, "<pad>": 2}', "has no >>eng<<"),
    ],
)
def test_refuses_a_vocabulary_of_another_kind(
    tmp_path: Path, file: str, content: bytes, problem: str
) -> None:
    with pytest.raises(SharedVocabularyError, match=problem):
        take_vocabulary(_broken(tmp_path, file, content), tmp_path)


def test_refuses_a_vocabulary_whose_padding_is_not_the_last(tmp_path: Path) -> None:
    numbers = json.loads((COMPACT / "vocab.json").read_text()) | {"<pad>": 5}
    model = _broken(tmp_path, "vocab.json", json.dumps(numbers).encode())

    with pytest.raises(SharedVocabularyError, match="not the last"):
        take_vocabulary(model, tmp_path)


def test_refuses_a_vocabulary_that_sentencepiece_numbers_otherwise(tmp_path: Path) -> None:
    numbers = json.loads((COMPACT / "vocab.json").read_text())
    pieces = list(numbers)
    numbers[pieces[300]], numbers[pieces[301]] = numbers[pieces[301]], numbers[pieces[300]]
    model = _broken(tmp_path, "vocab.json", json.dumps(numbers).encode())

    with pytest.raises(SharedVocabularyError, match="number pieces differently"):
        take_vocabulary(model, tmp_path)


def test_refuses_pieces_that_cannot_be_read(tmp_path: Path) -> None:
    model = _broken(tmp_path, "source.spm", b"junk")
    (model / "target.spm").write_bytes(b"junk")

    with pytest.raises(SharedVocabularyError, match="number pieces differently"):
        take_vocabulary(model, tmp_path)


@pytest.mark.parametrize("content", ["{}", "[]", "3"])
def test_numbers_without_tags_are_a_damaged_run(tmp_path: Path, content: str) -> None:
    take_vocabulary(COMPACT, tmp_path)
    (tmp_path / "vocab.json").write_text(content)

    with pytest.raises(RunDamagedError, match=r"vocab\.json"):
        Vocabulary(tmp_path)
