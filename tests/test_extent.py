"""A clip's extent is counted, whatever its container says, and a playlist has none."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest
from clips import DRAWN_FPS, draw, ffmpeg

from gaitcolor_core.structures import InputError
from gaitcolor_core.video import VideoExtent, VideoReader

SECONDS = float(Fraction(19, DRAWN_FPS))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 frames of 320 x 240 pixels."""
    return draw(tmp_path_factory.mktemp("clips") / "clip.mp4")


def test_frames_and_seconds_are_counted(clip: Path) -> None:
    extent = VideoExtent.of(clip)
    assert (extent.side_px, extent.num_frames) == (320, 20)
    assert extent.duration_s == pytest.approx(SECONDS)


def test_a_browsers_recording_need_not_say_how_long_it_is(clip: Path, tmp_path: Path) -> None:
    recording = tmp_path / "browser.webm"
    ffmpeg("-i", clip, "-c:v", "libvpx", "-deadline", "realtime", "-f", "webm", pipe_to=recording)
    assert VideoReader(recording).metadata.duration_s is None
    extent = VideoExtent.of(recording)
    assert extent.num_frames == 20
    assert extent.duration_s == pytest.approx(SECONDS, abs=2e-3)  # it counts in milliseconds


def test_the_longer_side_may_be_the_upright_one(clip: Path, tmp_path: Path) -> None:
    ffmpeg("-i", clip, "-vf", "crop=64:128", tmp_path / "upright.mp4")
    assert VideoExtent.of(tmp_path / "upright.mp4").side_px == 128


def test_sound_that_lasts_longer_does_not_count(clip: Path, tmp_path: Path) -> None:
    ffmpeg("-i", clip, "-f", "lavfi", "-i", "sine=duration=9", tmp_path / "sound.mp4")
    extent = VideoExtent.of(tmp_path / "sound.mp4")
    assert (extent.num_frames, extent.duration_s) == (20, pytest.approx(SECONDS))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:5,\n{clip}\n#EXT-X-ENDLIST\n"),
        ("list.ffconcat", "ffconcat version 1.0\nfile clip.mp4\n"),
        ("list.mp4", "ffconcat version 1.0\nfile clip.mp4\n"),
    ],
)
def test_a_playlist_is_not_followed(name: str, content: str, clip: Path) -> None:
    playlist = clip.with_name(name)
    playlist.write_text(content.format(clip=clip))
    # Left to itself, the demuxer would.
    with av.open(str(playlist), container_options={"protocol_whitelist": "file"}) as followed:
        assert followed.streams.video
    with pytest.raises(InputError, match=rf"{name} is not a video that can be read"):
        VideoExtent.of(playlist)


def test_what_is_no_clip_is_refused_in_the_words_of_the_reader(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        VideoExtent.of(tmp_path / "missing.mp4")
