"""Distils `body.safetensors`, the bodies of our walkers, from the parametric model Anny.

Anny (Bregier et al. 2025, code Apache-2.0, MakeHuman's shapes CC0) is large and slow to load. A
walker needs less: a library of standing adults on a light mesh with a walking person's bones.

Example:
    Only needed to change the library; `anny` and `fast-simplification` come with the extra `body`::

        python -m gaitcolor_core.datasets.walkers.body_export body.safetensors
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save_file
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation
from tqdm import tqdm

from gaitcolor_core.structures import Float64, Int64

# Our bones, parents first: name, parent, and the bones of Anny that move with it. The first of
# these carries the joint. A name without a side stands for two, ".L" and ".R".
BONES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("pelvis", "", ("root", "pelvis.L", "pelvis.R")),
    ("lumbar", "pelvis", ("spine05", "spine04")),
    ("thorax", "lumbar", ("spine03", "spine02", "spine01")),
    ("neck", "thorax", ("neck01", "neck02", "neck03")),
    ("head", "neck", ("head", "eye.L", "eye.R")),
    ("thigh", "pelvis", ("upperleg01", "upperleg02")),
    ("shank", "thigh", ("lowerleg01", "lowerleg02")),
    ("foot", "shank", ("foot",)),
    ("toes", "foot", ("toe3-1", *(f"toe{i}-{j}" for i in range(1, 6) for j in (1, 2, 3)))),
    ("shoulder", "thorax", ("clavicle", "shoulder01")),
    ("upper_arm", "shoulder", ("upperarm01", "upperarm02")),
    ("forearm", "upper_arm", ("lowerarm01", "lowerarm02")),
    ("hand", "forearm", ("wrist",)),
)  # fmt: skip
PAIRED = ("thigh", "shank", "foot", "toes", "shoulder", "upper_arm", "forearm", "hand")
# What sets adults apart beside Anny's phenotypes; a slash joins changes that go together.
LOCAL_CHANGES = (
    "torso-scale-horiz-incr", "torso-scale-depth-incr", "torso-vshape-incr",
    "measure-shoulder-dist-incr", "measure-hips-circ-incr", "measure-waist-circ-incr",
    "stomach-pregnant-incr", "buttocks-volume-incr", "neck-trans-forward",
    "measure-neck-height-incr", "measure-upperarm-length-incr", "upperlegs-height-incr",
    "lowerlegs-height-incr", "head-scale-vert-incr", "head-scale-horiz-incr",
    "head-scale-depth-incr", "l-upperleg-fat-incr/r-upperleg-fat-incr",
    "l-lowerleg-muscle-incr/r-lowerleg-muscle-incr", "l-upperarm-fat-incr/r-upperarm-fat-incr",
)  # fmt: skip
NUM_BODIES = 240
NUM_COMPONENTS = 48
KEPT_FACES = 10000
WEIGHTS_PER_VERTEX = 4
ARM_ABDUCTION_DEG = 9.0
ELBOW_DEG = 12.0
FINGER_CURL_DEG = 32.0
PALM_TWIST_DEG = 40.0


def export(path: Path, *, seed: int = 0) -> None:
    """Sample adults, stand them up, thin their mesh, and write the library to `path`."""
    model = _load_anny()
    rng = np.random.default_rng(seed)
    vertices, joints, traits = _sample(model, rng)
    faces = _outer_faces(model)
    kept_faces, corners, shares = _thin(_spread_out(model), faces)
    vertices = np.einsum("nvkc,vk->nvc", vertices[:, corners], shares)
    weights = np.einsum("vkb,vk->vb", _bone_weights(model)[corners], shares)
    strongest = np.argsort(-weights, axis=1)[:, :WEIGHTS_PER_VERTEX]
    strength = np.take_along_axis(weights, strongest, 1)
    flat = np.concatenate([vertices, joints], 1).reshape(len(vertices), -1)
    mean = flat.mean(0)
    left, spread, axes = np.linalg.svd(flat - mean, full_matrices=False)
    count = NUM_COMPONENTS
    names, parents, _ = _bones()
    tensors = {
        "mean": mean.astype(np.float32),
        "components": (axes[:count] * spread[:count, None] / len(flat) ** 0.5).astype(np.float16),
        "library": (left[:, :count] * len(flat) ** 0.5).astype(np.float32),
        "gender": traits.astype(np.float32),
        "faces": kept_faces.astype(np.uint16),
        "bones": strongest.astype(np.uint8),
        "weights": (strength / strength.sum(1, keepdims=True)).astype(np.float16),
        "parents": np.array(parents, np.int8),
    }
    save_file(tensors, path, {"bones": json.dumps(names), "source": "anny 0.6.2, CC0 shapes"})


def _load_anny() -> Any:
    """Anny, built in seconds: its own parser reads thousands of shape files line by line."""
    import anny
    from anny.models import full_model

    def load_blend_shape(
        filename: str, vertices_count: int, world_transformation: Any, dtype: torch.dtype
    ) -> torch.Tensor:
        with gzip.open(filename, "rt") as archive:
            rows = np.array(archive.read().split(), np.float64).reshape(-1, 4)
        shape = np.zeros((vertices_count, 3))
        shape[rows[:, 0].astype(int)] = rows[:, 1:]
        moved: torch.Tensor = world_transformation.apply(torch.as_tensor(shape, dtype=dtype))
        return moved

    full_model.load_blend_shape = load_blend_shape
    labels = [label for change in LOCAL_CHANGES for label in change.split("/")]
    return anny.Anny(local_changes=labels).to(dtype=torch.float32)


def _sample(model: Any, rng: np.random.Generator) -> tuple[Float64, Float64, Float64]:
    """Standing adults: vertices `(N, V, 3)`, joints `(N, J, 3)` in m; `(N,)` 1 = female."""
    bodies, joints, genders = [], [], []
    for index in tqdm(range(NUM_BODIES), desc="bodies"):
        gender = float(index % 2)
        phenotype = {
            "gender": min(max(gender + rng.normal(0, 0.08), 0), 1),
            "age": rng.uniform(0.6, 0.92),
            "muscle": min(max(rng.normal(0.5, 0.14), 0.1), 0.9),
            "weight": min(max(rng.normal(0.5, 0.16), 0.1), 0.95),
            "height": min(max(rng.normal(0.38, 0.06), 0.2), 0.55),
            "proportions": rng.uniform(0.3, 0.75),
        }
        amounts = rng.normal(0, 0.22, len(LOCAL_CHANGES)).clip(-0.6, 0.6)
        changes = {
            label: float(amount)
            for change, amount in zip(LOCAL_CHANGES, amounts, strict=True)
            for label in change.split("/")
        }
        body, joint = _stand(model, phenotype, changes)
        bodies.append(body)
        joints.append(joint)
        genders.append(gender)
    return np.stack(bodies), np.stack(joints), np.array(genders)


def _stand(model: Any, phenotype: Any, changes: Any) -> tuple[Float64, Float64]:
    """One body on both feet, limbs straight, arms at its sides; the pelvis joint at x = y = 0."""

    def posed(pose: dict[str, Float64]) -> tuple[Float64, dict[str, Float64]]:
        matrices = {}
        for bone, rotation in pose.items():
            matrices[bone] = torch.eye(4)[None].clone()
            matrices[bone][0, :3, :3] = torch.as_tensor(rotation)
        with torch.no_grad():
            result = model(
                pose_parameters=matrices, phenotype_kwargs=phenotype, local_changes_kwargs=changes
            )
        heads = result["bone_poses"][0, :, :3, 3].double().numpy()
        return result["vertices"][0].double().numpy(), dict(
            zip(model.bone_labels, heads, strict=True)
        )

    _, heads = posed({"root": np.eye(3)})
    vertices, heads = posed(_standing_pose(heads))
    _, _, groups = _bones()
    joints = np.stack([heads[group[0]] for group in groups])
    origin = np.array([joints[0, 0], joints[0, 1], vertices[:, 2].min()])
    return vertices - origin, joints - origin


def _standing_pose(heads: dict[str, Float64]) -> dict[str, Float64]:
    """Rotations of Anny's bones that straighten its A-pose, from the A-pose's joints (m)."""
    pose: dict[str, Float64] = {}
    down = np.array([0.0, 0.0, -1.0])
    for side, sign in ((".L", 1.0), (".R", -1.0)):
        hip, knee, ankle = (heads[f"{b}{side}"] for b in ("upperleg01", "lowerleg01", "foot"))
        thigh = _turn(knee - hip, down)
        shank = _turn(ankle - knee, thigh.T @ down)
        pose[f"upperleg01{side}"] = thigh
        pose[f"lowerleg01{side}"] = shank
        pose[f"foot{side}"] = (thigh @ shank).T

        shoulder, elbow, wrist = (
            heads[f"{b}{side}"] for b in ("upperarm01", "lowerarm01", "wrist")
        )
        drop = Rotation.from_euler("y", 10 * sign, degrees=True).as_matrix()
        hang = Rotation.from_euler("y", -ARM_ABDUCTION_DEG * sign, degrees=True).as_matrix() @ down
        bend = Rotation.from_euler("x", -ELBOW_DEG, degrees=True).as_matrix() @ hang
        upper = drop.T @ _turn(elbow - shoulder, hang)
        world = drop @ upper
        pose[f"shoulder01{side}"] = drop
        pose[f"upperarm01{side}"] = upper
        pose[f"lowerarm01{side}"] = _turn(wrist - elbow, world.T @ bend)
        axis = (wrist - elbow) / np.linalg.norm(wrist - elbow)
        twist = Rotation.from_rotvec(axis * np.radians(PALM_TWIST_DEG) * sign)
        pose[f"lowerarm02{side}"] = twist.as_matrix()
        knuckles = heads[f"finger5-1{side}"] - heads[f"finger2-1{side}"]
        knuckles /= np.linalg.norm(knuckles)
        curl = Rotation.from_rotvec(knuckles * np.radians(FINGER_CURL_DEG) * -sign).as_matrix()
        for finger in range(2, 6):
            for phalanx in range(1, 4):
                pose[f"finger{finger}-{phalanx}{side}"] = curl
    return pose


def _turn(start: Float64, end: Float64) -> Float64:
    """The smallest rotation `(3, 3)` that takes direction `start` to direction `end`."""
    start, end = start / np.linalg.norm(start), end / np.linalg.norm(end)
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis)
    if sine < 1e-9:
        return np.eye(3)
    angle = np.arctan2(sine, start @ end)
    matrix: Float64 = Rotation.from_rotvec(axis / sine * angle).as_matrix()
    return matrix


def _bones() -> tuple[list[str], list[int], list[tuple[str, ...]]]:
    """Our bones with sides spelled out: names, parents' indices, Anny's bones of each."""
    names: list[str] = []
    parents: list[int] = []
    groups: list[tuple[str, ...]] = []
    for name, parent, group in BONES:
        for side in (".L", ".R") if name in PAIRED else ("",):
            above = parent + side if parent in PAIRED else parent
            parents.append(names.index(above) if above else -1)
            names.append(name + side)
            groups.append(tuple(bone + side for bone in group))
    return names, parents, groups


def _bone_weights(model: Any) -> Float64:
    """How far each vertex follows each of our bones: `(V, J)`, rows sum to 1."""
    names, _, groups = _bones()
    owner = {bone: index for index, group in enumerate(groups) for bone in group}
    hand = {side: names.index(f"hand.{side}") for side in "LR"}
    ours = np.array([owner[b] if b in owner else hand[b[-1]] for b in model.bone_labels])
    index = ours[model.vertex_bone_indices.numpy()]
    weights = np.zeros((len(index), len(names)))
    np.add.at(weights, (np.arange(len(index))[:, None], index), model.vertex_bone_weights.numpy())
    weights /= weights.sum(1, keepdims=True)
    return weights


def _outer_faces(model: Any) -> Int64:
    """The faces `(F, 3)` of the skin: the largest connected part, without mouth and eyes."""
    faces: Int64 = model.faces.numpy().astype(np.int64)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    count = int(faces.max()) + 1
    graph = coo_matrix((np.ones(len(edges)), edges.T), (count, count))
    _, part = connected_components(graph, directed=False)
    largest = np.bincount(part[faces[:, 0]]).argmax()
    skin: Int64 = faces[part[faces[:, 0]] == largest]
    return skin


def _spread_out(model: Any) -> Float64:
    """The default body `(V, 3)` with its arms away from the trunk, so that no parts touch."""
    with torch.no_grad():
        vertices: Float64 = model()["vertices"][0].double().numpy()
    return vertices


def _thin(vertices: Float64, faces: Int64) -> tuple[Int64, Int64, Float64]:
    """A lighter mesh whose vertices are mixtures of old ones.

    Returns:
        Faces `(F', 3)`, and for each new vertex its three old ones and their shares `(V', 3)`.
    """
    import fast_simplification

    points, kept = fast_simplification.simplify(
        vertices.astype(np.float32), faces.astype(np.int32), target_count=KEPT_FACES
    )
    # Fingers lie side by side: only the nearest vertex and its own neighbors may be mixed.
    skin = np.unique(faces)
    nearest = skin[cKDTree(vertices[skin]).query(points)[1]]
    near = np.stack(
        [_closest(vertices, faces, point, v) for point, v in zip(points, nearest, strict=True)]
    )
    distance = np.linalg.norm(vertices[near] - points[:, None], axis=2)
    closeness = 1 / np.maximum(distance, 1e-5)
    return kept.astype(np.int64), near, closeness / closeness.sum(1, keepdims=True)


def _closest(vertices: Float64, faces: Int64, point: Float64, vertex: int) -> Int64:
    """`vertex` and the two of its neighbors that are closest to `point`."""
    ring = np.setdiff1d(faces[(faces == vertex).any(1)], [vertex])
    order = np.argsort(np.linalg.norm(vertices[ring] - point, axis=1))
    return np.array([vertex, *ring[order[:2]]])


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the library to the file named on the command line."""
    parser = argparse.ArgumentParser(description="Distil the walkers' bodies from Anny.")
    parser.add_argument("path", type=Path, help="the safetensors file to write")
    export(parser.parse_args(arguments).path)


if __name__ == "__main__":
    main()
