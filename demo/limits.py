"""What the app accepts: shown before a clip is uploaded, and checked before it is processed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import av
from av.container import InputContainer

from gaitcolor_core import InputError, VideoReader

MAX_DURATION_S = 30
MAX_FRAMES = 1800
MAX_SIDE_PX = 1920
# As Gradio counts them.
MB = 2**20
MAX_FILE_BYTES = 200 * MB
MAX_ADAPT_S = 120

LIMITS = (
    f"{MAX_DURATION_S} s ({MAX_FRAMES} frames), {MAX_SIDE_PX} pixels on the longer side, "
    f"{MAX_FILE_BYTES // MB} MB."
)


def check_limits(clip: str | Path | None) -> int:
    """Refuse what is no clip, and a clip beyond the limits.

    Returns:
        The frames of the clip, counted; 0 where they cannot be.

    Raises:
        InputError: there is no clip, it cannot be read, or it is too large, in one sentence.
    """
    if clip is None:
        raise InputError("Please choose a clip first.")
    if not Path(clip).is_file():
        raise InputError("The clip is not on this server any more; please upload it again.")
    size_mb = Path(clip).stat().st_size / MB
    if size_mb > MAX_FILE_BYTES / MB:
        raise InputError(
            f"The clip takes {size_mb:.0f} MB, but {MAX_FILE_BYTES / MB:.0f} MB is the limit "
            "here; please shorten or shrink it."
        )
    num_frames = 0
    # A clip may not send the demuxer to other files or the network.
    options = {"protocol_whitelist": "file"}
    with suppress(av.FFmpegError), av.open(str(clip), container_options=options) as container:
        if container.streams.video:
            _check_picture(container.streams.video[0])
            num_frames, duration_s = _length(container)
            _check_length(num_frames, duration_s)
    # Decodes a frame, so it comes last; it has the words for what is no clip.
    VideoReader(clip)
    return num_frames


def _check_picture(stream: av.VideoStream) -> None:
    side = max(stream.codec_context.width, stream.codec_context.height)
    if side > MAX_SIDE_PX:
        raise InputError(
            f"The longer side of the clip has {side} pixels, but {MAX_SIDE_PX} is the limit here; "
            "please shrink it."
        )


def _check_length(num_frames: int, duration_s: float) -> None:
    # What a phone calls 30 s may last a few frames longer.
    if duration_s > MAX_DURATION_S + 0.5:
        raise InputError(
            f"The clip lasts {duration_s:.1f} s, but {MAX_DURATION_S} s is the limit here; "
            "please cut it."
        )
    if num_frames > MAX_FRAMES:
        raise InputError(
            f"The clip has {num_frames} frames, but {MAX_FRAMES} is the limit here; please cut it."
        )


def _length(container: InputContainer) -> tuple[int, float]:
    """Frames and seconds, counted, as a browser's recording does not say or says it wrong."""
    times, num_frames = [], 0
    for packet in container.demux(video=0):
        num_frames += packet.size > 0
        if packet.pts is not None and packet.time_base is not None:
            times.append(packet.pts * packet.time_base)
    return num_frames, float(max(times) - min(times)) if times else 0.0
