"""`render`: what it writes, says and returns."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gaitcolor_core.cli import main
from gaitcolor_core.datasets.presets import PRESETS, Preset
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.datasets.studio import shared_renderer


def render(*words: object) -> int:
    try:
        return main(["render", *map(str, words)])
    except SystemExit as end:
        return int(str(end.code))


@pytest.fixture
def one_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `mini` be a single walk."""
    walks = (("nm", 1),)
    monkeypatch.setitem(PRESETS, "mini", Preset(range(1, 2), walks, (90,), ((range(1, 2), walks),)))


def test_a_set_is_rendered_and_then_kept(
    one_walk: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "set"
    words = ("--preset", "mini", "-o", root, "--processes", 1, "--silhouettes-only", "--seed", 5)
    assert render(*words) == 0
    said = f"{root} holds 1 sequences, 0 of them in color.\n"
    assert capsys.readouterr().out == said
    assert RenderedSet(root).description["seed"] == 5
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    assert render(*words) == 0
    assert capsys.readouterr().out == said
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_without_opengl_one_sentence_says_what_to_install(
    one_walk: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "moderngl", None)
    shared_renderer.cache_clear()
    for preset in ("mini", "frames"):
        words = ("--preset", preset, "-o", tmp_path / preset, "--processes", 1)
        assert render(*words) == 1
        sentence = capsys.readouterr().err.splitlines()[-1]
        assert sentence.startswith(f"{preset}: Walkers are drawn with OpenGL, which is not there")
        assert "pip install" in sentence


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--preset", "huge"), 2, "invalid choice: 'huge'"),
        ((), 2, "required: --preset"),
        (("--preset", "frames", "--silhouettes-only"), 2, "--silhouettes-only goes with mini"),
        (("--preset", "bench", "--places", 3), 2, "--places goes with the preset frames"),
        (("--preset", "mini", "--processes", 0), 2, "'0' is no whole number from 1 on"),
        (("--preset", "mini"), 1, "is not empty and holds no rendered set; give a new folder."),
    ],
)
def test_what_cannot_be_rendered_is_told_in_one_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[object, ...],
    code: int,
    said: str,
) -> None:
    (tmp_path / "holiday.jpg").touch()
    assert render(*words, "-o", tmp_path) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err.splitlines()[-1]
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal is imitated by a process group")
def test_an_interrupt_ends_all_processes_without_a_traceback(tmp_path: Path) -> None:
    root = tmp_path / "set"
    command = [sys.executable, "-m", "gaitcolor_core", "render", "--preset", "mini"]
    command += ["-o", str(root), "--processes", "2", "--silhouettes-only"]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not any(root.glob("*/*/*.png")):
        assert running.poll() is None
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate()
    assert running.returncode == 128 + signal.SIGINT
    assert out == ""
    assert err.splitlines() == ["set: started", "Stopped; nothing unfinished was left behind."]
    assert not list(root.rglob(".*"))
