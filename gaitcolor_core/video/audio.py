"""The sound of a clip, put beside its new pictures: copied where browsers can play it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av
import av.filter
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from gaitcolor_core.video.container import DISK_FULL, open_source

# What MP4 carries and Chromium, Firefox and Safari all play; Chromium is silent on alac and ac3.
PLAYABLE_CODECS = frozenset({"aac", "mp3", "opus", "flac"})

_AAC_RATES = frozenset({8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000})
_AAC_BIT_RATE = 192_000


def add_audio(video: Path, source: Path, target: Path, start_s: Fraction) -> str:
    """Write `target`: the pictures of `video` and every audio stream of `source`.

    Args:
        video: MP4 file without sound, whose first frame is at 0 s.
        source: the clip the sound comes from.
        target: MP4 file to write; absent afterwards if the sound cannot be carried over.
        start_s: time of the first frame on the clock of `source`, in seconds; sound at this time
            is heard at 0 s.

    Returns:
        "none", "copied", "re-encoded: reason" or "dropped: reason"; `target` exists in the
        second and third case only.

    Raises:
        OSError: the disk is full.
    """
    try:
        with av.open(str(video)) as pictures, open_source(source) as sound:
            if not sound.streams.audio:
                return "none"
            with av.open(str(target), "w", options={"movflags": "+faststart"}) as output:
                outcome = _merge(pictures, sound, output, start_s)
    except (av.FFmpegError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            raise
        outcome = f"dropped: {getattr(error, 'strerror', None) or error}"
    if outcome.startswith("dropped"):
        target.unlink(missing_ok=True)
    return outcome


class _Track(Protocol):
    """One audio stream on its way into the output."""

    packets: int

    def convert(self, packet: Packet[Any]) -> Iterator[Packet[AudioStream]]:
        """What to write for `packet`."""
        ...


class _CopiedTrack:
    """Packets as they are, on the clock of the new video."""

    def __init__(self, output: OutputContainer, source: AudioStream, start_s: Fraction) -> None:
        self.packets = 0
        self._stream = output.add_stream_from_template(source)
        self._start_s = start_s
        self._last_dts: int | None = None

    def convert(self, packet: Packet[AudioStream]) -> Iterator[Packet[AudioStream]]:
        dts = packet.pts if packet.dts is None else packet.dts
        # The muxer gives up on a clock that stands still; such packets are damage.
        if dts is None or not packet.size or (self._last_dts is not None and dts <= self._last_dts):
            return
        self._last_dts = dts
        offset = round(self._start_s / packet.time_base)
        packet.pts = (dts if packet.pts is None else packet.pts) - offset
        packet.dts = dts - offset
        packet.stream = self._stream
        self.packets += 1
        yield packet


class _EncodedTrack:
    """Sound decoded and encoded as AAC; gaps of undecodable packets become silence."""

    def __init__(self, output: OutputContainer, source: AudioStream, start_s: Fraction) -> None:
        self.packets = 0
        rate = source.codec_context.sample_rate
        self._stream = output.add_stream("aac", rate=rate if rate in _AAC_RATES else 48_000)
        self._stream.bit_rate = _AAC_BIT_RATE
        self._stream.layout = "mono" if source.codec_context.channels == 1 else "stereo"
        self._start_s = start_s
        self._graph: av.filter.Graph | None = None

    def convert(self, packet: Packet[AudioStream]) -> Iterator[Packet[AudioStream]]:
        frames: list[AudioFrame] = []
        with suppress(av.FFmpegError):
            frames = packet.decode()
        for frame in frames:
            if frame.pts is not None and frame.time_base:
                frame.pts -= round(self._start_s / frame.time_base)
            self._graph = self._graph or self._resampler(frame)
            self._graph.push(frame)
            yield from self._encoded()
        if packet.size == 0 and self._graph is not None:
            self._graph.push(None)
            yield from self._encoded()
            yield from self._stream.encode(None)

    def _encoded(self) -> Iterator[Packet[AudioStream]]:
        while self._graph is not None:
            try:
                frame = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            assert isinstance(frame, AudioFrame)
            self.packets += 1
            yield from self._stream.encode(frame)

    def _resampler(self, frame: AudioFrame) -> av.filter.Graph:
        graph = av.filter.Graph()
        graph.link_nodes(
            graph.add_abuffer(
                sample_rate=frame.sample_rate,
                format=frame.format.name,
                layout=frame.layout.name,
                time_base=frame.time_base,
            ),
            graph.add("aresample", "async=1"),
            graph.add(
                "aformat",
                f"sample_fmts=fltp:sample_rates={self._stream.rate}"
                f":channel_layouts={self._stream.layout.name}",
            ),
            graph.add("abuffersink"),
        ).configure()
        return graph


def _merge(
    pictures: InputContainer, sound: InputContainer, output: OutputContainer, start_s: Fraction
) -> str:
    video = output.add_stream_from_template(pictures.streams.video[0])
    tracks: dict[int, _Track] = {}
    reencoded: set[str] = set()
    for stream in sound.streams.audio:
        codec = _codec(stream)
        if codec in PLAYABLE_CODECS:
            tracks[stream.index] = _CopiedTrack(output, stream, start_s)
        elif codec is not None:
            tracks[stream.index] = _EncodedTrack(output, stream, start_s)
            reencoded.add(codec)
    if not tracks:
        return "dropped: the codec of the sound is unknown"
    # Two demuxers in step, so that neither's packets pile up in memory.
    in_step: list[Iterator[Packet[Any]]] = [
        _video_packets(pictures, video),
        _audio_packets(sound, tracks),
    ]
    for packet in heapq.merge(*in_step, key=_time_s):
        output.mux(packet)
    if not any(track.packets for track in tracks.values()):
        return "dropped: the sound cannot be decoded"
    if reencoded:
        return f"re-encoded: browsers do not play {' or '.join(sorted(reencoded))} in an MP4 file"
    return "copied"


def _codec(stream: AudioStream) -> str | None:
    """The codec of a stream that can be carried over; None where it cannot."""
    if stream.codec_context is None or not stream.codec_context.sample_rate:
        return None
    return stream.codec_context.codec.canonical_name


def _video_packets(
    pictures: InputContainer, target: av.VideoStream
) -> Iterator[Packet[av.VideoStream]]:
    for packet in pictures.demux(pictures.streams.video[0]):
        if packet.dts is not None:
            packet.stream = target
            yield packet


def _audio_packets(
    sound: InputContainer, tracks: dict[int, _Track]
) -> Iterator[Packet[AudioStream]]:
    for packet in sound.demux([sound.streams[index] for index in tracks]):
        yield from tracks[packet.stream.index].convert(packet)


def _time_s(packet: Packet[Any]) -> Fraction:
    return (packet.dts or 0) * packet.time_base
