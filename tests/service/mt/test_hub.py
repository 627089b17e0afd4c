import hashlib
import json
import pickle
import resource
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub.errors import OfflineModeIsEnabled

from service.domain.language import Direction, Language
from service.domain.translation import SourceText
from service.mt.catalogue import Catalogue
from service.mt.errors import (
    BrokenModelError,
    HubError,
    ModelExistsError,
    NoRoomError,
    NotOnHubError,
    RefusedPickleError,
    UnknownModelError,
)
from service.mt.hub import ON_HUB, ORIGIN, model_name
from service.mt.translator import EngineName, Translator
from service.usecases.pull_model import PulledModel, pull_model
from tests.service.mt.fake_hub import COMMIT, REPOSITORY, FakeHub, serve
from tests.service.mt.opus import PAIRS, pickle_weights

NAME = "opus-mt-en-fr"


@pytest.fixture
def hub(opus_folder: Path) -> Iterator[FakeHub]:
    with serve(opus_folder) as hub:
        yield hub


@pytest.fixture
def old_hub(opus_folder: Path) -> Iterator[FakeHub]:
    """A hub that has the weights as a pickle, as most of opus-mt."""
    pickle_weights(opus_folder)
    with serve(opus_folder) as hub:
        yield hub


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    return tmp_path / "models"


def pull(hub: FakeHub, models_dir: Path, *, revision: str | None = None) -> PulledModel:
    return pull_model(Catalogue(models_dir), NAME, revision=revision, endpoint=hub.endpoint)


def test_names_are_those_of_our_languages_with_or_without_their_owner() -> None:
    assert model_name("opus-mt-en-fr") == model_name("Helsinki-NLP/opus-mt-en-fr") == NAME
    assert len(ON_HUB) == 6


@pytest.mark.parametrize(
    "name",
    [
        "opus-mt-en-de",
        "opus-mt-en-en",
        "opus-mt-tc-big-en-fr",
        "opus-mt-en-fr/../x",
        "somebody/opus-mt-en-fr",
        "Helsinki-NLP/Helsinki-NLP/opus-mt-en-fr",
        "",
    ],
)
def test_other_names_are_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(UnknownModelError, match="opus-mt-fr-ru"):
        model_name(name)


def test_pulled_model_is_installed_with_its_origin_and_sums(hub: FakeHub, models_dir: Path) -> None:
    pulled = pull(hub, models_dir)

    folder = models_dir / NAME
    origin = json.loads((folder / ORIGIN).read_text("utf-8"))
    assert (pulled.origin.repository, pulled.origin.commit) == (REPOSITORY, COMMIT)
    assert (origin["repository"], origin["commit"]) == (REPOSITORY, COMMIT)
    assert origin["files"] == pulled.origin.files
    assert [path.name for path in models_dir.iterdir()] == [NAME]
    for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert (folder / "README.md").is_file()


@pytest.mark.parametrize("engine", ["ctranslate2", "transformers"])
def test_model_pulled_as_a_pickle_translates_by_both_engines(
    old_hub: FakeHub, models_dir: Path, tmp_path: Path, engine: EngineName
) -> None:
    pull(old_hub, models_dir)

    translator = Translator(
        Catalogue(models_dir), engine=engine, cache_dir=tmp_path / "cache", threads=1
    )
    sources = [SourceText(text=english) for english in PAIRS]
    drafts = translator.translate(sources, Direction(Language.EN, Language.FR))
    assert [draft.text for draft in drafts] == list(PAIRS.values())
    assert {draft.model for draft in drafts} == {NAME}
    assert list(models_dir.rglob("*.bin")) == []


def test_safetensors_are_fetched_rather_than_a_pickle(hub: FakeHub, models_dir: Path) -> None:
    hub.contents["pytorch_model.bin"] = b"never asked for"
    hub.listed.append(hub._listed("pytorch_model.bin"))

    pull(hub, models_dir)

    assert not any(path.endswith(".bin") for path in hub.asked)


def test_only_what_a_model_needs_is_fetched(hub: FakeHub, models_dir: Path) -> None:
    for name in ("tf_model.h5", "evil.py", "../outside"):
        hub.contents[name] = b"something"
        hub.listed.append(hub._listed(name))

    pull(hub, models_dir)

    asked = {path.rpartition("/")[2] for path in hub.asked[1:]}
    assert asked == set(hub.contents) - {"tf_model.h5", "evil.py", "../outside"}


@pytest.mark.parametrize("revision", ["main", "refs/pr/1", COMMIT])
def test_revision_that_is_named_is_fetched(hub: FakeHub, models_dir: Path, revision: str) -> None:
    pulled = pull(hub, models_dir, revision=revision)

    assert hub.asked[0].endswith("/revision/" + revision.replace("/", "%2F"))
    assert pulled.origin.commit == COMMIT


def test_progress_is_told_in_bytes_to_the_end(hub: FakeHub, models_dir: Path) -> None:
    told: list[tuple[int, int]] = []

    pull_model(
        Catalogue(models_dir),
        NAME,
        endpoint=hub.endpoint,
        report=lambda done, total: told.append((done, total)),
    )

    total = sum(map(len, hub.contents.values()))
    assert told[-1] == (total, total)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_installed_model_is_not_even_looked_for(hub: FakeHub, models_dir: Path) -> None:
    pull(hub, models_dir)
    hub.asked.clear()

    with pytest.raises(ModelExistsError, match="already installed"):
        pull(hub, models_dir)

    assert hub.asked == []


def assert_nothing_left(models_dir: Path) -> None:
    assert list(models_dir.iterdir()) == []


def test_revision_that_is_not_there_is_named(hub: FakeHub, models_dir: Path) -> None:
    with pytest.raises(NotOnHubError, match="'v9'"):
        pull(hub, models_dir, revision="v9")

    assert_nothing_left(models_dir)


def test_model_that_is_not_there_is_named(hub: FakeHub, models_dir: Path) -> None:
    with pytest.raises(NotOnHubError, match="Helsinki-NLP/opus-mt-ru-fr"):
        pull_model(Catalogue(models_dir), "opus-mt-ru-fr", endpoint=hub.endpoint)

    assert_nothing_left(models_dir)


def test_model_that_the_hub_hides_is_taken_for_missing(hub: FakeHub, models_dir: Path) -> None:
    hub.status = 401  # what the real hub says to strangers of what does not exist

    with pytest.raises(NotOnHubError, match=REPOSITORY):
        pull(hub, models_dir)


def test_file_that_the_hub_lacks_is_named(hub: FakeHub, models_dir: Path) -> None:
    hub.listed = [entry for entry in hub.listed if entry["rfilename"] != "target.spm"]

    with pytest.raises(NotOnHubError, match=r"target\.spm"):
        pull(hub, models_dir)

    assert_nothing_left(models_dir)


def test_no_network_is_said_with_the_way_around_it(models_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(HubError, match=r"cannot be reached.*triptych models add FOLDER"):
        pull_model(Catalogue(models_dir), NAME, endpoint=f"http://127.0.0.1:{port}")

    assert_nothing_left(models_dir)


def test_hub_in_trouble_is_said_with_its_status(hub: FakeHub, models_dir: Path) -> None:
    hub.status = 500

    with pytest.raises(HubError, match="500"):
        pull(hub, models_dir)

    assert_nothing_left(models_dir)


@pytest.mark.parametrize(
    "page",
    [
        b"<html>Log in</html>",
        b"[]",
        b"{}",
        b'{"id": "x", "siblings": []}',
        b'{"id": 1, "siblings": [1]}',
    ],
)
def test_answer_of_something_else_is_recognised(
    hub: FakeHub, models_dir: Path, page: bytes
) -> None:
    hub.page = page

    with pytest.raises(HubError, match=r"login page|which commit"):
        pull(hub, models_dir)

    assert_nothing_left(models_dir)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_file_that_arrives_damaged_is_refused(hub: FakeHub, models_dir: Path, name: str) -> None:
    hub.contents[name] = bytes([hub.contents[name][0] ^ 1]) + hub.contents[name][1:]

    with pytest.raises(HubError, match=f"{name} arrived damaged"):
        pull(hub, models_dir)

    assert_nothing_left(models_dir)


def test_file_of_another_size_is_refused(hub: FakeHub, models_dir: Path) -> None:
    hub.contents["config.json"] += b" "

    with pytest.raises(HubError, match=r"config\.json arrived in another size"):
        pull(hub, models_dir)

    assert_nothing_left(models_dir)


def test_connection_that_breaks_off_is_taken_up_again(hub: FakeHub, models_dir: Path) -> None:
    hub.cut["model.safetensors"] = [1000]

    pull(hub, models_dir)

    assert hub.asked.count(hub.asked[-1]) == 2


def test_connection_that_breaks_off_for_good_leaves_nothing(
    hub: FakeHub, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)  # the library waits between attempts
    hub.cut["model.safetensors"] = [1000, *[0] * 20]

    with pytest.raises(HubError, match="breaks off"):
        pull(hub, models_dir)

    assert_nothing_left(models_dir)


def test_file_without_end_is_given_up(hub: FakeHub, models_dir: Path) -> None:
    hub.endless.add("model.safetensors")

    with pytest.raises(HubError, match=r"model\.safetensors never comes to an end"):
        pull(hub, models_dir)

    assert_nothing_left(models_dir)


def test_too_little_room_is_said_before_anything_is_fetched(hub: FakeHub, models_dir: Path) -> None:
    huge = {"sha256": "0" * 64, "size": 10**15, "pointerSize": 134}
    hub.relist("model.safetensors", lfs=huge)

    with pytest.raises(NoRoomError, match=r"1,000,000,0\d\d MB") as caught:
        pull(hub, models_dir)

    assert str(models_dir) in str(caught.value)
    assert len(hub.asked) == 1
    assert_nothing_left(models_dir)


def test_disk_that_fills_while_fetching_leaves_nothing(hub: FakeHub, models_dir: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))  # less than the weights need
    try:
        with pytest.raises(NoRoomError, match="free space"):
            pull(hub, models_dir)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert_nothing_left(models_dir)


class Harm:
    """Makes a folder when it is unpickled, if whoever unpickles it is careless."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.mkdir, (self.folder,))


def test_pickle_that_would_run_code_is_refused_and_not_run(
    old_hub: FakeHub, models_dir: Path, tmp_path: Path
) -> None:
    harm = pickle.dumps({"model.shared.weight": Harm(tmp_path / "harmed")})
    old_hub.contents["pytorch_model.bin"] = harm
    old_hub.listed = [old_hub._listed(name) for name in old_hub.contents]

    with pytest.raises(RefusedPickleError, match="nothing in it was run"):
        pull(old_hub, models_dir)

    assert not (tmp_path / "harmed").exists()
    assert_nothing_left(models_dir)


def test_model_of_another_kind_is_not_installed(hub: FakeHub, models_dir: Path) -> None:
    hub.contents["config.json"] = b'{"model_type": "bart"}'
    hub.listed = [hub._listed(name) for name in hub.contents]

    with pytest.raises(BrokenModelError, match="marian"):
        pull(hub, models_dir)

    assert_nothing_left(models_dir)


def test_hub_is_out_of_reach_again_afterwards(
    hub: FakeHub, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)

    pull(hub, models_dir)
    shutil.rmtree(models_dir)
    with pytest.raises(NotOnHubError):
        pull(hub, models_dir, revision="v9")

    with pytest.raises(OfflineModeIsEnabled):
        huggingface_hub.HfApi(endpoint=hub.endpoint).model_info(REPOSITORY)
