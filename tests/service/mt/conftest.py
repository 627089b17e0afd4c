"""The compact model and what runs it, loaded once for all tests of the package."""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from service.mt.catalogue import PACKAGED_MODELS
from service.mt.ctranslate2_engine import CTranslate2Engine
from service.mt.model_folder import WEIGHTS, CheckedModel, check_model, read_model_folder
from service.mt.tokenizer import Tokenizer
from service.mt.torch_engine import TorchEngine
from tests.service.mt.opus import build_opus_folder

COMPACT = PACKAGED_MODELS / "compact"

CopyModel = Callable[..., Path]


@pytest.fixture(scope="session")
def checked() -> CheckedModel:
    return check_model(read_model_folder(COMPACT))


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return Tokenizer(COMPACT)


@pytest.fixture(scope="session")
def float_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("float-cache")


@pytest.fixture(scope="session")
def float_engine(checked: CheckedModel, float_cache: Path) -> CTranslate2Engine:
    return CTranslate2Engine(checked, cache_dir=float_cache, threads=1, quantization="float32")


@pytest.fixture(scope="session")
def torch_engine(checked: CheckedModel, tokenizer: Tokenizer) -> TorchEngine:
    return TorchEngine(checked, tokenizer=tokenizer, threads=1)


@pytest.fixture(scope="session")
def built_opus_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_opus_folder(tmp_path_factory.mktemp("opus") / "opus-mt-en-fr")


@pytest.fixture
def opus_folder(built_opus_folder: Path, tmp_path: Path) -> Path:
    """Return a folder in the shape of opus-mt, the test's own, whose model knows two sentences."""
    return shutil.copytree(built_opus_folder, tmp_path / "opus" / "opus-mt-en-fr")


@pytest.fixture
def copy_model(tmp_path: Path) -> CopyModel:
    """Return what copies the compact model to a folder of any name, without some of its files.

    Its weights are replaced by a few, which no engine could run, unless ``weights`` is true.
    """

    def copy(
        name: str = "copy",
        *,
        without: Sequence[str] = (),
        parent: Path = tmp_path,
        weights: bool = False,
    ) -> Path:
        left_out = [*without, "SHA256SUMS"] + ([] if weights else [WEIGHTS])
        folder = parent / name
        shutil.copytree(COMPACT, folder, ignore=shutil.ignore_patterns(*left_out))
        if not weights and WEIGHTS not in without:
            few = {"model.shared.weight": np.eye(8001, 2, dtype=np.float16)}
            save_file(few, folder / WEIGHTS, metadata={"format": "pt"})
        if "SHA256SUMS" not in without:
            _write_sums(folder)
        return folder

    return copy


def _write_sums(folder: Path) -> None:
    listed = (COMPACT / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    files = [line.split()[1] for line in listed]
    present = [folder / file for file in files if (folder / file).is_file()]
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in present]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
