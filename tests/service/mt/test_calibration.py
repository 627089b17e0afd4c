import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from service.domain.language import Direction, Language
from service.mt.attention import ATTENTION_FILE, UNMEASURED, Attention, mean_rows, parse_attention
from service.mt.calibration import SENTENCES, calibrate
from service.mt.catalogue import Catalogue
from service.mt.ctranslate2_engine import CTranslate2Engine
from service.mt.engine import Decoding
from service.mt.errors import BrokenModelError
from service.mt.model_folder import MANIFEST, check_model, read_model_folder
from service.mt.tokenizer import Tokenizer
from service.mt.torch_engine import TorchEngine

COMPACT = Path("service/mt/models/compact").resolve()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the compact model that says nothing of its attention."""
    copy = tmp_path / "compact"
    shutil.copytree(COMPACT, copy)
    (copy / "SHA256SUMS").unlink()
    say(copy, None)
    return copy


def say(folder: Path, attention: object) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest.pop("attention", None)
    added = {} if attention is None else {"attention": attention}
    (folder / MANIFEST).write_text(json.dumps({**manifest, **added}))


def test_shipped_models_say_what_is_measured_of_them(folder: Path) -> None:
    shipped = read_model_folder(COMPACT)
    model = read_model_folder(folder)

    assert (model.attention, model.is_calibrated) == (UNMEASURED, False)
    assert shipped.is_calibrated
    assert calibrate(check_model(model)) == shipped.attention
    assert shipped.attention.layer == 1  # the last, in which a head is taught to align


def test_added_model_is_measured_and_keeps_what_was_found(folder: Path, tmp_path: Path) -> None:
    added = Catalogue(tmp_path / "models").add(folder)

    assert added.attention == read_model_folder(COMPACT).attention
    assert added.is_calibrated
    check_model(added)


@pytest.mark.parametrize("heads", [(2,), (1, 3), (0, 1, 2, 3)])
def test_both_engines_look_where_the_model_says(
    folder: Path, tmp_path: Path, heads: tuple[int, ...]
) -> None:
    say(folder, {"layer": 0, "heads": list(heads)})
    model = check_model(read_model_folder(folder))
    tokenizer = Tokenizer(folder)
    tokens = tokenizer.encode("In 1987 Anna left Berlin.", tag=">>fra<<").tokens
    slow = TorchEngine(model, tokenizer=tokenizer, threads=1)
    fast = CTranslate2Engine(model, cache_dir=tmp_path, threads=1, quantization="float32")

    decoding = Decoding(beam=1, attention=True)
    ((expected,),) = slow.translate([tokens], decoding)
    ((found,),) = fast.translate([tokens], decoding)

    assert found.tokens == expected.tokens
    looks = slow.look(tokens, found.tokens)[0]
    mean = mean_rows([looks[head] for head in heads])
    assert found.attention == pytest.approx(np.array(mean), abs=1e-3)
    assert expected.attention == pytest.approx(np.array(mean), abs=1e-3)


def test_calibration_has_sentences_of_every_language() -> None:
    assert SENTENCES.keys() == set(Language)
    assert all(len(set(sentences)) == 10 for sentences in SENTENCES.values())
    assert Direction(Language.EN, Language.FR) in read_model_folder(COMPACT).tags


def test_opus_model_without_manifest_says_it_in_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "opus-mt-en-fr"
    folder.mkdir()
    assert read_model_folder(folder).attention == UNMEASURED

    (folder / ATTENTION_FILE).write_text('{"layer": 4, "heads": [1]}')

    assert read_model_folder(folder).attention == Attention(layer=4, heads=(1,))
    (folder / ATTENTION_FILE).write_text("{}")
    with pytest.raises(BrokenModelError, match="delete it or copy it again"):
        read_model_folder(folder)


@pytest.mark.parametrize(
    "said",
    [
        {"layer": 0, "heads": []},
        {"layer": -2, "heads": [0]},
        {"layer": 0, "heads": [1, 0]},
        {"layer": 0, "heads": [-1]},
        {"layer": True, "heads": [0]},
        {"layer": "0", "heads": [0]},
        {"heads": [0]},
        "0.0",
    ],
)
def test_attention_that_cannot_be_understood_is_refused(folder: Path, said: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        parse_attention(said)
    say(folder, said)
    with pytest.raises(BrokenModelError, match="cannot be understood"):
        read_model_folder(folder)


@pytest.mark.parametrize("said", [{"layer": 2, "heads": [0]}, {"layer": 0, "heads": [4]}])
def test_attention_that_the_model_lacks_is_refused(folder: Path, said: object) -> None:
    say(folder, said)

    with pytest.raises(BrokenModelError, match="lacks the layer or heads"):
        check_model(read_model_folder(folder))
