"""Clips out: H.264 that browsers play, under its name only when it is whole."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import VideoReformatter

from gaitcolor_core.structures import UInt8
from gaitcolor_core.video.audio import add_audio
from gaitcolor_core.video.container import (
    refuse_target,
    why_not_written,
)
from gaitcolor_core.video.frames import PictureTags, from_rgb
from gaitcolor_core.video.reader import VideoReader

# Holds milliseconds, film, PAL and the clock of most cameras without rounding.
_TICKS_PER_S = 90_000
_MAX_TICKS_PER_S = 10_000_000
# 44.4 dB at 57 fps for 720p on two cores; "faster" gains 1 dB and takes half as long again.
# Without B-frames the same pictures give the same file at every width (with them x264 reads
# memory that it never wrote), for a file a sixth larger.
_X264_OPTIONS = {"preset": "veryfast", "bf": "0"}
_FAITHFUL_CRF = 16


class VideoWriter:
    """An H.264 MP4 file that appears under its name only when it is complete.

    An odd size is kept: the coded picture gets one replicated row or column, as 4:2:0 needs even
    sides, and the container says the true size, which is what players and decoders show.

    Attributes:
        path: the file to write.
        audio_outcome: "none", "copied", or "re-encoded: ..." or "dropped: ..." with the reason;
            final once the context is left.
    """

    def __init__(
        self,
        path: str | Path,
        width: int,
        height: int,
        fps: Fraction,
        *,
        tags: PictureTags | None = None,
        audio_from: str | Path | None = None,
        crf: int = _FAITHFUL_CRF,
    ) -> None:
        """Plan a file; nothing is written before `with`.

        Args:
            path: the file to write; one that exists is replaced in the end.
            width: pixels.
            height: pixels.
            fps: nominal frame rate, which says how long the last frame stays on.
            tags: `VideoReader.tags` of the source; by default those usual for the size.
            audio_from: the clip whose sound is carried over, all its audio streams.
            crf: x264's rate factor, 0 to 51; 6 more halve the file, at the cost of detail.
        """
        if width < 1 or height < 1 or fps <= 0:
            raise ValueError(f"size and fps must be positive, got {width} x {height} at {fps}")
        self.path = Path(path)
        self.audio_outcome = "none"
        self._size = (width, height)
        self._fps = Fraction(fps)
        self._tags = tags or PictureTags.usual(height)
        self._crf = crf
        self._audio_from = None if audio_from is None else Path(audio_from)
        self._sound_start_s: Fraction | None = None
        exact = math.lcm(_TICKS_PER_S, self._fps.numerator)
        self._tick_s = Fraction(1, exact if exact <= _MAX_TICKS_PER_S else _TICKS_PER_S)
        self._last_ticks: int | None = None
        self._last_time_s = Fraction(0)
        hidden = f".{self.path.name[:80]}.{secrets.token_hex(4)}"
        self._partial = self.path.absolute().with_name(f"{hidden}.partial.mp4")
        self._partial_with_sound = self._partial.with_name(f"{hidden}.sound.partial.mp4")

    def check(self) -> None:
        """See whether the file could be written, and leave nothing behind.

        Raises:
            InputError: `path` or `audio_from` cannot be used.
            OSError: the folder cannot be written to.
        """
        refuse_target(self.path, self._audio_from)
        with self._plain_errors():
            try:
                self._partial.touch(exist_ok=False)
            finally:
                self._partial.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        """Open the temporary file.

        Raises:
            InputError: `path` or `audio_from` cannot be used.
            OSError: the folder cannot be written to.
        """
        refuse_target(self.path, self._audio_from)
        if self._audio_from is not None:
            with VideoReader(self._audio_from) as source:
                self._sound_start_s = source.start_s if source.metadata.has_audio else None
        with self._plain_errors():
            self._partial.touch(exist_ok=False)
        width, height = self._size
        self._output = av.open(str(self._partial), "w", options={"movflags": "+faststart"})
        # A stream without an encoder of its own may have a size other than the coded one.
        self._stream = self._output.add_mux_stream(
            "h264", rate=self._fps, width=width, height=height, time_base=self._tick_s
        )
        self._encoder = self._new_encoder()
        self._reformatter = VideoReformatter()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Complete and rename the file; after an error, or without frames, remove it.

        Raises:
            OSError: the file cannot be completed.
        """
        try:
            if exc_type is None and self._last_ticks is not None:
                with self._plain_errors():
                    self._complete()
        finally:
            with suppress(av.FFmpegError, OSError):
                self._output.close()
            self._partial.unlink(missing_ok=True)
            self._partial_with_sound.unlink(missing_ok=True)

    def write(self, image: UInt8, time_s: Fraction) -> None:
        """Add a frame.

        Args:
            image: `(height, width, 3)` uint8 RGB.
            time_s: when it is shown, in seconds from 0; later than the frame before.

        Raises:
            ValueError: wrong shape or type, or time does not rise.
            OSError: the file cannot be written, for example because the disk is full.
        """
        width, height = self._size
        if image.shape != (height, width, 3) or image.dtype != np.uint8:
            raise ValueError(
                f"frames must be ({height}, {width}, 3) uint8, got {image.shape} {image.dtype}"
            )
        if height % 2 or width % 2:
            image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        frame = from_rgb(self._reformatter, image, self._tags)
        frame.pts = self._ticks(time_s)
        frame.time_base = self._tick_s
        frame.duration = round(1 / (self._fps * self._tick_s))
        with self._plain_errors():
            self._mux(self._encoder.encode(frame))

    def _ticks(self, time_s: Fraction) -> int:
        ticks, last = round(time_s / self._tick_s), self._last_ticks
        if ticks < 0 or (last is not None and time_s <= self._last_time_s):
            raise ValueError(f"times must rise from 0, got {float(time_s):.6f} s")
        # Two frames within one tick are told apart by the next one.
        self._last_ticks = ticks if last is None else max(ticks, last + 1)
        self._last_time_s = time_s
        return self._last_ticks

    def _new_encoder(self) -> VideoCodecContext:
        encoder = VideoCodecContext.create("libx264", "w")
        width, height = self._size
        encoder.width, encoder.height = width + width % 2, height + height % 2
        encoder.pix_fmt = "yuv420p"
        encoder.time_base = self._tick_s
        encoder.framerate = self._fps
        encoder.options = {**_X264_OPTIONS, "crf": str(self._crf)}
        self._tags.apply(encoder)
        return encoder

    def _mux(self, packets: list[Packet[Any]]) -> None:
        for packet in packets:
            packet.stream = self._stream
            self._output.mux(packet)

    def _complete(self) -> None:
        self._mux(self._encoder.encode(None))
        self._output.close()
        finished = self._partial
        if self._audio_from is not None and self._sound_start_s is not None:
            self.audio_outcome = add_audio(
                self._partial, self._audio_from, self._partial_with_sound, self._sound_start_s
            )
            if self._partial_with_sound.exists():
                finished = self._partial_with_sound
        finished.replace(self.path)

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except (av.FFmpegError, OSError) as error:
            raise OSError(why_not_written(self.path, error)) from error
