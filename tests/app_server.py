"""What tests of the running app share."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import cv2
import pytest

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

    def runs(self) -> list[Path]:
        """The folders of runs that go on or have a result."""
        return [path for path in self.cache.glob("tmp*") if path.is_dir()]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "sitecustomize.py").write_text(CLOSED_NETWORK)
    port = free_port()
    app = Server(
        f"http://127.0.0.1:{port}", folder / "cache", folder / "asked_hosts", folder / "log"
    )
    left_to_the_app = ("GRADIO_ANALYTICS_ENABLED", "GAITCOLOR_DETECTOR", "HF_HUB_OFFLINE")
    environment = {name: value for name, value in os.environ.items() if name not in left_to_the_app}
    environment |= {
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(app.cache),
        "TORCH_HOME": str(folder / "torch"),
        "PYTHONPATH": str(folder),
        "ASKED_HOSTS": str(app.asked_hosts),
    }
    app.asked_hosts.touch()
    with app.log.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            wait_for(lambda: answers(app.url) or process.poll() is not None)
            assert process.poll() is None, app.log.read_text()
            yield app
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def page(server: Server) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.is_file():
        pytest.skip(f"no browser at {CHROMIUM}")
    hosts: set[str] = set()
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(100_000)
        page.on("request", lambda request: hosts.add(request.url.split("/")[2].split(":")[0]))
        page.goto(server.url)
        page.locator("#start").wait_for()
        yield page
        browser.close()
    assert hosts <= {"127.0.0.1", ""}  # "": data of the page itself


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


def shortened(source: Path, path: Path) -> Path:
    """A quarter of the size, and every other frame."""
    with VideoReader(source) as clip:
        size = (clip.metadata.width // 4, clip.metadata.height // 4)
        with VideoWriter(path, *size, clip.metadata.fps / 2) as short:
            for frame_id, frame in enumerate(clip):
                if frame_id % 2 == 0:
                    image = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
                    short.write(image, frame.time_s)
    return path
