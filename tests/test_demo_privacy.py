"""The app keeps to itself what it was given, and soon deletes it; it asks nobody else."""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from app_server import ROOT, Server, anonymized, serving, wait_for
from clips import MAN, draw
from drawn_walkers import Walker
from gradio_client import handle_file
from gradio_client.exceptions import AppError, ValidationError

from demo.gate import NO_UPLOAD

EXAMPLE = ROOT / "demo" / "examples" / "one_walker.mp4"
# The app, but what it was given is deleted after a second.
SHORT_MEMORY = """
from demo import wording

wording.KEPT_S = 1
from demo.ui import LAUNCH_OPTIONS, build_ui

build_ui().launch(**LAUNCH_OPTIONS)
"""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Whoever connects to it was told to by a visitor."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening
        with pytest.raises(BlockingIOError):
            listening.accept()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "anna_at_noon.mp4"
    return draw(path, Walker(MAN, 60, 185), size=(240, 192), num_frames=4)


def files(server: Server) -> set[Path]:
    """All that the server keeps of its visitors."""
    return {path for path in server.cache.rglob("*") if path.is_file()}


# Nobody gets at files that are not their own.


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../../../../../../../../etc/passwd",
        "{cache}/../log",
        "app.py",
        "file:///etc/passwd",
        "http://example.com/walk.mp4",
        "https://example.com/walk.mp4",
        "http://{listener}/walk.mp4",
        "http://{listener}/gradio_api/file=/etc/passwd",
    ],
)
def test_paths_and_addresses_are_no_clips(
    path: str, server: Server, listener: socket.socket
) -> None:
    host, port = listener.getsockname()
    path = path.format(cache=server.cache, listener=f"{host}:{port}")
    asked = server.asked_hosts.read_text()
    for clip in ({"path": path, "meta": {"_type": "gradio.FileData"}}, {"path": path}, path):
        assert NO_UPLOAD in server.answer(clip=clip)
    assert server.asked_hosts.read_text() == asked


def test_the_folder_of_all_uploads_is_no_clip(server: Server) -> None:
    folder = {"path": str(server.cache), "meta": {"_type": "gradio.FileData"}}
    said = server.answer(clip=folder)
    assert "The clip is not on this server any more" in said
    assert str(server.cache) not in said


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "{cache}/../log",
        "{cache}",
        "app.py",
        "file:///etc/passwd",
        "http://{listener}/walk.mp4",
        "https://example.com/walk.mp4",
    ],
)
def test_no_other_file_is_served(path: str, server: Server, listener: socket.socket) -> None:
    host, port = listener.getsockname()
    path = path.format(cache=server.cache, listener=f"{host}:{port}")
    asked = server.asked_hosts.read_text()
    for route in ("file=", "file/", "proxy="):
        with pytest.raises(HTTPError) as refusal:
            urlopen(f"{server.url}/gradio_api/{route}{path}", timeout=20)
        assert refusal.value.code in (400, 403)
    assert server.asked_hosts.read_text() == asked


@pytest.mark.parametrize("entry", [str(EXAMPLE), "http://{listener}/walk.mp4"])
def test_a_playlist_is_no_clip(
    entry: str, server: Server, listener: socket.socket, tmp_path: Path
) -> None:
    host, port = listener.getsockname()
    entry = entry.format(listener=f"{host}:{port}")
    playlist = tmp_path / "walk.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:5,\n{entry}\n#EXT-X-ENDLIST\n")
    with pytest.raises((AppError, ValidationError), match=r"walk\.m3u8 is not a video that can be"):
        anonymized(server.client(tmp_path), playlist)


def test_nobody_guesses_where_the_files_of_others_are(
    server: Server, clip: Path, tmp_path: Path
) -> None:
    before = set(server.runs())
    visitors = [server.client(tmp_path) for _ in range(2)]
    for visitor in visitors:
        anonymized(visitor, clip, seed="7")
    folders = {run.name for run in set(server.runs()) - before}
    assert len(folders) == 2
    assert all(re.fullmatch("run_[0-9a-f]{32}", name) for name in folders)
    plain = hashlib.sha256(clip.read_bytes()).hexdigest()
    uploads = {path.parent.name for path in server.cache.rglob(clip.name)}
    assert uploads and plain not in uploads


# Nothing is kept.


def test_what_came_of_a_clip_is_gone_as_soon_as_its_visitor_is(
    server: Server, clip: Path, tmp_path: Path
) -> None:
    before = files(server)
    visitor, other = server.client(tmp_path), server.client(tmp_path)
    anonymized(visitor, clip)
    visitor.predict(clip=handle_file(clip), api_name="/glance")
    made = files(server) - before
    anonymized(other, clip)
    kept = files(server) - before - made
    visitor.close()
    # The upload itself may be another visitor's, too, who brought the same.
    wait_for(lambda: {path.name for path in made & files(server)} <= {clip.name}, seconds=20)
    assert kept <= files(server)


def test_what_was_uploaded_is_deleted_after_a_while(clip: Path, tmp_path: Path) -> None:
    with serving(tmp_path, "-c", SHORT_MEMORY) as server:
        examples = {path for path in server.cache.rglob("*.mp4")}
        client = server.client(tmp_path)
        with pytest.raises((AppError, ValidationError)):
            anonymized(client, clip, seed="no number")
        wait_for(lambda: not list(server.cache.rglob(clip.name)), seconds=20)
        assert {path for path in server.cache.rglob("*.mp4")} == examples


def test_neither_the_log_nor_another_server_hears_of_a_clip(
    server: Server, page: Any, clip: Path, tmp_path: Path
) -> None:
    page.locator("#clip input[type=file]").set_input_files(clip)
    page.locator("#clip video").wait_for()
    page.locator("#start").click()
    page.wait_for_function("document.querySelector('#result video')?.readyState >= 2")
    broken = tmp_path / clip.name
    broken.write_bytes(clip.read_bytes()[:2000])
    with pytest.raises((AppError, ValidationError)):
        anonymized(server.client(tmp_path), broken)
    log = server.log.read_text()
    for words in (clip.stem, str(server.cache), "Traceback"):
        assert words not in log
    # The official detector is asked for.
    assert set(server.asked_hosts.read_text().split()) == {"github.com"}
