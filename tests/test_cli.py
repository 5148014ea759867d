"""The command line: what it writes, says and returns."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from clips import MAN, WOMAN, audio_packets, draw, psnr, times_of
from drawn_walkers import Walker, render_frames

from gaitcolor_core.cli import main
from gaitcolor_core.structures import UInt8
from gaitcolor_core.video import SideBySide, VideoReader


class Run(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def gaitcolor(capsys: pytest.CaptureFixture[str]):
    """Run the command line in this process."""

    def run(*arguments: object) -> Run:
        try:
            code = main(list(map(str, arguments)))
        except SystemExit as end:
            assert isinstance(end.code, int)
            code = end.code
        return Run(code, *capsys.readouterr())

    return run


def images(path: Path) -> list[UInt8]:
    return [frame.image for frame in VideoReader(path)]


def mean_psnr(first: list[UInt8], second: list[UInt8]) -> float:
    return float(np.mean([psnr(a, b) for a, b in zip(first, second, strict=True)]))


class Done(NamedTuple):
    """A clip that was anonymized with everything switched on."""

    clip: Path
    output: Path
    pair: Path
    report: dict
    run: Run


@pytest.fixture(scope="module")
def done(walker_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("done")
    program = subprocess.run(
        [sys.executable, "-m", "gaitcolor_core", "anonymize", walker_clip, "-o", f"{folder}/",
         "--detector", "static", "--seed", "5", "--side-by-side", "--report", folder / "r.json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Done(
        walker_clip,
        folder / "walk_anonymized.mp4",
        folder / "walk_anonymized_side_by_side.mp4",
        json.loads((folder / "r.json").read_text()),
        Run(program.returncode, program.stdout, program.stderr),
    )


class TestAnonymize:
    def test_gives_another_clip_of_the_same_length(self, done: Done) -> None:
        assert done.run.code == 0
        assert times_of(done.output) == times_of(done.clip)
        before, after = images(done.clip), images(done.output)
        assert after[0].shape == before[0].shape
        assert 15 < mean_psnr(before, after) < 40

    def test_sound_is_carried_over_bit_by_bit(self, done: Done) -> None:
        assert audio_packets(done.output) == audio_packets(done.clip)
        assert done.report["audio"] == "copied"

    def test_report_is_one_object_for_one_clip(self, done: Done) -> None:
        assert done.report["source"] == str(done.clip)
        assert done.report["output"] == str(done.output)
        assert (done.report["seed"], done.report["frames"]) == (5, 20)
        assert [walker["track_id"] for walker in done.report["walkers"]] == [1]

    def test_summary_holds_the_figures_of_the_report(self, done: Done) -> None:
        (walker,) = done.report["walkers"]
        for figure in (
            f"{walker['psnr_crop_db']:.1f} dB", f"{walker['ssim_crop']:.3f}",
            f"{walker['psnr_overlap_db']:.1f} dB", f"{walker['ssim_overlap']:.3f}",
            f"{walker['gei_change']:.1f}", str(walker["frames_tracked"]),
            f"{done.report['fps']:.1f} frames/s on cpu", "static-camera background model",
            "sound: copied", "seed 5",
        ):  # fmt: skip
            assert figure in done.run.out

    def test_without_a_terminal_progress_is_two_lines(self, done: Done) -> None:
        first, last, *warnings = done.run.err.splitlines()
        assert first == "walk.mp4: started"
        assert last.startswith("walk.mp4: done in")
        assert warnings == [f"walk.mp4: {warning}" for warning in done.report["warnings"]]

    def test_side_by_side_is_original_and_result(self, done: Done) -> None:
        before, after = images(done.clip), images(done.output)
        pairs = [SideBySide(384, 256)(*both) for both in zip(before, after, strict=True)]
        # coded once more than what it shows
        assert mean_psnr(images(done.pair), pairs) > 38
        assert audio_packets(done.pair) == audio_packets(done.clip)

    def test_same_seed_same_clip(self, done: Done, gaitcolor, tmp_path: Path) -> None:
        # At this width, that is: see `test_same_frames_same_bytes` of the writer.
        options = ("--detector", "static", "--seed", 5, "-o", tmp_path / "a.mp4")
        assert gaitcolor("anonymize", done.clip, *options).code == 0
        np.testing.assert_array_equal(images(tmp_path / "a.mp4"), images(done.output))

    def test_without_a_seed_no_clip_is_like_another(
        self, done: Done, gaitcolor, tmp_path: Path
    ) -> None:
        seeds = []
        for name in ("a", "b"):
            options = ("-o", tmp_path / f"{name}.mp4", "--report", tmp_path / f"{name}.json")
            assert gaitcolor("anonymize", done.clip, "--detector", "static", *options).code == 0
            seeds.append(json.loads((tmp_path / f"{name}.json").read_text())["seed"])
        assert seeds[0] != seeds[1]
        # Equal seeds give equal pictures; of 120 pairs of others, one came out above 40 dB.
        assert mean_psnr(images(tmp_path / "a.mp4"), images(tmp_path / "b.mp4")) < 60

    def test_strength_0_hardly_changes_the_clip(
        self, done: Done, gaitcolor, tmp_path: Path
    ) -> None:
        options = ("--detector", "static", "--strength", 0, "-o", tmp_path / "a.mp4")
        assert gaitcolor("anonymize", done.clip, *options).code == 0
        unchanged = mean_psnr(images(done.clip), images(tmp_path / "a.mp4"))
        assert unchanged > mean_psnr(images(done.clip), images(done.output)) + 5
        assert unchanged > 33

    def test_a_walker_who_is_not_chosen_stays_as_is(self, gaitcolor, tmp_path: Path) -> None:
        left, right = Walker(MAN, 60, 250), Walker(WOMAN, 290, 245, first_frame=4)
        clip = draw(tmp_path / "two.mp4", left, right, size=(480, 270))
        run = gaitcolor(
            "anonymize", clip, "--detector", "static", "--walkers", 1, "--seed", 1,
            "--report", tmp_path / "r.json",
        )  # fmt: skip
        assert run.code == 0
        before, after = images(clip), images(tmp_path / "two_anonymized.mp4")
        # the walkers stay in their halves; both coders together lose this little
        frames = render_frames([left, right], width=480, height=270, num_frames=20, fps=12)
        boxes = [[box(mask) for mask in frame.masks] for frame in list(frames)[4:]]
        assert psnr_in(boxes, 0, before[4:], after[4:]) < 30
        assert psnr_in(boxes, 1, before[4:], after[4:]) > 38
        report = json.loads((tmp_path / "r.json").read_text())
        assert [walker["frames_tracked"] > 0 for walker in report["walkers"]] == [True, False]
        assert "Not anonymized, as you wished: walker 2." in report["warnings"]
        assert "Not anonymized, as you wished: walker 2." in run.err

    def test_folder_with_a_bad_clip_among_good_ones(
        self, walker_clip: Path, gaitcolor, tmp_path: Path
    ) -> None:
        (tmp_path / "a.mp4").write_bytes(walker_clip.read_bytes())
        (tmp_path / "b.mp4").write_text("no clip")
        (tmp_path / "c.mov").write_bytes(walker_clip.read_bytes())
        (tmp_path / "z_anonymized.mp4").write_text("the result of an earlier run")
        run = gaitcolor(
            "anonymize", tmp_path, "-o", f"{tmp_path}/safe/", "--detector", "static",
            "--report", tmp_path / "r.json",
        )  # fmt: skip
        assert run.code == 1
        assert sorted(path.name for path in (tmp_path / "safe").iterdir()) == [
            "a_anonymized.mp4", "c_anonymized.mp4",
        ]  # fmt: skip
        reports = json.loads((tmp_path / "r.json").read_text())
        assert [Path(report["source"]).name for report in reports] == ["a.mp4", "c.mov"]
        failures = [line for line in run.err.splitlines() if "b.mp4" in line]
        assert failures == [
            "b.mp4: started",
            "b.mp4 is not a video that can be read; choose an MP4, MOV, WebM, MKV or AVI file.",
        ]

    def test_nearest_color(self, walker_clip: Path, gaitcolor, tmp_path: Path) -> None:
        options = ("--detector", "static", "--color", "nearest", "--report", tmp_path / "r.json")
        assert gaitcolor("anonymize", walker_clip, *options, "-o", tmp_path).code == 0
        assert json.loads((tmp_path / "r.json").read_text())["color"] == "nearest"


def box(mask: np.ndarray) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def psnr_in(boxes: list, number: int, before: list[UInt8], after: list[UInt8]) -> float:
    return mean_psnr(
        [image[row[number]] for image, row in zip(before, boxes, strict=True)],
        [image[row[number]] for image, row in zip(after, boxes, strict=True)],
    )


class TestUsage:
    def test_help_comes_at_once(self) -> None:
        start_s = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "gaitcolor_core", "--help"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "anonymize" in done.stdout and "bench" in done.stdout
        modules = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
        assert not modules & {"torch", "cv2", "scipy", "ultralytics", "av"}
        # 0.3 s on an idle machine
        assert time.perf_counter() - start_s < 3

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--strength", "1.5"], "strength must lie between 0 and 1, not 1.5"),
            (["--strength", "nan"], "strength must lie between 0 and 1"),
            (["--strength", "much"], "invalid float value: 'much'"),
            (["--seed", "-1"], "'-1' is no whole number from 0 on"),
            (["--walkers", "1,b"], "neither 'all' nor numbers such as 1,3"),
            (["--walkers", "0"], "Walkers are numbered from 1"),
            (["--shape", "dance"], "invalid choice: 'dance'"),
            (["--color", "red"], "invalid choice: 'red'"),
            (["--device", "abacus"], "device 'abacus' cannot be used"),
            (["--detector", "none.pt"], "'none.pt' is neither a file nor an official model"),
            (["--output", "a.webm"], "The result is an MP4 file"),
            (["--report", "none/r.json"], "There is no folder"),
            (["--frames", "3"], "unrecognized arguments: --frames 3"),
        ],
    )
    def test_bad_usage_is_told_before_any_work(
        self, walker_clip: Path, gaitcolor, options: list[str], words: str
    ) -> None:
        run = gaitcolor("anonymize", walker_clip, *options)
        assert (run.code, run.out) == (2, "")
        assert words in run.err.splitlines()[-1]
        assert sorted(path.name for path in walker_clip.parent.iterdir()) == [
            "silent.mp4", "walk.mp4",
        ]  # fmt: skip

    @pytest.mark.parametrize("arguments", [[], ["dance"], ["anonymize"], ["strip"], ["bench"]])
    def test_incomplete_commands(self, gaitcolor, arguments: list[str]) -> None:
        assert gaitcolor(*arguments).code == 2

    def test_failed_detector_leaves_no_new_folder(
        self, walker_clip: Path, gaitcolor, tmp_path: Path
    ) -> None:
        run = gaitcolor("anonymize", walker_clip, "-o", f"{tmp_path}/new/", "--detector", "x.pt")
        assert run.code == 2
        assert list(tmp_path.iterdir()) == []

    def test_report_that_cannot_be_written_is_a_failure(
        self, walker_clip: Path, gaitcolor, tmp_path: Path
    ) -> None:
        run = gaitcolor(
            "anonymize", walker_clip, "-o", tmp_path, "--detector", "static", "--report", tmp_path
        )
        assert run.code == 1
        assert f"{tmp_path} cannot be written (Is a directory)" in run.err
        assert (tmp_path / "walk_anonymized.mp4").exists()


class TestBench:
    def test_measures_and_keeps_nothing(self, walker_clip: Path, gaitcolor, tmp_path: Path) -> None:
        run = gaitcolor(
            "bench", walker_clip, "--detector", "static", "--repeat", 2, "--json", tmp_path / "s"
        )
        assert run.code == 0
        figures = json.loads((tmp_path / "s").read_text())
        assert (figures["clip"], figures["frames"], figures["width"]) == ("walk.mp4", 20, 384)
        assert len(figures["fps_of_runs"]) == 2
        assert f"{figures['fps']:.2f} frames/s" in run.out
        # two threads work at a time
        assert sum(figures["stage_seconds"].values()) <= 2 * 20 / figures["fps"]
        for stage in ("read", "segment", "shape", "color", "composite", "write"):
            assert f"{stage} " in run.out
        assert figures["peak_memory_mib"] > 1
        assert len(list(walker_clip.parent.iterdir())) == 2

    @pytest.mark.parametrize(
        ("name", "words"), [("walk.mp4", "is a clip itself"), ("none/s", "There is no folder")]
    )
    def test_figures_must_have_a_place(
        self, walker_clip: Path, gaitcolor, name: str, words: str
    ) -> None:
        run = gaitcolor("bench", walker_clip, "--json", walker_clip.parent / name)
        assert run.code == 2
        assert words in run.err

    def test_bad_clip(self, gaitcolor, tmp_path: Path) -> None:
        run = gaitcolor("bench", tmp_path / "none.mp4", "--detector", "static")
        assert run.code == 1
        assert run.err.splitlines()[-1].startswith("There is no file")
