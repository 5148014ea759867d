"""Whatever the app is given: a right result, or one sentence, and the next visitor is served."""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from app_server import Server, anonymized, shortened, wait_for
from clips import draw, ffmpeg, lavfi, times_of
from gradio_client.exceptions import AppError, ValidationError

from demo.limits import MAX_FILE_BYTES
from gaitcolor_core.video import VideoReader

H264 = ("-c:v", "libx264", "-preset", "ultrafast")
UPLOAD = (
    b'--end\r\nContent-Disposition: form-data; name="files"; filename="walk.mp4"\r\n'
    b"Content-Type: video/mp4\r\n\r\n"
)
Make = Callable[[Path, Path], object]


def filled(size: str, *, seconds: float) -> Callable[[Path, Path], None]:
    """A clip of one color, two frames a second."""
    source = f"color=gray:size={size}:rate=2:duration={seconds}"
    return lambda _, to: ffmpeg(*lavfi(source), *H264, to)


def cut_off(walk: Path, to: Path) -> None:
    to.write_bytes(walk.read_bytes()[: walk.stat().st_size // 2])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda _, to: to.touch(), "walk.mp4 is empty", id="zero length"),
        pytest.param(
            lambda _, to: to.write_text("This is no film.\n" * 99), "not a video that", id="text"
        ),
        pytest.param(cut_off, "index is missing", id="truncated"),
        pytest.param(lambda _, to: ffmpeg(*lavfi("sine=duration=1"), to), "only sound", id="sound"),
        pytest.param(
            lambda walk, to: ffmpeg("-i", walk, "-frames:v", 1, to), "Nobody was", id="one frame"
        ),
        pytest.param(lambda _, to: draw(to, num_frames=6), "Nobody was found", id="nobody"),
        pytest.param(filled("16x16", seconds=32), "lasts 31.5 s, but 30 s is", id="too long"),
        pytest.param(filled("3840x2160", seconds=1), "has 3840 pixels, but 1920 is", id="4K"),
    ],
)
def test_what_cannot_be_anonymized_is_refused_in_a_sentence(
    make: Make, words: str, server: Server, walker_clip: Path, tmp_path: Path
) -> None:
    make(walker_clip, tmp_path / "walk.mp4")
    with pytest.raises((AppError, ValidationError)) as refusal:
        anonymized(server.client(tmp_path), tmp_path / "walk.mp4")
    *heading, sentence = str(refusal.value).splitlines()
    assert heading in ([], ["1 parameter(s) failed validation:"])
    assert words in sentence
    assert sentence.endswith(".")
    assert "/" not in sentence


@pytest.mark.parametrize(
    ("name", "before", "options"),
    [
        pytest.param(
            "odd.mp4", (), ("-vf", "crop=383:255:0:0", *H264, "-pix_fmt", "yuv444p"), id="odd size"
        ),
        pytest.param("turned.mp4", ("-display_rotation", 90), ("-c", "copy"), id="rotation tag"),
        pytest.param(
            "uneven.mp4",
            (),
            ("-vf", "select='not(eq(mod(n,5),1))'", "-fps_mode", "vfr", *H264),
            id="variable frame rate",
        ),
        pytest.param(
            "browser.webm",
            (),
            ("-c:v", "libvpx", "-deadline", "realtime", "-b:v", "2M", "-f", "webm"),
            id="no duration",
        ),
    ],
)
def test_unusual_clips_come_out_as_they_are(
    name: str,
    before: tuple[object, ...],
    options: tuple[object, ...],
    server: Server,
    walker_clip: Path,
    tmp_path: Path,
) -> None:
    clip = tmp_path / name
    pipe = {"pipe_to": clip} if clip.suffix == ".webm" else {}
    ffmpeg(*before, "-t", 0.7, "-i", walker_clip, *options, *([] if pipe else [clip]), **pipe)
    result, report = anonymized(server.client(tmp_path / "results"), clip)
    asked, got = VideoReader(clip).metadata, VideoReader(result).metadata
    assert (got.width, got.height) == (asked.width, asked.height)
    assert times_of(result) == pytest.approx(times_of(clip))
    assert report["frames"] == len(times_of(clip)) > 5


# Uploads.


def test_a_browser_is_not_left_to_upload_what_is_too_large(page: Any, tmp_path: Path) -> None:
    clip = tmp_path / "long.mp4"
    clip.touch()
    os.truncate(clip, 300 * 10**6)
    page.locator("#clip input[type=file]").set_input_files(clip)
    page.get_by_text("exceed the maximum allowed size of 200").first.wait_for()


def test_a_client_cannot_upload_what_is_too_large(server: Server) -> None:
    before = set(server.cache.iterdir())
    host, port = server.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.putrequest("POST", "/gradio_api/upload")
    connection.putheader("Content-Type", "multipart/form-data; boundary=end")
    connection.putheader("Content-Length", str(2 * MAX_FILE_BYTES))
    connection.endheaders(UPLOAD)
    for _ in range(MAX_FILE_BYTES // 10**7 + 1):
        connection.send(bytes(10**7))
    reply = connection.getresponse()
    assert reply.status == 413
    assert b"File size exceeded" in reply.read()
    connection.close()
    assert set(server.cache.iterdir()) <= before


def test_an_upload_that_breaks_off_leaves_nothing(server: Server) -> None:
    before = set(server.cache.iterdir())
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = "POST /gradio_api/upload HTTP/1.1\r\nHost: app\r\nContent-Length: 1000000\r\n"
        kind = "Content-Type: multipart/form-data; boundary=end\r\n\r\n"
        connection.sendall(f"{head}{kind}".encode() + UPLOAD + bytes(500_000))
        wait_for(lambda: set(server.cache.iterdir()) != before)
    wait_for(lambda: set(server.cache.iterdir()) == before, seconds=20)


# The page.


def test_two_clicks_are_one_run(
    page: Any, server: Server, tmp_path: Path, walker_clip: Path
) -> None:
    before = set(server.runs())
    page.locator("#clip input[type=file]").set_input_files(
        shortened(walker_clip, tmp_path / "walk.mp4")
    )
    page.locator("#clip video").wait_for()
    page.locator("#start").dblclick()
    page.wait_for_function("document.querySelector('#result video')?.readyState >= 2")
    page.locator("#start").wait_for()
    assert len(set(server.runs()) - before) == 1
    assert not server.waiting()


def test_a_page_that_is_loaded_anew_ends_its_run(page: Any, server: Server) -> None:
    before = set(server.runs())
    page.get_by_text("One walker").click()
    page.get_by_text("Finding the walkers").first.wait_for()
    [run] = set(server.runs()) - before
    page.reload()
    wait_for(lambda: not run.exists(), seconds=20)
    page.locator("#start").wait_for()
    assert not page.locator("#result video").count()
