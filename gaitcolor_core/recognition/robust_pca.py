"""A matrix as the sum of one of low rank and a sparse one."""

from __future__ import annotations

import numpy as np

from gaitcolor_core.structures import Float64

MAX_STEPS, TOLERANCE = 500, 1e-7
# Growth of the penalty at each step.
_RHO = 1.5


def robust_pca(matrix: Float64) -> tuple[Float64, Float64]:
    """Principal component pursuit by the inexact augmented Lagrange multiplier method.

    Minimizes |A|_* + lambda |E|_1 with A + E = D, lambda = 1 / sqrt(max(rows, columns)) (Candes,
    Li, Ma and Wright, J. ACM 2011). Each step (Lin, Chen and Ma, arXiv 1009.5055) is
    A = U shrink(S, 1 / mu) V^T, where U S V^T = D - E + Y / mu; E = shrink(D - A + Y / mu,
    lambda / mu); Y = Y + mu (D - A - E); mu = rho mu.

    Args:
        matrix: `(R, C)` float64, D.

    Returns:
        `(R, C)` float64 each: A of low rank, E sparse.
    """
    spectral = float(np.linalg.norm(matrix, 2))
    if spectral == 0:
        return matrix.copy(), np.zeros_like(matrix)
    weight = 1 / np.sqrt(max(matrix.shape))
    multiplier = matrix / max(spectral, np.abs(matrix).max() / weight)
    low, sparse, penalty = matrix, np.zeros_like(matrix), 1.25 / spectral
    for _ in range(MAX_STEPS):
        left, values, right = np.linalg.svd(
            matrix - sparse + multiplier / penalty, full_matrices=False
        )
        low = (left * _shrink(values, 1 / penalty)) @ right
        sparse = _shrink(matrix - low + multiplier / penalty, weight / penalty)
        rest = matrix - low - sparse
        multiplier = multiplier + penalty * rest
        penalty *= _RHO
        if np.linalg.norm(rest) <= TOLERANCE * np.linalg.norm(matrix):
            break
    return low, sparse


def _shrink(values: Float64, threshold: float) -> Float64:
    return np.asarray(np.sign(values) * np.maximum(np.abs(values) - threshold, 0))
