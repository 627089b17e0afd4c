import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from service.domain.errors import UnavailableError
from service.domain.language import Direction, Language
from service.mt.catalogue import PACKAGED_MODELS, Catalogue
from service.mt.errors import (
    BrokenModelError,
    ChecksumError,
    ModelExistsError,
    ModelNameError,
    NoModelError,
)
from service.mt.model_folder import MANIFEST

CopyModel = Callable[..., Path]

EN_FR = Direction(Language.EN, Language.FR)
FR_EN = Direction(Language.FR, Language.EN)
FR_RU = Direction(Language.FR, Language.RU)


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


@pytest.fixture
def catalogue(tmp_path: Path, models_dir: Path) -> Catalogue:
    return Catalogue(models_dir, hub_cache=tmp_path / "hub")


def test_packaged_model_serves_where_nothing_is_installed(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "no-such-folder", hub_cache=tmp_path / "no-hub")

    assert [(str(route.direction), route.name) for route in catalogue.routes()] == [
        ("en-fr", "compact"),
        ("en-ru", "compact"),
    ]
    assert "stopgap" in (catalogue.find(EN_FR).notice or "")


def test_direction_without_model_says_which_there_are_and_how_to_get_one(
    catalogue: Catalogue,
) -> None:
    with pytest.raises(NoModelError, match=r"en-fr, en-ru.*triptych models add") as caught:
        catalogue.find(FR_EN)

    assert isinstance(caught.value, UnavailableError)


def test_opus_model_goes_before_a_model_with_manifest_before_the_packaged_one(
    catalogue: Catalogue, models_dir: Path, copy_model: CopyModel
) -> None:
    _rename(copy_model("mine", parent=models_dir), "mine")
    assert catalogue.find(EN_FR).name == "mine"

    copy_model("opus-mt-en-fr", parent=models_dir, without=[MANIFEST])
    assert catalogue.find(EN_FR).name == "opus-mt-en-fr"
    assert catalogue.find(EN_FR).notice is None


def test_opus_model_in_the_hub_cache_is_found(
    catalogue: Catalogue, tmp_path: Path, copy_model: CopyModel
) -> None:
    snapshot = _hub_snapshot(tmp_path / "hub", "opus-mt-fr-en", copy_model)

    route = catalogue.find(FR_EN)

    assert route.steps[0].model.path == snapshot
    assert route.name == "opus-mt-fr-en"


def test_hub_snapshot_with_a_pickle_alone_is_passed_over(
    catalogue: Catalogue, tmp_path: Path, copy_model: CopyModel
) -> None:
    snapshot = _hub_snapshot(tmp_path / "hub", "opus-mt-en-fr", copy_model)
    (snapshot / "model.safetensors").rename(snapshot / "pytorch_model.bin")

    assert catalogue.find(EN_FR).name == "compact"


def test_pivot_through_english_comes_last(
    catalogue: Catalogue, models_dir: Path, copy_model: CopyModel
) -> None:
    copy_model("opus-mt-fr-en", parent=models_dir, without=[MANIFEST])
    pivot = catalogue.find(FR_RU)
    copy_model("opus-mt-fr-ru", parent=models_dir, without=[MANIFEST])
    direct = catalogue.find(FR_RU)

    assert pivot.is_pivot
    assert pivot.name == "opus-mt-fr-en+compact"
    assert [str(step.direction) for step in pivot.steps] == ["fr-en", "en-ru"]
    assert direct.name == "opus-mt-fr-ru"


def test_folders_of_something_else_are_ignored(catalogue: Catalogue, models_dir: Path) -> None:
    (models_dir / "notes").mkdir()
    (models_dir / "readme.txt").write_text("mine", encoding="utf-8")
    (models_dir / ".opus-mt-fr-en").mkdir()

    assert [model.name for model in catalogue.models()] == ["compact"]


def test_unreadable_manifest_is_named(catalogue: Catalogue, models_dir: Path) -> None:
    (models_dir / "mine").mkdir()
    (models_dir / "mine" / MANIFEST).write_text("{", encoding="utf-8")

    with pytest.raises(BrokenModelError, match=MANIFEST):
        catalogue.find(EN_FR)


def test_added_model_is_found_at_once(
    catalogue: Catalogue, models_dir: Path, copy_model: CopyModel
) -> None:
    added = catalogue.add(copy_model("opus-mt-fr-en", without=[MANIFEST]))

    assert added.path == models_dir / "opus-mt-fr-en"
    assert catalogue.find(FR_EN).name == "opus-mt-fr-en"
    assert [path.name for path in models_dir.iterdir()] == ["opus-mt-fr-en"]


def test_adding_twice_is_refused(catalogue: Catalogue, copy_model: CopyModel) -> None:
    folder = copy_model("opus-mt-fr-en", without=[MANIFEST])
    catalogue.add(folder)

    with pytest.raises(ModelExistsError, match="already installed"):
        catalogue.add(folder)


def test_damaged_model_is_not_added(
    catalogue: Catalogue, models_dir: Path, copy_model: CopyModel
) -> None:
    folder = copy_model()
    with (folder / "vocab.json").open("ab") as stream:
        stream.write(b" ")

    with pytest.raises(ChecksumError):
        catalogue.add(folder)

    assert list(models_dir.iterdir()) == []


def test_folder_of_something_else_is_not_added(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(ModelNameError):
        catalogue.add(tmp_path)


def test_licence_of_the_packaged_model_leaves_out_what_it_was_not_trained_on() -> None:
    licence = (PACKAGED_MODELS / "compact" / "LICENSE.md").read_text(encoding="utf-8")

    assert "tatoeba" in licence
    assert "wmt" not in licence


def _rename(folder: Path, name: str) -> None:
    manifest = folder / MANIFEST
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace('"compact"', f'"{name}"'), encoding="utf-8")


def _hub_snapshot(hub: Path, name: str, copy_model: CopyModel) -> Path:
    """Lay a model out as huggingface_hub does."""
    repository = hub / f"models--Helsinki-NLP--{name}"
    (repository / "snapshots").mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0123abc", encoding="utf-8")
    snapshot = repository / "snapshots" / "0123abc"
    shutil.move(copy_model(without=[MANIFEST]), snapshot)
    return snapshot
