"""The long-running commands as processes of their own: started, used, told to stop."""

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

WAIT_SECONDS = 60
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path, database_url: str) -> Iterator[Start]:
    """Return what starts ``triptych`` on the test's own database; what still runs is stopped."""
    processes: list[subprocess.Popen[str]] = []

    def run(
        *arguments: str, program: Sequence[str] = ("-m", "service"), **environment: str
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *program, *arguments],
            env=os.environ
            | {"DATABASE_URL": database_url, "TRIPTYCH_DATA_DIR": str(tmp_path / "data")}
            | {"PYTHONUNBUFFERED": "1"}
            | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield run
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def address(process: subprocess.Popen[str]) -> str:
    """Return where a started server says it is."""
    for line in process.stdout or []:
        if found := re.search(r"(http://\S+?)/review", line):
            return found[1]
    pytest.fail(f"no address: {process.stderr.read() if process.stderr else ''}")


def stop(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(WAIT_SECONDS)


def test_up_serves_pages_and_api_does_jobs_and_stops_when_told(start: Start) -> None:
    process = start("up", "--port", "0")
    client = httpx.Client(base_url=address(process), timeout=WAIT_SECONDS)
    body = {"text": "The ferry is back.\n\nIt left at dawn.", "language": "en", "key": "ferry"}

    assert client.get("/readyz").json()["ready"]
    assert client.get("/review").status_code == 200
    client.post("/v1/articles", json=body).raise_for_status()
    job = client.post("/v1/articles/ferry/translations", json={"target": "fr"}).json()
    deadline = time.monotonic() + WAIT_SECONDS
    while job["status"] != "succeeded" and time.monotonic() < deadline:
        time.sleep(0.1)
        job = client.get(f"/v1/jobs/{job['id']}").json()
    client.close()

    assert job["status"] == "succeeded", job
    assert job["progress"] == {"done": 2, "total": 2}
    assert stop(process) == 0


MISTAKEN = """
import sys
from service.jobs import worker
worker.OPEN_SECONDS = "soon"
from service.cli.main import main
main()
"""


@pytest.mark.parametrize("command", ["up", "worker", "demo"])
def test_mistake_that_ends_the_worker_ends_the_process_with_a_word(
    start: Start, command: str
) -> None:
    port = [] if command == "worker" else ["--port", "0"]

    process = start(command, *port, program=["-c", MISTAKEN])
    _, err = process.communicate(timeout=WAIT_SECONDS)

    assert process.returncode == 1
    assert "triptych: the worker ended" in err
    assert "Traceback" not in err


def test_taken_port_is_said_with_its_holder_and_status_1(start: Start) -> None:
    first = start("web", "--port", "0")
    port = address(first).rsplit(":", 1)[1]

    second = start("up", "--port", port)
    _, err = second.communicate(timeout=WAIT_SECONDS)

    assert second.returncode == 1
    assert re.search(rf"port {port} is taken by .*{first.pid}", err)
    assert "Traceback" not in err
    assert stop(first) == 0


def test_demo_takes_the_next_free_port_and_serves_its_page(start: Start) -> None:
    first = start("web", "--port", "0")
    port = int(address(first).rsplit(":", 1)[1])

    demo = start("demo", "--port", str(port))
    page = address(demo)

    assert page != f"http://127.0.0.1:{port}"
    answer = httpx.get(f"{page}/review", timeout=WAIT_SECONDS)
    assert "Belmora" in answer.text
    assert stop(demo) == 0


def test_key_is_needed_for_other_machines_and_then_asked_for(start: Start) -> None:
    refused = start("web", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 - refused
    _, err = refused.communicate(timeout=WAIT_SECONDS)
    keyed = start("web", "--host", "0.0.0.0", "--port", "0", TRIPTYCH_API_KEY="secret")  # noqa: S104 - has a key
    port = address(keyed).rsplit(":", 1)[1]
    page = f"http://127.0.0.1:{port}/v1/articles"

    assert refused.returncode == 1
    assert "TRIPTYCH_API_KEY" in err
    assert httpx.get(page).status_code == 401
    assert httpx.get(page, headers={"Authorization": "Bearer secret"}).status_code == 200


def test_worker_stops_when_told(start: Start) -> None:
    process = start("worker")
    assert process.stderr is not None
    for line in process.stderr:
        if "waits for jobs" in line:
            break

    # 143 if the signal came before it had begun to wait: also after closing what was open.
    assert stop(process) in {0, 143}
