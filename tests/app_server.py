"""What tests of the running app share."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import cv2
import psutil
import pytest
from gradio_client import Client, handle_file

from gaitcolor_core.video import VideoReader, VideoWriter

ROOT = Path(__file__).parents[1]
CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Python runs a module of this name when it starts.
CLOSED_NETWORK = """
import json
import os
import socket

LOCAL = (None, "", "localhost", "127.0.0.1", "0.0.0.0", "::1", "::", socket.gethostname())


def closed(function, host_of):
    def guarded(*arguments, **options):
        host = host_of(*arguments)
        host = host.decode() if isinstance(host, bytes) else host
        if host in LOCAL:
            return function(*arguments, **options)
        with open(os.environ["ASKED_HOSTS"], "a") as asked:
            asked.write(f"{host}\\n")
        raise socket.gaierror(socket.EAI_NONAME, f"the network is closed to {host}")

    return guarded


socket.getaddrinfo = closed(socket.getaddrinfo, lambda host, *_: host)
socket.socket.connect = closed(
    socket.socket.connect, lambda _, address: address[0] if isinstance(address, tuple) else None
)
"""


@dataclass(frozen=True)
class Server:
    """The app in a process of its own, without a detector and without a network."""

    url: str
    cache: Path
    asked_hosts: Path
    log: Path
    process: psutil.Process

    def client(self, folder: Path) -> Client:
        """A visitor without a browser, whose downloads go to a folder."""
        return Client(self.url, download_files=folder, verbose=False)

    def runs(self) -> list[Path]:
        """The folders of runs that go on or have a result."""
        return list(self.cache.glob("run_*"))

    def memory_mb(self) -> float:
        """What the process and its children hold."""
        family = [self.process, *self.process.children(recursive=True)]
        return float(sum(member.memory_info().rss for member in family)) / 1e6

    def answer(self, **arguments: Any) -> str:
        """What the API says to arguments that no client would send."""
        body = json.dumps(arguments).encode()
        call = f"{self.url}/gradio_api/call/v2/anonymize"
        try:
            with urlopen(Request(call, body, {"Content-Type": "application/json"})) as reply:
                event = json.load(reply)["event_id"]
            with urlopen(f"{call}/{event}", timeout=60) as reply:
                return str(reply.read().decode())
        except HTTPError as refusal:
            return str(refusal.read().decode())

    def waiting(self) -> int:
        """Runs that wait for their turn."""
        with urlopen(f"{self.url}/gradio_api/queue/status", timeout=30) as reply:
            return int(json.load(reply)["queue_size"])


@contextmanager
def serving(folder: Path, *command: str) -> Iterator[Server]:
    """Run the app, which must be the first to use the folder."""
    (folder / "sitecustomize.py").write_text(CLOSED_NETWORK)
    port = free_port()
    cache, asked_hosts, log_file = (folder / name for name in ("cache", "asked_hosts", "log"))
    left_to_the_app = ("GRADIO_ANALYTICS_ENABLED", "GAITCOLOR_DETECTOR", "HF_HUB_OFFLINE")
    environment = {name: value for name, value in os.environ.items() if name not in left_to_the_app}
    environment |= {
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(cache),
        "TORCH_HOME": str(folder / "torch"),
        "PYTHONPATH": str(folder),
        "ASKED_HOSTS": str(asked_hosts),
    }
    asked_hosts.touch()
    with log_file.open("w") as log:
        process = psutil.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        app = Server(f"http://127.0.0.1:{port}", cache, asked_hosts, log_file, process)
        try:
            wait_for(lambda: answers(app.url) or process.poll() is not None)
            assert process.poll() is None, log_file.read_text()
            yield app
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The one that tests share."""
    with serving(tmp_path_factory.mktemp("server"), "app.py") as app:
        yield app


@pytest.fixture
def page(server: Server, tmp_path: Path) -> Iterator[Any]:
    """The page in a browser; how it looked in the end is kept among the files of the test."""
    hosts: set[str] = set()
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(100_000)
        page.on("request", lambda request: hosts.add(request.url.split("/")[2].split(":")[0]))
        page.goto(server.url)
        page.locator("#start").wait_for()
        yield page
        if not page.is_closed():
            page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert hosts <= {"127.0.0.1", ""}  # "": data of the page itself


@contextmanager
def chromium(*options: str) -> Iterator[Any]:
    """A browser without a screen; where there is none, the test is skipped."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.is_file():
        pytest.skip(f"no browser at {CHROMIUM}")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=[*CHROMIUM_OPTIONS, *options]
        )
        yield browser
        browser.close()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether there is a page."""
    try:
        with urlopen(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except (URLError, OSError):
        return False


def wait_for(condition: Any, seconds: float = 60) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def anonymized(client: Client, clip: Path, **choices: Any) -> tuple[Path, dict[str, Any]]:
    """The result of a clip, downloaded, and its report."""
    results = client.predict(clip=handle_file(clip), api_name="/anonymize", **choices)
    files = [
        Path(result)
        for result in results
        if isinstance(result, str) and Path(result).suffix in (".mp4", ".json")
    ]
    [report_file] = [path for path in files if path.suffix == ".json"]
    report: dict[str, Any] = json.loads(report_file.read_text())
    return files[0], report


def shortened(source: Path, path: Path, first: int = 0, last: int | None = None) -> Path:
    """A quarter of the size, and every other frame, from number `first` on and before `last`."""
    with VideoReader(source) as clip:
        size = (clip.metadata.width // 4, clip.metadata.height // 4)
        with VideoWriter(path, *size, clip.metadata.fps / 2) as short:
            for frame in islice(clip, first, last, 2):
                image = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
                short.write(image, frame.time_s - first / clip.metadata.fps)
    return path
