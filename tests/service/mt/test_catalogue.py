import pickle
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.numpy import load

from service.domain.errors import UnavailableError
from service.domain.language import Direction, Language
from service.mt.catalogue import PACKAGED_MODELS, Catalogue
from service.mt.errors import (
    BrokenModelError,
    ChecksumError,
    ModelExistsError,
    ModelNameError,
    NoModelError,
    NoRoomError,
    RefusedPickleError,
)
from service.mt.model_folder import MANIFEST, check_model, write_sums
from tests.service.mt.opus import pickle_weights

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
        ("fr-en", "compact-into-english"),
        ("fr-ru", "compact-into-english+compact"),
        ("ru-en", "compact-into-english"),
        ("ru-fr", "compact-into-english+compact"),
    ]
    assert "stopgap" in (catalogue.find(EN_FR).notice or "")


@pytest.mark.usefixtures("only_from_english")
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


@pytest.mark.usefixtures("only_from_english")
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


def test_model_with_pickled_weights_is_added_with_safetensors(
    catalogue: Catalogue, models_dir: Path, opus_folder: Path
) -> None:
    weights = (opus_folder / "model.safetensors").read_bytes()
    pickle_weights(opus_folder)
    write_sums(opus_folder)

    added = catalogue.add(opus_folder)

    copied = load(weights)
    converted = load((added.path / "model.safetensors").read_bytes())
    assert {name: value.tolist() for name, value in converted.items()} == {
        name: value.tolist() for name, value in copied.items()
    }
    assert not (added.path / "pytorch_model.bin").exists()
    assert (opus_folder / "pytorch_model.bin").exists()
    assert [path.name for path in models_dir.iterdir()] == ["opus-mt-en-fr"]


def test_copy_has_sums_of_all_its_files_and_none_that_it_does_not_need(
    catalogue: Catalogue, opus_folder: Path
) -> None:
    for name in ("pytorch_model.bin", "tf_model.h5", ".hidden"):
        (opus_folder / name).write_bytes(b"not needed")
    (opus_folder / ".git").mkdir()
    write_sums(opus_folder)

    added = catalogue.add(opus_folder)

    names = {path.name for path in added.path.iterdir()}
    listed = (added.path / "SHA256SUMS").read_text("utf-8").splitlines()
    assert {line.split("  ")[1] for line in listed} == names - {"SHA256SUMS"}
    assert names.isdisjoint({"pytorch_model.bin", "tf_model.h5", ".hidden", ".git"})


def test_pickle_that_is_not_the_one_that_the_sums_name_is_not_even_read(
    catalogue: Catalogue, models_dir: Path, opus_folder: Path
) -> None:
    pickle_weights(opus_folder)
    write_sums(opus_folder)
    (opus_folder / "pytorch_model.bin").write_bytes(b"another")

    with pytest.raises(ChecksumError, match=r"pytorch_model\.bin"):
        catalogue.add(opus_folder)

    assert list(models_dir.iterdir()) == []


def test_pickle_of_something_else_is_not_added(
    catalogue: Catalogue, models_dir: Path, opus_folder: Path
) -> None:
    (opus_folder / "model.safetensors").unlink()
    (opus_folder / "pytorch_model.bin").write_bytes(pickle.dumps({"weights": Path("x")}))

    with pytest.raises(RefusedPickleError, match="nothing in it was run"):
        catalogue.add(opus_folder)

    assert list(models_dir.iterdir()) == []


def test_full_disk_leaves_nothing_behind(
    catalogue: Catalogue, models_dir: Path, opus_folder: Path
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))  # less than the weights need
    try:
        with pytest.raises(NoRoomError, match="free space"):
            catalogue.add(opus_folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(models_dir.iterdir()) == []


def test_of_two_who_install_a_model_the_first_wins(
    catalogue: Catalogue, models_dir: Path, opus_folder: Path
) -> None:
    with (  # noqa: PT012 - it is the end of the block that raises
        pytest.raises(ModelExistsError, match="already installed"),
        catalogue.installing("opus-mt-en-fr") as copy,
    ):
        shutil.copytree(opus_folder, copy, dirs_exist_ok=True)
        first = catalogue.add(opus_folder)

    assert [path.name for path in models_dir.iterdir()] == ["opus-mt-en-fr"]
    assert check_model(first).folder.name == "opus-mt-en-fr"


def test_what_stands_in_the_way_of_a_model_is_named(
    catalogue: Catalogue, opus_folder: Path
) -> None:
    with (  # noqa: PT012 - it is the end of the block that raises
        pytest.raises(OSError, match="opus-mt-en-fr"),
        catalogue.installing("opus-mt-en-fr") as copy,
    ):
        shutil.copytree(opus_folder, copy, dirs_exist_ok=True)
        (copy.parent.parent / "opus-mt-en-fr").symlink_to(copy.parent.parent / "nowhere")


def test_folder_of_something_else_is_not_added(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(ModelNameError):
        catalogue.add(tmp_path)


@pytest.mark.parametrize("name", ["compact", "compact-into-english"])
def test_licence_of_a_packaged_model_leaves_out_what_it_was_not_trained_on(name: str) -> None:
    licence = (PACKAGED_MODELS / name / "LICENSE.md").read_text(encoding="utf-8")

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
