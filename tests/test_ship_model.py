import json
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from service.mt.catalogue import PACKAGED_MODELS
from service.mt.errors import BrokenModelError
from service.mt.model_folder import MANIFEST, SUMS, WEIGHTS, check_model, read_model_folder

PROGRAM = Path(__file__).resolve().parent.parent / "docs" / "ship_model.py"


@pytest.fixture
def packaged(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGED_MODELS / "compact", tmp_path / "packaged" / "compact"))


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """Return the model, its weights trained a little further, as a run leaves it."""
    folder = Path(shutil.copytree(PACKAGED_MODELS / "compact", tmp_path / "run" / "model"))
    weights = load_file(folder / WEIGHTS)
    changed = {name: (weight.float() * 1.001).half() for name, weight in weights.items()}
    save_file(changed, folder / WEIGHTS, metadata={"format": "pt"})
    for file in (SUMS, "golden.json"):
        (folder / file).unlink()
    return folder


@pytest.fixture
def ship(packaged: Path) -> Callable[[Path], None]:
    main: Callable[[Path], None] = runpy.run_path(str(PROGRAM))["main"]
    main.__globals__["PACKAGED_MODELS"] = packaged.parent
    return main


def test_weights_take_the_place_of_the_packaged_ones_and_all_sums_are_right(
    packaged: Path, trained: Path, ship: Callable[[Path], None]
) -> None:
    licence = (packaged / "LICENSE.md").read_bytes()

    ship(trained)

    ours, theirs = load_file(packaged / WEIGHTS), load_file(trained / WEIGHTS)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours | theirs)
    check_model(read_model_folder(packaged))
    assert json.loads((packaged / "golden.json").read_text()).keys() == {"en-fr", "en-ru"}
    assert (packaged / "LICENSE.md").read_bytes() == licence
    assert (packaged / SUMS).read_text() != (PACKAGED_MODELS / "compact" / SUMS).read_text()


def test_nothing_is_touched_by_a_damaged_model_or_one_of_another_kind(
    packaged: Path, trained: Path, ship: Callable[[Path], None]
) -> None:
    before = {file.name: file.read_bytes() for file in packaged.iterdir()}

    (trained / "vocab.json").write_text("{}")
    with pytest.raises((BrokenModelError, SystemExit)):
        ship(trained)
    shutil.copyfile(packaged / "vocab.json", trained / "vocab.json")
    manifest = json.loads((trained / MANIFEST).read_text())
    (trained / MANIFEST).write_text(json.dumps(manifest | {"name": "another"}))
    with pytest.raises(SystemExit, match="no packaged model is called another"):
        ship(trained)

    assert {file.name: file.read_bytes() for file in packaged.iterdir()} == before
