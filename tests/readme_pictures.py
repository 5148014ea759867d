"""Makes the README's pictures, from the app as it runs: `python tests/readme_pictures.py docs`."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import imageio.v3 as imageio
from app_server import CHROMIUM, CHROMIUM_OPTIONS, serving
from playwright.sync_api import sync_playwright

from demo.example_clips import EXAMPLES
from gaitcolor_core.video import SideBySide, VideoReader

LABEL, EXAMPLE = next(iter(EXAMPLES.items()))
DESKTOP = {"width": 1240, "height": 900}
PHONE = {"width": 390, "height": 844}
# When the walker is in the middle of the picture.
SHOWN_S = 2.4
PAUSE = """async (time) => {
    for (const video of document.querySelectorAll("#clip video, #result video")) {
        video.pause();
        await new Promise((seen) => { video.onseeked = seen; video.currentTime = time; });
    }
}"""
# Where she walks meanwhile, as shares of the picture: top, bottom, left and right.
PART = (0.24, 0.92, 0.05, 0.88)
WIDTH_PX = 440


def animate(original: Path, result: Path, target: Path, *, start: int, num_frames: int) -> None:
    """Write every other frame of a stretch of both clips, side by side, as an endless animation."""
    with VideoReader(original) as before, VideoReader(result) as after:
        pairs = islice(zip(before, after, strict=True), start, start + num_frames, 2)
        parts = [[_part(frame.image) for frame in pair] for pair in pairs]
        frame_ms = round(2000 / before.metadata.fps)
    height, width, _ = parts[0][0].shape
    join = SideBySide(width, height)
    frames = [join(*pair) for pair in parts]
    imageio.imwrite(target, frames, duration=frame_ms, loop=0, quality=75, method=6)


def _part(image: Any) -> Any:
    """The part of a frame that is worth it, `WIDTH_PX` wide."""
    height, width, _ = image.shape
    top, bottom = (round(height * share) for share in PART[:2])
    left, right = (round(width * share) for share in PART[2:])
    size = (WIDTH_PX, round(WIDTH_PX * (bottom - top) / (right - left)))
    return cv2.resize(image[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)


def run_example(page: Any, address: str) -> None:
    """Show the example and its result, both at the same moment."""
    page.set_default_timeout(900_000)
    page.goto(address)
    page.get_by_text(LABEL, exact=True).click()
    # It is loaded when it comes into sight.
    page.locator("#energy_images img").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('#result video')?.readyState == 4")
    page.wait_for_function("[...document.images].every((each) => each.complete)")
    page.evaluate(PAUSE, SHOWN_S)
    page.evaluate("scrollTo(0, 0)")


def photograph(page: Any, target: Path, *, last: str) -> None:
    """Take a picture of the page from its top to the end of the element `last`."""
    box = page.locator(last).bounding_box()
    height = box["y"] + box["height"] + 16
    clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": height}
    page.screenshot(path=target, full_page=True, clip=clip)


def main(folder: Path) -> None:
    """Write the pictures."""
    with TemporaryDirectory() as scratch, serving(Path(scratch), "app.py") as server:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
            desktop = browser.new_page(viewport=DESKTOP)
            run_example(desktop, f"{server.url}/?__theme=light")
            photograph(desktop, folder / "app.png", last="#still")
            with desktop.expect_download() as download:
                desktop.locator("#download_clip").click()
            result = Path(scratch) / "result.mp4"
            download.value.save_as(result)
            animate(EXAMPLE, result, folder / "app.webp", start=28, num_frames=62)
            desktop.close()
            phone = browser.new_page(viewport=PHONE, device_scale_factor=2)
            run_example(phone, f"{server.url}/?__theme=dark")
            photograph(phone, folder / "app-phone.png", last="#start")
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
