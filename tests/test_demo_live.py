"""What a camera sees, recorded or as it runs, and what is remembered of visitors before cameras."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from app_server import ROOT, Server, chromium
from clips import ffmpeg

from demo import live
from demo.live import MAX_VISITORS, Visitors
from gaitcolor_core import LiveFrame
from gaitcolor_core.structures import UInt8

ONE_WALKER = ROOT / "demo" / "examples" / "one_walker.mp4"
SIZE = (320, 180)
RECORDED_S = 2


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser takes for a camera, in slow motion: a busy machine sees few frames of it."""
    path = tmp_path_factory.mktemp("camera") / "walk.mjpeg"
    look = f"scale={SIZE[0]}:{SIZE[1]},setpts=4*PTS,fps=30"
    ffmpeg("-ss", "0.7", "-i", ONE_WALKER, "-vf", look, "-q:v", "4", "-an", path)
    return path


@pytest.fixture
def page_with_camera(server: Server, camera: Path) -> Iterator[Any]:
    devices = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera}",
    ]
    with chromium(*devices) as browser:
        page = browser.new_page(permissions=["camera", "microphone"])
        page.set_default_timeout(100_000)
        page.goto(server.url)
        yield page


@pytest.fixture
def tab(page_with_camera: Any) -> Any:
    page_with_camera.get_by_role("tab", name="Live camera").click()
    page_with_camera.get_by_text("Click to Access Webcam").click()
    page_with_camera.locator("#camera").get_by_text("Record").click()
    return page_with_camera


def shown(tab: Any) -> UInt8:
    """The picture that the page shows, `(H, W, 3)`."""
    source = tab.locator("#live img").get_attribute("src")
    assert source.startswith("data:image/jpeg;base64,")
    encoded = np.frombuffer(base64.b64decode(source.split(",")[1]), np.uint8)
    return np.asarray(cv2.resize(cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB), SIZE), np.uint8)


def pictures(server: Server) -> set[Path]:
    """All that the server stores, of other visitors, too."""
    return {path for path in server.cache.rglob("*") if path.suffix in {".webp", ".png", ".jpeg"}}


def fewest_changed(picture: UInt8, camera: Path) -> int:
    """By how many pixels a picture differs from that frame of the camera which is most like it."""
    reader = cv2.VideoCapture(str(camera))
    counts = []
    while (grabbed := reader.read())[0]:
        difference = cv2.absdiff(picture, np.asarray(grabbed[1][..., ::-1], np.uint8))
        counts.append(int((difference.max(axis=-1) > 48).sum()))
    return min(counts)


def test_the_tab_shows_other_pictures_than_the_camera_and_how_fast(
    tab: Any, camera: Path, server: Server
) -> None:
    before = pictures(server)
    figures = tab.locator("#live_figures")
    figures.get_by_text(re.compile(r"another body: 0 · covered: [1-9]")).wait_for()
    assert fewest_changed(shown(tab), camera) > 300
    figures.get_by_text(re.compile(r"another body: 1")).wait_for()
    assert fewest_changed(shown(tab), camera) > 100
    assert re.search(r"\d+\.\d frames/s", figures.inner_text())
    assert pictures(server) <= before
    assert "Traceback" not in server.log.read_text()


def test_what_a_camera_recorded_is_anonymized(page_with_camera: Any) -> None:
    page = page_with_camera
    clip, result = page.locator("#clip"), "document.querySelector('#result video')"
    clip.get_by_label("Capture from camera").click()
    clip.get_by_text("Click to Access Webcam").click()
    clip.get_by_text("Record").click()
    page.wait_for_timeout(RECORDED_S * 1000)
    clip.get_by_text("Stop").click()
    clip.locator("video[src]").wait_for()
    page.locator("#start").click()
    page.wait_for_function(f"{result}?.readyState == 4")
    # A recording itself does not say how long it is.
    assert RECORDED_S / 2 < page.evaluate(f"{result}.duration") < RECORDED_S * 3
    page.get_by_text(re.compile(r"\.webm: [1-9] walkers? in \d+ frames")).wait_for()


def test_visitors_have_cameras_of_their_own_until_they_leave() -> None:
    visitors = Visitors()
    first, second = visitors.anonymizer("first"), visitors.anonymizer("second")
    assert first is not second
    assert visitors.anonymizer("first") is first
    visitors.forget("first")
    visitors.forget("nobody")
    assert len(visitors) == 1
    assert visitors.anonymizer("first") is not first


def test_of_many_visitors_the_latest_are_remembered() -> None:
    visitors = Visitors()
    latest = [visitors.anonymizer(str(number)) for number in range(2 * MAX_VISITORS)][-1]
    assert len(visitors) == MAX_VISITORS
    assert visitors.anonymizer(str(2 * MAX_VISITORS - 1)) is latest


def test_after_a_pause_everything_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    visitors = Visitors()
    before = visitors.anonymizer("visitor")
    monkeypatch.setattr(live, "IDLE_S", 0)
    assert visitors.anonymizer("visitor") is not before


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ((1, 2, False, 4.26), "**4.3 frames/s** · another body: **1** · covered: **2**"),
        ((0, 0, False, None), "**- frames/s** · another body: **0** · covered: **0**"),
        ((0, 0, True, 5.0), "**5.0 frames/s** · this frame could not be examined"),
    ],
)
def test_the_figures_are_said(frame: tuple[int, int, bool, float | None], words: str) -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    assert live.figures_of(LiveFrame(picture, *frame)).startswith(words)
