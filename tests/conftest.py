"""What every test may ask for, and what none may do: reach out of the machine."""

from __future__ import annotations

import ipaddress
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from clips import MAN, draw, ffmpeg
from drawn_walkers import Walker
from hypothesis import settings

from gaitcolor_core.cli import main
from gaitcolor_core.datasets.rendering import render_set
from gaitcolor_core.datasets.studio import shared_renderer
from gaitcolor_core.structures import InputError

pytest_plugins = ["app_server"]

# A busy machine is no failure; `timeout` in pyproject.toml ends what hangs.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

DATA = Path(os.environ.get("GAITCOLOR_DATA", Path(__file__).parents[2] / "shared" / "data"))


def pytest_configure(config: pytest.Config) -> None:
    """A process a core computes in one thread each: what waits for a core keeps others busy."""
    if config.getoption("numprocesses", None):
        # Processes inherit it, those of pytest-xdist first.
        os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder with real clips and weights."""
    if not DATA.is_dir():
        pytest.skip(f"no real clips at {DATA}; GAITCOLOR_DATA names their folder")
    return DATA


@pytest.fixture(scope="session")
def walker_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One walker, 20 frames of 384 x 256, with sound."""
    folder = tmp_path_factory.mktemp("walker")
    silent = draw(folder / "silent.mp4", Walker(MAN, -20, 235), size=(384, 256))
    sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=1.6"]
    ffmpeg("-i", silent, *sound, "-c:v", "copy", "-c:a", "aac", folder / "walk.mp4")
    return folder / "walk.mp4"


@pytest.fixture
def scratch(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    folder = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def place(tmp_path: Path, scratch: Path) -> Iterator[Path]:
    """A folder for a clip; no temporary files may be left when the test is over."""
    yield tmp_path
    # Ultralytics keeps its settings.
    assert [path.name for path in scratch.glob("gaitcolor-*")] in ([], ["gaitcolor-ultralytics"])
    assert not list(tmp_path.glob(".*"))


@pytest.fixture
def refusal(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run `anonymize` on what it cannot do; the sentence that it says, and the folder as it was."""

    def run(clip: Path, *options: object, code: int = 1) -> str:
        before = sorted(clip.parent.rglob("*"))
        try:
            found = main(["anonymize", str(clip), *map(str, options)])
        except SystemExit as end:
            found = int(str(end.code))
        out, err = capsys.readouterr()
        assert (found, out) == (code, "")
        assert sorted(clip.parent.rglob("*")) == before
        *rest, sentence = [line for line in err.splitlines() if not line.endswith(": started")]
        assert rest == [] if code == 1 else "Traceback" not in err
        assert sentence.endswith(".")
        return sentence

    return run


@pytest.fixture(autouse=True)
def outside_hosts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A closed network: what is asked for beyond this machine is refused and listed here."""
    asked: list[str] = []

    def refuse_outside(function: Any, host_of: Any) -> Any:
        def guarded(*arguments: Any, **options: Any) -> Any:
            host = host_of(*arguments)
            if _is_local(host):
                return function(*arguments, **options)
            asked.append(str(host))
            raise socket.gaierror(socket.EAI_NONAME, f"a test asked for {host}")

        return guarded

    connect = refuse_outside(socket.socket.connect, _host_of_address)
    monkeypatch.setattr(socket.socket, "connect", connect)
    look_up = refuse_outside(socket.getaddrinfo, lambda host, *_: host)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield asked


def _host_of_address(_socket: socket.socket, address: Any) -> Any:
    return address[0] if isinstance(address, tuple) else None  # the path of a Unix socket


def _is_local(host: Any) -> bool:
    if host in (None, "", "localhost", socket.gethostname()):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@pytest.fixture(scope="session")
def opengl() -> None:
    """Skip what draws in color on a machine that cannot."""
    try:
        shared_renderer()
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory, opengl: None) -> Path:
    """The preset `mini`, in full."""
    root = tmp_path_factory.mktemp("sets") / "mini"
    render_set(root, "mini")
    return root
