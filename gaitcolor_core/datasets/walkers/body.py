"""Bodies of rendered walkers: who they are (a library of adults) and how they take a pose.

World axes in metres: z up, the ground at zero; a body faces -y, its left is +x. The standing pose
has straight legs and the arms at the sides: every joint angle is zero there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from safetensors import safe_open
from scipy.sparse import csr_array
from scipy.spatial.transform import Rotation

from gaitcolor_core.structures import Float32, Float64, Int64

LIBRARY = Path(__file__).with_name("body.safetensors")
# How a drawn body mixes two library bodies: mostly the first, so that it stays a whole person.
MAIN_SHARE = (0.6, 0.9)


@dataclass(frozen=True)
class Body:
    """A person standing.

    Attributes:
        vertices: `(V, 3)` float64 m.
        faces: `(F, 3)` int64, counter-clockwise seen from outside.
        joints: `(J, 3)` float64 m, in the order of `bones`.
        bones: J names, such as "pelvis", "thigh.L"; parents come first.
        parents: `(J,)` index of the parent bone; -1 for the pelvis.
        weights: `(V, J)` sparse, how far a vertex follows a bone; rows sum to 1.
        female: how the body was drawn; sets hair and clothes.
    """

    vertices: Float64
    faces: Int64
    joints: Float64
    bones: tuple[str, ...]
    parents: tuple[int, ...]
    weights: csr_array
    female: bool

    @property
    def stature_m(self) -> float:
        """Height from sole to crown."""
        return float(self.vertices[:, 2].max() - self.vertices[:, 2].min())

    def joint(self, bone: str) -> Float64:
        """Where `bone` begins in the standing pose, `(3,)` m."""
        position: Float64 = self.joints[self.bones.index(bone)]
        return position


def draw_body(rng: np.random.Generator) -> Body:
    """A random adult: a mixture of two library bodies of the same gender."""
    library = _library()
    female = bool(rng.integers(2))
    kin = np.flatnonzero((library.gender > 0.5) == female)
    first, second = rng.choice(kin, 2, replace=False)
    share = rng.uniform(*MAIN_SHARE)
    scores = share * library.scores[first] + (1 - share) * library.scores[second]
    points = (library.mean + scores @ library.components).reshape(-1, 3)
    count = library.weights.shape[0]
    return Body(
        points[:count], library.faces, points[count:], library.bones, library.parents,
        library.weights, female,
    )  # fmt: skip


@dataclass(frozen=True)
class Pose:
    """A motion of T frames.

    Attributes:
        turns: bone to `(T, 3, 3)` rotations: what the bone adds to its parent's orientation,
            written in world axes that the parent carries along. Bones left out follow their parent.
        pelvis: `(T, 3)` m, where the pelvis joint is.
    """

    turns: Mapping[str, Float64]
    pelvis: Float64

    def placed(self, heading_deg: float, position: Float64) -> Pose:
        """The same motion turned to the left by `heading_deg` and then moved to `(x, y, z)` m."""
        turn = Rotation.from_euler("z", heading_deg, degrees=True).as_matrix()
        turns = {**self.turns, "pelvis": turn @ self.turns["pelvis"]}
        return Pose(turns, self.pelvis @ turn.T + position)

    def centered(self, heading_deg: float, spot: Float64) -> Pose:
        """The same motion turned by `heading_deg`, in its middle frame above `spot` `(3,)` m."""
        turned = self.placed(heading_deg, np.zeros(3))
        middle = turned.pelvis[len(self.pelvis) // 2] * (1, 1, 0)
        return turned.placed(0, spot - middle)


def bone_motions(body: Body, pose: Pose) -> tuple[Float64, Float64]:
    """How each bone has moved from the standing pose.

    Returns:
        Rotations `(T, J, 3, 3)` and translations `(T, J, 3)` m: a point x fixed to bone b goes to
        `rotation[t, b] @ x + translation[t, b]`.
    """
    count = len(pose.pelvis)
    rotations = np.empty((count, len(body.bones), 3, 3))
    heads = np.empty((count, len(body.bones), 3))
    for index, (bone, parent) in enumerate(zip(body.bones, body.parents, strict=True)):
        own = pose.turns.get(bone)
        if parent < 0:
            rotations[:, index] = np.eye(3) if own is None else own
            heads[:, index] = pose.pelvis
            continue
        above = rotations[:, parent]
        rotations[:, index] = above if own is None else above @ own
        heads[:, index] = heads[:, parent] + above @ (body.joints[index] - body.joints[parent])
    translations = heads - np.einsum("tjab,jb->tja", rotations, body.joints)
    return rotations, translations


def skin(
    vertices: Float64, weights: csr_array, rotations: Float64, translations: Float64
) -> Float32:
    """Linear blend skinning of `vertices` `(V, 3)` m with `weights` `(V, J)`.

    Args:
        vertices: in the standing pose.
        weights: how far a vertex follows a bone.
        rotations: `(T, J, 3, 3)`, see `bone_motions`.
        translations: `(T, J, 3)` m.

    Returns:
        `(T, V, 3)` float32 m.
    """
    count, num_bones = translations.shape[:2]
    motions = np.concatenate([rotations, translations[..., None]], 3)
    flat = motions.transpose(1, 0, 2, 3).reshape(num_bones, -1).astype(np.float32)
    blended = (weights.astype(np.float32) @ flat).reshape(-1, count, 3, 4)
    points = vertices.astype(np.float32)
    moved = np.einsum("vtab,vb->tva", blended[..., :3], points) + blended[..., 3].transpose(1, 0, 2)
    return np.ascontiguousarray(moved, np.float32)


@dataclass(frozen=True)
class _Library:
    mean: Float64
    components: Float64
    scores: Float64
    gender: Float64
    faces: Int64
    bones: tuple[str, ...]
    parents: tuple[int, ...]
    weights: csr_array


@cache
def _library() -> _Library:
    with safe_open(LIBRARY, "np") as archive:
        tensors = {name: archive.get_tensor(name) for name in archive.keys()}
        bones = tuple(json.loads(archive.metadata()["bones"]))
    owners = tensors["bones"].astype(np.int64)
    rows = np.repeat(np.arange(len(owners)), owners.shape[1])
    values = tensors["weights"].astype(np.float64)
    values /= values.sum(1, keepdims=True)
    weights = csr_array((values.ravel(), (rows, owners.ravel())), (len(owners), len(bones)))
    return _Library(
        tensors["mean"].astype(np.float64),
        tensors["components"].astype(np.float64),
        tensors["library"].astype(np.float64),
        tensors["gender"].astype(np.float64),
        tensors["faces"].astype(np.int64),
        bones,
        tuple(int(parent) for parent in tensors["parents"]),
        weights,
    )
