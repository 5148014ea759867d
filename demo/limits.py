"""What the app accepts: shown before a clip is uploaded, and checked before it is processed."""

from __future__ import annotations

from pathlib import Path

from gaitcolor_core import InputError, VideoExtent, VideoReader

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
        The frames of the clip, counted.

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
    extent = VideoExtent.of(clip)
    _check_extent(extent)
    # Decodes a frame, so it comes last.
    VideoReader(clip)
    return extent.num_frames


def _check_extent(extent: VideoExtent) -> None:
    if extent.side_px > MAX_SIDE_PX:
        raise InputError(
            f"The longer side of the clip has {extent.side_px} pixels, but {MAX_SIDE_PX} is the "
            "limit here; please shrink it."
        )
    # What a phone calls 30 s may last a few frames longer.
    if extent.duration_s > MAX_DURATION_S + 0.5:
        raise InputError(
            f"The clip lasts {extent.duration_s:.1f} s, but {MAX_DURATION_S} s is the limit here; "
            "please cut it."
        )
    if extent.num_frames > MAX_FRAMES:
        raise InputError(
            f"The clip has {extent.num_frames} frames, but {MAX_FRAMES} is the limit here; please "
            "cut it."
        )
