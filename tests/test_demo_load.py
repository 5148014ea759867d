"""The app when many come at once, and when they leave before they got what they came for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import Any

import psutil
import pytest
from app_server import ROOT, Server, anonymized, wait_for
from clips import MAN, draw
from drawn_walkers import Walker
from gradio_client.utils import QueueError

from demo.ui import MAX_WAITING
from gaitcolor_core.video import VideoReader

CLIENTS = 10
LONG_CLIP = ROOT / "demo" / "examples" / "one_walker.mp4"
CROWD = """
import sys
from gradio_client import Client, handle_file

url, clip, size = sys.argv[1:]
clients = [Client(url, verbose=False) for _ in range(int(size))]
wish = {"clip": handle_file(clip), "seed": "7", "api_name": "/anonymize"}
for job in [client.submit(**wish) for client in clients]:
    job.result()
"""


def small_clip(path: Path, *, number: int = 0) -> Path:
    """Another size and length for every number."""
    size, num_frames = (240 + 8 * number, 192), 4 + number
    return draw(path, Walker(MAN, 60, 185), size=size, num_frames=num_frames)


@contextmanager
def crowd(server: Server, size: int) -> Iterator[psutil.Popen]:
    """So many clients, in a process of their own, who want a long clip anonymized."""
    arguments = [sys.executable, "-c", CROWD, server.url, str(LONG_CLIP), str(size)]
    process = psutil.Popen(arguments, stdout=PIPE, stderr=PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_ten_at_once_get_their_own_results_or_hear_that_it_is_busy(
    server: Server, tmp_path: Path
) -> None:
    clips = [small_clip(tmp_path / f"walk_{n}.mp4", number=n) for n in range(CLIENTS)]
    clients = [server.client(tmp_path / clip.stem) for clip in clips]
    anonymized(clients[0], clips[0])
    before_mb = server.memory_mb()

    def ask(number: int) -> tuple[Path, dict[str, Any]] | None:
        try:
            return anonymized(clients[number], clips[number], seed=str(number))
        except QueueError as busy:
            assert str(busy) == "Queue is full! Please try again."
            return None

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = dict(zip(clips, pool.map(ask, range(CLIENTS)), strict=True))
    results = {clip: answer for clip, answer in answers.items() if answer}
    assert len(results) >= MAX_WAITING
    for clip, (result, report) in results.items():
        with VideoReader(clip) as asked, VideoReader(result) as got:
            size = (asked.metadata.width, asked.metadata.height)
            assert (got.metadata.width, got.metadata.height) == size
            assert len(list(got)) == len(list(asked)) == report["frames"]
        assert result.name == f"{clip.stem}_anonymized.mp4"
        assert (report["source"], str(report["seed"])) == (clip.name, clip.stem[-1])
    assert server.memory_mb() <= before_mb + 200


def test_a_full_queue_turns_visitors_away_until_those_before_them_are_gone(
    server: Server, page: Any, tmp_path: Path
) -> None:
    before = set(server.runs())
    small = small_clip(tmp_path / "walk.mp4")
    with crowd(server, 1 + MAX_WAITING) as clients:
        wait_for(lambda: server.waiting() == MAX_WAITING or clients.poll() is not None)
        wait_for(lambda: set(server.runs()) - before)
        with pytest.raises(QueueError, match=r"Queue is full! Please try again\."):
            anonymized(server.client(tmp_path), small)
        page.locator("#clip input[type=file]").set_input_files(small)
        page.locator("#clip video").wait_for()
        page.locator("#start").click()
        page.get_by_text("This application is currently busy. Please try again.").wait_for()
        assert page.locator("#start").is_visible()
    wait_for(lambda: not server.waiting() and not set(server.runs()) - before, seconds=20)
    assert anonymized(server.client(tmp_path), small)[1]["frames"] == 4
    page.locator("#start").click()
    page.wait_for_function("document.querySelector('#result video')?.readyState >= 2")
