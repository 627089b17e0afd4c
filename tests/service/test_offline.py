"""Nothing of ours asks the network for anything: the program runs where it cannot.

Each process has a guard that refuses and writes down whatever leaves the machine; loopback and
Unix sockets are open. Nothing else is replaced: embedded database, model, encoder, HTTP.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import pytest

GUARD = Path(__file__).parent / "offline"
ROOT = Path(__file__).parents[2]
WAIT_SECONDS = 120

ENGLISH = """The Lamp House

The old lamp house above the harbour was opened to visitors on Monday.

More than 200 people climbed the stairs, and some of them sang.

The keeper said that the light will burn again next winter."""
FRENCH = """La maison du phare

L’ancienne maison du phare au-dessus du port a été ouverte aux visiteurs lundi.

Plus de 200 personnes ont monté l’escalier, et certaines ont chanté.

Le gardien a dit que la lumière brûlera de nouveau l’hiver prochain."""

CHILD = """subprocess.run(
    [sys.executable, '-c', 'import socket; socket.gethostbyname("triptych.invalid")'], check=True
)"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def refused(tmp_path: Path) -> Path:
    """Return the file in which refused connections are written."""
    return tmp_path / "refused.txt"


@pytest.fixture
def start(data_dir: Path, refused: Path) -> Iterator[Start]:
    """Return what starts Python without a network; what still runs at the end is stopped."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HF_", "TRANSFORMERS_", "TRIPTYCH_")) and name != "DATABASE_URL"
    } | {
        "PYTHONPATH": os.pathsep.join(map(str, (GUARD, ROOT))),
        "REFUSED_CONNECTIONS": str(refused),
        "TRIPTYCH_DATA_DIR": str(data_dir / "data"),
        "HOME": str(data_dir),
        "PYTHONUNBUFFERED": "1",
    }
    processes: list[subprocess.Popen[str]] = []

    def run(*arguments: object, **settings: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            env=environment | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield run
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=WAIT_SECONDS)


def finish(process: subprocess.Popen[str]) -> str:
    """Return what a command printed, which must have done its task."""
    out, err = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 0, err
    return out


def address(process: subprocess.Popen[str]) -> str:
    """Return where a started server says it is."""
    for line in process.stdout or []:
        if found := re.search(r"(http://\S+?)/review", line):
            return found[1]
    pytest.fail(f"no address: {process.stderr.read() if process.stderr else ''}")


def refusals(refused: Path) -> Sequence[str]:
    return refused.read_text(encoding="utf-8").splitlines() if refused.exists() else []


def wait_for_jobs(client: httpx.Client, key: str, alignments: int) -> list[str]:
    """Return the article's alignments when there are as many and their jobs are done."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        found = client.get(f"/v1/articles/{key}").json()["alignments"]
        jobs = [client.get(f"/v1/jobs/{one['job_id']}").json() for one in found if one["job_id"]]
        assert all(job["status"] != "failed" for job in jobs), jobs
        if len(found) == alignments and all(job["status"] == "succeeded" for job in jobs):
            return [one["id"] for one in found]
        time.sleep(0.2)
    pytest.fail("the jobs did not end")


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('192.0.2.1', 80), 1)",
        "socket.getaddrinfo('triptych.invalid', 80)",
        "socket.gethostbyname('triptych.invalid')",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 53))",
        "socket.socket().connect_ex(('192.0.2.1', 80))",
        CHILD,
    ],
)
def test_guard_refuses_what_leaves_the_machine_and_writes_it_down(
    start: Start, refused: Path, attempt: str
) -> None:
    process = start("-c", f"import socket, subprocess, sys; {attempt}")
    process.communicate(timeout=WAIT_SECONDS)

    assert process.returncode != 0
    assert len(refusals(refused)) == 1


def test_import_translation_alignment_and_review_ask_nothing_of_the_network(
    start: Start, refused: Path, tmp_path: Path
) -> None:
    (tmp_path / "en.txt").write_text(ENGLISH, encoding="utf-8")
    (tmp_path / "fr.txt").write_text(FRENCH, encoding="utf-8")
    service = ("-m", "service")
    named = ("--lang", "en", "--key", "lamp", "--translate", "ru")

    finish(start(*service, "import", tmp_path / "en.txt", *named))
    finish(start(*service, "import", tmp_path / "fr.txt", "--lang", "fr", "--article", "lamp"))
    server = start(*service, "up", "--port", "0")
    with httpx.Client(base_url=address(server), timeout=WAIT_SECONDS) as client:
        alignments = wait_for_jobs(client, "lamp", 2)
        pages = [client.get(path) for path in ("/review", "/review/lamp", "/review/lamp/overview")]
        links = [
            client.get(f"/v1/alignments/{alignment}/links").json()["links"]
            for alignment in alignments
        ]
        read = client.get(f"/v1/links/{links[0][1]['id']}")
        approved = client.put(
            f"/v1/links/{links[0][1]['id']}",
            json={"text": read.json()["text"], "state": "approved"},
            headers={"If-Match": read.headers["etag"]},
        )
        sent = client.post(
            "/v1/translate",
            json={"html": "<p>A <b>lamp</b> burns.</p>", "source": "en", "target": "fr"},
        )
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=WAIT_SECONDS)

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [len(found) for found in links] == [4, 4]
    assert approved.status_code == sent.status_code == 200
    assert approved.json()["state"] == "approved"
    assert server.returncode == 0
    assert refusals(refused) == []


def test_the_other_engine_and_the_aligner_of_files_ask_nothing_of_the_network(
    start: Start, refused: Path, tmp_path: Path
) -> None:
    (tmp_path / "en.txt").write_text(ENGLISH, encoding="utf-8")
    (tmp_path / "fr.txt").write_text(FRENCH, encoding="utf-8")
    service = ("-m", "service")
    languages = ("--from", "en", "--to", "fr")

    translated = finish(
        start(
            *service, "translate", tmp_path / "en.txt", *languages, TRIPTYCH_ENGINE="transformers"
        )
    )
    aligned = finish(start(*service, "align", tmp_path / "en.txt", tmp_path / "fr.txt"))

    assert len(translated.rstrip("\n").split("\n\n")) == 4
    assert "200" in translated
    assert aligned
    assert refusals(refused) == []


IMPORT_ALL = """
import importlib
import pkgutil

import alignment
import service

for package in (alignment, service):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
for name in ("ctranslate2.converters", "huggingface_hub", "sentence_transformers", "sentencepiece",
             "torch", "transformers"):
    importlib.import_module(name)

from huggingface_hub import constants
from transformers import MarianMTModel, MarianTokenizer

assert not constants.HF_HUB_OFFLINE
"""


def test_importing_everything_looks_nothing_up_though_no_setting_forbids_it(
    start: Start, refused: Path
) -> None:
    finish(start("-c", IMPORT_ALL))

    assert refusals(refused) == []
