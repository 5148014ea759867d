"""Clips in and out: values, times, sound, damage, and files that appear only when complete."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import tracemalloc
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from clips import MAN, audio_packets, ffmpeg, lavfi, psnr, times_of
from drawn_walkers import Walker, render_frames
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gaitcolor_core.structures import InputError
from gaitcolor_core.video import VideoReader, VideoWriter, container

DATA = Path(os.environ.get("GAITCOLOR_DATA", Path(__file__).parents[2] / "shared/data"))
NTSC = Fraction(30000, 1001)
PICTURES = "testsrc2=size=64x48:rate=25:duration=1"
TONE = "sine=frequency=440:sample_rate=48000:duration=1"
LEVELS = (40, 80, 120, 160, 200)  # far enough apart that no codec confuses them


def flat(level: int, width: int = 64, height: int = 48) -> np.ndarray:
    return np.full((height, width, 3), level, np.uint8)


def corners(width: int = 64, height: int = 48) -> np.ndarray:
    """Four grey quarters; from the top left, clockwise: 40, 120, 200, 80."""
    image = np.empty((height, width, 3), np.uint8)
    image[: height // 2, : width // 2], image[: height // 2, width // 2 :] = 40, 120
    image[height // 2 :, width // 2 :], image[height // 2 :, : width // 2] = 200, 80
    return image


def quarter_levels(image: np.ndarray) -> list[int]:
    """The nearest tens of the grey in the middle of the quarters, clockwise."""
    h, w = image.shape[0] // 4, image.shape[1] // 4
    spots = image[h, w], image[h, 3 * w], image[3 * h, 3 * w], image[3 * h, w]
    return [int(round(float(spot.mean()), -1)) for spot in spots]


def write(path: Path, images, times=None, fps=Fraction(25), **options) -> VideoWriter:
    height, width = images[0].shape[:2]
    with VideoWriter(path, width, height, fps, **options) as writer:
        for index, image in enumerate(images):
            writer.write(image, times[index] if times else index / Fraction(fps))
    return writer


def copy(source: Path, target: Path) -> VideoWriter:
    with VideoReader(source) as reader:
        size = (reader.metadata.width, reader.metadata.height, reader.metadata.fps)
        with VideoWriter(target, *size, tags=reader.tags, audio_from=source) as writer:
            for frame in reader:
                writer.write(*frame)
    return writer


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    sound = lavfi(PICTURES, TONE)
    h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    for name, codec in [
        ("aac.mp4", "aac"),
        ("mp3.mp4", "libmp3lame"),
        ("opus.mkv", "libopus"),
        ("flac.mkv", "flac"),
        ("pcm.mov", "pcm_s16le"),
        ("vorbis.mkv", "libvorbis"),
        ("ac3.mkv", "ac3"),
        ("aac.ts", "aac"),
    ]:
        ffmpeg(*sound, *h264, "-c:a", codec, folder / name)
    ffmpeg(*sound, *h264, "-c:a", "aac", "-movflags", "+faststart", folder / "faststart.mp4")
    for vp in ("vp8", "vp9"):
        ffmpeg(
            *sound, "-vf", "select='not(eq(mod(n,3),1))'", "-fps_mode", "vfr",
            "-c:v", f"lib{vp.replace('vp8', 'vpx').replace('vp9', 'vpx-vp9')}", "-deadline",
            "realtime", "-c:a", "libopus", "-f", "webm", pipe_to=folder / f"browser_{vp}.webm",
        )  # fmt: skip
    ffmpeg(*lavfi(TONE), "-c:a", "aac", folder / "sound_only.mp4")
    write(folder / "corners.mp4", [corners()] * 3)
    return folder


class TestPictures:
    def test_grey_levels_survive(self, tmp_path: Path) -> None:
        write(tmp_path / "a.mp4", [flat(level) for level in LEVELS])
        frames = list(VideoReader(tmp_path / "a.mp4"))
        assert [frame.image.dtype for frame in frames] == [np.uint8] * 5
        # one level: RGB to limited-range YUV and back rounds twice
        for frame, level in zip(frames, LEVELS, strict=True):
            assert np.abs(frame.image.astype(int) - level).max() <= 1

    def test_red_green_and_blue_are_where_they_were(self, tmp_path: Path) -> None:
        image = flat(0)
        for channel in range(3):
            image[:, 20 * channel : 20 * channel + 20, channel] = 200
        write(tmp_path / "a.mp4", [image])
        (frame,) = VideoReader(tmp_path / "a.mp4")
        for channel in range(3):
            assert frame.image[20, 20 * channel + 10].argmax() == channel
            assert abs(int(frame.image[20, 20 * channel + 10, channel]) - 200) < 6

    @pytest.mark.parametrize("matrix", ["bt709", "smpte170m", "bt2020nc"])
    @pytest.mark.parametrize("levels", ["tv", "pc"])
    def test_tagged_matrix_and_range_are_obeyed_and_kept(
        self, tmp_path: Path, matrix: str, levels: str
    ) -> None:
        color = np.array([180, 60, 90])
        ffmpeg(
            *lavfi("color=0xB43C5A:size=64x48:rate=5:duration=1"), "-vf",
            "format=gbrp,scale=flags=accurate_rnd+full_chroma_int"
            f":out_color_matrix={matrix}:out_range={levels},format=yuv420p",
            "-colorspace", matrix, "-color_range", levels, "-c:v", "libx264", "-qp", "0",
            tmp_path / "a.mp4",
        )  # fmt: skip
        copy(tmp_path / "a.mp4", tmp_path / "b.mp4")
        before, after = VideoReader(tmp_path / "a.mp4"), VideoReader(tmp_path / "b.mp4")
        assert after.tags == before.tags
        for reader in (before, after):
            # 8-bit chroma is rounded twice; another matrix would be off by 8 and more
            assert np.abs(next(iter(reader)).image[20, 30].astype(int) - color).max() <= 6

    def test_untagged_clip_stays_untagged(self, clips: Path, tmp_path: Path) -> None:
        copy(clips / "aac.mp4", tmp_path / "a.mp4")
        assert VideoReader(tmp_path / "a.mp4").tags.colorspace == 2  # AVCOL_SPC_UNSPECIFIED

    def test_ten_bit(self, tmp_path: Path) -> None:
        ffmpeg(
            *lavfi("color=0x787878:size=64x48:rate=5:duration=1"),
            "-c:v", "libx264", "-pix_fmt", "yuv420p10le", tmp_path / "a.mp4",
        )  # fmt: skip
        reader = VideoReader(tmp_path / "a.mp4")
        assert reader.metadata.pixel_format == "yuv420p10le"
        assert np.abs(next(iter(reader)).image.astype(int) - 120).max() <= 1

    @pytest.mark.parametrize(
        ("counterclockwise_deg", "mirrored", "expected"),
        [
            (0, False, [40, 120, 200, 80]),
            (90, False, [120, 200, 80, 40]),
            (180, False, [200, 80, 40, 120]),
            (270, False, [80, 40, 120, 200]),
            (0, True, [120, 40, 80, 200]),
        ],
    )
    def test_clip_is_shown_upright(
        self, tmp_path: Path, counterclockwise_deg: int, mirrored: bool, expected: list[int]
    ) -> None:
        with av.open(str(tmp_path / "a.mp4"), "w") as output:
            stream = output.add_stream("libx264", rate=25, width=64, height=48)
            stream.set_display_rotation(counterclockwise_deg, hflip=mirrored)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(corners())))
            output.mux(stream.encode(None))
        reader = VideoReader(tmp_path / "a.mp4")
        (frame,) = reader
        size = (64, 48) if counterclockwise_deg % 180 == 0 else (48, 64)
        assert (reader.metadata.width, reader.metadata.height) == size
        assert frame.image.shape == (size[1], size[0], 3)
        assert quarter_levels(frame.image) == expected
        assert reader.metadata.rotation_deg == -counterclockwise_deg % 360

    @pytest.mark.parametrize("size", [(199, 111), (200, 111), (199, 112), (1919, 1079), (1, 1)])
    def test_odd_size_is_kept(self, tmp_path: Path, size: tuple[int, int]) -> None:
        cv2 = pytest.importorskip("cv2")
        width, height = size
        image = flat(80, width, height)
        image[-1], image[:, -1] = 200, 200
        write(tmp_path / "a.mp4", [image, image])
        frames = list(VideoReader(tmp_path / "a.mp4"))
        assert [frame.image.shape for frame in frames] == [(height, width, 3)] * 2
        # 15 levels: a single bright line is hard for the codec
        assert np.abs(frames[0].image[-1].astype(int) - 200).max() < 15
        _, seen = cv2.VideoCapture(str(tmp_path / "a.mp4")).read()
        assert seen.shape == (height, width, 3)

    def test_pixel_shape_is_kept(self, clips: Path, tmp_path: Path) -> None:
        ffmpeg("-i", clips / "aac.mp4", "-vf", "setsar=4/3", tmp_path / "a.mp4")
        copy(tmp_path / "a.mp4", tmp_path / "b.mp4")
        assert VideoReader(tmp_path / "b.mp4").tags.sample_aspect_ratio == Fraction(4, 3)

    @pytest.mark.parametrize("name", ["humanwalking_1.mp4", "intel_one_by_one.mp4"])
    def test_unchanged_content_matches_at_40_db(self, tmp_path: Path, name: str) -> None:
        source = DATA / "clips" / name
        if not source.exists():
            pytest.skip(f"no {source}; set GAITCOLOR_DATA")
        with VideoReader(source) as reader:
            frames = [frame for frame, _ in zip(reader, range(8), strict=False)]
            images, times = zip(*frames, strict=True)
            write(tmp_path / "a.mp4", images, times, reader.metadata.fps, tags=reader.tags)
        for frame, image in zip(VideoReader(tmp_path / "a.mp4"), images, strict=True):
            assert psnr(image, frame.image) > 40


class TestTimes:
    def test_ntsc_times_are_exact(self, tmp_path: Path) -> None:
        write(tmp_path / "a.mp4", [flat(40 + 5 * i) for i in range(30)], fps=NTSC)
        assert times_of(tmp_path / "a.mp4") == [i / NTSC for i in range(30)]
        metadata = VideoReader(tmp_path / "a.mp4").metadata
        assert (metadata.fps, metadata.num_frames) == (NTSC, 30)
        assert metadata.duration_s == pytest.approx(30 / NTSC)

    def test_uneven_times_are_kept(self, tmp_path: Path) -> None:
        times = [Fraction(ms, 1000) for ms in (0, 33, 40, 41, 200, 1200, 1234)]
        write(tmp_path / "a.mp4", [flat(40)] * 7, times, fps=Fraction(193, 10))
        assert times_of(tmp_path / "a.mp4") == times

    @settings(
        max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(steps=st.lists(st.fractions(Fraction(1, 200_000), 3), min_size=0, max_size=12))
    def test_any_rising_times_are_kept(self, tmp_path: Path, steps: list[Fraction]) -> None:
        times = [sum(steps[:count], Fraction(0)) for count in range(len(steps) + 1)]
        write(tmp_path / "a.mp4", [flat(40, 16, 16)] * len(times), times)
        back = times_of(tmp_path / "a.mp4")
        assert len(back) == len(times)
        assert all(earlier < later for earlier, later in pairwise(back))
        assert max(abs(a - b) for a, b in zip(back, times, strict=True)) < Fraction(1, 1000)

    def test_one_frame(self, tmp_path: Path) -> None:
        write(tmp_path / "a.mp4", [flat(120)], fps=Fraction(10))
        reader = VideoReader(tmp_path / "a.mp4")
        assert [frame.time_s for frame in reader] == [0]
        assert reader.metadata.duration_s == pytest.approx(0.1)

    @pytest.mark.parametrize("codec", ["vp8", "vp9"])
    def test_browser_recording_without_duration(
        self, clips: Path, tmp_path: Path, codec: str
    ) -> None:
        source = clips / f"browser_{codec}.webm"
        metadata = VideoReader(source).metadata
        assert (metadata.codec, metadata.num_frames, metadata.duration_s) == (codec, None, None)
        # two of three frames at 25 fps are left
        assert 15 < metadata.fps < 18
        times = times_of(source)
        assert {later - earlier for earlier, later in pairwise(times)} == {
            Fraction(40, 1000), Fraction(80, 1000)
        }  # fmt: skip
        writer = copy(source, tmp_path / "a.mp4")
        assert times_of(tmp_path / "a.mp4") == times
        assert writer.audio_outcome == "copied"

    @pytest.mark.parametrize(
        ("stamps", "expected"),
        [
            ([5, 6, 7], [0, 1, 2]),
            ([None, None, None], [0, 1, 2]),
            ([0, 0, 1], [0, Fraction(1, 2), 1]),  # duplicate
            ([0, 2, Fraction(3, 2), 4], [0, 2, Fraction(5, 2), 4]),  # a step back
            ([0, 5, 0, 1], [0, 5, 6, 7]),  # a new clock
        ],
    )
    def test_stamps_are_repaired(self, stamps: list, expected: list) -> None:
        clock = container.Clock(Fraction(1))
        exact = [None if stamp is None else Fraction(stamp) for stamp in stamps]
        assert [clock.read(stamp) for stamp in exact] == expected

    @pytest.mark.parametrize("time_s", [Fraction(0), Fraction(-1)])
    def test_time_must_rise(self, tmp_path: Path, time_s: Fraction) -> None:
        with (
            pytest.raises(ValueError, match="must rise"),
            VideoWriter(tmp_path / "a.mp4", 64, 48, Fraction(25)) as writer,
        ):
            writer.write(flat(40), Fraction(0))
            writer.write(flat(40), time_s)


class TestReading:
    def test_two_passes_agree(self, clips: Path) -> None:
        reader = VideoReader(clips / "aac.mp4")
        first, second = list(reader), list(reader)
        assert len(first) == 25
        assert all(np.array_equal(a.image, b.image) for a, b in zip(first, second, strict=True))

    @pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
    def test_abandoned_pass_releases_the_file(self, clips: Path) -> None:
        def is_open() -> bool:
            links = [
                link.resolve() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()
            ]
            return (clips / "aac.mp4").resolve() in links

        with VideoReader(clips / "aac.mp4") as reader:
            next(iter(reader))
            assert is_open()
        assert not is_open()

    def test_damage_in_the_middle_does_not_stop_reading(self, clips: Path, tmp_path: Path) -> None:
        data = bytearray((clips / "faststart.mp4").read_bytes())
        middle = len(data) // 2
        data[middle : middle + 300] = os.urandom(300)
        (tmp_path / "a.mp4").write_bytes(data)
        reader = VideoReader(tmp_path / "a.mp4")
        assert 20 <= len(list(reader)) + reader.damaged_packets <= 25


class TestBadInput:
    def refusal(self, path: Path) -> str:
        with pytest.raises(InputError) as caught:
            list(VideoReader(path))
        message = str(caught.value)
        assert message.endswith(".")
        assert "\n" not in message
        return message

    def test_missing(self, tmp_path: Path) -> None:
        assert "There is no file" in self.refusal(tmp_path / "none.mp4")

    def test_folder(self, tmp_path: Path) -> None:
        assert "is a folder" in self.refusal(tmp_path)

    def test_empty(self, tmp_path: Path) -> None:
        (tmp_path / "a.mp4").touch()
        assert "is empty" in self.refusal(tmp_path / "a.mp4")

    @pytest.mark.parametrize("name", ["a.mp4", "a.txt"])
    def test_text(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_text("This is not a film.\n" * 100)
        assert any(
            words in self.refusal(tmp_path / name) for words in ("not a video", "holds no video")
        )

    def test_sound_only(self, clips: Path) -> None:
        assert "holds only sound" in self.refusal(clips / "sound_only.mp4")

    def test_cover_picture_is_no_video(self, clips: Path, tmp_path: Path) -> None:
        ffmpeg(*lavfi("color=size=64x48:duration=0.04"), "-frames:v", 1, tmp_path / "cover.png")
        ffmpeg(
            "-i", clips / "sound_only.mp4", "-i", tmp_path / "cover.png", "-map", 0, "-map", 1,
            "-c", "copy", "-disposition:v:0", "attached_pic", tmp_path / "a.mp4",
        )  # fmt: skip
        assert "holds only sound" in self.refusal(tmp_path / "a.mp4")

    def test_index_missing(self, clips: Path, tmp_path: Path) -> None:
        data = (clips / "aac.mp4").read_bytes()
        (tmp_path / "a.mp4").write_bytes(data[: len(data) // 2])
        assert "index is missing" in self.refusal(tmp_path / "a.mp4")

    @pytest.mark.parametrize("name", ["faststart.mp4", "long.mkv", "long.avi"])
    def test_cut_off(self, clips: Path, tmp_path: Path, name: str) -> None:
        source = clips / name
        if not source.exists():
            ffmpeg(*lavfi("testsrc2=size=64x48:rate=25:duration=3"), "-c:v", "mpeg4", source)
        data = source.read_bytes()
        (tmp_path / name).write_bytes(data[: int(len(data) * 0.6)])
        assert "cut off after" in self.refusal(tmp_path / name)

    def test_unknown_codec(self, clips: Path, tmp_path: Path) -> None:
        data = (clips / "corners.mp4").read_bytes().replace(b"avc1", b"zzz9")
        (tmp_path / "a.mp4").write_bytes(data)
        assert "H.264" in self.refusal(tmp_path / "a.mp4")

    def test_size_change(self, tmp_path: Path) -> None:
        for name, size in (("a", "64x48"), ("b", "80x48")):
            pictures = lavfi(f"testsrc2=size={size}:rate=25:duration=1")
            ffmpeg(*pictures, "-c:v", "libx264", "-pix_fmt", "yuv420p", tmp_path / f"{name}.ts")
        both = (tmp_path / "a.ts").read_bytes() + (tmp_path / "b.ts").read_bytes()
        (tmp_path / "c.ts").write_bytes(both)
        assert "changes its picture size" in self.refusal(tmp_path / "c.ts")


class TestFile:
    def test_plays_in_a_browser(self, clips: Path, tmp_path: Path) -> None:
        for audio_from in (None, clips / "aac.mp4"):
            write(tmp_path / "a.mp4", [flat(40)] * 3, audio_from=audio_from)
            with av.open(str(tmp_path / "a.mp4")) as opened:
                stream = opened.streams.video[0]
                assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
            data = (tmp_path / "a.mp4").read_bytes()
            assert data.index(b"moov") < data.index(b"mdat")

    def test_error_leaves_nothing(self, tmp_path: Path) -> None:
        with (
            pytest.raises(KeyboardInterrupt),
            VideoWriter(tmp_path / "a.mp4", 64, 48, Fraction(25)) as writer,
        ):
            writer.write(flat(40), Fraction(0))
            raise KeyboardInterrupt
        assert list(tmp_path.iterdir()) == []

    def test_no_frames_leave_nothing(self, tmp_path: Path) -> None:
        with VideoWriter(tmp_path / "a.mp4", 64, 48, Fraction(25)):
            assert not (tmp_path / "a.mp4").exists()
        assert list(tmp_path.iterdir()) == []

    def test_error_keeps_the_earlier_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.mp4").write_text("earlier")
        with (
            pytest.raises(ValueError, match=r"frames must be \(48, 64, 3\) uint8"),
            VideoWriter(tmp_path / "a.mp4", 64, 48, Fraction(25)) as writer,
        ):
            writer.write(flat(40), Fraction(0))
            writer.write(flat(40, 32, 32), Fraction(1))
        assert (tmp_path / "a.mp4").read_text() == "earlier"
        assert len(list(tmp_path.iterdir())) == 1

    def test_complete_file_replaces_the_earlier_one(self, tmp_path: Path) -> None:
        (tmp_path / "a.mp4").write_text("earlier")
        write(tmp_path / "a.mp4", [flat(40)] * 3)
        assert len(times_of(tmp_path / "a.mp4")) == 3
        assert len(list(tmp_path.iterdir())) == 1

    def test_unusual_names(self, tmp_path: Path) -> None:
        for name in ("a:b %03d #1.mp4", "ä" * 100 + ".mp4", "no_suffix"):
            write(tmp_path / name, [flat(40)])
            assert times_of(tmp_path / name) == [0]

    @pytest.mark.parametrize(
        ("name", "words"), [("", "is a folder"), ("none/a.mp4", "There is no folder")]
    )
    def test_bad_target(self, tmp_path: Path, name: str, words: str) -> None:
        with pytest.raises(InputError, match=words):
            write(tmp_path / name, [flat(40)])

    def test_input_is_not_overwritten(self, clips: Path) -> None:
        with pytest.raises(InputError, match="is the input"):
            copy(clips / "aac.mp4", clips / "aac.mp4")

    @pytest.mark.parametrize("target", ["/proc/a.mp4", "/dev/null/a.mp4"])
    @pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
    def test_unwritable_folder(self, target: str) -> None:
        with pytest.raises(OSError, match=r"/a.mp4 .*; choose another"):
            write(Path(target), [flat(40)])

    def test_disk_full(self, tmp_path: Path) -> None:
        pytest.importorskip("resource", reason="no file size limit on this system")
        script = f"""
            import resource, signal
            from fractions import Fraction
            import numpy as np
            from gaitcolor_core.video import VideoWriter
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
            noise = np.random.default_rng(0)
            try:
                with VideoWriter({str(tmp_path / "a.mp4")!r}, 64, 48, Fraction(25)) as writer:
                    for i in range(40):
                        image = noise.integers(0, 255, (48, 64, 3), np.uint8)
                        writer.write(image, Fraction(i, 25))
            except OSError as error:
                raise SystemExit(str(error))
        """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script)],
            cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "There is no room left to write" in done.stderr.strip().splitlines()[-1]
        assert list(tmp_path.iterdir()) == []

    def test_memory_does_not_grow_with_length(self, tmp_path: Path) -> None:
        def peak(num_frames: int) -> int:
            tracemalloc.start()
            with VideoWriter(tmp_path / "a.mp4", 320, 240, Fraction(25)) as writer:
                for index in range(num_frames):
                    writer.write(flat(40 + index % 100, 320, 240), Fraction(index, 25))
            for _ in VideoReader(tmp_path / "a.mp4"):
                pass
            highest = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return highest

        # a frame is 0.23 MB; 90 more of them would show
        assert peak(120) - peak(30) < 1_000_000

    def test_same_frames_same_bytes(self, tmp_path: Path) -> None:
        walker = Walker(MAN, -20, 220)
        drawn = render_frames([walker], width=480, height=270, num_frames=20, fps=12, noise=1)
        images = [frame.image for frame in drawn]
        written = set()
        for _ in range(8):
            write(tmp_path / "a.mp4", images, fps=Fraction(12))
            written.add((tmp_path / "a.mp4").read_bytes())
        assert len(written) == 1


class TestSound:
    @pytest.mark.parametrize("name", ["aac.mp4", "mp3.mp4", "opus.mkv", "flac.mkv"])
    def test_copied_bit_by_bit(self, clips: Path, tmp_path: Path, name: str) -> None:
        assert copy(clips / name, tmp_path / "a.mp4").audio_outcome == "copied"
        before, after = audio_packets(clips / name), audio_packets(tmp_path / "a.mp4")
        assert [data for _, data in after] == [data for _, data in before]
        # Matroska rounds to milliseconds
        assert [time for time, _ in after] == pytest.approx([t for t, _ in before], abs=2e-3)

    @pytest.mark.parametrize("name", ["pcm.mov", "vorbis.mkv", "ac3.mkv"])
    def test_reencoded_where_browsers_are_silent(
        self, clips: Path, tmp_path: Path, name: str
    ) -> None:
        assert copy(clips / name, tmp_path / "a.mp4").audio_outcome.startswith("re-encoded: ")
        with av.open(str(tmp_path / "a.mp4")) as opened:
            assert opened.streams.audio[0].codec_context.name == "aac"
            samples = np.concatenate(
                [frame.to_ndarray() for frame in opened.decode(audio=0)], axis=1
            )
        # one second at 48 kHz, give or take two AAC frames of 1024
        assert abs(samples.shape[1] - 48_000) <= 2048
        crossings = np.count_nonzero(np.diff(np.signbit(samples[0])))
        assert crossings == pytest.approx(880, abs=25)

    def test_transport_stream_starts_late_and_stays_in_step(
        self, clips: Path, tmp_path: Path
    ) -> None:
        source = clips / "aac.ts"
        start_s = float(VideoReader(source).start_s)
        assert start_s > 1
        copy(source, tmp_path / "a.mp4")
        before, after = audio_packets(source), audio_packets(tmp_path / "a.mp4")
        assert after[5][0] == pytest.approx(before[5][0] - start_s, abs=1e-3)

    @pytest.mark.parametrize("offset_s", [0.3, -0.3])
    def test_offset_is_kept(self, clips: Path, tmp_path: Path, offset_s: float) -> None:
        ffmpeg(
            "-i", clips / "aac.mp4", "-itsoffset", offset_s, "-i", clips / "aac.mp4",
            "-map", "0:v", "-map", "1:a", "-c", "copy", tmp_path / "a.mkv",
        )  # fmt: skip
        assert copy(tmp_path / "a.mkv", tmp_path / "b.mp4").audio_outcome == "copied"
        start_s = float(VideoReader(tmp_path / "a.mkv").start_s)
        before = {data: time - start_s for time, data in audio_packets(tmp_path / "a.mkv")}
        for time, data in audio_packets(tmp_path / "b.mp4"):
            assert time == pytest.approx(before[data], abs=2e-3)

    def test_every_stream_is_kept(self, clips: Path, tmp_path: Path) -> None:
        ffmpeg(
            "-i", clips / "aac.mp4", "-i", clips / "mp3.mp4", "-map", "1:a", "-map", "0:v",
            "-map", "0:a", "-c", "copy", tmp_path / "a.mp4",
        )  # fmt: skip
        assert copy(tmp_path / "a.mp4", tmp_path / "b.mp4").audio_outcome == "copied"
        with av.open(str(tmp_path / "b.mp4")) as opened:
            assert len(opened.streams.audio) == 2

    def test_longer_sound_is_kept(self, clips: Path, tmp_path: Path) -> None:
        writer = write(tmp_path / "a.mp4", [flat(40)] * 3, audio_from=clips / "aac.mp4")
        assert writer.audio_outcome == "copied"
        assert len(audio_packets(tmp_path / "a.mp4")) == len(audio_packets(clips / "aac.mp4"))

    def test_none(self, clips: Path, tmp_path: Path) -> None:
        assert copy(clips / "corners.mp4", tmp_path / "a.mp4").audio_outcome == "none"

    @pytest.mark.parametrize("name", ["aac.mp4", "vorbis.mkv", "pcm.mov"])
    def test_corrupt_sound_never_costs_the_pictures(
        self, clips: Path, tmp_path: Path, name: str
    ) -> None:
        data = (clips / name).read_bytes()
        noise = np.random.default_rng(0)
        for _, packet in audio_packets(clips / name):
            data = data.replace(packet, noise.bytes(len(packet)))
        (tmp_path / name).write_bytes(data)
        writer = copy(tmp_path / name, tmp_path / "a.mp4")
        assert writer.audio_outcome.split(":")[0] in ("copied", "re-encoded", "dropped")
        assert len(times_of(tmp_path / "a.mp4")) == 25
        assert len(list(tmp_path.iterdir())) == 2

    def test_sound_that_the_container_refuses_is_dropped(
        self, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> str:
            raise av.InvalidDataError(1, "Invalid data found")

        monkeypatch.setattr("gaitcolor_core.video.audio._merge", refuse)
        writer = copy(clips / "aac.mp4", tmp_path / "a.mp4")
        assert writer.audio_outcome == "dropped: Invalid data found"
        assert len(times_of(tmp_path / "a.mp4")) == 25

    def test_full_disk_is_not_mistaken_for_bad_sound(
        self, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> str:
            raise av.OSError(28, "No space left on device")

        monkeypatch.setattr("gaitcolor_core.video.audio._merge", refuse)
        with pytest.raises(OSError, match="no room left"):
            copy(clips / "aac.mp4", tmp_path / "a.mp4")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("average", "guessed", "num_frames", "times", "expected"),
    [
        (NTSC, NTSC, 300, [0, 1], NTSC),  # the container counted
        (60, 60, 0, [Fraction(i, 19) for i in range(60)], 19),  # the container lies
        (25, 25, 0, [Fraction(40 * i + i % 2, 1000) for i in range(60)], 25),  # rounded stamps
        (1_000_000, None, 0, [], 25),  # absurd, and nothing to measure
        (None, None, 0, [0], 25),
    ],
)
def test_frame_rate_is_sane(average, guessed, num_frames, times, expected) -> None:
    stream = SimpleNamespace(average_rate=average, guessed_rate=guessed, frames=num_frames)
    assert container.frame_rate(stream, [Fraction(time) for time in times]) == expected
