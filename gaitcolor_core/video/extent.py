"""How much there is of a clip, before any of its pictures is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gaitcolor_core.video.container import Progress, open_video, time_base


@dataclass(frozen=True)
class VideoExtent:
    """How much there is of a clip: counted, as browsers' recordings do not say or say it wrong.

    Attributes:
        side_px: the longer side of the pictures in pixels.
        num_frames: all there are, up to where the file is damaged.
        duration_s: from the first frame to the last, in seconds.
    """

    side_px: int
    num_frames: int
    duration_s: float

    @classmethod
    def of(cls, path: str | Path) -> Self:
        """Go through the file, and decode nothing.

        Raises:
            InputError: the file is missing, or is no video.
        """
        with open_video(Path(path)) as (container, stream):
            packets = Progress(container, stream).packets()
            # The last packet is an empty one, which says that no more come.
            stamps = [packet.pts for packet in packets if packet.size]
            side_px = max(stream.codec_context.width, stream.codec_context.height)
            tick_s = time_base(stream)
        known = [stamp for stamp in stamps if stamp is not None]
        duration_s = float((max(known) - min(known)) * tick_s) if known else 0.0
        return cls(side_px, len(stamps), duration_s)
