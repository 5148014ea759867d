from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcolor_core.datasets.walkers.gait_style import GaitStyle, draw_style, vary_style

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=30, deadline=None)


def drawn(seed: int, spread: float = 1.0) -> GaitStyle:
    return draw_style(np.random.default_rng(seed), spread=spread)


@some
@given(seeds, st.floats(0, 50))
def test_whatever_is_drawn_can_be_walked(seed: int, spread: float) -> None:
    style = drawn(seed, spread)
    assert 0.75 <= style.cadence_hz <= 1.12
    assert 0.62 <= style.stride_ratio <= 0.90
    # feet do not cross, knees do not bend backward
    assert style.step_width_ratio > 0 and style.knee_slack > 0
    assert style.elbow_deg > 0
    assert all(np.isfinite(dataclasses.astuple(style)))


@some
@given(seeds, st.floats(0, 50))
def test_variations_stay_in_the_same_range(seed: int, amount: float) -> None:
    rng = np.random.default_rng(seed)
    style = vary_style(drawn(seed), rng, amount)
    # the range is the same for both, so a variation of nothing changes nothing
    assert vary_style(style, rng, 0) == style


@some
@given(seeds)
def test_the_same_seed_is_the_same_style(seed: int) -> None:
    assert drawn(seed) == drawn(seed)
    assert drawn(seed) != drawn(seed + 1)


def test_without_spread_all_walk_like_the_mean_adult() -> None:
    style = drawn(0, 0)
    assert style == drawn(1, 0)
    assert style.cadence_hz == 0.93 and style.step_asymmetry == 0


def test_walks_of_one_person_are_more_alike_than_persons() -> None:
    rng = np.random.default_rng(0)
    person = draw_style(rng, spread=0)
    own = [dataclasses.astuple(vary_style(person, rng, 0.3)) for _ in range(200)]
    others = [dataclasses.astuple(draw_style(rng)) for _ in range(200)]
    share = np.std(own, axis=0) / np.std(others, axis=0)
    # 0.3 for all, but for sampling and for values at the end of their range
    assert np.median(share) < 0.36 and share.max() < 0.6 and share.min() > 0.2
