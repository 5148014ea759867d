"""A color network learns a clip: never worse, repeatable, in time, and nothing else changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from clips import DRAWN_FPS
from color_networks import job, small_network, write_network
from torch import Tensor, nn

from gaitcolor_core import AnonymizationReport, GaitAnonymizer, InputError, Settings, Stopped
from gaitcolor_core.reports import Adaptation
from gaitcolor_core.sparing import Spared
from gaitcolor_core.stages.transfer_color import View, adapt, stacked
from gaitcolor_core.structures import Bool, UInt8
from gaitcolor_core.take import Take
from gaitcolor_core.tally import Tally
from gaitcolor_core.video import VideoReader

LEARNING = "Learning the clip's colors"
ADAPT_S = 4
Told = tuple[str, int, int | None]


@pytest.fixture(scope="module")
def views() -> View:
    return stacked([View.of(job(seed=seed % 2, shift=0.01 * seed)) for seed in range(5)])


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    write_network(folder)
    return folder


def anonymizer(checkpoints: Path, **settings: object) -> GaitAnonymizer:
    chosen = {"seed": 5, "color": "gram", **settings}
    return GaitAnonymizer(
        Settings(**chosen), detector="static", device="cpu", checkpoints=checkpoints
    )


@pytest.fixture(scope="module")
def source(walker_clip: Path) -> list[UInt8]:
    return [frame.image for frame in VideoReader(walker_clip)]


def weights(network: nn.Module) -> Tensor:
    return torch.cat([each.flatten() for each in network.parameters()])


# The learning itself.


def test_a_network_learns_a_clip_and_the_original_stays(views: View) -> None:
    before = weights(small_network()).clone()
    told: list[Told] = []
    learned, record = adapt(
        small_network(),
        views,
        steps=60,
        seconds=600,
        seed=1,
        on_progress=lambda *each: told.append(each),
    )
    assert torch.equal(weights(small_network()), before)
    assert record.loss_after < 0.98 * record.loss_before
    assert record.steps == record.planned_steps == 60
    assert record.samples == 5 and record.seconds > 0
    assert told == [(LEARNING, step, record.steps) for step in range(record.steps + 1)]
    assert not any(each.requires_grad for each in learned.parameters())


def test_a_seed_repeats_what_is_learned(views: View) -> None:
    first, second, other = (
        weights(adapt(small_network(), views, steps=4, seconds=600, seed=seed)[0])
        for seed in (1, 1, 2)
    )
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


class Perfect(nn.Module):
    """Gives the picture back as long as its weight is 1."""

    def __init__(self, pause_s: float = 0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))
        self.pause_s = pause_s

    def forward(self, x_rgb: Tensor, x_bi: Tensor) -> Tensor:
        time.sleep(self.pause_s)
        return self.weight * x_rgb * x_bi


def test_what_cannot_become_better_stays(views: View) -> None:
    learned, record = adapt(Perfect(), views, steps=12, seconds=600, seed=0)
    assert record.loss_before == record.loss_after == 0
    assert weights(learned).tolist() == [1]


def test_the_time_ends_it(views: View) -> None:
    start_s = time.perf_counter()
    _, record = adapt(Perfect(pause_s=0.4), views, steps=50, seconds=1, seed=0)
    assert 0 < record.steps < record.planned_steps
    assert 1 < time.perf_counter() - start_s < 10


def test_who_asks_for_progress_may_stop_it(views: View) -> None:
    def stop(stage: str, done: int, total: int | None) -> None:
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        adapt(small_network(), views, steps=5, seconds=600, seed=0, on_progress=stop)


# In the whole job.


@dataclass(frozen=True)
class Run:
    report: AnonymizationReport
    frames: list[UInt8]
    bodies: list[Bool]
    told: list[Told]


@pytest.fixture(scope="module")
def run(checkpoints: Path, walker_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A clip whose colors a network has learned, and where the new bodies are in its frames."""
    frames: list[UInt8] = []
    bodies: list[Bool] = []
    told: list[Told] = []

    def keep(take: Take) -> None:
        body = np.zeros(take.image.shape[:2], bool)
        for walker in take.redrawn.drawn:
            there = walker.layer.crop.cut(body) | (walker.layer.alpha > 0)
            walker.layer.crop.paste(body, there)
        frames.append(take.redrawn.image)
        bodies.append(body)

    report = anonymizer(checkpoints, adapt_s=ADAPT_S).anonymize_video(
        walker_clip,
        tmp_path_factory.mktemp("adapted") / "safe.mp4",
        on_progress=lambda *each: told.append(each),
        on_frame=keep,
    )
    return Run(report, frames, bodies, told)


def learned_all(told: list[Told]) -> bool:
    """Whether the time sufficed; on a busy machine it may not."""
    _, done, total = [each for each in told if each[0] == LEARNING][-1]
    return done == total


def test_a_seed_repeats_a_run_on_frames(checkpoints: Path, source: list[UInt8], run: Run) -> None:
    told: list[Told] = []
    again = anonymizer(checkpoints, adapt_s=ADAPT_S).anonymize_frames(
        source, fps=DRAWN_FPS, on_progress=lambda *each: told.append(each)
    )
    for first, second in zip(run.frames, again, strict=True):
        if not (learned_all(run.told) and learned_all(told)):
            pytest.skip("this machine is too busy to learn in time")
        assert np.array_equal(first, second)


def test_colors_change_inside_the_new_body_alone(
    checkpoints: Path, source: list[UInt8], run: Run
) -> None:
    plain = anonymizer(checkpoints).anonymize_frames(source, fps=DRAWN_FPS)
    for learned, other, body in zip(run.frames, plain, run.bodies, strict=True):
        changed = (learned != other).any(axis=-1)
        assert changed.any() or not body.any()
        assert not (changed & ~body).any()
    assert sum(body.any() for body in run.bodies) >= 15


def test_the_report_says_what_was_learned(run: Run) -> None:
    report = run.report
    assert report.color == "gram"
    assert report.adaptation is not None
    assert report.adaptation.loss_after <= report.adaptation.loss_before
    assert report.to_dict()["adaptation"]["steps"] > 0
    assert 15 <= report.adaptation.samples <= report.frames
    assert 0 < report.stage_seconds["adapt"] < report.seconds
    assert list(dict.fromkeys(stage for stage, *_ in run.told)) == [
        "Finding the walkers",
        "Collecting the clip's colors",
        LEARNING,
        "Drawing the new walk",
    ]


@pytest.mark.parametrize(
    ("learned", "words"),
    [
        (None, ["Nothing was seen from which the clip's colors could be learned."]),
        (Adaptation(9, 300, 300, 0.2, 0.1, 59.0), []),
        (
            Adaptation(9, 120, 300, 0.2, 0.1, 60.1),
            [
                "The time to learn the clip's colors was over after 120 of 300 steps; the seed "
                "alone does not repeat this run exactly."
            ],
        ),
    ],
    ids=["nobody", "in time", "too slow"],
)
def test_the_user_is_warned_of_what_was_not_learned(
    learned: Adaptation | None, words: list[str]
) -> None:
    report = Tally([]).report(
        source="a.mp4", output="b.mp4", device="cpu", segmenter="a segmenter",
        settings=Settings(color="gram", adapt_s=60), seed=1, size=(64, 48), audio="none",
        seconds={"total": 1.0}, warnings=[], adaptation=learned, spared=Spared({}, ()),
    )  # fmt: skip
    assert list(report.warnings) == words
    assert report.adaptation == learned


def test_a_stop_while_it_learns_leaves_nothing_behind(
    checkpoints: Path, walker_clip: Path, place: Path
) -> None:
    def stop(stage: str, done: int, total: int | None) -> None:
        if stage == LEARNING:
            raise Stopped

    with pytest.raises(Stopped):
        anonymizer(checkpoints, adapt_s=ADAPT_S).anonymize_video(
            walker_clip, place / "safe.mp4", on_progress=stop
        )
    assert not list(place.iterdir())


def test_a_network_that_is_not_there_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'gaitcolor train color' makes them\."):
        anonymizer(tmp_path)
    willing = anonymizer(tmp_path, color="warp")
    willing.settings = replace(willing.settings, color="supervised")
    with pytest.raises(InputError, match="color_supervised"):
        next(willing.anonymize_frames([np.zeros((8, 8, 3), np.uint8)]))


def test_learning_without_a_network_is_bad_usage(
    walker_clip: Path, place: Path, refusal: Callable[..., str]
) -> None:
    clip = place / "walk.mp4"
    clip.write_bytes(walker_clip.read_bytes())
    assert "'warp' copies pixels" in refusal(clip, "--adapt", 60, code=2)
    assert "0 to 3600 seconds" in refusal(clip, "--color", "gram", "--adapt", 3601, code=2)
