"""Rendered walkers: exact masks, planted feet, a periodic gait, and the same bytes twice."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from drawn_walkers import (
    Camera,
    Scene,
    SyntheticFrame,
    Walker,
    WalkerStyle,
    render_frames,
    walker_pose,
)

from gaitcolor_core.structures import Float64

STYLE = WalkerStyle(stature_px=110)
SCENE = Scene((Walker(STYLE, 30, 130),), 240, 150, 30, shadow=0)


def frames(scene: Scene, **changes: object) -> list[SyntheticFrame]:
    return list(dataclasses.replace(scene, **changes).render())  # type: ignore[arg-type]


def styles(count: int) -> list[WalkerStyle]:
    return [WalkerStyle.draw(np.random.default_rng(seed)) for seed in range(count)]


@pytest.mark.parametrize(
    ("width", "height"),
    [
        (240, 150),
        (151, 97),  # odd
        (90, 160),  # portrait
        (16, 12),  # smaller than a brick
    ],
)
def test_shapes_and_dtypes(width: int, height: int) -> None:
    walkers = SCENE.walkers * 2
    for frame in render_frames(walkers, width=width, height=height, num_frames=3, noise=2):
        assert frame.image.shape == (height, width, 3)
        assert frame.image.dtype == np.uint8
        assert len(frame.masks) == len(frame.amodal_masks) == 2
        for mask in frame.masks + frame.amodal_masks:
            assert mask.shape == (height, width)
            assert mask.dtype == np.bool_


def test_nobody_and_absent_walkers() -> None:
    assert frames(SCENE, walkers=(), num_frames=1)[0].masks == ()
    walker = dataclasses.replace(SCENE.walkers[0], first_frame=2, last_frame=3)
    seen = [frame.masks[0].any() for frame in frames(SCENE, walkers=(walker,), num_frames=6)]
    assert seen == [False, False, True, True, False, False]


@pytest.mark.parametrize("changes", [{"width": 0}, {"num_frames": 0}, {"fps": 0.0}])
def test_refuses_empty_clips(changes: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be positive, got"):
        # Refused at once, not when the first frame is asked for.
        dataclasses.replace(SCENE, **changes).render()  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", [{"stature_px": 0.0}, {"stride_ratio": 1.2}])
def test_refuses_impossible_walkers(changes: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="got"):
        dataclasses.replace(STYLE, **changes)  # type: ignore[arg-type]


def test_same_seed_gives_same_bytes() -> None:
    changes = {"camera": Camera((1.0, 0.0), 1.5), "noise": 3.0, "num_frames": 4}
    first, second = frames(SCENE, **changes), frames(SCENE, **changes)
    for one, other in zip(first, second, strict=True):
        assert one.image.tobytes() == other.image.tobytes()
        assert one.masks[0].tobytes() == other.masks[0].tobytes()
        assert one.offset_px == other.offset_px
    assert first[0].image.tobytes() != frames(SCENE, seed=1, **changes)[0].image.tobytes()


def test_masks_are_where_the_image_differs_from_the_background() -> None:
    (clean,) = frames(SCENE, walkers=(), num_frames=1)
    for frame in frames(SCENE)[::7]:
        differs = (frame.image != clean.image).any(-1)
        mask = frame.masks[0]
        assert mask.sum() > 1000
        # A pixel covered by less than half belongs to the background, hence the margin.
        assert (differs & ~mask).sum() < 0.25 * mask.sum()
        outline = np.zeros_like(mask)
        for axis in (0, 1):
            for step in (-1, 1):
                outline |= np.roll(mask, step, axis)
        assert not (differs & ~mask & ~outline & ~np.roll(outline, 1, 0)).sum() > 0.02 * mask.sum()
        assert (differs & mask).sum() > 0.99 * mask.sum()


def test_shadow_and_noise_leave_the_masks_alone() -> None:
    plain, full = frames(SCENE, num_frames=2), frames(SCENE, num_frames=2, shadow=0.6, noise=5.0)
    assert np.array_equal(plain[1].masks[0], full[1].masks[0])
    residue = full[1].image[:60, 150:].astype(float) - plain[1].image[:60, 150:]
    assert residue.std() == pytest.approx(5, abs=0.5)


def world_feet(style: WalkerStyle, times: Float64) -> Float64:
    """Heel and ball of the near foot `(T, 2, 2)` in statures, with the motion of the root."""
    points = np.stack([walker_pose(style, time).feet[0][:2] for time in times])
    points = points / style.stature_px + style.stride_ratio * times[:, None]
    return np.stack([points.real, points.imag], -1)


def test_stance_foot_does_not_slide() -> None:
    for style in styles(5):
        flat = world_feet(style, np.linspace(0.08, 0.36, 15))
        assert np.ptp(flat, axis=0).max() < 1e-6
        heel = world_feet(style, np.linspace(0, 0.08, 9))[:, 0]
        ball = world_feet(style, np.linspace(0.36, 0.62, 9))[:, 1]
        assert max(np.ptp(heel, axis=0).max(), np.ptp(ball, axis=0).max()) < 1e-6


def test_stance_foot_does_not_slide_in_the_image() -> None:
    # The shoe's pixels 3 px above the ground, while the near foot is flat and the toes of the
    # far foot have swung past its heel.
    scene = dataclasses.replace(SCENE, fps=50.0, walkers=(Walker(STYLE, 100, 130),))
    strides = STYLE.cadence_hz * np.arange(30) / 50
    clip = frames(scene)
    flat = [n for n, stride in enumerate(strides) if 0.25 < stride < 0.36]
    heels = [np.flatnonzero(clip[n].masks[0][127])[0] for n in flat]
    assert len(heels) >= 5
    assert np.ptp(heels) <= 0.02 * STYLE.stature_px


def test_feet_stay_above_ground_and_knees_bend_forward() -> None:
    for style in styles(5):
        for phase in np.linspace(0, 1, 41):
            pose = walker_pose(style, phase)
            assert pose.feet.imag.min() > -0.02 * style.stature_px
            thigh, shank = pose.legs[:, 1] - pose.legs[:, 0], pose.legs[:, 2] - pose.legs[:, 1]
            bend = np.degrees(np.angle(thigh / shank))
            assert bend.min() > 0
            assert bend.max() < 80


def test_bones_keep_their_length_and_joints_do_not_jump() -> None:
    poses = [walker_pose(STYLE, phase) for phase in np.arange(200) / 200]
    bones = np.abs(np.diff([pose.legs for pose in poses], axis=-1))
    assert np.ptp(bones) < 1e-3 * STYLE.stature_px
    path = np.array([np.concatenate([*pose.legs, *pose.feet, *pose.arms]) for pose in poses])
    assert np.abs(path - np.roll(path, 1, 0)).max() < 0.02 * STYLE.stature_px


def test_arms_swing_in_opposition_to_the_legs() -> None:
    poses = [walker_pose(STYLE, phase) for phase in np.arange(50) / 50]
    ankle = [pose.legs[0, 2].real for pose in poses]
    wrist = [pose.arms[0, 2].real for pose in poses]
    assert np.corrcoef(ankle, wrist)[0, 1] < -0.8


@pytest.mark.parametrize("cadence_hz", [0.8, 1.0])
def test_gait_has_the_cadence_of_the_style(cadence_hz: float) -> None:
    style = dataclasses.replace(STYLE, cadence_hz=cadence_hz)
    walker = Walker(style, 40, 130)
    widths = []
    for frame in frames(SCENE, walkers=(walker,), width=360, num_frames=75):
        columns = np.flatnonzero(frame.masks[0][85:].any(0))
        widths.append(np.ptp(columns))
    signal = np.array(widths) - np.mean(widths)
    lags = np.arange(6, 22)
    correlation = [(signal[lag:] * signal[:-lag]).mean() for lag in lags]
    # The legs open once a step, twice a stride.
    assert lags[int(np.argmax(correlation))] == pytest.approx(25 / cadence_hz / 2, abs=1)


def test_walks_at_the_speed_of_its_strides_in_its_direction() -> None:
    speed = STYLE.cadence_hz * STYLE.stride_ratio * STYLE.stature_px
    for direction, start in ((1, 60.0), (-1, 180.0)):
        walker = Walker(STYLE, start, 130, direction=direction)  # type: ignore[arg-type]
        seen = frames(SCENE, walkers=(walker,), num_frames=28)
        period = round(25 / STYLE.cadence_hz)
        centers = [np.nonzero(seen[n].masks[0])[1].mean() for n in (0, period)]
        expected = direction * speed * period / 25
        assert centers[1] - centers[0] == pytest.approx(expected, abs=2)


def test_pan_moves_the_background_as_told() -> None:
    panned = frames(SCENE, walkers=(), num_frames=5, camera=Camera((-3.0, 1.0)))
    for number, frame in enumerate(panned):
        assert frame.offset_px == (-3 * number, number)
        assert np.array_equal(frame.image[:-number or None, 3 * number :],
                              panned[0].image[number:, : 240 - 3 * number])  # fmt: skip


def test_pan_by_half_a_pixel_is_the_mean_of_neighbours() -> None:
    first, second = frames(SCENE, walkers=(), num_frames=2, camera=Camera((0.5, 0.0)))
    image = first.image.astype(float)
    expected = (image[:, :-1] + image[:, 1:]) / 2
    assert np.abs(second.image[:, :-1] - expected).max() <= 1  # rounding


def test_pan_moves_walkers_with_the_background() -> None:
    fixed, panned = frames(SCENE), frames(SCENE, camera=Camera((2.0, 0.0)))
    assert np.array_equal(fixed[9].masks[0][:, 18:], panned[9].masks[0][:, :-18])


def test_shake_stays_small_and_smooth() -> None:
    offsets = Camera(shake_px=2).offsets(200, np.random.default_rng(0))
    assert offsets.std() == pytest.approx(2, rel=0.4)
    assert np.diff(offsets, axis=0).std() < 0.7 * offsets.std()


def test_nearer_walker_hides_the_farther_one_whatever_the_order() -> None:
    near, far = Walker(STYLE, 120, 130, depth=0), Walker(STYLE, 128, 126, direction=-1, depth=1)
    for walkers, front in (((near, far), 0), ((far, near), 1)):
        (frame,) = frames(SCENE, walkers=walkers, num_frames=1)
        assert np.array_equal(frame.masks[front], frame.amodal_masks[front])
        back = 1 - front
        overlap = frame.amodal_masks[0] & frame.amodal_masks[1]
        assert overlap.sum() > 200
        assert np.array_equal(frame.masks[back], frame.amodal_masks[back] & ~overlap)
        (alone,) = frames(SCENE, walkers=(walkers[front],), num_frames=1)
        assert np.array_equal(frame.masks[front], alone.masks[0])


def test_different_seeds_give_different_people() -> None:
    people = styles(20)
    assert len(set(people)) == 20
    assert people[3] == WalkerStyle.draw(np.random.default_rng(3))
    statures = [person.stature_px for person in people]
    assert np.mean(statures) == pytest.approx(300, rel=0.05)
