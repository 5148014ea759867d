"""Whatever clip, detector or folder it is given: a right result or one sentence, and no litter."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from clips import MAN, WOMAN, audio_packets, draw, ffmpeg, lavfi, times_of
from drawn_walkers import Camera, Walker

from gaitcolor_core.cli import main
from gaitcolor_core.video import VideoReader

H264 = ("-c:v", "libx264", "-preset", "ultrafast")
Make = Callable[[Path, Path], object]


@pytest.fixture
def anonymized(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict]:
    """Run `anonymize` on what it can do; the report, after the clip was compared with it."""

    def run(clip: Path, *options: object) -> dict:
        folder = clip.parent
        arguments = ["anonymize", clip, "-o", folder / "out.mp4", "--report", folder / "r.json"]
        assert main([*map(str, arguments), *map(str, options)]) == 0, capsys.readouterr().err
        report: dict = json.loads((folder / "r.json").read_text())
        before, after = VideoReader(clip).metadata, VideoReader(folder / "out.mp4").metadata
        assert (after.width, after.height) == (before.width, before.height)
        assert (report["width"], report["height"]) == (before.width, before.height)
        times, expected = times_of(folder / "out.mp4"), times_of(clip)
        assert [float(time) for time in times] == pytest.approx(list(map(float, expected)))
        assert report["frames"] == len(times)
        assert sorted(folder.iterdir()) == sorted([clip, folder / "out.mp4", folder / "r.json"])
        return report

    return run


def cut_off(walk: Path, target: Path) -> None:
    ffmpeg("-i", walk, "-c", "copy", "-movflags", "+faststart", target)
    target.write_bytes(target.read_bytes()[: target.stat().st_size * 6 // 10])


class TestClipsThatAreRefused:
    @pytest.mark.parametrize(
        ("make", "words"),
        [
            pytest.param(
                lambda _, to: draw(to, num_frames=8), "Nobody was found in this clip", id="nobody"
            ),
            pytest.param(
                lambda walk, to: ffmpeg("-i", walk, "-frames:v", 1, to),
                "Nobody was found in this clip",  # a background model has nothing to go by
                id="one frame",
            ),
            pytest.param(lambda _, to: to.touch(), "walk.mp4 is empty", id="zero length"),
            pytest.param(
                lambda walk, to: to.write_bytes(walk.read_bytes()[: walk.stat().st_size // 2]),
                "index is missing",
                id="truncated before its index",
            ),
            pytest.param(cut_off, "cut off after", id="truncated behind its index"),
            pytest.param(
                lambda _, to: to.write_text("This is not a film.\n" * 100),
                "not a video that can be read",
                id="text",
            ),
            pytest.param(
                lambda _, to: ffmpeg(*lavfi("sine=duration=1"), to), "only sound", id="sound only"
            ),
            pytest.param(
                lambda _, to: draw(to, Walker(MAN, 60, 220), camera=Camera((6, 0))),
                "The camera moves",
                id="camera pan without a detector",
            ),
            pytest.param(lambda _, to: to.mkdir(), "There is no video to anonymize", id="folder"),
        ],
    )
    def test_in_one_sentence(
        self, walker_clip: Path, place: Path, refusal: Callable[..., str], make: Make, words: str
    ) -> None:
        make(walker_clip, place / "walk.mp4")
        code = 2 if (place / "walk.mp4").is_dir() else 1
        assert words in refusal(place / "walk.mp4", "--detector", "static", code=code)

    def test_missing(self, place: Path, refusal: Callable[..., str]) -> None:
        assert "There is no file" in refusal(place / "none.mp4", "--detector", "static")


class TestClipsThatAreUnusual:
    @pytest.mark.parametrize(
        ("name", "options"),
        [
            pytest.param(
                "odd.mp4",
                (
                    "-vf",
                    "pad=1918:1079:700:600:gray",
                    *H264,
                    "-pix_fmt",
                    "yuv444p",
                    "-frames:v",
                    12,
                ),
                id="1918x1079",
            ),
            pytest.param("deep.mp4", ("-c:v", "libx264", "-pix_fmt", "yuv420p10le"), id="10 bit"),
            pytest.param(
                "uneven.mp4",
                ("-vf", "select='not(eq(mod(n,5),1))'", "-fps_mode", "vfr", *H264),
                id="variable frame rate",
            ),
        ],
    )
    def test_come_out_as_they_are(
        self,
        walker_clip: Path,
        place: Path,
        anonymized: Callable[..., dict],
        name: str,
        options: tuple[object, ...],
    ) -> None:
        ffmpeg("-i", walker_clip, *options, "-c:a", "copy", place / name)
        report = anonymized(place / name, "--detector", "static")
        assert report["audio"] == "copied"
        assert audio_packets(place / "out.mp4") == audio_packets(place / name)
        (walker,) = report["walkers"]
        assert walker["frames_tracked"] > 0

    def test_portrait_with_a_rotation_tag(
        self, walker_clip: Path, place: Path, anonymized: Callable[..., dict]
    ) -> None:
        # Coded lying on its side, shown upright: 256 x 384 with the walker's feet below.
        ffmpeg(
            "-i", walker_clip, "-vf", "crop=256:256:0:0,pad=256:384:0:128:gray,transpose=1", *H264,
            "-c:a", "copy", place / "lying.mp4",
        )  # fmt: skip
        clip = place / "phone.mp4"
        ffmpeg("-display_rotation", 90, "-i", place / "lying.mp4", "-c", "copy", clip)
        (place / "lying.mp4").unlink()
        assert VideoReader(clip).metadata.rotation_deg in (90, 270)
        report = anonymized(clip, "--detector", "static")
        assert (report["width"], report["height"]) == (256, 384)
        assert VideoReader(place / "out.mp4").metadata.rotation_deg == 0

    def test_browser_recording_without_duration(
        self, walker_clip: Path, place: Path, anonymized: Callable[..., dict]
    ) -> None:
        ffmpeg(
            "-i", walker_clip, "-c:v", "libvpx", "-deadline", "realtime", "-b:v", "2M",
            "-c:a", "libopus", "-f", "webm", pipe_to=place / "browser.webm",
        )  # fmt: skip
        assert VideoReader(place / "browser.webm").metadata.duration_s is None
        report = anonymized(place / "browser.webm", "--detector", "static")
        assert report["audio"] == "copied"

    def test_walker_cut_by_the_border(self, place: Path, anonymized: Callable[..., dict]) -> None:
        clip = draw(place / "border.mp4", Walker(MAN, -60, 262), size=(256, 240), num_frames=36)
        report = anonymized(clip, "--detector", "static")
        assert report["frames_without_walker"] > 0

    def test_two_walkers_cross(self, place: Path, anonymized: Callable[..., dict]) -> None:
        near, far = Walker(MAN, -20, 225), Walker(WOMAN, 340, 215, direction=-1, depth=1)
        clip = draw(place / "cross.mp4", near, far, num_frames=30)
        report = anonymized(clip, "--detector", "static")
        assert len(report["walkers"]) == 2
        for walker in report["walkers"]:
            assert walker["frames_tracked"] + walker["frames_interpolated"] > 20

    @pytest.mark.parametrize(
        ("num_frames", "num_walkers"),
        [
            (20, 2),
            (1, 0),  # nobody can be followed, so everybody is covered
        ],
    )
    def test_camera_pan_with_a_detector(
        self,
        data: Path,
        place: Path,
        anonymized: Callable[..., dict],
        num_frames: int,
        num_walkers: int,
    ) -> None:
        source = data / "clips" / "humanwalking_1.mp4"
        ffmpeg("-i", source, "-frames:v", num_frames, "-vf", "scale=640:-2", place / "pan.mp4")
        report = anonymized(
            place / "pan.mp4", "--detector", data / "weights" / "yolov8n-seg.pt", "--device", "cpu"
        )
        assert report["frames"] == num_frames
        assert sum(walker["frames_tracked"] > 0 for walker in report["walkers"]) == num_walkers
        assert num_walkers or report["covered_detections"] >= 2
