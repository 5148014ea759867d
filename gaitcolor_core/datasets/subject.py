"""Subjects of a rendered set, and their walks past a ring of cameras as in CASIA-B.

Everything follows from a seed: a subject from the seed and its number, a walk from these and its
name. So a set can be rendered in parts, by several processes, and in any order.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gaitcolor_core.datasets.gait_set import CONDITIONS, VIEWS
from gaitcolor_core.datasets.pictures.camera import Camera
from gaitcolor_core.datasets.walkers.body import Body, Pose, draw_body
from gaitcolor_core.datasets.walkers.figure import Animation, Figure, dress
from gaitcolor_core.datasets.walkers.gait_style import GaitStyle, draw_style, vary_style
from gaitcolor_core.datasets.walkers.outfit import BAGS, COATS, Outfit
from gaitcolor_core.datasets.walkers.walk import walk
from gaitcolor_core.structures import Float32, Float64

FPS = 25
# One and a half cycles, and a little, so that every window of one cycle is whole.
CYCLES = 1.6
# CASIA-B's pictures, and a ring of cameras that shows a walker about 130 pixels high.
WIDTH, HEIGHT = 320, 240
DISTANCE_M, CAMERA_HEIGHT_M, LOOK_HEIGHT_M, FOV_DEG = 5.5, 1.4, 0.9, 32.0
# How much a subject's walks differ, as a share of the deviation between subjects, and how exactly
# it keeps to the line between the cameras. Tuned: see docs/walkers.md.
WALK_NOISE = 0.3
HEADING_DEG = 2.0
OFFSET_M = 0.12
# A carried bag holds the arms still; a coat keeps them off the body.
BAG_ARM_SHARE = 0.75
COAT_ARMS_OUT_DEG = 3.0


@dataclass(frozen=True)
class Subject:
    """A person of a rendered set.

    Attributes:
        number: 1 to 124.
        body: its shape.
        style: its usual walk.
        outfit: its clothes; coat and bag are put on as the condition wants.
        textural: whether the clothes have patterns rather than plain colors.
    """

    number: int
    body: Body
    style: GaitStyle
    outfit: Outfit
    textural: bool


@dataclass(frozen=True)
class Take:
    """One walk: who, dressed how, moves how; `phase` `(T,)` in cycles."""

    figure: Figure
    pose: Pose
    phase: Float64

    @cached_property
    def animation(self) -> Animation:
        """All that can be drawn in color; the same for every camera."""
        return self.figure.animate(self.pose, self.phase)


def draw_subject(seed: int, number: int) -> Subject:
    """Subject `number` of the set with this seed; every other one wears patterns."""
    rng = np.random.default_rng([seed, number])
    body = draw_body(rng)
    textural = number % 2 == 0
    return Subject(number, body, draw_style(rng), Outfit.draw(rng, body, textural), textural)


def film(subject: Subject, condition: str, number: int, *, seed: int) -> Take:
    """One walk of a subject past the ring of cameras; its middle is at the origin.

    Args:
        subject: who walks.
        condition: "nm", "bg" (with a bag) or "cl" (in a coat).
        number: of the walk under this condition.
        seed: of the set.
    """
    rng = np.random.default_rng([seed, subject.number, CONDITIONS.index(condition), number])
    style = vary_style(subject.style, rng, WALK_NOISE)
    coat = rng.choice(COATS).item() if condition == "cl" else None
    bag = rng.choice(BAGS).item() if condition == "bg" else None
    if bag:
        style = dataclasses.replace(style, arm_swing_deg=BAG_ARM_SHARE * style.arm_swing_deg)
    if coat:
        style = dataclasses.replace(style, arm_out_deg=style.arm_out_deg + COAT_ARMS_OUT_DEG)
    moved = walk(
        subject.body,
        style,
        num_frames=int(np.ceil(CYCLES * FPS / style.cadence_hz)),
        fps=FPS,
        start_phase=rng.uniform(),
        rng=rng,
    )
    heading_deg, aside_m = rng.normal(0, HEADING_DEG), rng.normal(0, OFFSET_M)
    pose = moved.pose.centered(heading_deg, np.array([aside_m, 0, 0]))
    return Take(dress(subject.body, subject.outfit, coat=coat, bag=bag), pose, moved.phase)


def ring() -> list[Camera]:
    """The cameras at `VIEWS`: 0 sees the walker come, 90 sees its left side, 180 its back."""
    angles = np.radians(VIEWS)
    return [
        Camera(
            (DISTANCE_M * np.sin(angle), -DISTANCE_M * np.cos(angle), CAMERA_HEIGHT_M),
            (0.0, 0.0, LOOK_HEIGHT_M),
            FOV_DEG,
            WIDTH,
            HEIGHT,
        )
        for angle in angles
    ]


def squares(vertices: Float32, camera: Camera) -> Float64:
    """The squares around a walker, each as high as it is (or as wide, where it is wider).

    Args:
        vertices: `(T, V, 3)` m.
        camera: who looks.

    Returns:
        `(T, 4)` xyxy in pixels.
    """
    pixels = camera.project(vertices.astype(np.float64))[0]
    low, high = pixels.min(1), pixels.max(1)
    half = (high - low).max(1, keepdims=True) / 2
    middle = (low + high) / 2
    return np.concatenate([middle - half, middle + half], 1)
