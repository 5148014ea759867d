"""Loose hems of shirts, skirts and coats: tubes that hang from the waist around both legs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcolor_core.datasets.walkers.body import Body
from gaitcolor_core.datasets.walkers.hulls import directions, share, supports, traced
from gaitcolor_core.datasets.walkers.mesh import sheet
from gaitcolor_core.structures import Float64, Int64

ANGLES = 40
# The direction that looks straight back.
BACK = ANGLES // 4
LEG = ("thigh", "shank", "foot")
LEVEL_M = 0.03
# Vertices this far above or below belong to a level.
REACH_M = 0.045
# The tube comes out of what is worn above it over this length.
EMERGES_M = 0.07
# Its upper end lies this far inside.
SINK_M = 0.012
# How closely the smooth maximum keeps to the true one: it lies up to log(4) / SHARPNESS outside.
SHARPNESS_PER_M = 150.0
MOST_STRETCH = 1.6
MOST_SLANT = 0.7


@dataclass(frozen=True)
class Hem:
    """A tube that never cuts into what it hangs around, however the legs stand.

    At each level it is the smooth convex hull of three outlines: of the trunk, which stays where
    the pelvis is, and of both legs, which go where thigh and shank take them.

    Attributes:
        levels: `(K,)` m below the pelvis joint (negative: below), falling.
        outlines: `(3, K, A)` m, support functions of trunk, left and right leg around the pelvis
            joint and around the middles of the legs.
        flare: m that the tube widens per metre at least, so that cloth hangs and does not cling.
    """

    levels: Float64
    outlines: Float64
    flare: float

    @classmethod
    def around(
        cls, body: Body, vertices: Float64, *, top_m: float, bottom_m: float, ease_m: float,
        flare: float,
    ) -> Hem:  # fmt: skip
        """A hem around `body`.

        Args:
            body: who wears it.
            vertices: `(V, 3)` m, of the body in the clothes below, standing.
            top_m: height where the tube begins.
            bottom_m: height where it ends.
            ease_m: how far it keeps off the clothes below.
            flare: m that it widens per metre at least.
        """
        count = max(3, round((top_m - bottom_m) / LEVEL_M) + 1)
        heights = np.linspace(top_m, bottom_m, count)
        parts = [share(body, "pelvis", "lumbar", "thorax")]
        parts += [share(body, f"thigh.{side}", f"shank.{side}") for side in "LR"]
        middles = [np.broadcast_to(body.joint("pelvis")[:2], (count, 2))]
        for side in "LR":
            leg = np.stack([body.joint(f"{bone}.{side}") for bone in LEG])
            middles.append(_middles(leg, heights)[0])
        outlines = np.stack([
            supports(vertices[part > 0.4], middle, heights, angles=ANGLES, reach_m=REACH_M,
                     slope=0.4)
            for part, middle in zip(parts, middles, strict=True)
        ])  # fmt: skip
        emerged = np.clip((top_m - heights) / EMERGES_M, 0, 1)
        ease = (ease_m + SINK_M) * emerged - SINK_M
        return cls(heights - body.joint("pelvis")[2], outlines + ease[:, None], flare)

    @property
    def faces(self) -> Int64:
        """`(2 (K - 1) A, 3)`, counter-clockwise seen from outside."""
        # Its rings run downwards.
        return sheet(len(self.levels), ANGLES)[:, ::-1]

    def drape(self, body: Body, rotations: Float64, translations: Float64) -> Float64:
        """The tube around moving legs.

        Args:
            body: who wears it.
            rotations: `(T, J, 3, 3)`, see `bone_motions`.
            translations: `(T, J, 3)` m.

        Returns:
            `(T, K A, 3)` m.
        """
        pelvis = body.bones.index("pelvis")
        turn = rotations[:, pelvis]
        origin = turn @ body.joint("pelvis") + translations[:, pelvis]
        middles = np.zeros((3, len(turn), len(self.levels), 2))
        stretch = np.ones(middles.shape[:-1])
        for part, side in enumerate("LR", start=1):
            bones = [f"{bone}.{side}" for bone in LEG]
            index = [body.bones.index(bone) for bone in bones]
            joints = np.stack([body.joint(bone) for bone in bones])
            moved = np.einsum("tjab,jb->tja", rotations[:, index], joints) + translations[:, index]
            own = np.einsum("tba,tjb->tja", turn, moved - origin[:, None])
            middles[part], stretch[part] = _middles(own, self.levels)
        ring = self._rings(middles, stretch)
        heights = np.broadcast_to(self.levels[:, None], ring.shape[:-1])
        local = np.concatenate([ring, heights[..., None]], -1).reshape(len(turn), -1, 3)
        return np.asarray(local @ turn.transpose(0, 2, 1) + origin[:, None])

    def _rings(self, middles: Float64, stretch: Float64) -> Float64:
        """`(T, K, A, 2)` points of the hulls around `middles` `(3, T, K, 2)`."""
        normal, _ = directions(ANGLES)
        # A level cuts a leg that leans forward or back at a slant.
        longer = 1 + (stretch[..., None] - 1) * np.abs(normal[:, 1])
        reach = self.outlines[:, None] * longer + middles @ normal.T
        hull = _smooth_maximum(reach)
        drop = self.flare * -np.diff(self.levels)
        for level in range(1, hull.shape[1]):
            hanging = hull[:, level - 1] + drop[level - 1]
            hull[:, level] = _smooth_maximum(np.stack([hull[:, level], hanging]))
        return _evenly(traced(hull))


def _smooth_maximum(values: Float64) -> Float64:
    """Over the first axis; never less than the largest."""
    top = values.max(0)
    excess = np.exp(SHARPNESS_PER_M * (values - top)).sum(0)
    return np.asarray(top + np.log(excess) / SHARPNESS_PER_M)


def _evenly(rings: Float64) -> Float64:
    """Rings `(T, K, A, 2)` with points at equal distances from the back: cloth keeps its size.

    Traced, points gather at the corners of a hull, and cloth would be drawn out between them.
    """
    opened = np.roll(rings, -BACK, axis=2)
    opened = np.concatenate([opened, opened[:, :, :1]], 2).reshape(-1, ANGLES + 1, 2)
    steps = np.linalg.norm(np.diff(opened, axis=1), axis=-1)
    way = np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, 1)], 1)
    even = np.arange(ANGLES) / ANGLES
    moved = [
        np.interp(even * passed[-1], passed, ring[:, axis])
        for ring, passed in zip(opened, way, strict=True)
        for axis in range(2)
    ]
    points = np.array(moved).reshape(*rings.shape[:2], 2, ANGLES).swapaxes(2, 3)
    return np.roll(points, BACK, axis=2)


def _middles(leg: Float64, heights: Float64) -> tuple[Float64, Float64]:
    """Where a leg passes each of K heights, its end beyond its end.

    Args:
        leg: `(..., 3, 3)` m: hip, knee and ankle.
        heights: `(K,)` m.

    Returns:
        `(..., K, 2)` m, and `(..., K)`, how much longer than the leg is thick the cut there is.
    """
    hip, knee, ankle = (leg[..., joint, None, :] for joint in range(3))
    thigh, shank = knee - hip, ankle - knee
    down_thigh = np.clip((heights - hip[..., 2]) / thigh[..., 2], -0.5, 1)[..., None]
    down_shank = np.clip((heights - knee[..., 2]) / shank[..., 2], 0, 1)[..., None]
    # Cloth does not follow a shank that swings far back.
    aside = np.linalg.norm(shank[..., :2], axis=-1, keepdims=True)
    drawn = np.minimum(1, MOST_SLANT * np.abs(shank[..., 2:]) / np.maximum(aside, 1e-9))
    middles = hip[..., :2] + down_thigh * thigh[..., :2] + down_shank * drawn * shank[..., :2]
    slant = [np.linalg.norm(bone, axis=-1) / np.abs(bone[..., 2]) for bone in (thigh, shank)]
    stretch = np.where(down_shank[..., 0] > 0, slant[1], slant[0])
    return np.asarray(middles), np.clip(stretch, 1, MOST_STRETCH)
