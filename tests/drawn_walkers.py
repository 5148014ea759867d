"""Clips of articulated 2-D walkers in side view, with exact masks, drawn from one seed.

Points are complex numbers: x forward (right, before mirroring), y up, the ground at zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from gaitcolor_core.structures import Bool, Float32, Float64, UInt8

Color = tuple[int, int, int]
Fabric = Literal["plain", "stripes", "checks", "melange"]
Complex = npt.NDArray[np.complex128]
Rng = np.random.Generator
Layer = tuple[Float64, Color, Fabric]
Puppet = list[tuple[str, int, "_Part"]]

# Lengths as a share of stature. A foot is measured along its sole, from the heel.
_FOOT_ANKLE, _FOOT_BALL, _FOOT_TOE = 0.045 + 0.052j, 0.112 + 0j, 0.160 + 0j
_TORSO_UPPER, _TORSO_LOWER, _UPPER_ARM, _FOREARM = 0.20, 0.12, 0.172, 0.150
# Share of the cycle: foot flat, heel off, toe off; and where the ankle passes below the hip.
_FLAT, _HEEL_OFF, _TOE_OFF, _MID_STANCE = 0.08, 0.36, 0.62, 0.245
_LIFT = 3.0

# Outlines by rows (along the part, back edge, front edge), as a share of stature.
_LEG = ((-0.06, -0.05, 0.04), (0, -0.078, 0.06), (0.07, -0.07, 0.062), (0.16, -0.055, 0.053),
        (0.245, -0.044, 0.045), (0.32, -0.049, 0.037), (0.42, -0.040, 0.033),
        (0.47, -0.038, 0.034), (0.497, -0.036, 0.036))  # fmt: skip
_TORSO = ((-0.012, -0.030, 0.028), (0.02, -0.058, 0.040), (0.06, -0.076, 0.056),
          (0.12, -0.080, 0.070), (0.17, -0.070, 0.070), (0.22, -0.060, 0.066),
          (0.27, -0.066, 0.064), (0.32, -0.084, 0.064), (0.375, -0.084, 0.064))  # fmt: skip
_ARM = ((-0.03, -0.022, 0.02), (0.03, -0.038, 0.034), (0.1, -0.032, 0.03),
        (0.172, -0.026, 0.024), (0.2, -0.027, 0.024), (0.27, -0.02, 0.018),
        (0.318, -0.014, 0.013), (0.34, -0.016, 0.017), (0.365, -0.018, 0.022),
        (0.39, -0.016, 0.018), (0.415, -0.009, 0.012))  # fmt: skip
_SHOE = ((-0.012, 0), (-0.016, 0.03), (-0.010, 0.058), (0.01, 0.072), (0.055, 0.074),
         (0.085, 0.058), (0.12, 0.042), (0.15, 0.032), (0.168, 0.018), (0.168, 0))  # fmt: skip
# Profile of the head, in head heights: (forward, down from the crown).
_FACE = ((0, 0), (0.2, 0.03), (0.34, 0.12), (0.395, 0.28), (0.40, 0.39), (0.38, 0.46),
         (0.43, 0.56), (0.485, 0.64), (0.42, 0.68), (0.425, 0.75), (0.405, 0.785), (0.42, 0.83),
         (0.395, 0.87), (0.41, 0.93), (0.36, 1.0), (0.24, 1.0), (0.08, 0.92), (-0.2, 0.85),
         (-0.4, 0.7), (-0.46, 0.5), (-0.44, 0.28), (-0.34, 0.1), (-0.2, 0.03))  # fmt: skip
_NECK = ((0.05, 0.8), (0.07, 1.0), (0.02, 1.2), (0.06, 1.4), (-0.42, 1.4), (-0.34, 1.1),
         (-0.33, 0.7))  # fmt: skip
_HAIR = ((0.37, 0.17), (0.29, 0.20), (0.18, 0.27), (0.12, 0.45), (0.05, 0.55), (0.0, 0.44),
         (-0.12, 0.48), (-0.13, 0.66), (-0.22, 0.84), (-0.38, 0.84), (-0.49, 0.62),
         (-0.50, 0.38), (-0.45, 0.15), (-0.30, 0.0), (-0.08, -0.06), (0.17, -0.04),
         (0.35, 0.05))  # fmt: skip

_EAR = ((0.01, 0.45), (0.0, 0.6), (-0.07, 0.64), (-0.10, 0.48))
_EYE = ((0.36, 0.435), (0.35, 0.485), (0.25, 0.475), (0.25, 0.435))
_BROW = ((0.39, 0.385), (0.37, 0.405), (0.23, 0.40), (0.24, 0.365))
_MOUTH = ((0.42, 0.765), (0.41, 0.805), (0.30, 0.80), (0.31, 0.775))


@dataclass(frozen=True)
class WalkerStyle:
    """How a person looks and walks.

    Attributes:
        stature_px: height of the standing person in pixels.
        build: width of body and limbs, 1 = average.
        leg_ratio: hip to ankle as a share of stature.
        cadence_hz: strides (two steps) per second.
        stride_ratio: stride length as a share of stature.
        bob_ratio: amplitude of the vertical motion as a share of stature.
        arm_swing_deg: amplitude of the upper arm.
        elbow_deg: mean elbow flexion.
        lean_deg: forward lean of the trunk.
        sleeve_ratio: sleeve length, 0 (none) to 1 (wrist).
        hair_ratio: how far the hair falls below the nape, in head heights.
        skin: RGB.
        hair: RGB.
        shirt: RGB.
        trousers: RGB.
        shoes: RGB.
        fabric: weave of the shirt.
    """

    stature_px: float = 300.0
    build: float = 1.0
    leg_ratio: float = 0.485
    cadence_hz: float = 0.95
    stride_ratio: float = 0.76
    bob_ratio: float = 0.010
    arm_swing_deg: float = 22.0
    elbow_deg: float = 24.0
    lean_deg: float = 3.0
    sleeve_ratio: float = 0.45
    hair_ratio: float = 0.0
    skin: Color = (205, 155, 125)
    hair: Color = (52, 36, 26)
    shirt: Color = (150, 60, 55)
    trousers: Color = (52, 62, 92)
    shoes: Color = (60, 50, 45)
    fabric: Fabric = "stripes"

    def __post_init__(self) -> None:
        """Refuse what no leg can walk."""
        if self.stature_px <= 0:
            raise ValueError(f"stature_px must be positive, got {self.stature_px}")
        if not 0.2 <= self.stride_ratio <= 0.9:
            raise ValueError(f"stride_ratio must lie in [0.2, 0.9], got {self.stride_ratio}")

    @classmethod
    def draw(cls, rng: Rng, *, stature_px: float = 300.0) -> WalkerStyle:
        """A random adult; `stature_px` is the mean of the population."""

        def pick(*colors: Color) -> Color:
            red, green, blue = rng.choice(colors) + rng.integers(-9, 10, 3)
            return int(red), int(green), int(blue)

        fabrics: tuple[Fabric, ...] = ("plain", "stripes", "checks", "melange")
        return cls(
            stature_px=stature_px * float(rng.normal(1, 0.04)),
            build=float(rng.uniform(0.88, 1.16)),
            leg_ratio=float(rng.uniform(0.475, 0.495)),
            cadence_hz=float(rng.uniform(0.82, 1.05)),
            stride_ratio=float(rng.uniform(0.68, 0.80)),
            bob_ratio=float(rng.uniform(0.007, 0.013)),
            arm_swing_deg=float(rng.uniform(12, 26)),
            elbow_deg=float(rng.uniform(14, 36)),
            lean_deg=float(rng.uniform(0, 6)),
            sleeve_ratio=float(rng.choice([0.4, 0.5, 1.0])),
            hair_ratio=float(rng.choice([0.0, 0.0, 0.35, 0.6])),
            skin=pick((224, 178, 150), (205, 155, 125), (160, 112, 84), (112, 76, 56)),
            hair=pick((52, 36, 26), (30, 26, 24), (110, 74, 42), (150, 122, 80)),
            shirt=pick(
                (150, 60, 55), (70, 110, 150), (212, 206, 196), (88, 120, 84), (200, 160, 70)
            ),
            trousers=pick((52, 62, 92), (48, 48, 52), (128, 112, 88), (84, 92, 84)),
            shoes=pick((60, 50, 45), (205, 205, 200), (40, 42, 50)),
            fabric=fabrics[int(rng.integers(len(fabrics)))],
        )


@dataclass(frozen=True)
class Walker:
    """A person on a path; positions are pixels of frame 0 of an unpanned camera.

    Attributes:
        style: how the person looks and walks.
        start_x_px: x of the hips in frame 0.
        ground_y_px: y of the ground under the feet.
        direction: +1 walks right, -1 walks left.
        phase: position in the gait cycle in frame 0, 0 = heel strike of the near foot.
        depth: distance rank; of two walkers the smaller one hides the other.
        first_frame: first frame with this walker.
        last_frame: last frame with this walker; None = to the end.
    """

    style: WalkerStyle
    start_x_px: float
    ground_y_px: float
    direction: Literal[-1, 1] = 1
    phase: float = 0.0
    depth: float = 0.0
    first_frame: int = 0
    last_frame: int | None = None

    def present(self, frame: int) -> bool:
        """Whether the walker takes part in `frame`."""
        return self.first_frame <= frame and (self.last_frame is None or frame <= self.last_frame)


@dataclass(frozen=True)
class Camera:
    """A translating camera: `pan_px` `(x, y)` a frame, plus a hand's tremor of `shake_px`."""

    pan_px: tuple[float, float] = (0.0, 0.0)
    shake_px: float = 0.0

    def offsets(self, num_frames: int, rng: Rng) -> Float64:
        """`(num_frames, 2)` view offsets `(x, y)` in pixels, smooth shake included."""
        steps = rng.normal(size=(num_frames, 2))
        for row in range(1, num_frames):
            steps[row] = 0.85 * steps[row - 1] + 0.53 * steps[row]
        path = np.arange(num_frames)[:, None] * np.array(self.pan_px)
        return np.asarray(path + self.shake_px * steps, np.float64)


class SyntheticFrame(NamedTuple):
    """One rendered frame.

    Attributes:
        image: `(H, W, 3)` uint8 RGB.
        masks: `(H, W)` bool a walker, in the order given: the pixels seen of that walker.
        amodal_masks: likewise, with the pixels hidden by other walkers.
        offset_px: `(x, y)` of the view's corner in the world.
    """

    image: UInt8
    masks: tuple[Bool, ...]
    amodal_masks: tuple[Bool, ...]
    offset_px: tuple[float, float]


def render_frames(
    walkers: Sequence[Walker],
    *,
    width: int,
    height: int,
    num_frames: int,
    fps: float = 25.0,
    camera: Camera | None = None,
    noise: float = 0.0,
    shadow: float = 0.45,
    seed: int = 0,
) -> Iterator[SyntheticFrame]:
    """Render a clip frame by frame; the same arguments give the same bytes.

    Args:
        walkers: the persons, in the order of the masks.
        width: frame width in pixels.
        height: frame height in pixels.
        num_frames: frames to render.
        fps: frames per second.
        camera: motion of the view; None = fixed.
        noise: standard deviation of the sensor noise, in grey levels.
        shadow: darkness of the soft shadows on the ground, 0 (none) to 1.
        seed: background, cloth, shake and noise.

    Returns:
        An iterator over the frames.

    Raises:
        ValueError: if a size or the frame rate is not positive.
    """
    if min(width, height, num_frames) < 1 or fps <= 0:
        raise ValueError(
            f"width, height, num_frames and fps must be positive, got {width}, {height}, "
            f"{num_frames}, {fps}"
        )
    scene = Scene(
        tuple(walkers), width, height, num_frames, fps, camera or Camera(), noise, shadow, seed
    )
    return _stream(scene)


@dataclass(frozen=True)
class Scene:
    """A clip to render; the fields are the arguments of `render_frames`."""

    walkers: tuple[Walker, ...]
    width: int
    height: int
    num_frames: int
    fps: float = 25.0
    camera: Camera = Camera()
    noise: float = 0.0
    shadow: float = 0.45
    seed: int = 0

    def render(self) -> Iterator[SyntheticFrame]:
        """The frames of the clip, in order."""
        return render_frames(**vars(self))


def _stream(scene: Scene) -> Iterator[SyntheticFrame]:
    """The frames of a valid scene."""
    width, height, seed = scene.width, scene.height, scene.seed
    offsets = scene.camera.offsets(scene.num_frames, np.random.default_rng([seed, 1]))
    origin = np.floor(offsets.min(0)).astype(int)
    # One pixel more than the view, for the interpolation at its right and lower edge.
    reach = np.floor(offsets.max(0)).astype(int) + 1 - origin
    scenery = _scenery(np.random.default_rng([seed, 0]), width + reach[0], height + reach[1])
    puppets = [
        _puppet(walker.style, np.random.default_rng([seed, 2, index]))
        for index, walker in enumerate(scene.walkers)
    ]
    dust = np.random.default_rng([seed, 3])
    grain = scene.noise * dust.standard_normal((height + 64, width + 64, 3), np.float32)
    grains = np.round(grain).astype(np.int16)
    for frame, offset in enumerate(offsets):
        image = _view(scenery, offset - origin, width, height)
        seen = [walker if walker.present(frame) else None for walker in scene.walkers]
        time_s = frame / scene.fps
        masks, amodal_masks = _add_walkers(image, seen, puppets, time_s, offset, scene.shadow)
        if scene.noise > 0:
            # A window of one fixed field: fresh noise would cost more than the walkers.
            top, left = dust.integers(0, 64, 2)
            speckle = grains[top : top + height, left : left + width]
            image = np.asarray(cv2.add(image, speckle, dtype=cv2.CV_8U), np.uint8)
        corner = float(offset[0]), float(offset[1])
        yield SyntheticFrame(image, masks, amodal_masks, corner)


def _add_walkers(
    image: UInt8,
    walkers: Sequence[Walker | None],
    puppets: Sequence[Puppet],
    time_s: float,
    offset: Float64,
    shadow: float,
) -> tuple[tuple[Bool, ...], tuple[Bool, ...]]:
    """Draw the walkers into `image`, far ones first; visible and amodal `(H, W)` masks."""
    amodal: list[Bool] = [np.zeros(image.shape[:2], bool) for _ in walkers]
    visible = [mask.copy() for mask in amodal]
    present = [(index, walker) for index, walker in enumerate(walkers) if walker]
    for index, walker in sorted(present, key=lambda entry: -entry[1].depth):
        _add_walker(image, amodal[index], walker, puppets[index], time_s, offset, shadow)
        for mask in visible:
            mask &= ~amodal[index]
        visible[index] = amodal[index].copy()
    return tuple(visible), tuple(amodal)


def _view(scenery: UInt8, corner: Float64, width: int, height: int) -> UInt8:
    """The `(height, width, 3)` part of `scenery` at the sub-pixel `corner` `(x, y)`."""
    x, y = np.floor(corner).astype(int)
    part = scenery[y : y + height + 1, x : x + width + 1]
    shift = corner - (x, y)
    if not shift.any():
        return part[:height, :width].copy()
    matrix = np.array([[1, 0, -shift[0]], [0, 1, -shift[1]]])
    moved = cv2.warpAffine(part, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return moved.astype(np.uint8, copy=False)


def _add_walker(
    image: UInt8,
    mask: Bool,
    walker: Walker,
    puppet: Puppet,
    time_s: float,
    offset: Float64,
    shadow: float,
) -> None:
    """Draw a walker and its shadow into `image` `(H, W, 3)` and set its pixels in `mask`."""
    style = walker.style
    strides = style.cadence_hz * time_s
    travel = strides * style.stride_ratio * style.stature_px
    root_x = walker.start_x_px + walker.direction * travel - offset[0]
    root_y = walker.ground_y_px - offset[1]
    pose = walker_pose(style, walker.phase + strides)
    size = 0.6 * style.stature_px
    left, right = np.clip([root_x - size, root_x + size], 0, image.shape[1]).astype(int)
    top, bottom = np.clip([root_y - 1.9 * size, root_y + 0.2 * size], 0, image.shape[0]).astype(int)
    if left >= right or top >= bottom:
        return
    cols = walker.direction * (np.arange(left, right) - root_x)
    rows = root_y - np.arange(top, bottom)
    area = image[top:bottom, left:right].astype(np.float32)
    area *= 1 - shadow * _shadow(pose, cols, rows, style.stature_px)
    patch = np.zeros((bottom - top, right - left, 4), np.float32)
    for name, side, part in puppet:
        _paint(patch, part, getattr(pose, name)[side], cols, rows)
    area = area * (1 - patch[..., 3:]) + patch[..., :3]
    image[top:bottom, left:right] = np.clip(area + 0.5, 0, 255).astype(np.uint8)
    mask[top:bottom, left:right] = patch[..., 3] >= 0.5


def _shadow(pose: Pose, cols: Float64, rows: Float64, scale: float) -> Float32:
    """Darkness `(h, w, 1)` in [0, 1] on the ground: below the body, and below each low foot."""
    light = np.ones((rows.size, cols.size, 1), np.float32)
    spots = [(0.0, 0.0, 0.30), *((foot.real.mean(), foot.imag.min(), 0.10) for foot in pose.feet)]
    for x, lift, spread in spots:
        across = np.exp(-(((cols - x) / (spread * scale)) ** 2))
        down = np.exp(-((rows / (0.03 * scale)) ** 2) - 25 * max(lift, 0) / scale)
        light *= 1 - 0.8 * np.outer(down, across)[..., None].astype(np.float32)
    return 1 - light


class Pose(NamedTuple):
    """Chains of three points `(sides, 3)`, pixels from the ground below the hips; side 0: near."""

    torso: Complex
    head: Complex
    legs: Complex
    feet: Complex
    arms: Complex


def walker_pose(style: WalkerStyle, phase: float) -> Pose:
    """The body at `phase` cycles after a heel strike of the near foot; index 0 is near."""
    height = _hip_height(style, phase)
    phases = np.array([phase, phase + 0.5]) % 1
    feet, ankles = _plan_foot(style, phases)
    hips = _hip_yaw(phases) + 1j * height
    half = style.leg_ratio / 2
    span = ankles - hips
    knees = hips + half * np.exp(
        1j * (np.angle(span) + np.arccos(np.minimum(abs(span) / style.leg_ratio, 1)))
    )
    swing = np.cos(2 * np.pi * phases)
    upright = np.exp(-1j * np.radians(style.lean_deg + 0.8 * np.cos(4 * np.pi * phase)))
    waist = 1j * height + _TORSO_LOWER * 1j * upright
    neck = waist + _TORSO_UPPER * 1j * upright * np.exp(-0.03j)
    shoulders = neck + (-0.006 - 0.035j) * upright - 0.014 * swing
    upper = -1j * np.exp(-1j * np.radians(6 + style.arm_swing_deg * (swing - 0.1)))
    elbows = shoulders + _UPPER_ARM * upper
    bend = np.radians(style.elbow_deg - 0.45 * style.arm_swing_deg * swing)
    wrists = elbows + _FOREARM * upper * np.exp(1j * bend)
    crown = neck + (0.032 + 0.160j) * np.exp(-0.01j * style.lean_deg)
    scale = style.stature_px
    return Pose(
        torso=scale * np.array([[neck, waist, 1j * height]], np.complex128),
        head=scale * np.array([[crown, (crown + neck) / 2, neck]], np.complex128),
        legs=np.asarray(scale * np.stack([hips, knees, ankles], 1), np.complex128),
        feet=scale * feet,
        arms=np.asarray(scale * np.stack([shoulders, elbows, wrists], 1), np.complex128),
    )


def _hip_height(style: WalkerStyle, phase: float) -> float:
    """As high as the straighter leg allows, lowest in double support; stature = 1."""
    cycle = np.arange(100) / 100
    ankles = _plan_foot(style, cycle)[1]
    reach = 0.998 * style.leg_ratio
    ceiling = np.sqrt(reach**2 - (ankles.real - _hip_yaw(cycle)) ** 2) + ankles.imag
    height = np.min(ceiling + style.bob_ratio * np.cos(4 * np.pi * cycle))
    return float(height - style.bob_ratio * np.cos(4 * np.pi * phase))


def _hip_yaw(phase: Float64) -> Float64:
    """How far the turning pelvis carries a hip forward; stature = 1."""
    yaw: Float64 = 0.012 * np.cos(2 * np.pi * phase)
    return yaw


def _plan_foot(style: WalkerStyle, phase: Float64) -> tuple[Complex, Complex]:
    """Heel, ball and toe `(N, 3)` and ankle `(N,)` below moving hips; stature = 1."""
    heel, pitch = _stance(style, np.minimum(phase, _TOE_OFF))
    # Swing: curves that leave the ground, and x also meets it, at the speed of the stance.
    step, share = 1e-4, 1 - _TOE_OFF
    heels, pitches = _stance(style, np.array([_TOE_OFF - step, _TOE_OFF, 1.0, 1.0 + step]))
    time = np.clip((phase - _TOE_OFF) / share, 0, 1)
    forward = _hermite(heels.real, share / step, time)
    rise = (heels[1] - heels[0]).imag * share / step + 4 * heels[1].imag
    lifted = (heels[1].imag + rise * time + _LIFT * time**2) * (1 - time) ** 4
    swing_pitch = _hermite(pitches, 0.5 * share / step, time)
    swing = phase > _TOE_OFF
    heel, pitch = np.where(swing, forward + 1j * lifted, heel), np.where(swing, swing_pitch, pitch)
    turn = np.exp(1j * pitch)
    # The toes stay flat while the heel rises and straighten early in the swing.
    toes = turn * np.exp(-1j * np.minimum(pitch, 0) * np.clip(1 - 2.5 * time, 0, 1))
    ball = heel + _FOOT_BALL * turn
    return np.stack([heel, ball, ball + (_FOOT_TOE - _FOOT_BALL) * toes], 1), (
        heel + _FOOT_ANKLE * turn
    )


def _hermite(knots: Float64, speed: float, time: Float64) -> Float64:
    """From knot 1 to 2 over `time` [0, 1], leaving and arriving with the slopes 0-1 and 2-3."""
    start, end = (knots[1] - knots[0]) * speed, (knots[3] - knots[2]) * speed
    rest = 1 - time
    ends = knots[1] * (1 + 2 * time) * rest**2 + knots[2] * time**2 * (1 + 2 * rest)
    return np.asarray(ends + start * time * rest**2 - end * time**2 * rest, np.float64)


def _stance(style: WalkerStyle, phase: Float64) -> tuple[Complex, Float64]:
    """Heel `(N,)` and pitch `(N,)` rad of a foot that rolls from heel to ball in place."""
    wrapped = np.where(phase >= 1, phase - 1, phase)
    strike = np.radians(20) * np.clip(1 - wrapped / _FLAT, 0, 1) ** 1.3
    rise = np.clip((wrapped - _HEEL_OFF) / (_TOE_OFF - _HEEL_OFF), 0, 1)
    pitch = strike - np.radians(62) * rise**2.2
    flat = style.stride_ratio * (_MID_STANCE - wrapped) - _FOOT_ANKLE.real
    heel = np.where(pitch < 0, flat + _FOOT_BALL * (1 - np.exp(1j * pitch)), flat + 0j)
    return heel, pitch


class _Part(NamedTuple):
    """A shaded cut-out `(h, w, 4)` float32, color times alpha and alpha, upright at `(u, v)`."""

    rgba: Float32
    joint_u: float  # row of the joint between the two bones
    axis_v: float  # column of the bones
    reach: float  # pixels from the bones to the farthest edge


def _rows(rows: Sequence[tuple[float, float, float]], build: float, end: float = 9) -> Float64:
    """Outline `(N, 2)` (forward, down) of a limb from its rows, cut at `end`."""
    table = np.array(rows)
    along = np.unique(np.append(table[table[:, 0] < end, 0], min(end, table[-1, 0])))
    back, front = (build * np.interp(along, table[:, 0], table[:, side]) for side in (1, 2))
    return np.concatenate(
        [np.stack([front, along], 1), np.stack([back, along], 1)[::-1]]
    )  # down the front, up the back


def _smooth(outline: Float64) -> Float64:
    """Chaikin's corner cutting, twice."""
    for _ in range(2):
        after = np.roll(outline, -1, 0)
        pair = np.stack([0.75 * outline + 0.25 * after, 0.25 * outline + 0.75 * after], 1)
        outline = pair.reshape(-1, 2)
    return outline


def _noise(rng: Rng, height: int, width: int, cell: float, octaves: int = 4) -> Float32:
    """Fractal noise `(height, width)`, mean 0 and deviation about 1; largest grain `cell` px."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        grain = max(cell / 2**octave, 1)
        shape = int(height / grain) + 3, int(width / grain) + 3
        coarse = rng.standard_normal(shape, np.float32)
        total += 0.6**octave * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return total


def _weave(fabric: Fabric, rng: Rng, height: int, width: int, scale: float) -> Float32:
    """Brightness factors `(height, width, 1)` of a cloth."""
    down, across = np.mgrid[:height, :width] / (0.022 * scale)
    cloth = 1 + 0.05 * _noise(rng, height, width, 0.12 * scale, 6)
    if fabric in ("stripes", "checks"):
        cloth -= 0.30 * (down % 2 < 0.8)
    if fabric == "checks":
        cloth -= 0.22 * (across % 2 < 0.8)
    if fabric == "melange":
        cloth += 0.09 * _noise(rng, height, width, 4, 2)
    return cloth[..., None].astype(np.float32)


def _relief(cover: Float32, rng: Rng, radius: float, folds: float) -> Float32:
    """Brightness `(h, w, 1)` of a rounded, slightly creased body lit from above and ahead."""
    edge = cv2.distanceTransform((cover > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    depth = np.clip(edge / radius, 0, 1)
    bulge = radius * np.sqrt(depth * (2 - depth))
    creases = cv2.resize(
        _noise(rng, cover.shape[0], max(cover.shape[1] // 2, 2), 0.9 * radius, 3),
        cover.shape[::-1],
    )
    surface = cv2.GaussianBlur(bulge + folds * radius * creases, (0, 0), 0.12 * radius + 0.5)
    slope_u, slope_v = np.gradient(surface)
    light = (0.30 * -slope_v + 0.40 * slope_u + 0.87) / np.sqrt(1 + slope_u**2 + slope_v**2)
    shade = 0.42 + 0.66 * np.clip(light, 0, 1)
    return np.asarray(shade[..., None], np.float32)


def _cut_out(layers: Sequence[Layer], joint: float, scale: float, rng: Rng) -> _Part:
    """Paint closed outlines `(N, 2)` (forward, down; stature = 1) over each other."""
    points = np.concatenate([layer[0] for layer in layers]) * scale
    low = np.floor(points.min(0)) - 3
    width, height = (np.ceil(points.max(0)) + 3 - low).astype(int)
    canvas = np.zeros((height, width, 4), np.float32)
    for outline, color, fabric in layers:
        fine = np.zeros((4 * height, 4 * width), np.uint8)
        cv2.fillPoly(fine, [np.round((_smooth(outline) * scale - low) * 4).astype(np.int32)], 255)
        small = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
        cover = np.asarray(small / np.float32(255), np.float32)
        thick = 0.055 * scale if np.ptp(outline[:, 0]) > 0.05 else 0.02 * scale
        tone = _relief(cover, rng, thick, 0.10) * _weave(fabric, rng, height, width, scale)
        paint = np.clip(np.array(color, np.float32) * tone, 0, 255)
        over = np.dstack([paint, np.ones_like(cover)]) * cover[..., None]
        canvas = canvas * (1 - cover[..., None]) + over
    return _Part(canvas, joint * scale - low[1], -low[0], 0.13 * scale + 4)


def _puppet(style: WalkerStyle, rng: Rng) -> Puppet:
    """The cut-outs of a person from far to near: chain of the pose, side, part."""

    def part(joint: float, *layers: Layer) -> _Part:
        return _cut_out(layers, joint, style.stature_px, rng)

    shoe = np.array(_SHOE)
    sole = np.stack([shoe[:, 0], np.clip(shoe[:, 1], 0, 0.012)], 1)
    sleeve = _rows(_ARM, 1.18 * style.build, style.sleeve_ratio * (_UPPER_ARM + _FOREARM))
    arm = part(
        _UPPER_ARM,
        (_rows(_ARM, style.build), style.skin, "plain"),
        (sleeve, style.shirt, style.fabric),
    )
    leg = part(style.leg_ratio / 2, (_rows(_LEG, style.build), style.trousers, "plain"))
    foot = part(
        _FOOT_BALL.real,
        (shoe[:, ::-1], style.shoes, "plain"),
        (sole[:, ::-1], (190, 186, 178), "plain"),
    )
    torso = part(_TORSO_UPPER, (_rows(_TORSO, style.build), style.shirt, style.fabric))
    limbs = [("arms", arm), ("feet", foot), ("legs", leg)]
    shade = np.array([0.70, 0.70, 0.73, 1], np.float32)  # away from the light
    far = [(name, 1, limb._replace(rgba=limb.rgba * shade)) for name, limb in limbs]
    near = [(name, 0, limb) for name, limb in limbs]
    trunk = [("head", 0, part(0.08, *_head_layers(style))), ("torso", 0, torso)]
    return far + near[1:] + trunk + near[:1]


def _head_layers(style: WalkerStyle) -> list[Layer]:
    """Neck, face, features and hair, hung from the crown; stature = 1."""
    size = 0.134
    hair = np.array(_HAIR)
    hair[(hair[:, 1] > 0.6) & (hair[:, 0] < -0.1), 1] += style.hair_ratio
    red, green, blue = style.skin
    shadow = int(0.72 * red), int(0.68 * green), int(0.68 * blue)
    layers = ((_NECK, shadow), (_FACE, style.skin), (_MOUTH, (150, 84, 80)), (_EYE, (38, 32, 32)),
              (_BROW, style.hair), (hair, style.hair), (_EAR, style.skin))  # fmt: skip
    return [(size * np.array(outline, np.float64), color, "plain") for outline, color in layers]


def _paint(patch: Float32, part: _Part, chain: Complex, cols: Float64, rows: Float64) -> None:
    """Blend `part`, bent along `chain` `(3,)`, into `patch` whose pixels lie at `cols`, `rows`."""
    span_x, span_y = chain.real, chain.imag
    inside_x = np.flatnonzero(
        (cols > span_x.min() - part.reach) & (cols < span_x.max() + part.reach)
    )
    inside_y = np.flatnonzero(
        (rows > span_y.min() - part.reach) & (rows < span_y.max() + part.reach)
    )
    if inside_x.size == 0 or inside_y.size == 0:
        return
    window = np.s_[inside_y[0] : inside_y[-1] + 1, inside_x[0] : inside_x[-1] + 1]
    x = (cols[inside_x] - span_x[1]).astype(np.float32)
    y = (rows[inside_y] - span_y[1]).astype(np.float32)[:, None]
    first, second = np.diff(chain) / abs(np.diff(chain))
    u1, v1 = x * first.real + y * first.imag, y * first.real - x * first.imag
    u2, v2 = x * second.real + y * second.imag, y * second.real - x * second.imag
    lower = u1 + u2 > 0
    u, v = np.where(lower, u2, u1), np.where(lower, v2, v1)
    # The outside of the bend is a fan around the joint, so that a knee is round.
    fan = (u1 > 0) & (u2 < 0)
    v = np.where(fan, np.copysign(np.hypot(x, y), v), v) + np.float32(part.axis_v)
    u = np.where(fan, 0, u) + np.float32(part.joint_u)
    sample = cv2.remap(part.rgba, v.astype(np.float32), u.astype(np.float32), cv2.INTER_LINEAR)
    patch[window] = patch[window] * (1 - sample[..., 3:]) + sample


def _scenery(rng: Rng, width: int, height: int) -> UInt8:
    """A brick house with windows, bushes and lamp posts along a pavement, `(height, width, 3)`."""
    horizon = int(0.66 * height)
    scene = np.empty((height, width, 3), np.float32)
    scene[:horizon] = _bricks(rng, horizon, width, 0.022 * height)
    scene[horizon:] = _pavement(rng, height - horizon, width)
    scene[horizon - int(0.03 * height) : horizon] = (122, 118, 110)
    unit = height / 10
    for x in np.arange(rng.uniform(0.3, 1.5), width / unit, rng.uniform(3.2, 4.2)):
        _window(scene, rng, (x * unit, 0.9 * unit, 1.7 * unit, 3.0 * unit))
    for x in np.arange(rng.uniform(0.5, 2.5), width / unit, rng.uniform(3.0, 4.5)):
        _bush(scene, rng, x * unit, horizon, rng.uniform(0.7, 1.2) * unit)
    for x in np.arange(rng.uniform(1.0, 3.0), width / unit, rng.uniform(5.0, 7.0)):
        across = np.linspace(-1, 1, int(0.16 * unit) + 2)
        tube = (75 + 55 * np.sqrt(1 - across**2) * (1 - 0.5 * across))[None, :, None]
        left = int(x * unit)
        post = scene[: horizon + int(0.25 * unit), left : left + across.size]
        post[:] = (tube * [0.85, 0.95, 0.90])[:, : post.shape[1]]
    scene *= 1 + 0.05 * _noise(rng, height, width, height / 2, 9)[..., None]
    return np.clip(cv2.GaussianBlur(scene, (0, 0), 0.6), 0, 255).astype(np.uint8)


def _bricks(rng: Rng, height: int, width: int, course: float) -> Float32:
    """A wall of bricks `course` pixels high, `(height, width, 3)`."""
    down, across = np.mgrid[:height, :width] / course
    row = down.astype(int)
    shifted = across / 2.6 + 0.5 * (row % 2)
    column = shifted.astype(int)
    tone = rng.normal(1, 0.10, (row.max() + 1, column.max() + 1, 1))[row, column]
    color = np.array(rng.choice([(158, 110, 88), (172, 158, 138), (146, 128, 112)]))
    mortar = (down % 1 < 0.14) | (shifted % 1 < 0.055)
    wall = np.where(mortar[..., None], (176, 170, 160), color * tone)
    stains = _noise(rng, height, width, 12 * course, 6)[..., None]
    return np.asarray(wall * (1 + 0.05 * stains), np.float32)


def _pavement(rng: Rng, height: int, width: int) -> Float32:
    """Slabs in perspective, seen from eye height, `(height, width, 3)`."""
    nearness = np.arange(height)[:, None] / height + 0.35
    across = (np.arange(width)[None] - width / 2) / (height * nearness) * 1.1 + 500
    deep = np.broadcast_to(1.6 / nearness * 1.4, across.shape)
    tone = rng.normal(1, 0.05, (97, 97, 1))[across.astype(int) % 97, deep.astype(int) % 97]
    seam = (across % 1 < 0.02) | (deep % 1 < 0.035)
    slabs = np.where(seam[..., None], 92.0, np.array([150, 146, 140]) * tone)
    dirt = _noise(rng, height, width, height / 3, 8)[..., None]
    return np.asarray(slabs * (1 + 0.04 * dirt), np.float32)


def _window(scene: Float32, rng: Rng, box: tuple[float, float, float, float]) -> None:
    """A framed window with a reflection in `box` `(x, y, width, height)`."""
    x, y, wide, tall = (int(value) + 1 for value in box)
    reflection = 14 * _noise(rng, tall, wide, 0.8 * wide, 3)[..., None]
    glass = 66 + reflection + 40 * np.linspace(1, 0, tall)[:, None, None]
    glass = glass * np.array([0.88, 1.0, 1.10])
    bar = max(wide // 18, 2)
    for cut in (np.s_[:bar], np.s_[-bar:], np.s_[tall // 3 : tall // 3 + bar]):
        glass[cut] = (214, 210, 200)
    for cut in (np.s_[:bar], np.s_[-bar:], np.s_[wide // 2 : wide // 2 + bar]):
        glass[:, cut] = (206, 202, 192)
    target = scene[y : y + tall, x : x + wide]
    target[:] = glass[: target.shape[0], : target.shape[1]]
    scene[y + tall : y + tall + 2 * bar, max(x - bar, 0) : x + wide + bar] = (188, 182, 172)


def _bush(scene: Float32, rng: Rng, x: float, ground: float, size: float) -> None:
    """Leaves heaped on the `ground`, the lit ones last."""
    for light in np.linspace(0.35, 1.25, 420):
        angle, far = rng.uniform(0, np.pi), np.sqrt(rng.uniform(0, 1))
        spot = (
            x + 1.2 * size * far * np.cos(angle),
            ground - size * far * np.sin(angle) * (0.4 + light / 2),
        )
        color = light * np.array([76, 104, 48]) * rng.uniform(0.75, 1.25)
        axes = int(size * rng.uniform(0.04, 0.09)) + 1, int(size * 0.035) + 1
        center = int(spot[0]), int(spot[1])
        cv2.ellipse(
            scene, center, axes, rng.uniform(0, 180), 0, 360, color.tolist(), -1, cv2.LINE_AA
        )
