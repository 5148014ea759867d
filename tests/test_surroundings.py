"""Full disks, forbidden folders, foreign detectors, signals: one sentence, and no litter."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from clips import MAN, draw, ffmpeg
from drawn_walkers import Walker

from gaitcolor_core import GaitAnonymizer, InputError, Settings
from gaitcolor_core.cli import main


@pytest.fixture
def clip(walker_clip: Path, place: Path) -> Path:
    """A copy of the walker, alone in its folder."""
    (place / "walk.mp4").write_bytes(walker_clip.read_bytes())
    return place / "walk.mp4"


class TestTargets:
    def test_output_is_the_input(
        self, walker_clip: Path, clip: Path, place: Path, refusal: Callable[..., str]
    ) -> None:
        (place / "link.mp4").symlink_to(clip)
        for name in ("walk.mp4", "link.mp4"):
            assert "is a clip itself" in refusal(clip, "-o", place / name, code=2)
            with pytest.raises(InputError, match="is the input"):
                GaitAnonymizer(detector="static").anonymize_video(clip, place / name)
        assert clip.read_bytes() == walker_clip.read_bytes()

    @pytest.mark.parametrize(
        ("target", "words"),
        [
            ("none/a.mp4", "There is no folder"),
            ("taken", "is a folder; give the name of a file"),
            pytest.param(
                "/proc/a.mp4",
                "/proc/a.mp4",  # in which words depends on who asks
                marks=pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc"),
            ),
        ],
    )
    def test_output_that_cannot_be_written(
        self, clip: Path, place: Path, refusal: Callable[..., str], target: str, words: str
    ) -> None:
        (place / "taken" / "walk_anonymized.mp4").mkdir(parents=True)
        assert words in refusal(clip, "-o", place / target, "--detector", "static")

    def test_output_is_refused_before_any_work(self, walker_clip: Path, place: Path) -> None:
        stages: list[str] = []
        with pytest.raises(InputError, match="There is no folder"):
            GaitAnonymizer(detector="static").anonymize_video(
                walker_clip,
                place / "none" / "a.mp4",
                on_progress=lambda stage, done, total: stages.append(stage),
            )
        assert stages == []

    @pytest.mark.parametrize(
        "limit_bytes",
        [
            pytest.param(
                40_000,
                id="temporary files",
            ),
            pytest.param(400_000, id="the result"),
        ],
    )
    def test_full_disk(self, place: Path, refusal: Callable[..., str], limit_bytes: int) -> None:
        clip = draw(place / "walk.mp4", Walker(MAN, -20, 220), noise=12)
        assert clip.stat().st_size > 400_000
        with no_larger_files(limit_bytes):
            assert "There is no room left" in refusal(clip, "--detector", "static")


@contextmanager
def no_larger_files(limit_bytes: int) -> Iterator[None]:
    """The system refuses to let a file grow further, as on a full disk."""
    resource = pytest.importorskip("resource", reason="no file size limit on this system")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


class TestOptions:
    def test_detector_that_is_missing(
        self, clip: Path, place: Path, refusal: Callable[..., str]
    ) -> None:
        sentence = refusal(clip, "--detector", place / "none.pt", code=2)
        assert "neither a file nor an official model" in sentence

    @pytest.mark.parametrize(
        "name",
        [
            "model.pt",
            pytest.param(
                "model.bin",
            ),
        ],
    )
    def test_detector_that_is_no_model(
        self, clip: Path, place: Path, refusal: Callable[..., str], name: str
    ) -> None:
        (place / name).write_text("no model")
        sentence = refusal(clip, "--detector", place / name, code=2)
        assert "give a" in sentence
        assert "segmentation model" in sentence

    def test_seed_below_zero(self) -> None:
        with pytest.raises(InputError, match="must be 0 or more"):
            Settings(seed=-1)

    def test_walker_who_is_not_there(self, clip: Path, refusal: Callable[..., str]) -> None:
        sentence = refusal(clip, "--detector", "static", "--walkers", "1,7")
        assert sentence.startswith("walk.mp4: There is no walker 7 in this clip")


class TestStopping:
    @pytest.mark.slow
    def test_ctrl_c(self, clip: Path, place: Path) -> None:
        running = subprocess.Popen(
            [sys.executable, "-m", "gaitcolor_core", "anonymize", clip, "--detector", "static"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        stop_midway(running.pid, place, signal.SIGINT)
        out, err = running.communicate(timeout=60)
        assert (running.returncode, out) == (130, "")
        assert err.splitlines() == [
            "walk.mp4: started", "Stopped; nothing unfinished was left behind.",
        ]  # fmt: skip
        assert list(place.iterdir()) == [clip]

    def test_sigterm_keeps_what_is_finished(
        self, walker_clip: Path, place: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for name in ("a.mp4", "b.mp4"):
            (place / name).write_bytes(walker_clip.read_bytes())

        def stop_the_second() -> None:
            while not (place / "a_anonymized.mp4").exists():
                time.sleep(0.001)
            stop_midway(os.getpid(), place, signal.SIGTERM)

        watcher = Thread(target=stop_the_second, daemon=True)
        watcher.start()
        assert main(["anonymize", str(place), "--detector", "static"]) == 143
        watcher.join()
        assert capsys.readouterr().err.splitlines()[-1].startswith("Stopped; ")
        assert sorted(path.name for path in place.iterdir()) == [
            "a.mp4", "a_anonymized.mp4", "b.mp4",
        ]  # fmt: skip


def stop_midway(pid: int, folder: Path, number: signal.Signals) -> None:
    """Send a signal as soon as a result is being written."""
    end_s = time.monotonic() + 60
    while not list(folder.glob(".*.partial.mp4")):
        assert time.monotonic() < end_s
        time.sleep(0.001)
    os.kill(pid, number)


@pytest.mark.slow
def test_memory_of_a_4k_clip_stays_below_2_gib(tmp_path: Path) -> None:
    # With the 17th frame, the background holds as many samples as it ever does of such frames.
    small = draw(tmp_path / "small.mp4", Walker(MAN, -20, 250), size=(480, 270), num_frames=18)
    clip = tmp_path / "4k.mp4"
    ffmpeg(
        "-i",
        small,
        "-vf",
        "scale=1920:1080,pad=3840:2160:900:1080:gray",
        "-preset",
        "ultrafast",
        clip,
    )
    done = subprocess.run(
        [sys.executable, "-m", "gaitcolor_core", "bench", clip, "--detector", "static",
         "--json", tmp_path / "speed.json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    speed = json.loads((tmp_path / "speed.json").read_text())
    assert (speed["width"], speed["height"], speed["frames"]) == (3840, 2160, 18)
    assert speed["peak_memory_mib"] < 2048
