"""The app without its server: limits, handlers, readout, and what the page consists of."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest

from demo import handlers
from demo.example_clips import EXAMPLES
from demo.limits import LIMITS, check_limits
from demo.readout import WALKER_COLUMNS, readout, walker_rows
from demo.ui import build_ui
from demo.wording import PROTECTION
from demo.zero_gpu import device
from gaitcolor_core import AnonymizationReport, InputError, WalkerReport
from gaitcolor_core.recognizability import CAVEAT, assess
from gaitcolor_core.video import VideoWriter

EXAMPLE_CLIPS = list(EXAMPLES.values())
# Colors, shape, adaptation, faces, and whom: as they come.
REST: tuple[Any, ...] = ("warp", "deform", 0, False, [])
VISITOR, OTHER_VISITOR = gr.Request(session_hash="one"), gr.Request(session_hash="another")


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Gradio's cache, for handlers that run here, without a detector."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv("GAITCOLOR_DETECTOR", raising=False)
    handlers.anonymizer.cache_clear()
    yield tmp_path / "cache"
    handlers.anonymizer.cache_clear()


def blank_clip(path: Path, *, num_frames: int, fps: int, size: tuple[int, int] = (16, 16)) -> Path:
    with VideoWriter(path, *size, Fraction(fps)) as clip:
        for frame_id in range(num_frames):
            clip.write(np.zeros((size[1], size[0], 3), np.uint8), Fraction(frame_id, fps))
    return path


def report(**changes: Any) -> AnonymizationReport:
    walker = WalkerReport(
        track_id=1, first_frame=0, last_frame=9, frames_tracked=7, frames_interpolated=2,
        frames_covered=1, gait_period_frames=None, psnr_crop_db=30.25, ssim_crop=0.9,
        psnr_overlap_db=None, ssim_overlap=None, gei_change=5.0, gei_self=None,
        recognizability=assess(5.0, gei_self=None),
    )  # fmt: skip
    values: dict[str, Any] = dict(
        source="walk.mp4", output="walk_anonymized.mp4", device="cpu", segmenter="a segmenter",
        shape="deform", color="warp", strength=0.5, seed=77, width=64, height=48, frames=10,
        seconds=2.0, fps=5.0, audio="none", frames_without_walker=0, covered_detections=1,
        psnr_crop_db=30.25, ssim_crop=0.9, psnr_overlap_db=None, ssim_overlap=None,
        walkers=(walker,), warnings=("The first.", "The second."),
    )  # fmt: skip
    return AnonymizationReport(**{**values, **changes})


# What the app accepts.


@pytest.mark.parametrize(
    ("clip", "sentence"),
    [
        ({"num_frames": 64, "fps": 2}, r"The clip lasts 31.5 s, but 30 s is the limit here"),
        ({"num_frames": 1801, "fps": 120}, r"has 1801 frames, but 1800 is the limit here"),
        ({"num_frames": 2, "fps": 2, "size": (16, 1922)}, r"has 1922 pixels, but 1920 is"),
    ],
    ids=["too long", "too many frames", "too many pixels"],
)
def test_clips_beyond_the_limits_are_refused(
    clip: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    path = blank_clip(tmp_path / "clip.mp4", **clip)
    with pytest.raises(gr.Error, match=sentence):
        handlers.anonymize(str(path), 0.5, None, *REST, VISITOR)


def test_files_beyond_the_limit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.touch()
    os.truncate(path, 201 * 2**20)
    with pytest.raises(InputError, match="takes 201 MB, but 200 MB is the limit here"):
        check_limits(path)


def test_clips_at_the_limits_are_welcome(tmp_path: Path) -> None:
    clip = blank_clip(tmp_path / "clip.mp4", num_frames=60, fps=2, size=(1920, 1080))
    assert check_limits(clip) == 60


@pytest.mark.parametrize(
    "content",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:5,\nlong.mp4\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile long.mp4\n",
    ],
)
def test_a_playlist_tells_nothing_of_the_clip_it_points_to(content: str, tmp_path: Path) -> None:
    blank_clip(tmp_path / "long.mp4", num_frames=64, fps=2)
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(content)
    with pytest.raises(InputError, match=r"^list.m3u8 is not a video that can be read"):
        check_limits(playlist)


# The handlers.


def test_without_a_clip_there_is_nothing_to_do() -> None:
    with pytest.raises(gr.Error, match="Please choose a clip first"):
        handlers.anonymize(None, 0.5, None, *REST, VISITOR)


def test_what_cannot_be_processed_is_said_in_the_words_of_the_core(
    closed: Path, tmp_path: Path
) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("This is no clip.")
    with pytest.raises(InputError) as core:
        handlers.anonymizer().anonymize_video(text, tmp_path / "out.mp4")
    with pytest.raises(gr.Error) as app:
        handlers.anonymize(str(text), 0.5, None, *REST, VISITOR)
    assert app.value.message == str(core.value)
    assert not list(closed.glob("*"))


def test_a_visitor_stops_the_own_run_and_no_other(closed: Path) -> None:
    stages: list[str] = []

    def progress(share: float, desc: str) -> None:
        assert 0 <= share <= 1
        stages.append(desc.split(",")[0])
        handlers.stop(VISITOR if len(stages) == 5 else OTHER_VISITOR)

    with pytest.raises(gr.Error, match="Stopped"):
        handlers.anonymize(str(EXAMPLE_CLIPS[0]), 0.5, None, *REST, VISITOR, progress)  # type: ignore[arg-type]
    assert stages == ["Looking at the scenery", *["Finding the walkers"] * 4]
    assert not list(closed.iterdir())
    handlers.stop(VISITOR)  # nothing runs any more


@pytest.mark.parametrize("seed", ["-1", "1.5", "seven"])
def test_a_seed_is_a_whole_number(seed: str) -> None:
    with pytest.raises(gr.Error, match="The seed must be a whole number such as 7, or empty"):
        handlers.anonymize(str(EXAMPLE_CLIPS[0]), 0.5, seed, *REST, VISITOR)


# The readout.


def test_readout_names_figures_device_segmenter_and_warnings() -> None:
    text = readout(report())
    for words in (
        "**Please note:** The first.",
        "**Please note:** The second.",
        "| **Crop** | 30.2 dB | 0.900 |",
        "| **Overlap** | - | - |",
        "1 walker in 10 frames of 64 x 48 pixels",
        "on **cpu**",
        "**a segmenter**",
        "`77`",
    ):
        assert words in text
    assert "Please note" not in readout(report(warnings=()))


def test_readout_says_how_recognizable_each_walker_is_and_what_that_leaves_out() -> None:
    text = readout(report())
    assert "- Walker 1: **recognizable**. The new walk differs from the old one more than" in text
    assert CAVEAT in text
    left = replace(report().walkers[0], gei_change=None, recognizability=None)
    assert CAVEAT not in readout(report(walkers=(left,)))
    assert walker_rows(report(walkers=(left,)))[0][5:8] == ["-", "-", "-"]


def test_every_walker_has_a_row() -> None:
    [row] = walker_rows(report())
    assert row == ["1", "9", "2", "1", "-", "5.00", "-", "recognizable", "30.2", "0.900", "-", "-"]
    assert len(row) == len(WALKER_COLUMNS)


# The page.


def test_page_is_private_limited_and_explained() -> None:
    page = build_ui()
    assert not page.analytics_enabled
    assert page.delete_cache == (3600, 3600)
    heavy = [function for function in page.fns.values() if function.fn is handlers.anonymize]
    assert {function.concurrency_id for function in heavy} == {"anonymize"}
    assert {function.concurrency_limit for function in heavy} == {1}
    texts = "\n".join(
        str(block.value) for block in page.blocks.values() if isinstance(block, gr.Markdown)
    )
    for words in (LIMITS, device(), "What this does and does not protect", "shadows"):
        assert words in texts


def test_the_figures_on_the_page_are_those_that_were_measured() -> None:
    stated = re.findall(r"\d+\.\d %", PROTECTION)
    measured = (Path(__file__).parents[1] / "docs" / "privacy.md").read_text()
    assert stated and all(figure.removesuffix(" %") in measured for figure in stated)


def test_examples_are_small() -> None:
    for clip in EXAMPLE_CLIPS:
        assert clip.stat().st_size < 1.5e6
        assert check_limits(clip) > 100
