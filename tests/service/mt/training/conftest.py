"""A prepared run of the little language, made once, and a copy of it for each test."""

import shutil
from pathlib import Path

import pytest

from service.domain.language import Direction, Language
from service.mt.training.prepare import Sources
from tests.service.mt.training.toy import prepare_toy, rows, write_rows

COLUMNS = (Language.EN, Language.FR, Language.RU)
EN_FR = Direction(Language.EN, Language.FR)
RU_EN = Direction(Language.RU, Language.EN)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    pairs = write_rows(folder / "numbers.tsv", rows(1500))
    run = folder / "numbers"
    prepare_toy(run, Sources(files=[pairs], columns=COLUMNS, directions=[EN_FR, RU_EN]), seed=3)
    return run


@pytest.fixture
def run_folder(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "numbers"))
