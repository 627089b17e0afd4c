"""Fetching a model from the Hugging Face hub: the only connection that Triptych opens to it."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import permutations
from pathlib import Path
from shutil import disk_usage
from typing import TYPE_CHECKING, Any, Final, Self

from service.domain.language import Language
from service.mt.catalogue import HUB_OWNER
from service.mt.errors import HubError, NoRoomError, NotOnHubError, UnknownModelError
from service.mt.model_folder import PICKLE, REQUIRED_FILES, WEIGHTS

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling

ON_HUB: Final = tuple(f"opus-mt-{source}-{target}" for source, target in permutations(Language, 2))
WANTED: Final = ("README.md", "generation_config.json", "tokenizer_config.json")
"""Fetched where the hub has them: the model's card with its licence, and what tools read."""
ORIGIN: Final = "triptych-origin.json"
"""Says where a fetched model came from."""

MISSING: Final = frozenset({401, 404})
"""The hub answers 401 to strangers who ask for a repository that is not there."""
ANSWER_SECONDS: Final = 30.0
MOST_ANSWERS: Final = 3
"""How many times over a model may be sent, by a hub that breaks off and starts again."""

Report = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """A file as the hub's list of a commit has it."""

    name: str
    size_bytes: int
    sha256: str | None
    """Of the content, where the hub keeps it apart from the repository (Git LFS)."""
    blob: str
    """Git's name of the content elsewhere: SHA-1 over a header with the size, and the content."""

    def is_in(self, folder: Path) -> bool:
        """Tell whether a folder has the file with this content."""
        if self.sha256 is not None:
            with (folder / self.name).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest() == self.sha256
        content = (folder / self.name).read_bytes()
        header = f"blob {len(content)}\0".encode()
        return hashlib.sha1(header + content, usedforsecurity=False).hexdigest() == self.blob


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a model came from."""

    repository: str
    """``Helsinki-NLP/opus-mt-en-fr``."""
    commit: str
    """40 hexadecimal digits."""
    files: Mapping[str, str]
    """What the hub calls the content of each file that was fetched: see `HubFile`."""


def model_name(name: str) -> str:
    """Return ``opus-mt-en-fr`` for that and for ``Helsinki-NLP/opus-mt-en-fr``.

    Raises:
        UnknownModelError: If it is none of the models that can be fetched.
    """
    plain = name.removeprefix(f"{HUB_OWNER}/")
    if plain not in ON_HUB:
        raise UnknownModelError(name, ON_HUB)
    return plain


def fetch_model(
    name: str,
    folder: Path,
    *,
    revision: str | None = None,
    endpoint: str | None = None,
    report: Report | None = None,
) -> Origin:
    """Fetch an opus-mt model into an empty folder, and note there where it came from.

    ``pytorch_model.bin`` is fetched only where there is no ``model.safetensors``. Every file is
    held against the size and the digest in the hub's list of the commit.

    Args:
        name: As `model_name` returns it.
        folder: Where; after an error, what is in it is no model.
        revision: A branch, a tag, a commit or ``refs/pr/1``; if not given, the newest of ``main``.
        endpoint: Address of the hub; if not given, the library's own.
        report: Told how far it is.

    Raises:
        NotOnHubError: If the hub has no such model or revision, or not all of its files.
        NoRoomError: If the disk has too little room.
        HubError: If the hub cannot be reached, or sends something else than it lists.
        OSError: If a file cannot be written.
    """
    from huggingface_hub import constants, hf_hub_url  # noqa: PLC0415 - slow to import

    endpoint = (endpoint or constants.ENDPOINT).rstrip("/")
    repository = f"{HUB_OWNER}/{name}"
    what = f"model {repository}" if revision is None else f"{repository} of revision {revision!r}"
    with _connections(endpoint, what):
        commit, listed = _list_files(repository, revision, endpoint)
        files = _choose(listed, repository)
        _check_room(files, folder)
        meter = _Meter(endpoint, sum(file.size_bytes for file in files), report)
        for file in files:
            url = hf_hub_url(repository, file.name, revision=commit, endpoint=endpoint)
            _fetch(url, file, folder, meter)
            if not file.is_in(folder):
                raise HubError(endpoint, f"{file.name} arrived damaged")
    contents = {file.name: file.sha256 or file.blob for file in files}
    origin = Origin(repository=repository, commit=commit, files=contents)
    (folder / ORIGIN).write_text(json.dumps(asdict(origin), indent=1) + "\n", encoding="utf-8")
    return origin


@contextmanager
def _connections(endpoint: str, what: str) -> Iterator[None]:
    """Let the library open connections until the block ends, and put its errors in our words."""
    from huggingface_hub import close_session, constants  # noqa: PLC0415 - slow to import
    from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415 - as above
    from huggingface_hub.utils import httpx  # type: ignore[attr-defined] # noqa: PLC0415 - as above

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = False
    try:
        yield
    except HfHubHTTPError as error:
        if error.response.status_code in MISSING:
            raise NotOnHubError(what) from error
        raise HubError(endpoint, f"it answers {error.response.status_code}") from error
    except httpx.HTTPError as error:
        problem = f"it cannot be reached, or breaks off ({type(error).__name__})"
        raise HubError(endpoint, problem) from error
    finally:
        close_session()
        constants.HF_HUB_OFFLINE = before


def _list_files(
    repository: str, revision: str | None, endpoint: str
) -> tuple[str, dict[str, HubFile]]:
    """Return the commit of a revision, and its files by name."""
    from huggingface_hub import HfApi  # noqa: PLC0415 - slow to import

    api = HfApi(endpoint=endpoint, token=False, library_name="triptych")
    try:
        found = api.model_info(
            repository, revision=revision, files_metadata=True, timeout=ANSWER_SECONDS
        )
        commit = str(found.sha)
        files = {file.rfilename: _hub_file(file) for file in found.siblings or ()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        problem = "it answers as no hub does: is a proxy or a login page in between?"
        raise HubError(endpoint, problem) from error
    if not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise HubError(endpoint, "it does not say which commit it has")
    return commit, files


def _hub_file(file: "RepoSibling") -> HubFile:
    size = file.size if file.lfs is None else file.lfs.size
    return HubFile(
        name=file.rfilename,
        size_bytes=int(size or 0),
        sha256=None if file.lfs is None else str(file.lfs.sha256),
        blob=str(file.blob_id),
    )


def _choose(listed: Mapping[str, HubFile], repository: str) -> list[HubFile]:
    """Return the files to fetch, the weights last."""
    weights = WEIGHTS if WEIGHTS in listed or PICKLE not in listed else PICKLE
    needed = [file for file in REQUIRED_FILES if file != WEIGHTS] + [weights]
    for name in needed:
        if name not in listed:
            raise NotOnHubError(f"{name} in {repository}")
    return [listed[name] for name in (*WANTED, *needed) if name in listed]


def _check_room(files: Sequence[HubFile], folder: Path) -> None:
    """Pass if there is room for the files, and for pickled weights a second time."""
    needed = sum(file.size_bytes * (2 if file.name == PICKLE else 1) for file in files)
    if needed > disk_usage(folder).free:
        raise NoRoomError(folder.parents[1], needed)


def _fetch(url: str, file: HubFile, folder: Path, meter: "_Meter") -> None:
    """Fetch a file; the library goes on where a connection broke off, five times at most."""
    from huggingface_hub.file_download import http_get  # noqa: PLC0415 - slow to import

    meter.file = file.name
    try:
        with (folder / file.name).open("wb") as stream:
            bar: Any = lambda **_: meter  # noqa: E731 - what the library takes for a class of bars
            http_get(url, stream, expected_size=file.size_bytes, tqdm_class=bar)
    except OSError as error:
        if error.errno is None and not hasattr(error, "response"):  # it has counted the bytes
            raise HubError(meter.endpoint, f"{file.name} arrived in another size") from error
        raise


class _Meter:
    """Counts what arrives, as the library's bars do, and stops a hub that never comes to an end."""

    def __init__(self, endpoint: str, total: int, report: Report | None) -> None:
        self.endpoint = endpoint
        self.file = ""
        self._total = total
        self._report = report
        self._done = self._received = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, count: int) -> None:
        """Take note of bytes that arrived; fewer than none if some must be sent again."""
        self._done += count
        self._received += max(count, 0)
        if self._received > MOST_ANSWERS * self._total:
            raise HubError(self.endpoint, f"{self.file} never comes to an end")
        if self._report is not None:
            self._report(self._done, self._total)
