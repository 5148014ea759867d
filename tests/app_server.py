"""What tests of the running app share."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import cv2

from gaitcolor_core.video import VideoReader, VideoWriter


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
