"""Frames that come only once, kept on disk without loss so that they can be seen again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np

from gaitcolor_core.structures import UInt8, VideoFrame, VideoMetadata


class FrameSpool:
    """A lossless copy (FFV1) of a stream of frames; iterate as often as needed.

    Leave the context to delete it.

    Attributes:
        num_frames: how many frames there are.
        metadata: size and rate; of an empty stream the size is 0 x 0.
    """

    def __init__(self, frames: Iterable[UInt8], fps: Fraction) -> None:
        """Store all `frames` `(H, W, 3)` uint8 RGB, of one size, `fps` of them a second."""
        self._folder = tempfile.TemporaryDirectory(prefix="gaitcolor-", ignore_cleanup_errors=True)
        self._path = Path(self._folder.name) / "frames.mkv"
        self._fps = fps
        self.num_frames = 0
        self.metadata = VideoMetadata(0, 0, fps, 0, 0.0, 0, False, "ffv1", "bgr0")
        try:
            self._store(frames)
        except BaseException:
            self._folder.cleanup()
            raise

    def __enter__(self) -> Self:
        """The spool itself."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Delete the copy."""
        self._folder.cleanup()

    def __iter__(self) -> Iterator[VideoFrame]:
        """A pass over the frames."""
        if not self.num_frames:
            return
        with av.open(str(self._path)) as container:
            for index, frame in enumerate(container.decode(video=0)):
                image = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
                yield VideoFrame(image, index / self._fps)

    def _store(self, frames: Iterable[UInt8]) -> None:
        with av.open(str(self._path), "w") as output:
            stream = None
            for image in frames:
                if stream is None:
                    stream = output.add_stream("ffv1", rate=self._fps)
                    stream.height, stream.width = image.shape[:2]
                    stream.pix_fmt = "bgr0"
                if image.shape != (stream.height, stream.width, 3):
                    raise ValueError(
                        f"frames must be ({stream.height}, {stream.width}, 3), got {image.shape}"
                    )
                picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
                output.mux(stream.encode(picture.reformat(format="bgr0")))
                self.num_frames += 1
            if stream is None:
                return
            output.mux(stream.encode(None))
        self.metadata = replace(
            self.metadata, width=stream.width, height=stream.height, num_frames=self.num_frames
        )
