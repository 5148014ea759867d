"""Distils `crowd.safetensors`: what tells the gaits of rendered people apart.

Example:
    From the normal walks of a rendered set of its own; other seeds are other people::

        gaitcolor render --preset bench --seed 1 --silhouettes-only -o crowd
        python -m gaitcolor_core.evaluation.crowd_export crowd
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save
from tqdm import tqdm

from gaitcolor_core.datasets.gait_set import VIEWS, GaitSet, SequenceKey
from gaitcolor_core.datasets.gait_squares import as_gait
from gaitcolor_core.datasets.opening import open_gait_set
from gaitcolor_core.datasets.splits import gallery
from gaitcolor_core.datasets.subject import FPS
from gaitcolor_core.files import write_whole
from gaitcolor_core.stages.anonymize_shape.crowd import CROWD_FILE, MARGIN, square_gei
from gaitcolor_core.structures import Float64, InputError, Int64

# Of what tells people apart, and of what is kept of their pictures before that is looked for.
FEATURES, PRINCIPAL = 40, 80
# Walks of one person differ by more than a few rendered ones show: masks of videos are not exact.
RIDGE = 0.05


def discriminants(pixels: Float64, subjects: Int64) -> tuple[Float64, Float64, Float64]:
    """What tells subjects apart.

    Args:
        pixels: `(N, D)` float64, several walks of each.
        subjects: `(N,)`.

    Returns:
        Mean `(D,)`, directions `(D, K)`, and features `(P, K)` of each subject's mean walk; see
        `CrowdView`.

    Raises:
        InputError: no subject has two walks that differ.
    """
    mean = pixels.mean(axis=0)
    _, _, right = np.linalg.svd(pixels - mean, full_matrices=False)
    basis = right[:PRINCIPAL].T
    walks = (pixels - mean) @ basis
    names, which = np.unique(subjects, return_inverse=True)
    centers = np.stack([walks[which == index].mean(axis=0) for index in range(len(names))])
    own = walks - centers[which]
    if not np.abs(own).max() > 1e-9:
        raise InputError("What tells people apart takes several walks of each, which differ.")
    within = own.T @ own / (len(walks) - len(names))
    within += RIDGE * np.trace(within) / len(within) * np.eye(len(within))
    whitening = np.linalg.inv(np.linalg.cholesky(within)).T
    spread = centers @ whitening
    _, _, axes = np.linalg.svd(spread - spread.mean(axis=0), full_matrices=False)
    axes = axes[:FEATURES].T
    return mean, basis @ whitening @ axes, spread @ axes


def export(gait_set: GaitSet, path: Path) -> None:
    """Write the crowd of all subjects of a set.

    Raises:
        InputError: they are not there at all views.
    """
    keys = gallery(gait_set.keys())
    parts = []
    for view in tqdm(VIEWS, desc="views"):
        chosen = [key for key in keys if key.view == view]
        if not chosen:
            raise InputError(f"'{gait_set.root}' has nobody seen at {view} degrees.")
        pixels = np.stack([_pixels(gait_set, key) for key in chosen])
        parts.append(discriminants(pixels, np.array([key.subject for key in chosen])))
    names = ("means", "directions", "people")
    tensors = {
        name: np.stack(values).astype(np.float16)
        for name, values in zip(names, zip(*parts, strict=True), strict=True)
    }
    tensors["degrees"] = np.array(VIEWS, np.float16)
    write_whole(path, save(tensors, {"people": str(len({key.subject for key in keys}))}))


def _pixels(gait_set: GaitSet, key: SequenceKey) -> Float64:
    gei = square_gei(as_gait(gait_set.silhouettes(key), fps=FPS).silhouettes)
    return gei[:, MARGIN:-MARGIN].ravel().astype(np.float64)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the file that comes with the package, from the set named on the command line."""
    parser = argparse.ArgumentParser(description="Distil what tells rendered people apart.")
    parser.add_argument("rendered", type=Path, help="what `render --preset bench` made")
    export(open_gait_set(parser.parse_args(arguments).rendered), CROWD_FILE)


if __name__ == "__main__":
    main()
