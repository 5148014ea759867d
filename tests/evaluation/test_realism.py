from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gaitcolor_core.datasets.walkers.body import Body, Pose
from gaitcolor_core.evaluation.gait_curves import agreement, gait_cycles
from gaitcolor_core.evaluation.realism import (
    FPS,
    NORMAL,
    Realism,
    main,
    measure,
    motion_of,
    people,
    sample,
    summary,
)
from gaitcolor_core.structures import InputError

WALKS = 20


@pytest.fixture(scope="module")
def walks() -> list[tuple[Body, Pose]]:
    return list(sample(WALKS, 0))


@pytest.fixture(scope="module")
def figures(walks: list[tuple[Body, Pose]]) -> list[Realism]:
    return [measure(body, pose, FPS) for body, pose in walks]


def moved(pose: Pose, way: Callable[[np.ndarray], np.ndarray], axis: int) -> Pose:
    """The walk with the pelvis, and so all of it, moved by `way` of the seconds along an axis."""
    pelvis = pose.pelvis.copy()
    pelvis[:, axis] += way(np.arange(len(pelvis)) / FPS)
    return Pose(pose.turns, pelvis)


@pytest.mark.parametrize("name", NORMAL)
def test_walkers_are_within_what_adults_do(figures: list[Realism], name: str) -> None:
    values = np.array([getattr(walk, name) for walk in figures])
    low, high = NORMAL[name]
    assert low <= values.mean() <= high
    # some people are outside, too
    assert ((values > 0.85 * low) & (values < 1.15 * high)).all()


def test_arms_swing_with_the_opposite_legs(figures: list[Realism]) -> None:
    assert min(walk.opposition for walk in figures) > 0.7


def test_nobody_sinks_into_the_ground(figures: list[Realism]) -> None:
    assert max(walk.depth_m for walk in figures) < 0.02


def test_feet_slide_less_than_a_fiftieth_of_the_stature(figures: list[Realism]) -> None:
    assert max(walk.slip_ratio for walk in figures) < 0.02


def test_a_walk_on_ice_is_found_out(walks: list[tuple[Body, Pose]], figures: list[Realism]) -> None:
    body, pose = walks[0]
    # 20 cm/s, for the 0.6 s or so that a foot stands: more than 5 % of the stature
    sliding = measure(body, moved(pose, lambda seconds: -0.2 * seconds, 1), FPS)
    assert sliding.slip_ratio > figures[0].slip_ratio + 0.03


def test_a_walk_in_the_ground_is_found_out(
    walks: list[tuple[Body, Pose]], figures: list[Realism]
) -> None:
    body, pose = walks[0]
    sunk = measure(body, moved(pose, lambda seconds: 0 * seconds - 0.05, 2), FPS)
    assert sunk.depth_m == pytest.approx(figures[0].depth_m + 0.05, abs=0.005)


def test_arms_that_swing_with_their_own_legs_are_found_out(
    walks: list[tuple[Body, Pose]],
) -> None:
    body, pose = walks[0]
    turns = dict(pose.turns)
    for bone in ("shoulder", "upper_arm"):
        turns[f"{bone}.L"], turns[f"{bone}.R"] = turns[f"{bone}.R"], turns[f"{bone}.L"]
    assert measure(body, Pose(turns, pose.pelvis), FPS).opposition < -0.7


def test_it_does_not_matter_where_to_they_walk(
    walks: list[tuple[Body, Pose]], figures: list[Realism]
) -> None:
    body, pose = walks[0]
    turned = measure(body, pose.placed(70, np.array([1.0, 2.0, 0.0])), FPS)
    for name, value in vars(figures[0]).items():
        assert getattr(turned, name) == pytest.approx(value, abs=2e-3), name


def test_too_short_a_walk(walks: list[tuple[Body, Pose]]) -> None:
    body, pose = walks[0]
    short = Pose({bone: turn[:20] for bone, turn in pose.turns.items()}, pose.pelvis[:20])
    with pytest.raises(ValueError, match="20 frames"):
        measure(body, short, FPS)


def test_the_same_seed_is_the_same_sample(walks: list[tuple[Body, Pose]]) -> None:
    body, pose = next(sample(1, 0))
    np.testing.assert_array_equal(body.vertices, walks[0][0].vertices)
    np.testing.assert_array_equal(pose.pelvis, walks[0][1].pelvis)
    _, other = next(sample(1, 1))
    assert other.pelvis.shape == pose.pelvis.shape
    assert not np.array_equal(other.pelvis, pose.pelvis)


def test_the_summary_names_all_figures(
    walks: list[tuple[Body, Pose]], figures: list[Realism]
) -> None:
    cycles = gait_cycles(motion_of(*walks[0], FPS))
    text = summary(figures, agreement(cycles, cycles))
    assert text.startswith(f"{WALKS} walks")
    assert all(name in text for name in (*vars(figures[0]), "0.87-1.32", "upper_arm", "100%"))
    assert "takes" not in summary(figures, None)


def test_a_folder_without_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # the uneven one does not count
    (tmp_path / "003_01.bvh").write_text("")
    with pytest.raises(InputError, match="no BVH files"):
        people(tmp_path)
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
    assert "no BVH files" in capsys.readouterr().err
