"""The comparison of color transfers: what it says of drawn walkers, and how it goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from color_networks import SMALL, write_network
from colored_sets import NUM_FRAMES, write_colored_set
from gait_sets import everybody_walks, walks, write_set

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.datasets.strips import write_silhouettes
from gaitcolor_core.evaluation.color_comparison import (
    ComparisonPlan,
    SequenceFigures,
    compare_colors,
    evenly,
    recolor,
)
from gaitcolor_core.evaluation.color_readings import BOUNDED
from gaitcolor_core.methods import Methods
from gaitcolor_core.models.color_transfer import ColorTransferNet
from gaitcolor_core.stages.transfer_color import nearest
from gaitcolor_core.structures import InputError, Stopped
from gaitcolor_core.weights import write_weights

PLAN = ComparisonPlan(colors=("nearest", "gram", "warp"), views_per_walk=1, frames=2)
KEY = SequenceKey.parse("081-nm-05-090")


@pytest.fixture(scope="module")
def test_set(tmp_path_factory: pytest.TempPathFactory) -> RenderedSet:
    """Two walkers, plain and textural, and one who trains networks."""
    return write_colored_set(tmp_path_factory.mktemp("sets") / "set", (1, 81, 82))


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    write_network(folder)
    return folder


@pytest.fixture(scope="module")
def rows(
    test_set: RenderedSet, checkpoints: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[SequenceFigures]:
    target = tmp_path_factory.mktemp("results")
    return compare_colors(test_set, PLAN, Methods(checkpoints, "cpu"), target)


def found(
    rows: list[SequenceFigures], color: str, silhouettes: str, fabric: str = "plain"
) -> dict[str, float]:
    wanted = (color, silhouettes, fabric)
    (row,) = [row for row in rows if (row.color, row.silhouettes, row.fabric) == wanted]
    return row.figures


def test_every_test_subject_is_colored_by_everything(rows: list[SequenceFigures]) -> None:
    assert [(row.key, row.fabric, row.silhouettes, row.color) for row in rows] == [
        (key, fabric, silhouettes, color)
        for key, fabric in (("081-nm-05-090", "plain"), ("082-nm-05-090", "textural"))
        for silhouettes in ("complete", "incomplete")
        for color in PLAN.colors
    ]


def test_no_color_transfer_is_better_than_the_shape_allows(rows: list[SequenceFigures]) -> None:
    for row in rows:
        for name in (f"{measure}_{reading}" for measure in ("psnr", "ssim") for reading in BOUNDED):
            assert row.figures[name] <= row.figures[f"{name}_bound"] + 1e-4


def test_nearest_copies_what_it_knows(rows: list[SequenceFigures]) -> None:
    """All of it from complete silhouettes; the band that is missing from incomplete ones."""
    assert found(rows, "nearest", "complete")["psnr_overlap"] == 100
    # Across the band a plain shirt can be guessed, stripes cannot.
    plain, striped = (
        found(rows, "nearest", "incomplete", fabric)["psnr_overlap"]
        for fabric in ("plain", "textural")
    )
    assert 10 < striped < 60 and striped < plain


def test_a_network_that_learned_nothing_is_worse(rows: list[SequenceFigures]) -> None:
    for fabric in ("plain", "textural"):
        copied, painted = (found(rows, color, "complete", fabric) for color in ("nearest", "gram"))
        for reading in ("gait", "crop", "overlap"):
            assert painted[f"psnr_{reading}"] < copied[f"psnr_{reading}"] - 1
            assert painted[f"ssim_{reading}"] < copied[f"ssim_{reading}"]


def test_the_shape_is_the_same_for_all_colors(rows: list[SequenceFigures]) -> None:
    for silhouettes in ("complete", "incomplete"):
        assert (
            len({found(rows, color, silhouettes)["psnr_gait_bound"] for color in PLAN.colors}) == 1
        )


def test_a_walker_gets_another_body_of_the_same_frames(test_set: RenderedSet) -> None:
    walk = recolor(test_set, KEY, "incomplete", PLAN, Methods(None, "cpu"))
    assert np.array_equal(walk.true, test_set.silhouettes(KEY))
    assert np.array_equal(walk.given, test_set.incomplete(KEY))
    assert walk.bodies.shape == walk.true.shape == (NUM_FRAMES, 128, 128)
    assert (walk.bodies ^ walk.given).any((1, 2)).all()
    assert not (walk.given & ~walk.true).any()
    frames = list(walk.colored(nearest, (1, 3)))
    assert len(frames) == 2
    assert np.array_equal(frames[1].x_sil, walk.true[3])
    assert not frames[1].output[~walk.bodies[3]].any()


def test_colors_come_along_with_the_body(test_set: RenderedSet) -> None:
    """With another walk, `warp` moves colors and `nearest` leaves them."""
    walk = recolor(test_set, KEY, "complete", replace(PLAN, strength=1.0), Methods(None, "cpu"))
    shifts = np.stack([job.guide for job in walk.jobs if job.guide is not None])
    assert shifts.shape == (NUM_FRAMES, 128, 128, 2)
    assert 1 < np.abs(shifts[walk.bodies]).max() < 40
    unchanged = recolor(
        test_set, KEY, "complete", replace(PLAN, strength=0.0), Methods(None, "cpu")
    )
    assert (unchanged.bodies ^ unchanged.true).mean() < 0.01


def test_adapted_networks_get_rows_of_their_own(
    test_set: RenderedSet, checkpoints: Path, tmp_path: Path
) -> None:
    plan = replace(PLAN, colors=("nearest", "gram"), adapt_s=1, frames=1)
    rows = compare_colors(test_set, plan, Methods(checkpoints, "cpu"), tmp_path, subjects=(81,))
    assert [row.color for row in rows] == 2 * ["nearest", "gram", "gram, adapted"]
    assert rows[2].figures["psnr_masked"] >= rows[1].figures["psnr_masked"] - 0.5


def test_a_stopped_comparison_goes_on(
    test_set: RenderedSet, rows: list[SequenceFigures], checkpoints: Path, tmp_path: Path
) -> None:
    methods, seen = Methods(checkpoints, "cpu"), list[tuple[str, int, int]]()

    def stop(stage: str, done: int, total: int) -> None:
        seen.append((stage, done, total))
        if done == 1:
            raise Stopped

    with pytest.raises(Stopped):
        compare_colors(test_set, PLAN, methods, tmp_path, on_progress=stop)
    assert seen == [("compare", 0, 2), ("compare", 1, 2)]
    first = tmp_path / "081.json"
    assert not (tmp_path / "082.json").exists()
    marked = json.loads(first.read_text())
    marked[0]["figures"] = {"sharpness": 7.0}
    first.write_text(json.dumps(marked))
    whole = compare_colors(test_set, PLAN, methods, tmp_path)
    assert whole[0].figures == {"sharpness": 7.0}
    assert whole[1:] == rows[1:]


@pytest.mark.parametrize("changed", ["options", "weights", "set"])
def test_nothing_is_mixed_with_another_comparison(
    changed: str, test_set: RenderedSet, checkpoints: Path, tmp_path: Path
) -> None:
    plan, folder, target = replace(PLAN, colors=("gram",), frames=1), checkpoints, tmp_path / "run"
    compare_colors(test_set, plan, Methods(folder, "cpu"), target, subjects=(81,))
    if changed == "options":
        plan = replace(plan, frames=2)
    elif changed == "weights":
        folder = tmp_path
        config = {"architecture": "ColorTransferNet", "hyperparameters": SMALL}
        write_weights(tmp_path / "color_gram", other_network().state_dict(), config)
    else:
        test_set = write_colored_set(tmp_path / "set", (81,))
        test_set.description["seed"] = 1
    with pytest.raises(InputError, match="holds a comparison with other options or weights"):
        compare_colors(test_set, plan, Methods(folder, "cpu"), target, subjects=(81,))


@cache
def other_network() -> ColorTransferNet:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return ColorTransferNet(**SMALL)


def test_views_are_drawn_and_the_draw_repeats(tmp_path: Path) -> None:
    views = (0, 54, 90, 126)
    test_set = write_colored_set(tmp_path / "set", (81,), ("nm-05", "cl-01"), views)
    plan = ComparisonPlan(colors=("nearest",), views_per_walk=1, frames=1)

    def compare(run: str, seed: int) -> list[SequenceFigures]:
        drawn = replace(plan, seed=seed)
        return compare_colors(test_set, drawn, Methods(None, "cpu"), tmp_path / run)

    first, again, other = compare("first", 0), compare("again", 0), compare("other", 2)
    assert first == again
    assert [row.figures for row in first] != [row.figures for row in other]
    keys = [SequenceKey.parse(row.key) for row in first[::2]]
    assert [key.walk for key in keys] == ["cl-01", "nm-05"]
    assert {row.key for row in first} != {row.key for row in other}


def test_frames_without_anybody_are_left_out(tmp_path: Path) -> None:
    test_set = write_colored_set(tmp_path / "set", (81,))
    path = tmp_path / "set" / KEY.folder / f"{KEY}.incomplete.png"
    faulty = test_set.incomplete(KEY)
    faulty[:2] = False
    write_silhouettes(path, faulty)
    walk = recolor(test_set, KEY, "incomplete", PLAN, Methods(None, "cpu"))
    assert len(walk.jobs) == NUM_FRAMES - 2
    assert np.array_equal(walk.true, test_set.silhouettes(KEY)[2:])


@pytest.mark.parametrize(
    ("count", "wanted", "chosen"),
    [(8, 2, [2, 6]), (9, 3, [1, 4, 7]), (3, 3, [0, 1, 2]), (2, 5, [0, 1]), (1, 4, [0])],
)
def test_frames_are_spread_evenly(count: int, wanted: int, chosen: list[int]) -> None:
    assert evenly(count, wanted) == chosen


def test_who_cannot_be_compared_is_told(
    test_set: RenderedSet, checkpoints: Path, tmp_path: Path
) -> None:
    target, methods = tmp_path / "run", Methods(checkpoints, "cpu")
    with pytest.raises(InputError, match="none of the subjects 090-091 in color"):
        compare_colors(test_set, PLAN, methods, target, subjects=(90, 91))
    write_set(tmp_path / "gray", everybody_walks(walks((81,))))
    with pytest.raises(InputError, match="none of the subjects 081-124 in color"):
        compare_colors(RenderedSet(tmp_path / "gray"), PLAN, methods, target)
    for plan, words in (
        (replace(PLAN, colors=("nearest", "supervised")), "color network 'supervised' are not in"),
        (replace(PLAN, shape="dcgan"), "shape network 'dcgan' are not in"),
    ):
        with pytest.raises(InputError, match=words):
            compare_colors(test_set, plan, methods, target)
    assert not target.exists()
