"""Directions of the features that vary together with who walks."""

from __future__ import annotations

import numpy as np

from gaitcolor_core.structures import Float64, InputError


def pls_directions(features: Float64, targets: Float64, components: int) -> Float64:
    """Partial least squares (Wold; as PLS2 with the weights of an SVD).

    For each component: w is the first left singular vector of X^T Y, t = X w, p = X^T t / t^T t,
    X = X - t p^T. The directions are R = W (P^T W)^-1, so that T = X R.

    Args:
        features: `(N, D)` float64, X; is centered here.
        targets: `(N, C)` float64, Y; is centered here.
        components: how many directions.

    Returns:
        `(D, components)` float64, R.

    Raises:
        InputError: X has fewer directions that go with Y.
    """
    rest, centered = features - features.mean(axis=0), targets - targets.mean(axis=0)
    weights, loadings = [], []
    scale = float(np.linalg.norm(rest.T @ centered))
    for _ in range(components):
        left, values, _ = np.linalg.svd(rest.T @ centered, full_matrices=False)
        if values[0] <= 1e-12 * scale:
            raise InputError(
                f"The training walks differ in fewer than {components} directions; take fewer "
                "components of partial least squares."
            )
        scores = rest @ left[:, 0]
        loading = rest.T @ scores / (scores @ scores)
        rest = rest - np.outer(scores, loading)
        weights.append(left[:, 0])
        loadings.append(loading)
    weight, loads = np.stack(weights, axis=1), np.stack(loadings, axis=1)
    return np.asarray(weight @ np.linalg.inv(loads.T @ weight))
