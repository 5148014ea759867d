"""Cuts a mesh along a line, so that a garment's border does not depend on where vertices lie."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, eye_array, vstack

from gaitcolor_core.structures import Float64, Int64

# Vertices nearer to the line than this share of an edge would make slivers; the line goes by.
SLIVER = 0.002


def cut(faces: Int64, values: Float64) -> tuple[csr_array, Int64]:
    """New vertices and faces so that no edge crosses the line where `values` are zero.

    Args:
        faces: `(F, 3)`.
        values: `(V,)`, what is zero along the line.

    Returns:
        `(V', V)`, each of the vertices as a mixture of the old ones (which come first, unchanged),
        and faces `(F', 3)`, turned as before.
    """
    inside = values > 0
    sides = np.stack([faces, np.roll(faces, -1, axis=1)], -1)
    crossed = inside[sides[..., 0]] != inside[sides[..., 1]]
    ends = np.sort(sides[crossed], axis=1)
    edges, place = np.unique(ends, axis=0, return_inverse=True)
    count = len(values)
    middle = np.full(faces.shape, -1)
    middle[crossed] = count + place.ravel()
    share = values[edges[:, 0]] / (values[edges[:, 0]] - values[edges[:, 1]])
    share = np.clip(share, SLIVER, 1 - SLIVER)
    rows = np.repeat(np.arange(len(edges)), 2)
    weights = np.stack([1 - share, share], 1).ravel()
    added = csr_array((weights, (rows, edges.ravel())), (len(edges), count))
    mixture = csr_array(vstack([eye_array(count, format="csr"), added]))
    return mixture, _halves(faces, middle)


def _halves(faces: Int64, middle: Int64) -> Int64:
    """Replace each crossed face by a triangle on one side and two on the other."""
    whole = (middle < 0).all(1)
    split, new = faces[~whole], middle[~whole]
    # Turn each face so that its lone corner comes first: the side opposite is not crossed.
    lone = np.argmax(new < 0, axis=1) - 1
    turn = (lone[:, None] + np.arange(3)) % 3
    a, b, c = np.take_along_axis(split, turn, 1).T
    near, _, far = np.take_along_axis(new, turn, 1).T
    tip = np.stack([a, near, far], 1)
    base = np.concatenate([np.stack([near, b, c], 1), np.stack([near, c, far], 1)])
    return np.concatenate([faces[whole], tip, base])
