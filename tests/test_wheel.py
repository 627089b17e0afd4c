"""The built wheel has all it needs, and works in an empty folder outside the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built wheel's content."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.rmtree(ROOT / "build", ignore_errors=True)  # what a build before left would travel, too
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (wheel,) = folder.glob("*.whl")
    content = folder / "content"
    zipfile.ZipFile(wheel).extractall(content)
    return content


def run(unpacked: Path, folder: Path, *arguments: str, **environment: str) -> str:
    """Run ``triptych`` from the wheel's content alone, in an empty folder."""
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "service", *arguments],
        cwd=empty,
        env=os.environ | {"PYTHONPATH": str(unpacked)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_wheel_is_what_runs(unpacked: Path, tmp_path: Path) -> None:
    code = "import alignment, migrations, service; print(service.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert Path(done.stdout.strip()).is_relative_to(unpacked)


def test_everything_that_is_no_code_travels_in_it(unpacked: Path) -> None:
    for name in (
        "service/mt/models/compact/model.safetensors",
        "service/mt/models/compact/LICENSE.md",
        "service/mt/models/compact/SHA256SUMS",
        "service/mt/models/compact-into-english/model.safetensors",
        "service/web/templates/review/page.html",
        "service/web/static/review.css",
        "service/examples/article.ru.txt",
        "alignment/data/sentences.ru.toml",
        "migrations/versions/0001_first_cut.py",
        "alignment/py.typed",
        "service/py.typed",
    ):
        assert (unpacked / name).is_file(), name
    tracked = subprocess.run(
        ["git", "ls-files", "service", "alignment", "migrations"],  # noqa: S607 - the developer's
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert [name for name in tracked if not (unpacked / name).is_file()] == []


def test_demo_runs_from_the_wheel_in_an_empty_folder(
    unpacked: Path, tmp_path: Path, database_url: str
) -> None:
    shown = run(
        unpacked,
        tmp_path,
        "demo",
        "--no-serve",
        DATABASE_URL=database_url,
        TRIPTYCH_DATA_DIR=str(tmp_path / "data"),
    )

    assert "drafts by compact" in shown
    assert list((tmp_path / "empty").iterdir()) == []
