"""Clips for tests: drawn, converted by ffmpeg, and looked into."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
from drawn_walkers import Walker, WalkerStyle, render_frames

from gaitcolor_core.video import VideoReader, VideoWriter

# Few frames a second, for the sake of time: a walker crosses half the picture in 20 frames.
DRAWN_FPS = 12
MAN = WalkerStyle(stature_px=140, shirt=(70, 110, 150))
WOMAN = WalkerStyle(stature_px=130, build=0.9, shirt=(200, 160, 70), trousers=(48, 48, 52))


def draw(
    path: Path, *walkers: Walker, size: tuple[int, int] = (320, 240), num_frames: int = 20, **look
) -> Path:
    """Draw `walkers` with what else `render_frames` takes, and write the clip to `path`."""
    width, height = size
    frames = render_frames(
        walkers, width=width, height=height, num_frames=num_frames, fps=DRAWN_FPS, **look
    )
    with VideoWriter(path, width, height, Fraction(DRAWN_FPS)) as writer:
        for index, frame in enumerate(frames):
            writer.write(frame.image, Fraction(index, DRAWN_FPS))
    return path


def ffmpeg(*arguments: object, pipe_to: Path | None = None) -> None:
    """Run ffmpeg; with `pipe_to` it cannot seek in what it writes, like a browser."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)]
    done = subprocess.run([*command, *(["-"] if pipe_to else [])], capture_output=True, check=True)
    if pipe_to:
        pipe_to.write_bytes(done.stdout)


def lavfi(*sources: str) -> list[str]:
    """The arguments for drawn pictures and sounds."""
    return [part for source in sources for part in ("-f", "lavfi", "-i", source)]


def times_of(path: Path) -> list[Fraction]:
    """When the frames of a clip are shown, in seconds."""
    return [frame.time_s for frame in VideoReader(path)]


def audio_packets(path: Path) -> list[tuple[float, bytes]]:
    """Times in seconds and bytes of the packets of a clip's first sound."""
    with av.open(str(path)) as opened:
        return [
            (float(packet.pts * packet.time_base), bytes(packet))
            for packet in opened.demux(audio=0)
            if packet.size
        ]


def psnr(first: np.ndarray, second: np.ndarray) -> float:
    """Between two images `(H, W, 3)` uint8, in decibels."""
    return float(10 * np.log10(255**2 / np.mean((first.astype(float) - second) ** 2)))
