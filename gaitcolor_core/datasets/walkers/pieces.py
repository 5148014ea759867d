"""What is worn on top of a body's own surface: hair that hangs, brims, hoods, bags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gaitcolor_core.datasets.walkers.body import Body
from gaitcolor_core.datasets.walkers.garments import Landmarks
from gaitcolor_core.datasets.walkers.hulls import directions, share, supports, traced
from gaitcolor_core.datasets.walkers.mesh import sheet, solid, tube
from gaitcolor_core.datasets.walkers.outfit import BagKind, CoatKind, Outfit
from gaitcolor_core.structures import Bool, Float64, Int64

TRUNK = ("lumbar", "thorax", "shoulder.L", "shoulder.R")


@dataclass(frozen=True)
class Piece:
    """A rigid mesh that follows one bone.

    Attributes:
        vertices: `(v, 3)` m, in the standing pose.
        faces: `(f, 3)`, counter-clockwise seen from outside.
        bone: whose motion it shares.
        material: one of `figure.MATERIALS`.
        pivot: `(3,)` m: it hangs from here and swings; None = it is held fast.
        tip: another bone that its vertices follow, too.
        tip_share: `(v,)`, how far.
    """

    vertices: Float64
    faces: Int64
    bone: str
    material: str
    pivot: Float64 | None = None
    tip: str | None = None
    tip_share: Float64 | None = None


def hanging_hair(body: Body, marks: Landmarks, outfit: Outfit) -> list[Piece]:
    """Hair beyond what lies on the head."""
    style = outfit.hair_style
    tall = marks.crown_m - marks.chin_m
    back, middle = marks.nape_y_m, (marks.nape_y_m + marks.face_y_m) / 2
    if style in ("bob", "long"):
        bottom = marks.chin_m - (0.05 if style == "bob" else 0.62) * tall
        top = marks.crown_m - 0.16 * tall
        heights = np.linspace(bottom, top, 9)
        share = np.linspace(0, 1, 9)
        depth = middle + 0.035 + 0.6 * (back - middle) * np.maximum(share, 0.45)
        width = 0.43 * tall * np.array([0.35, 0.82, 0.92, 0.95, 0.96, 0.97, 0.98, 0.95, 0.6])
        thick = tall * np.array([0.06, 0.16, 0.2, 0.23, 0.27, 0.32, 0.34, 0.33, 0.2])
        return [Piece(*_lofted(heights, depth, width, thick), "head", "hair")]
    if style == "bun":
        center = np.array([0, back + 0.028, marks.chin_m + 0.78 * tall])
        return [Piece(*solid(center, np.full(3, 0.046), roundness=1.0), "head", "hair")]
    if style == "ponytail":
        start = np.array([0, back - 0.005, marks.chin_m + 0.72 * tall])
        way = np.linspace(0, 1, 9)[:, None]
        path = start + np.hstack([0 * way, 0.075 * np.sqrt(way), 0.02 - 0.3 * way**1.4])
        radii = 0.034 * np.array([0, 0.55, 0.8, 1, 1, 0.95, 0.8, 0.5, 0])
        return [Piece(*tube(path, radii), "head", "hair")]
    return []


def shoes(body: Body) -> list[Piece]:
    """A pair that closes around the toes, on flat soles, bending at the ball of the foot."""
    pair = []
    for side in "LR":
        foot = body.vertices[share(body, f"foot.{side}", f"toes.{side}") > 0.5]
        ankle = body.joint(f"foot.{side}")
        ball = body.joint(f"toes.{side}")
        heights = np.array([0.0, 0.004, 0.02, 0.021, 0.035, 0.05, 0.065, ankle[2] + 0.012])
        middle = (foot[:, :2].min(0) + foot[:, :2].max(0)) / 2
        hulls = supports(
            foot, np.broadcast_to(middle, (8, 2)), np.maximum(heights, 0.02), angles=32,
            reach_m=0.1, slope=1.8,
        )  # fmt: skip
        hulls += np.array([-0.004, 0.009, 0.009, 0.005, 0.005, 0.005, 0.005, 0.003])[:, None]
        outline = traced(np.maximum(hulls, 0.012)) + middle
        lid = np.concatenate([np.broadcast_to(middle, (1, 32, 2)), outline])
        levels = np.concatenate([[0.0], heights])[:, None, None]
        vertices = np.concatenate([lid, np.broadcast_to(levels, (9, 32, 1))], -1).reshape(-1, 3)
        bent = np.clip((ball[1] - vertices[:, 1]) / 0.03 + 0.5, 0, 1)
        pair.append(
            Piece(vertices, sheet(9, 32), f"foot.{side}", "shoes", tip=f"toes.{side}",
                  tip_share=bent)
        )  # fmt: skip
    return pair


def headwear(marks: Landmarks, outfit: Outfit) -> list[Piece]:
    """The brim of a cap."""
    if outfit.cap is None:
        return []
    tall = marks.crown_m - marks.chin_m
    middle = np.array([0, marks.face_y_m + 0.005, marks.chin_m + 0.72 * tall])
    vertices, faces = solid(middle, np.array([0.074, 0.095, 0.007]), roundness=0.9)
    vertices[:, 2] += 0.25 * (vertices[:, 1] - middle[1]) - 3.0 * vertices[:, 0] ** 2
    return [Piece(vertices, faces, "head", "cap")]


def coat_pieces(body: Body, marks: Landmarks, coat: CoatKind | None) -> list[Piece]:
    """A hood on the back of those coats that have one."""
    if coat not in ("down jacket", "jacket"):
        return []
    neck = body.joint("neck")
    back = _back(body, neck[2] - 0.07)
    middle = np.array([0, back + 0.035, neck[2] - 0.02])
    return [Piece(*solid(middle, np.array([0.115, 0.06, 0.075]), roundness=0.9), "thorax", "coat")]


def bag_pieces(body: Body, bag: BagKind | None, surface: Float64) -> list[Piece]:
    """The bag and its straps.

    Args:
        body: who carries it.
        bag: what is carried.
        surface: `(V, 3)` m, the standing body in its clothes.
    """
    makers: dict[BagKind, Callable[[Body, Float64], list[Piece]]] = {
        "backpack": _backpack, "shoulder bag": _shoulder_bag, "hand bag": _hand_bag,
    }  # fmt: skip
    return [] if bag is None else makers[bag](body, surface)


def _backpack(body: Body, surface: Float64) -> list[Piece]:
    tall = body.joint("neck")[2] - body.joint("pelvis")[2]
    middle = body.joint("pelvis")[2] + 0.56 * tall
    back = max(_back(body, middle + 0.25 * tall), surface[_torso(body), 1].max() - 0.02)
    main = solid(
        np.array([0, back + 0.065, middle]), np.array([0.145, 0.085, 0.42 * tall]), roundness=0.4
    )
    pocket = solid(
        np.array([0, back + 0.145, middle - 0.14 * tall]), np.array([0.11, 0.04, 0.2 * tall]),
        roundness=0.5,
    )  # fmt: skip
    chest = surface[_torso(body) & (surface[:, 2] > body.joint("upper_arm.L")[2] - 0.2)]
    aside = 0.6 * body.joint("upper_arm.L")[0]
    loops = [_band(chest, np.array([x, 0, 0]), np.array([1.0, 0, 0])) for x in (-aside, aside)]
    return [Piece(*mesh, "thorax", "bag") for mesh in (main, pocket, *loops)]


def _shoulder_bag(body: Body, surface: Float64) -> list[Piece]:
    pelvis = body.joint("pelvis")
    hip = np.abs(surface[:, 2] - pelvis[2]) < 0.08
    side = surface[hip & (_torso(body) | (np.abs(surface[:, 0]) < 0.2)), 0].max()
    middle = np.array([side + 0.05, pelvis[1] + 0.01, pelvis[2] - 0.06])
    mesh = solid(middle, np.array([0.055, 0.17, 0.13]), roundness=0.35)
    shoulder = body.joint("upper_arm.L")
    # From the right shoulder down to the left hip, in front and behind.
    high = np.array([-0.45 * shoulder[0], 0, shoulder[2] + 0.06])
    low = np.array([side, 0, pelvis[2] + 0.04])
    normal = np.cross(high - low, [0, 1.0, 0])
    strap = _band(
        surface[share(body, "pelvis", *TRUNK) > 0.5],
        low,
        normal / np.linalg.norm(normal),
    )
    bag = Piece(*mesh, "pelvis", "bag", middle + np.array([-0.03, 0, 0.35]))
    return [bag, Piece(*strap, "thorax", "bag")]


def _hand_bag(body: Body, surface: Float64) -> list[Piece]:
    hand = body.joint("hand.L") - np.array([0, 0.01, 0.085])
    middle = hand + np.array([0.01, 0, -0.25])
    box = solid(middle, np.array([0.06, 0.17, 0.14]), roundness=0.35)
    angle = np.linspace(0, np.pi, 9)
    loop = middle + np.stack([0 * angle, 0.085 * np.cos(angle), 0.11 + 0.14 * np.sin(angle)], 1)
    radii = np.full(9, 0.008)
    radii[[0, -1]] = 0
    return [Piece(*mesh, "hand.L", "bag", hand) for mesh in (box, tube(loop, radii, columns=6))]


def _torso(body: Body) -> Bool:
    return np.asarray(share(body, *TRUNK) > 0.6)


def _band(points: Float64, origin: Float64, normal: Float64) -> tuple[Float64, Int64]:
    """A strap drawn tight around `points` in the plane through `origin`."""
    near = points[np.abs((points - origin) @ normal) < 0.025] - origin
    first = np.cross(normal, [0, 1.0, 0])
    axes = np.stack([first / np.linalg.norm(first), [0, 1.0, 0]])
    out, _ = directions(48)
    path = traced((near @ axes.T @ out.T).max(0) + 0.005)
    # Its section is flat; the inner side is never seen, and the first corner closes it.
    section = ((-0.019, -0.004), (-0.019, 0.003), (0.019, 0.003), (0.019, -0.004), (-0.019, -0.004))
    rows = [origin + (path + lift * out) @ axes + aside * normal for aside, lift in section]
    return np.concatenate(rows), sheet(len(rows), len(out))


def _back(body: Body, height: float) -> float:
    """How far back the trunk reaches at a height."""
    x, y, z = body.vertices.T
    return float(y[(np.abs(z - height) < 0.03) & (np.abs(x) < 0.1)].max())


def _lofted(
    heights: Float64, depth: Float64, width: Float64, thick: Float64
) -> tuple[Float64, Int64]:
    """Ellipses of half `width` and half `thick` around `depth` (y), one at each height."""
    unit, faces = solid(np.zeros(3), np.ones(3), roundness=1.0, rows=len(heights) + 2)
    rows = unit.reshape(len(heights) + 2, -1, 3)
    ring = rows[len(rows) // 2] / np.linalg.norm(rows[len(rows) // 2], axis=1, keepdims=True)
    index = np.clip(np.arange(len(rows)) - 1, 0, len(heights) - 1)
    scale = np.ones(len(rows))
    scale[[0, -1]] = 0
    rows[..., 0] = ring[:, 0] * (width[index] * scale)[:, None]
    rows[..., 1] = ring[:, 1] * (thick[index] * scale)[:, None] + depth[index][:, None]
    rows[..., 2] = heights[index][:, None]
    return rows.reshape(-1, 3), faces
