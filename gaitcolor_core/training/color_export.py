"""A trained color network as the folder that ships: weights, how to use them, what is known."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gaitcolor_core.checkout import commit
from gaitcolor_core.models.color_networks import COLOR_NETWORKS
from gaitcolor_core.training.checkpoints import read_checkpoint, under_prefix
from gaitcolor_core.training.color_recipe import ARCHITECTURES
from gaitcolor_core.weights import write_weights

PREPROCESSING = {
    "x_rgb": "RGB in [0, 1], 128 x 128: a square about as high as the body, background included",
    "x_bi": "0 or 1, 128 x 128: the anonymized silhouette in the same square",
    "output": "RGB in [0, 1], 128 x 128, 0 outside of x_bi",
}


def export_color(state: Path, folder: Path, *, metrics: Mapping[str, Any] | None = None) -> None:
    """Write the averaged weights of a training run, for `load_color_network`.

    Args:
        state: what `train_color` returned.
        folder: is made if need be.
        metrics: figures reached, beside those that the run measured itself.

    Raises:
        InputError: `state` is no training run.
        OSError: the folder cannot be written.
    """
    tensors, notes = read_checkpoint(state)
    recipe = json.loads(notes["recipe"])
    judgments = tensors["judgments"]
    measured = {"held_out_overlap_psnr_db": round(float(judgments[-1, 1]), 2)}
    config = {
        "architecture": ARCHITECTURES[recipe["network"]],
        "hyperparameters": _complete(ARCHITECTURES[recipe["network"]], recipe["hyperparameters"]),
        "preprocessing": PREPROCESSING,
        "training_data": json.loads(notes["data"]),
        "recipe": {**recipe, "steps": len(tensors["losses"])},
        "metrics": {**measured, **(metrics or {})},
        "commit": commit(),
        "date": datetime.now(UTC).date().isoformat(),
    }
    write_weights(folder, under_prefix("average", tensors), config)


def _complete(architecture: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """All hyperparameters of a network, so that its weights outlive other defaults."""
    parameters = inspect.signature(COLOR_NETWORKS[architecture]).parameters
    return {name: parameter.default for name, parameter in parameters.items()} | dict(given)
