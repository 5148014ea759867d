"""What meshes need for drawing: normals, smoothing, ambient occlusion, simple solids."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from gaitcolor_core.structures import Float32, Float64, Int64

# Points that stand for the whole surface when it shades itself.
NUM_OCCLUDERS = 700
R2 = np.array([0.7548776662, 0.5698402910])


def incidence(faces: Int64, count: int) -> csr_array:
    """`(V, F)`: 1 where a vertex is a corner of a face."""
    owners = np.repeat(np.arange(len(faces)), 3)
    ones = np.ones(len(owners), np.float32)
    return csr_array((ones, (faces.ravel(), owners)), (count, len(faces)))


def normals(vertices: Float32, faces: Int64, corners: csr_array) -> Float32:
    """Unit normals of vertices, faces weighted by area.

    Args:
        vertices: `(T, V, 3)`.
        faces: `(F, 3)`, counter-clockwise seen from outside.
        corners: `incidence` of the faces.

    Returns:
        `(T, V, 3)` float32.
    """
    flat = np.ascontiguousarray(vertices.transpose(1, 0, 2))
    first = flat[faces[:, 0]]
    across = _cross(flat[faces[:, 1]] - first, flat[faces[:, 2]] - first)
    summed = (corners @ across.reshape(len(faces), -1)).reshape(flat.shape)
    length = np.sqrt(np.einsum("vta,vta->vt", summed, summed))
    return np.asarray((summed / np.maximum(length, 1e-12)[..., None]).transpose(1, 0, 2))


def _cross(a: Float32, b: Float32) -> Float32:
    """Cross product over the last axis, faster than numpy's own."""
    product = np.empty_like(a)
    for axis, (one, two) in enumerate(((1, 2), (2, 0), (0, 1))):
        product[..., axis] = a[..., one] * b[..., two] - a[..., two] * b[..., one]
    return product


def neighbor_mean(faces: Int64, count: int) -> csr_array:
    """`(V, V)`: the mean over a vertex's neighbors."""
    sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    both = np.concatenate([sides, sides[:, ::-1]])
    links = csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), (count, count))
    links.data[:] = 1
    degree = np.maximum(np.asarray(links.sum(1)).ravel(), 1)
    return csr_array(links / degree[:, None])


def openness(vertices: Float64, unit_normals: Float64, faces: Int64) -> Float64:
    """How much of the sky over its surface a vertex sees, `(V,)` in [0, 1].

    The mesh stands for itself as some hundred discs (Bunnell, GPU Gems 2, 2005, chapter 14).
    """
    across = np.cross(
        vertices[faces[:, 1]] - vertices[faces[:, 0]], vertices[faces[:, 2]] - vertices[faces[:, 0]]
    )
    area = np.linalg.norm(across, axis=1) / 2
    steps = (np.arange(NUM_OCCLUDERS) + 0.5) / NUM_OCCLUDERS
    picked = np.searchsorted(np.cumsum(area), steps * area.sum())
    # Spread over a face that is picked several times, evenly and without chance (Roberts' R2).
    along = np.arange(NUM_OCCLUDERS)[:, None] * R2 % 1
    along = np.where(along.sum(1, keepdims=True) > 1, 1 - along, along)
    corner = vertices[faces[picked]]
    middle = corner[:, 0] + (along[..., None] * (corner[:, 1:] - corner[:, :1])).sum(1)
    middle = middle.astype(np.float32)
    facing = (across[picked] / np.maximum(2 * area[picked], 1e-12)[:, None]).astype(np.float32)
    disc = np.float32(area.sum() / NUM_OCCLUDERS)
    points, outward = vertices.astype(np.float32), unit_normals.astype(np.float32)
    square = (points**2).sum(1)[:, None] + (middle**2).sum(1) - 2 * points @ middle.T
    square = np.maximum(square, np.float32(1e-6))
    sent = outward @ middle.T - (outward * points).sum(1)[:, None]
    # Discs that look at the vertex shade it; its own surroundings look away.
    got = points @ facing.T - (middle * facing).sum(1)
    shade = np.clip(sent, 0, None) * np.clip(got, 0, None) / (square * (np.pi * square + disc))
    return np.asarray(np.exp(-1.3 * (shade * disc).sum(1)), np.float64)


def solid(
    middle: Float64, radii: Float64, *, roundness: float, rows: int = 12, columns: int = 20
) -> tuple[Float64, Int64]:
    """A superellipsoid, between a box (roundness near 0) and an ellipsoid (1).

    Args:
        middle: `(3,)` m.
        radii: `(3,)` half of its width, depth and height, m.
        roundness: in (0, 1].
        rows: of its mesh, from the lower pole to the upper.
        columns: of its mesh, around.

    Returns:
        Vertices `(rows * columns, 3)` and faces, counter-clockwise seen from outside.
    """
    latitude = np.linspace(-np.pi / 2, np.pi / 2, rows)[:, None]
    longitude = np.arange(columns) * 2 * np.pi / columns
    flat = _power(np.cos(latitude), roundness)
    ring = np.stack(
        [
            flat * _power(np.cos(longitude), roundness),
            flat * _power(np.sin(longitude), roundness),
            np.broadcast_to(_power(np.sin(latitude), roundness), (rows, columns)),
        ],
        -1,
    )
    return ring.reshape(-1, 3) * radii + middle, sheet(rows, columns)


def tube(path: Float64, radii: Float64, *, columns: int = 10) -> tuple[Float64, Int64]:
    """A round tube.

    Args:
        path: `(N, 3)` m, its middle line.
        radii: `(N,)` m; zero at both ends closes it.
        columns: of its mesh, around.

    Returns:
        Vertices `(N * columns, 3)` and faces.
    """
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    # Any direction that no part of the path runs along.
    aside = np.eye(3)[np.abs(along).max(0).argmin()]
    first = np.cross(along, aside)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(along, first)
    angle = np.arange(columns)[:, None] * 2 * np.pi / columns
    around = np.cos(angle) * first[:, None] + np.sin(angle) * second[:, None]
    points = path[:, None] + radii[:, None, None] * around
    return points.reshape(-1, 3), sheet(len(path), columns)


def sheet(rows: int, columns: int) -> Int64:
    """Faces of rings of vertices above each other, counter-clockwise from below to above."""
    row, column = np.mgrid[: rows - 1, :columns]
    here, beside = row * columns + column, row * columns + (column + 1) % columns
    lower = np.stack([here, beside, here + columns], -1)
    upper = np.stack([beside, beside + columns, here + columns], -1)
    return np.concatenate([lower.reshape(-1, 3), upper.reshape(-1, 3)])


def _power(values: Float64, exponent: float) -> Float64:
    return np.asarray(np.sign(values) * np.abs(values) ** exponent)
