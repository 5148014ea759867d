"""Clips in: upright RGB frames with exact presentation times."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Self

import av
from av.container import InputContainer
from av.video.reformatter import VideoReformatter

from gaitcolor_core.structures import InputError, VideoFrame, VideoMetadata
from gaitcolor_core.video.container import (
    Clock,
    Progress,
    duration_s,
    first_frame,
    frame_rate,
    open_video,
    time_base,
)
from gaitcolor_core.video.frames import Orientation, PictureTags, to_rgb


class VideoReader:
    """A clip as upright RGB frames; iterate as often as needed, in constant memory.

    Attributes:
        path: the file.
        metadata: what the container says.
        tags: colors and pixel shape, to be handed to `VideoWriter`.
        start_s: time of the first frame on the clock of the file, in seconds.
        damaged_packets: undecodable packets skipped in the latest pass; the frame before such a
            packet stays on longer.

    Raises:
        InputError: the file is missing, is no video, or (while iterating) is cut off.
    """

    def __init__(self, path: str | Path) -> None:
        """Open the clip and look at its first frame."""
        self.path = Path(path)
        self.damaged_packets = 0
        self._passes: list[Generator[tuple[int, VideoFrame], None, None]] = []
        with open_video(self.path) as (container, stream):
            frame, times = first_frame(container, stream, self.path.name)
            orientation = Orientation.of_frame(frame)
            size = (frame.width, frame.height)
            width, height = size[::-1] if orientation.transposes else size
            self.start_s = (frame.pts or 0) * time_base(stream)
            self.tags = PictureTags.of_frame(stream, frame)
            self.metadata = VideoMetadata(
                width=width,
                height=height,
                fps=frame_rate(stream, times),
                num_frames=stream.frames if stream.frames > 0 else None,
                duration_s=duration_s(container, stream),
                rotation_deg=orientation.rotation_deg,
                has_audio=bool(container.streams.audio),
                codec=stream.codec_context.codec.canonical_name,
                pixel_format=frame.format.name,
            )

    def __enter__(self) -> Self:
        """The reader itself."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Release the file."""
        self.close()

    def __iter__(self) -> Iterator[VideoFrame]:
        """A pass over the frames, from the first one."""
        for _, frame in self.pick(lambda _: True):
            yield frame

    def pick(self, wanted: Callable[[int], bool]) -> Iterator[tuple[int, VideoFrame]]:
        """A pass over the frames whose index is `wanted`; it takes less time than a whole one."""
        self._passes.append(self._frames(wanted))
        return self._passes[-1]

    def close(self) -> None:
        """Release the file, even in the middle of a pass."""
        while self._passes:
            self._passes.pop().close()

    def _frames(
        self, wanted: Callable[[int], bool]
    ) -> Generator[tuple[int, VideoFrame], None, None]:
        clock = Clock(1 / self.metadata.fps)
        shape = (self.metadata.height, self.metadata.width, 3)
        reformatter = VideoReformatter()
        with open_video(self.path) as (container, stream):
            for frame_id, frame in enumerate(self._decoded(container, stream)):
                time_s = clock.read(None if frame.pts is None else frame.pts * time_base(stream))
                if not wanted(frame_id):
                    continue
                image = to_rgb(reformatter, frame, self.tags)
                if image.shape != shape:
                    raise InputError(
                        f"{self.path.name} changes its picture size after {float(time_s):.1f} s; "
                        "re-encode it to one size and try again."
                    )
                yield frame_id, VideoFrame(image, time_s)

    def _decoded(
        self, container: InputContainer, stream: av.VideoStream
    ) -> Iterator[av.VideoFrame]:
        stream.thread_type = "AUTO"
        self.damaged_packets = num_frames = 0
        progress = Progress(container, stream)
        for packet in progress.packets():
            try:
                frames = stream.decode(packet)
            except av.FFmpegError:
                # A recording that starts between two key frames begins with undecodable packets.
                self.damaged_packets += num_frames > 0
                progress.broken_tail = True
                continue
            progress.broken_tail = (progress.broken_tail and not frames) or packet.is_corrupt
            num_frames += len(frames)
            yield from frames
        if progress.ended_early():
            raise InputError(
                f"{self.path.name} seems to be cut off after {num_frames} frames; "
                "copy it again, or re-encode it if that is all there is."
            )
