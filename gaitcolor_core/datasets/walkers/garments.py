"""Where on a body each garment lies, and how it pushes the surface out.

Each garment gives every vertex a signed distance to its border in metres, positive where it covers.
Drawn by the sign of the interpolated distance, borders are smooth however coarse the mesh is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcolor_core.datasets.walkers.body import Body
from gaitcolor_core.datasets.walkers.hem import EMERGES_M
from gaitcolor_core.datasets.walkers.hulls import share
from gaitcolor_core.datasets.walkers.outfit import CoatKind, Outfit
from gaitcolor_core.structures import Float64

# In the order in which raster.frag reads them; further out comes later.
LAYERS = ("hair", "socks", "shoes", "bottom", "top", "coat", "cap")
FAR_M = 0.1
ARM = ("upper_arm", "forearm", "hand")
# How far a coat keeps off the body, and the share of the way from waist to ankle where it ends.
COAT_EASE_M: dict[CoatKind, float] = {
    "jacket": 0.02, "coat": 0.026, "long coat": 0.028, "down jacket": 0.042,
}  # fmt: skip
COAT_HEM: dict[CoatKind, float] = {
    "jacket": 0.16, "coat": 0.38, "long coat": 0.54, "down jacket": 0.2,
}  # fmt: skip


@dataclass(frozen=True)
class Landmarks:
    """What tailoring needs to know of a standing body.

    Attributes:
        waist_m: height of the waistband.
        ankle_m: height of the ankles.
        chin_m: height of the chin.
        crown_m: height of the crown.
        face_y_m: how far forward (negative) the face reaches, nose left out.
        nape_y_m: how far back the head reaches.
        neck_m: half of the neck's width.
        arm: `(V,)` share of each vertex that follows an arm.
        head: `(V,)` share that follows the head.
        sleeve_m: `(V,)` way along the arm from the shoulder; 0 on the trunk.
        arm_m: length from shoulder to wrist.
    """

    waist_m: float
    ankle_m: float
    chin_m: float
    crown_m: float
    face_y_m: float
    nape_y_m: float
    neck_m: float
    arm: Float64
    head: Float64
    sleeve_m: Float64
    arm_m: float

    @classmethod
    def of(cls, body: Body) -> Landmarks:
        """Measure `body`."""
        pelvis, thorax = body.joint("pelvis")[2], body.joint("thorax")[2]
        head = share(body, "head")
        skull = body.vertices[head > 0.6]
        brow = skull[skull[:, 2] > (skull[:, 2].min() + 2 * skull[:, 2].max()) / 3]
        along, length = _along_arm(body)
        arm = share(body, *(f"{bone}.{side}" for bone in ARM for side in "LR"))
        throat = np.abs(body.vertices[:, 2] - body.joint("neck")[2] - 0.045) < 0.012
        return cls(
            waist_m=float(pelvis + 0.33 * (thorax - pelvis)),
            ankle_m=float(body.joint("foot.L")[2]),
            chin_m=float(skull[:, 2].min()),
            crown_m=float(skull[:, 2].max()),
            face_y_m=float(brow[:, 1].min()),
            nape_y_m=float(skull[:, 1].max()),
            neck_m=float(np.abs(body.vertices[throat & (arm < 0.01), 0]).max()),
            arm=arm,
            head=head,
            sleeve_m=np.where(arm > 0.3, along, 0.0),
            arm_m=length,
        )

    def leg_height(self, share: float) -> float:
        """Height at a share of the way from the waist down to the ankle."""
        return self.waist_m + share * (self.ankle_m - self.waist_m)


def cover(body: Body, marks: Landmarks, outfit: Outfit, coat: CoatKind | None) -> Float64:
    """Signed distances `(V, 7)` m to the borders of `LAYERS`, in [-FAR_M, FAR_M]."""
    z = body.vertices[:, 2]
    trunk = np.where(marks.arm > 0.3, -FAR_M, FAR_M)
    layers = {layer: np.full(len(z), -FAR_M) for layer in LAYERS}
    layers["hair"] = _hair(body, marks, outfit)
    if outfit.cap is not None:
        layers["cap"] = _above_plane(body, marks, front=0.73, back=0.52)
    layers["socks"] = marks.ankle_m + 0.09 - z
    layers["shoes"] = marks.ankle_m + 0.012 - z
    # A skirt is a hem of its own; where a thigh touches it, it must not shine through.
    hem = marks.leg_height(outfit.leg if outfit.leg_wear != "skirt" else outfit.leg - 0.15)
    layers["bottom"] = np.minimum.reduce([marks.waist_m - z, z - hem, trunk])
    # Where a hem hangs, the surface goes on below it until the hem has come out.
    below = EMERGES_M if outfit.hem > 0 else 0.0
    layers["top"] = _upper(
        body, marks, sleeve=outfit.sleeve, neckline=outfit.neckline, below_m=below
    )
    if coat is not None:
        layers["coat"] = _upper(
            body, marks, sleeve=1.0, neckline="collar", rise=0.02, below_m=EMERGES_M
        )
    return np.asarray(np.clip(np.stack([layers[name] for name in LAYERS], 1), -FAR_M, FAR_M))


def _upper(
    body: Body,
    marks: Landmarks,
    *,
    sleeve: float,
    neckline: str,
    rise: float = 0.0,
    below_m: float = 0.0,
) -> Float64:
    x, y, z = body.vertices.T
    neck = body.joint("neck")
    if neckline == "collar":
        forward = np.clip((neck[1] - y) / 0.1, -0.6, 1.2)
        throat = neck[2] + 0.012 + rise - 0.02 * forward - z
    else:
        below = np.maximum(neck[2] + 0.015 - z, 0) * 0.9
        throat = np.sqrt(x**2 + (y - neck[1] + 0.03) ** 2 + below**2) - marks.neck_m - 0.024
    if neckline == "v":
        opening = (np.abs(x) - 0.55 * (z - (neck[2] - 0.1))) * 0.9
        throat = np.where(y < neck[1] - 0.03, np.minimum(throat, opening), throat)
    end = np.where(marks.sleeve_m > 0, sleeve * marks.arm_m - marks.sleeve_m, FAR_M)
    waist = np.where(marks.arm > 0.3, FAR_M, z - marks.waist_m + below_m)
    return np.asarray(
        np.minimum.reduce([throat, end, waist, np.where(marks.head > 0.7, -FAR_M, FAR_M)])
    )


def _hair(body: Body, marks: Landmarks, outfit: Outfit) -> Float64:
    if outfit.hair_style == "bald":
        return np.full(len(body.vertices), -FAR_M)
    back = {"short": 0.22, "full": 0.12, "ponytail": 0.16, "bun": 0.16}.get(outfit.hair_style, 0.05)
    front = 0.8 if outfit.hair_style in ("short", "ponytail", "bun") else 0.74
    return _above_plane(body, marks, front=front, back=back)


def _above_plane(body: Body, marks: Landmarks, *, front: float, back: float) -> Float64:
    """Distance from a plane through the head, given as shares of its height before and behind."""
    tall = marks.crown_m - marks.chin_m
    deep = marks.nape_y_m - marks.face_y_m
    slope = (front - back) * tall / deep
    y, z = body.vertices[:, 1:].T
    plane = marks.chin_m + front * tall - slope * (y - marks.face_y_m)
    distance = (z - plane) / np.hypot(1, slope)
    off = np.minimum(distance, (marks.head - 0.3) * 0.1)
    return np.asarray(np.where(marks.head > 0.3, distance, off))


def _along_arm(body: Body) -> tuple[Float64, float]:
    """`(V,)` m from the shoulder along the arm, and its length to the wrist."""
    along = np.zeros(len(body.vertices))
    length = 0.0
    for side, sign in (("L", 1), ("R", -1)):
        shoulder, elbow, wrist = (body.joint(f"{bone}.{side}") for bone in ARM)
        upper, lower = elbow - shoulder, wrist - elbow
        lengths = np.linalg.norm(upper), np.linalg.norm(lower)
        first = (body.vertices - shoulder) @ upper / lengths[0]
        second = (body.vertices - elbow) @ lower / lengths[1]
        way = np.where(second > 0, lengths[0] + second, np.minimum(first, lengths[0]))
        along = np.where(body.vertices[:, 0] * sign > 0, np.maximum(way, 0), along)
        length = float(sum(lengths))
    return along, length
