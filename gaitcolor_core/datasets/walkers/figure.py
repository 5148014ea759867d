"""A walker ready to be drawn: a body in its clothes, and how all of it moves with a pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcolor_core.datasets.walkers.body import Body, Pose, bone_motions, skin
from gaitcolor_core.datasets.walkers.fabrics import Fabric
from gaitcolor_core.datasets.walkers.garments import (
    COAT_EASE_M,
    COAT_HEM,
    FAR_M,
    LAYERS,
    Landmarks,
    cover,
)
from gaitcolor_core.datasets.walkers.hem import Hem
from gaitcolor_core.datasets.walkers.mesh import incidence, normals, openness
from gaitcolor_core.datasets.walkers.outfit import BagKind, CoatKind, Outfit
from gaitcolor_core.datasets.walkers.pieces import (
    Piece,
    bag_pieces,
    coat_pieces,
    hanging_hair,
    headwear,
    shoes,
)
from gaitcolor_core.datasets.walkers.tailor import tailor
from gaitcolor_core.structures import Float32, Float64, Int64

# In the order in which raster.frag numbers them.
MATERIALS = ("skin", "hair", "socks", "shoes", "bottom", "top", "coat", "bag", "cap")
# A bag's swing, half of its width, and by how much of a cycle it lags behind the arm.
SWING_DEG, SWING_LAG = 7.0, 0.12


@dataclass(frozen=True)
class Look:
    """What the renderer needs to know of a figure beside its motion.

    Attributes:
        rest: `(V, 3)` float32 m, the standing figure: where its cloth has its pattern.
        rest_normals: `(V, 3)` float32, unit.
        cover: `(V, 7)` float32 m, see `garments.cover`.
        openness: `(V,)` float32 in [0, 1], see `mesh.openness`.
        material: `(V,)` int64: index into `MATERIALS` of a separate piece; -1 on the body itself.
        fabrics: one for each of `MATERIALS`.
        face: heights of chin and of head, front and half depth of the head, m.
        waist_m: height of the waistband.
        belt: whether a belt is seen.
        zipper: whether the coat has a zipper.
        lined: first and last + 1 of those faces that can be seen from inside, too.
    """

    rest: Float32
    rest_normals: Float32
    cover: Float32
    openness: Float32
    material: Int64
    fabrics: tuple[Fabric, ...]
    face: tuple[float, float, float, float]
    waist_m: float
    belt: bool
    zipper: bool
    lined: tuple[int, int]


@dataclass(frozen=True)
class Animation:
    """A moving figure.

    Attributes:
        vertices: `(T, V, 3)` float32 m.
        normals: `(T, V, 3)` float32, unit.
        faces: `(F, 3)` int64, counter-clockwise seen from outside.
        look: clothes and colors.
    """

    vertices: Float32
    normals: Float32
    faces: Int64
    look: Look


@dataclass(frozen=True)
class Figure:
    """A dressed body; `dress` makes it.

    Attributes:
        body: who it is, its mesh cut along the borders of its clothes.
        surface: `(V, 3)` m, the standing body in its clothes.
        pieces: what it wears beside.
        hems: tubes around the legs, with their materials.
        faces: `(F, 3)`, of surface, hems and pieces, in this order.
        look: clothes and colors.
    """

    body: Body
    surface: Float64
    pieces: tuple[Piece, ...]
    hems: tuple[tuple[Hem, str], ...]
    faces: Int64
    look: Look

    def outline(self, pose: Pose, phase: Float64) -> Float32:
        """Where all vertices are, `(T, V, 3)` m: enough for silhouettes.

        Args:
            pose: T frames.
            phase: `(T,)` in cycles, whole numbers at left heel strikes; bags swing with it.
        """
        rotations, translations = bone_motions(self.body, pose)
        parts = [skin(self.surface, self.body.weights, rotations, translations)]
        for hem, _ in self.hems:
            parts.append(hem.drape(self.body, rotations, translations).astype(np.float32))
        for piece in self.pieces:
            parts.append(_moved(piece, self.body.bones, rotations, translations, phase))
        return np.concatenate(parts, 1)

    def animate(self, pose: Pose, phase: Float64) -> Animation:
        """Vertices and normals of T frames, see `outline`."""
        vertices = self.outline(pose, phase)
        corners = incidence(self.faces, vertices.shape[1])
        return Animation(vertices, normals(vertices, self.faces, corners), self.faces, self.look)


def dress(
    body: Body, outfit: Outfit, *, coat: CoatKind | None = None, bag: BagKind | None = None
) -> Figure:
    """Put clothes on a body.

    Args:
        body: who wears them.
        outfit: what is worn.
        coat: worn over it, or None.
        bag: carried, or None.
    """
    marks = Landmarks.of(body)
    distances = cover(body, marks, outfit, coat)
    tailored = tailor(body, marks, distances, outfit, coat)
    body, surface, distances = tailored.body, tailored.surface, tailored.cover
    pieces = shoes(body) + hanging_hair(body, marks, outfit) + headwear(marks, outfit)
    pieces += coat_pieces(body, marks, coat) + bag_pieces(body, bag, surface)
    hems = tuple(_hems(body, marks, tailored.under, outfit, coat))
    faces = _joined([(len(surface), body.faces)]
                    + [(hem.outlines[0].size, hem.faces) for hem, _ in hems]
                    + [(len(piece.vertices), piece.faces) for piece in pieces])  # fmt: skip
    names = [name for hem, name in hems for _ in range(hem.outlines[0].size)]
    names += [piece.material for piece in pieces for _ in range(len(piece.vertices))]
    separate = np.array([MATERIALS.index(name) for name in names], np.int64)
    rest = np.concatenate([surface]
                          + [hem.drape(body, *_standing(body))[0] for hem, _ in hems]
                          + [piece.vertices for piece in pieces])  # fmt: skip
    lined = len(body.faces), len(body.faces) + sum(len(hem.faces) for hem, _ in hems)
    look = _look(rest, faces, distances, separate, marks, outfit, coat, lined)
    return Figure(body, surface, tuple(pieces), hems, faces, look)


def _look(
    rest: Float64, faces: Int64, distances: Float64, separate: Int64, marks: Landmarks,
    outfit: Outfit, coat: CoatKind | None, lined: tuple[int, int],
) -> Look:  # fmt: skip
    unit = normals(rest[None].astype(np.float32), faces, incidence(faces, len(rest)))[0]
    covered = np.full((len(rest), len(LAYERS)), -FAR_M, np.float32)
    covered[: len(distances)] = distances
    fabrics = [getattr(outfit, name) or outfit.hair for name in MATERIALS]
    tall, deep = marks.crown_m - marks.chin_m, marks.nape_y_m - marks.face_y_m
    return Look(
        rest=rest.astype(np.float32),
        rest_normals=unit,
        cover=covered,
        openness=openness(rest, unit.astype(np.float64), faces).astype(np.float32),
        material=np.concatenate([np.full(len(distances), -1), separate]),
        fabrics=tuple(fabrics),
        face=(marks.chin_m, tall, marks.face_y_m, deep / 2),
        waist_m=marks.waist_m,
        belt=outfit.belt and outfit.leg_wear != "skirt",
        zipper=coat is not None,
        lined=lined,
    )


def _standing(body: Body) -> tuple[Float64, Float64]:
    """The motion of the standing pose, one frame."""
    count = len(body.bones)
    return np.broadcast_to(np.eye(3), (1, count, 3, 3)), np.zeros((1, count, 3))


def _hems(
    body: Body, marks: Landmarks, under: Float64, outfit: Outfit, coat: CoatKind | None
) -> list[tuple[Hem, str]]:
    worn = []
    knee = body.joint("shank.L")[2]
    if outfit.leg_wear == "skirt":
        worn.append(
            (marks.waist_m + 0.005, marks.leg_height(outfit.leg), 0.006, outfit.flare, "bottom")
        )
    if outfit.hem > 0 and (coat is None or outfit.leg_wear != "skirt"):
        bottom = marks.waist_m + outfit.hem * (knee - marks.waist_m)
        ease = outfit.top_ease_m + (0.014 if outfit.leg_wear == "skirt" else 0.004)
        worn.append((marks.waist_m + 0.04, bottom, ease, -0.05, "top"))
    if coat is not None:
        ease = COAT_EASE_M[coat] + outfit.top_ease_m + 0.006
        worn.append((marks.waist_m + 0.05, marks.leg_height(COAT_HEM[coat]), ease, 0.06, "coat"))
    return [
        (Hem.around(body, under, top_m=top, bottom_m=low, ease_m=ease, flare=flare), material)
        for top, low, ease, flare, material in worn
    ]


def _moved(
    piece: Piece, bones: tuple[str, ...], rotations: Float64, translations: Float64, phase: Float64
) -> Float32:
    """`(T, v, 3)` m: with its bone, or hanging."""
    bone = bones.index(piece.bone)
    turn, shift = rotations[:, bone], translations[:, bone]
    if piece.pivot is not None:
        heading = rotations[:, bones.index("pelvis")]
        return _swung(piece.vertices - piece.pivot, turn @ piece.pivot + shift, heading, phase)
    moved = piece.vertices @ turn.transpose(0, 2, 1) + shift[:, None]
    if piece.tip is not None and piece.tip_share is not None:
        tip = bones.index(piece.tip)
        ahead = piece.vertices @ rotations[:, tip].transpose(0, 2, 1) + translations[:, tip, None]
        moved += piece.tip_share[:, None] * (ahead - moved)
    return moved.astype(np.float32)


def _swung(points: Float64, pivot: Float64, pelvis: Float64, phase: Float64) -> Float32:
    """`points` `(v, 3)` hanging from `pivot` `(T, 3)`, upright but for their swing."""
    angle = np.radians(SWING_DEG) * np.cos(2 * np.pi * (phase - SWING_LAG))
    heading = np.arctan2(pelvis[:, 1, 0], pelvis[:, 0, 0])
    cosine, sine = np.cos(heading), np.sin(heading)
    x, y, z = points.T
    forth = np.cos(angle)[:, None] * y - np.sin(angle)[:, None] * z
    height = np.sin(angle)[:, None] * y + np.cos(angle)[:, None] * z
    world = [cosine[:, None] * x - sine[:, None] * forth,
             sine[:, None] * x + cosine[:, None] * forth, height]  # fmt: skip
    return (np.stack(world, -1) + pivot[:, None]).astype(np.float32)


def _joined(meshes: list[tuple[int, Int64]]) -> Int64:
    """Faces of meshes whose vertices follow each other; each comes with its number of vertices."""
    starts = np.cumsum([0] + [count for count, _ in meshes])
    return np.concatenate(
        [faces + start for start, (_, faces) in zip(starts, meshes, strict=False)]
    )
