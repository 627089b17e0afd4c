"""A hub on the loopback, with one model: what huggingface_hub asks of the real one, answered."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "Helsinki-NLP/opus-mt-en-fr"
LARGE = (".bin", ".safetensors", ".spm")
"""What the hub keeps in Git LFS, with a SHA-256."""


class FakeHub:
    """The hub's state, and what was asked of it."""

    def __init__(self, folder: Path) -> None:
        self.endpoint = ""
        self.contents = {file.name: file.read_bytes() for file in folder.iterdir()}
        self.listed = [self._listed(name) for name in self.contents]
        self.commit: str | None = COMMIT
        self.revisions = {"main", "refs/pr/1", COMMIT}
        self.asked: list[str] = []
        self.status = 200
        """Of every answer."""
        self.page: bytes | None = None
        """What is sent in place of the list of files."""
        self.cut: dict[str, list[int]] = {}
        """After how many bytes the connection breaks off, for each time that a file is asked."""
        self.endless: set[str] = set()
        self.slow = threading.Event()
        """Set when somebody has begun to fetch a file that never comes."""
        self.stalled: set[str] = set()
        self.closing = threading.Event()

    def relist(self, name: str, **changes: Any) -> None:
        """Change what the list says of a file."""
        (entry,) = [entry for entry in self.listed if entry["rfilename"] == name]
        entry |= changes

    def _listed(self, name: str) -> dict[str, Any]:
        content = self.contents[name]
        blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
        entry: dict[str, Any] = {
            "rfilename": name,
            "size": len(content),
            "blobId": blob.hexdigest(),
        }
        if name.endswith(LARGE):
            sha256 = hashlib.sha256(content).hexdigest()
            entry["lfs"] = {"sha256": sha256, "size": len(content), "pointerSize": 134}
        return entry


@contextmanager
def serve(folder: Path) -> Iterator[FakeHub]:
    """Serve a folder's files until the block ends."""
    hub = FakeHub(folder)

    class Handler(_Handler):
        pass

    Handler.hub = hub
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        hub.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub

    def do_GET(self) -> None:
        """Answer with the list of files, or with a file."""
        path, _, query = self.path.partition("?")
        self.hub.asked.append(path)
        api, files = f"/api/models/{REPOSITORY}", f"/{REPOSITORY}/resolve/{COMMIT}/"
        if self.hub.status != 200:
            self._answer(b"no", status=self.hub.status)
        elif path.startswith(files):
            self._send_file(path.removeprefix(files))
        elif path.startswith(api):
            revision = path.removeprefix(api).removeprefix("/revision/").replace("%2F", "/")
            if revision and revision not in self.hub.revisions:
                self._answer(b"", status=404, code="RevisionNotFound")
                return
            listed = self.hub.listed if "blobs=true" in query.lower() else []
            content = {"id": REPOSITORY, "sha": self.hub.commit, "siblings": listed}
            self._answer(self.hub.page or json.dumps(content).encode())
        else:
            self._answer(b"", status=404, code="RepoNotFound")

    def _send_file(self, name: str) -> None:
        content = self.hub.contents[name]
        first = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        self.send_response(206 if first else 200)
        if name in self.hub.endless:
            self.end_headers()
            self._send_without_end()
            return
        self.send_header("Content-Length", str(len(content) - first))
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if name in self.hub.stalled:
            self.wfile.write(content[:100])
            self.wfile.flush()
            self.hub.slow.set()
            self.hub.closing.wait(60)
            return
        cuts = self.hub.cut.get(name, [])
        end = first + cuts.pop(0) if cuts else len(content)
        self.wfile.write(content[first:end])

    def _send_without_end(self) -> None:
        try:
            while not self.hub.closing.is_set():
                self.wfile.write(b"more" * 4096)
        except OSError:
            pass  # the other side has had enough, as it should

    def _answer(self, content: bytes, *, status: int = 200, code: str | None = None) -> None:
        self.send_response(status)
        if code is not None:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""
