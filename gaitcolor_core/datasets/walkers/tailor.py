"""Clothes that lie on the skin: the body's surface, cut along their borders and pushed out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, eye_array

from gaitcolor_core.datasets.walkers.body import Body
from gaitcolor_core.datasets.walkers.drape import hanging
from gaitcolor_core.datasets.walkers.garments import ARM, COAT_EASE_M, LAYERS, Landmarks
from gaitcolor_core.datasets.walkers.hem import EMERGES_M
from gaitcolor_core.datasets.walkers.hulls import share
from gaitcolor_core.datasets.walkers.mesh import incidence, neighbor_mean, normals, openness
from gaitcolor_core.datasets.walkers.outfit import CoatKind, Outfit
from gaitcolor_core.datasets.walkers.seams import cut
from gaitcolor_core.structures import Bool, Float64, Int64

# From a border to where a garment has its full thickness.
LIP_M = 0.006
SMOOTHING = 20
CAP_M = 0.006


@dataclass(frozen=True)
class Tailored:
    """A standing body in its clothes.

    Attributes:
        body: with the mesh cut along the borders of the clothes.
        surface: `(V, 3)` m, the outside of clothes, hair and skin.
        under: `(V, 3)` m, the same without top and coat, whose hems hang around it.
        cover: `(V, 7)` m, see `cover`.
    """

    body: Body
    surface: Float64
    under: Float64
    cover: Float64


def tailor(
    body: Body, marks: Landmarks, distances: Float64, outfit: Outfit, coat: CoatKind | None
) -> Tailored:
    """Put the clothes that lie on the skin on a body.

    Args:
        body: who wears them.
        marks: measured on `body`.
        distances: `(V, 7)` m, see `cover`.
        outfit: what is worn.
        coat: worn over it, or None.
    """
    smooth, outward = _taut(body, distances)
    mixture, faces = _cut(body, distances)
    fine = replace(
        body,
        vertices=mixture @ body.vertices,
        faces=faces,
        weights=csr_array(mixture @ body.weights),
    )
    covers = mixture @ distances
    layer = dict(zip(LAYERS, covers.T, strict=True))
    ease = _thickness(body, marks, fine, layer, outfit, coat)
    out = mixture @ outward
    surface = mixture @ smooth + out * np.sum(list(ease.values()), 0)[:, None]
    over = layer["top"] if coat is None else layer["coat"]
    loose = 1.0 if coat is not None else min(1.0, outfit.top_ease_m / 0.01)
    surface += hanging(fine, surface, loose * _rise(over, 0.03), 0.35 if coat is None else 0.08)
    under = surface - out * (ease["top"] + ease["coat"])[:, None]
    return Tailored(fine, surface, under, covers)


def _thickness(
    body: Body,
    marks: Landmarks,
    fine: Body,
    layer: dict[str, Float64],
    outfit: Outfit,
    coat: CoatKind | None,
) -> dict[str, Float64]:
    """How far each garment pushes the surface of `fine` out, `(V,)` m."""
    full = {name: np.clip(layer[name] / LIP_M, 0, 1) for name in ("top", "bottom", "coat", "cap")}
    height = fine.vertices[:, 2]
    # Trunk and hem meet: one sinks in where the other comes out.
    arm = share(fine, *(f"{bone}.{side}" for bone in ARM for side in "LR")) > 0.3
    ends = np.clip((height - marks.waist_m + EMERGES_M) / 0.08, arm, 1)
    # A coat is as thick as it is, whatever the sleeves under it.
    top = outfit.top_ease_m * full["top"] * (layer["coat"] <= 0)
    flare = _flare(height, body.joint("shank.L")[2], outfit)
    bald, short = outfit.hair_style == "bald", outfit.hair_style == "short"
    return {
        "top": top * ends if outfit.hem > 0 else top,
        "bottom": (outfit.leg_ease_m + flare) * full["bottom"],
        "coat": (0.0 if coat is None else COAT_EASE_M[coat]) * full["coat"] * ends,
        "cap": CAP_M * full["cap"],
        "hair": (0.0 if bald else 0.01 if short else 0.016) * _rise(layer["hair"], 0.03),
    }


def _cut(body: Body, distances: Float64) -> tuple[csr_array, Int64]:
    """The mesh's vertices as mixtures of the body's, cut where clothes begin and are full."""
    mixture, faces = csr_array(eye_array(len(distances), format="csr")), body.faces
    for index, name in enumerate(LAYERS):
        if name in ("hair", "socks"):
            continue
        for level in (0.0, LIP_M):
            more, faces = cut(faces, mixture @ distances[:, index] - level)
            mixture = csr_array(more @ mixture)
    return mixture, faces


def _taut(body: Body, distances: Float64) -> tuple[Float64, Float64]:
    """The surface without its small relief under cloth, and its smooth normals, `(V, 3)`."""
    layer = dict(zip(LAYERS, distances.T, strict=True))
    cloth = np.maximum.reduce([layer[name] for name in ("top", "bottom", "coat", "cap", "hair")])
    softness = 0.8 * _rise(cloth, 0.03)
    count = len(body.vertices)
    mean = neighbor_mean(body.faces, count)
    smooth = _relaxed(body.vertices, mean, softness, SMOOTHING)
    corners = incidence(body.faces, count)
    outward = normals(smooth[None].astype(np.float32), body.faces, corners)[0].astype(np.float64)
    for _ in range(6):
        outward = mean @ outward
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    # Where surfaces face each other, as under the arms, cloth has no room.
    room = openness(body.vertices, outward, body.faces)
    for _ in range(4):
        room = np.minimum(room, mean @ room)
    outward *= np.clip((room - 0.4) / 0.5, 0.05, 1)[:, None]
    outward = np.where(_hangs(body, layer["bottom"])[:, None], _from_shanks(body), outward)
    depth = ((smooth - body.vertices) * outward).sum(1)
    # Smoothing shrinks: what sticks out is covered again, but softly.
    out = np.clip(-depth, 0, 0.03)
    for _ in range(4):
        out = mean @ out
    # Along the surface nothing moves, or borders would fray.
    return body.vertices + outward * (depth + out)[:, None], outward


def _relaxed(points: Float64, mean: csr_array, softness: Float64, count: int) -> Float64:
    """`points` `(V, 3)` moved toward their neighbors `count` times."""
    for _ in range(count):
        points = points + softness[:, None] * (mean @ points - points)
    return points


def _hangs(body: Body, bottom: Float64) -> Bool:
    """Where trouser legs hang from the knee and do not follow calf and heel, `(V,)`."""
    return np.asarray((bottom > -0.02) & (body.vertices[:, 2] < body.joint("shank.L")[2] - 0.06))


def _from_shanks(body: Body) -> Float64:
    """Horizontal unit vectors `(V, 3)` away from the shank of the same side."""
    away = np.zeros_like(body.vertices)
    for side, sign in (("L", 1), ("R", -1)):
        knee, ankle = body.joint(f"shank.{side}"), body.joint(f"foot.{side}")
        own = body.vertices[:, 0] * sign > 0
        points = body.vertices[own]
        share = (points[:, 2:] - knee[2]) / (ankle[2] - knee[2])
        away[own, :2] = points[:, :2] - (knee + share * (ankle - knee))[:, :2]
    return np.asarray(away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9))


def _flare(z: Float64, knee_m: float, outfit: Outfit) -> Float64:
    """How much wider trouser legs are lower down, m."""
    if outfit.leg_wear == "skirt":
        return np.zeros_like(z)
    return max(outfit.flare, 0.01) * np.clip(knee_m + 0.1 - z, 0, 0.4) / 0.4


def _rise(values: Float64, width: float) -> Float64:
    """From 0 at zero smoothly to 1 at `width`."""
    share = np.clip(values / width, 0, 1)
    return np.asarray(share * share * (3 - 2 * share))
