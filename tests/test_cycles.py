"""Whole gait cycles of drawn walkers whose period is known."""

from __future__ import annotations

import numpy as np
import pytest
from gait_sets import PERIOD, draw_walker

from gaitcolor_core.cycles import distance_of_halves, whole_cycles
from gaitcolor_core.gait import gait_energy_image, gei_distance
from gaitcolor_core.structures import Bool


def walk(num_frames: int, *, first: int = 0, breadth_px: int = 14) -> Bool:
    return draw_walker(breadth_px, num_frames=num_frames, first=first)[:, None]


@pytest.mark.parametrize(
    ("num_frames", "period", "expected"),
    [
        (50, 20.0, 40),
        (50, 24.6, 49),  # two cycles, to the nearest frame
        (19, 20.0, 19),  # not even one
        (50, None, 50),
    ],
)
def test_as_many_whole_cycles_as_there_are(
    num_frames: int, period: float | None, expected: int
) -> None:
    assert len(whole_cycles(walk(num_frames), period)) == expected


def test_where_a_walk_begins_does_not_matter_to_whole_cycles() -> None:
    walks = [walk(45, first=first) for first in (0, 7)]
    part = gei_distance(*(gait_energy_image(each) for each in walks))
    whole = gei_distance(*(gait_energy_image(whole_cycles(each, PERIOD)) for each in walks))
    assert whole < 1e-3 < part


def test_cycles_in_which_nobody_shows_are_of_no_use() -> None:
    frames = walk(45)
    frames[:40] = False
    assert len(whole_cycles(frames, PERIOD)) == 45


def test_who_walks_evenly_does_not_differ_from_himself() -> None:
    assert distance_of_halves(walk(50), PERIOD) == pytest.approx(0, abs=1e-3)
    assert distance_of_halves(walk(40), None) == pytest.approx(0, abs=1e-3)


def test_who_changes_on_the_way_differs_from_himself() -> None:
    frames = np.concatenate([walk(20), walk(20, breadth_px=22)])
    apart = gei_distance(*(gait_energy_image(each) for each in (frames[:20], frames[20:])))
    assert distance_of_halves(frames, PERIOD) == pytest.approx(apart)
    assert apart > 5


@pytest.mark.parametrize(("num_frames", "period"), [(39, 20.0), (39, None), (50, 26.0)])
def test_short_walks_have_no_halves(num_frames: int, period: float | None) -> None:
    assert distance_of_halves(walk(num_frames), period) is None


def test_a_half_in_which_nobody_shows_says_nothing() -> None:
    frames = walk(40)
    frames[20:] = False
    assert distance_of_halves(frames, PERIOD) is None
