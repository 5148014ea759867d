"""Users' files: what they hold, which of their times to believe, and whether they are whole."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream

from gaitcolor_core.structures import InputError

_PROBED_PACKETS = 60
_MAX_FPS = 1000
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# The unit of container-wide times: microseconds.
_AV_TIME_BASE = 1_000_000
# Of files that are whole in themselves: a playlist would have other files of this machine read.
_DEMUXERS = (
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,h264,hevc,m4v,obu,ivf,flv,asf,ogg,mxf,dv,mjpeg,nut,"
    "yuv4mpegpipe,gif,tty,wav,mp3,flac,aac"
)
_CONTAINER_MARKS = (b"ftyp", b"mdat", b"moov", b"wide", b"free", b"skip", b"\x1aE\xdf\xa3", b"RIFF")


@contextmanager
def open_video(path: Path) -> Iterator[tuple[InputContainer, av.VideoStream]]:
    """Open a clip at `path`: its container, and its first stream of moving pictures.

    Raises:
        InputError: there is no such file, or no video in it.
    """
    _refuse_no_file(path)
    try:
        container = open_source(path)
    except (av.FFmpegError, OSError) as error:
        raise InputError(_why_not_opened(path, error)) from error
    with container:
        yield container, _video_stream(container, path.name)


def open_source(path: Path) -> InputContainer:
    """Open a user's file for reading; it may not send the demuxer to other files or the network.

    Raises:
        av.FFmpegError: not a media file.
    """
    return av.open(
        str(path.absolute()),
        metadata_errors="replace",
        container_options={"protocol_whitelist": "file", "format_whitelist": _DEMUXERS},
    )


def refuse_target(path: Path, source: Path | None) -> None:
    """Check that a clip can be called `path`, and is not the `source` itself.

    Raises:
        InputError: it cannot.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the name of a file to write.")
    if not path.absolute().parent.exists():
        raise InputError(
            f"There is no folder {path.absolute().parent}; create it or choose another."
        )
    if source is not None and path.exists() and source.exists() and path.samefile(source):
        raise InputError(f"{path} is the input; give another name for the result.")


def why_not_written(path: Path, error: Exception) -> str:
    """One sentence on the `error` of writing `path`."""
    code = getattr(error, "errno", None)
    if code in DISK_FULL:
        return f"There is no room left to write {path}; free some space or choose another folder."
    if code in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path} may not be written; choose another folder or change its permissions."
    reason = getattr(error, "strerror", None) or error
    return f"{path} cannot be written ({reason}); choose another name or folder."


class Progress:
    """The packets of a pass, and whether they end where the container says."""

    def __init__(self, container: InputContainer, stream: av.VideoStream) -> None:
        """Read `container` from where it stands; count the packets of `stream`."""
        self.broken_tail = False
        self._container = container
        self._stream = stream
        self._num_packets = 0
        self._end_s = Fraction(0)

    def packets(self) -> Iterator[Packet[Stream]]:
        """The packets of the video stream."""
        try:
            for packet in self._container.demux():
                if packet.pts is not None:
                    end = packet.pts + (packet.duration or 0)
                    self._end_s = max(self._end_s, end * packet.time_base)
                if packet.stream.index == self._stream.index:
                    self._num_packets += packet.dts is not None
                    yield packet
        except av.FFmpegError:
            self.broken_tail = True

    def ended_early(self) -> bool:
        """Whether the last packet was broken, or promised packets are missing."""
        kind = self._container.format.name
        promised = 0
        if "mp4" in kind:
            promised = len(self._stream.index_entries)
        elif kind == "avi":
            promised = self._stream.frames
        # Headers are off by one, and cameras drop a frame here and there.
        too_few = promised - self._num_packets > 1 + promised // 50
        return self.broken_tail or too_few or (not promised and self._ends_before_duration())

    def _ends_before_duration(self) -> bool:
        container = self._container
        # Elsewhere the duration is no promise but an estimate from the bytes that are there.
        if container.format.name not in ("matroska,webm", "flv") or not container.duration:
            return False
        duration_s = container.duration / _AV_TIME_BASE
        start_s = (container.start_time or 0) / _AV_TIME_BASE
        return duration_s + start_s - float(self._end_s) > max(0.5, 0.05 * duration_s)


class Clock:
    """Times from 0 that rise strictly, whatever the container says."""

    def __init__(self, period_s: Fraction) -> None:
        """Fill in frames without a stamp at a nominal `period_s`, in seconds."""
        self._period_s = period_s
        self._origin_s = Fraction(0)
        self._last_s: Fraction | None = None

    def read(self, stamp_s: Fraction | None) -> Fraction:
        """The time of the frame stamped `stamp_s`, in seconds; None = not stamped."""
        if self._last_s is None:
            self._origin_s = stamp_s or Fraction(0)
            self._last_s = Fraction(0)
            return self._last_s
        next_s = self._last_s + self._period_s
        time_s = next_s if stamp_s is None else stamp_s - self._origin_s
        if time_s < self._last_s - 1:
            # The clock was set anew, as where recordings are joined: go on from here.
            self._origin_s -= next_s - time_s
            time_s = next_s
        elif time_s <= self._last_s:
            # Half a period leaves room for the true time of the next frame.
            time_s = self._last_s + self._period_s / 2
        self._last_s = time_s
        return time_s


def first_frame(
    container: InputContainer, stream: av.VideoStream, name: str
) -> tuple[av.VideoFrame, list[Fraction]]:
    """The first frame, and the presentation times of the first packets in seconds.

    Raises:
        InputError: no frame can be decoded.
    """
    frames: list[av.VideoFrame] = []
    times: list[Fraction] = []
    with suppress(av.FFmpegError):
        for packet in container.demux(stream):
            if packet.pts is not None:
                times.append(packet.pts * packet.time_base)
            if not frames:
                with suppress(av.InvalidDataError):
                    frames = stream.decode(packet)
            elif len(times) >= _PROBED_PACKETS:
                break
    if not frames:
        raise InputError(
            f"{name} holds no picture that can be decoded; it seems to be damaged or cut off, "
            "so copy it again, or re-encode it as H.264."
        )
    return frames[0], times


def frame_rate(stream: av.VideoStream, times: list[Fraction]) -> Fraction:
    """The nominal rate where the first packets confirm it, else the rate of these packets."""
    nominal = [
        rate for rate in (stream.average_rate, stream.guessed_rate) if rate and 0 < rate <= _MAX_FPS
    ]
    span_s = max(times) - min(times) if times else Fraction(0)
    # With a count of frames the average is exact; browser recordings have neither.
    if nominal and (stream.frames > 0 or not span_s):
        return nominal[0]
    if not span_s:
        return Fraction(25)
    measured = (len(times) - 1) / span_s
    for rate in nominal:
        if abs(rate - measured) < measured / 50:
            return rate
    return min(measured, Fraction(_MAX_FPS)).limit_denominator(1001)


def duration_s(container: InputContainer, stream: av.VideoStream) -> float | None:
    """The seconds that the container promises; None where it does not say."""
    if stream.duration is not None and stream.duration > 0:
        return float(stream.duration * time_base(stream))
    if container.duration is not None and container.duration > 0:
        return container.duration / _AV_TIME_BASE
    return None


def time_base(stream: av.VideoStream) -> Fraction:
    """The unit of the timestamps of `stream`, in seconds."""
    return stream.time_base or Fraction(1, _AV_TIME_BASE)


def _refuse_no_file(path: Path) -> None:
    if not path.exists():
        raise InputError(f"There is no file {path}; check the name and the folder.")
    if path.is_dir():
        raise InputError(f"{path} is a folder; choose a video file in it.")
    if path.is_file() and path.stat().st_size == 0:
        raise InputError(f"{path.name} is empty; copy or record it again.")


def _why_not_opened(path: Path, error: Exception) -> str:
    if isinstance(error, PermissionError):
        return f"{path.name} may not be read; change its permissions, or copy it to your folder."
    with suppress(OSError), path.open("rb") as file:
        head = file.read(8)
        if any(head[start:].startswith(_CONTAINER_MARKS) for start in (0, 4)):
            return (
                f"{path.name} seems to be cut off or damaged, as its index is missing; "
                "copy or record it again."
            )
    return (
        f"{path.name} is not a video that can be read; choose an MP4, MOV, WebM, MKV or AVI file."
    )


def _video_stream(container: InputContainer, name: str) -> av.VideoStream:
    # The "tty" demuxer takes any text file for a film of a terminal.
    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic and container.format.name != "tty"
    ]
    if not streams:
        found = "only sound" if container.streams.audio else "no video"
        raise InputError(f"{name} holds {found}; choose a file with moving pictures.")
    if streams[0].codec_context is None:
        raise InputError(f"The codec of {name} is unknown here; re-encode the clip as H.264.")
    return streams[0]
