"""A trained shape network as the folder that ships: weights, how to use them, what is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gaitcolor_core.models.completion_net import SIDE
from gaitcolor_core.training.checkpoints import read_checkpoint, under_prefix
from gaitcolor_core.training.train_shape import TRAININGS
from gaitcolor_core.weights import write_weights


def export_shape(state: Path, folder: Path, *, facts: Mapping[str, Any] | None = None) -> None:
    """Write the averaged weights of a training run, for `load_shape_network`.

    Args:
        state: what `train_shape` returned.
        folder: is made; the weights and the description that it held are replaced.
        facts: what else `config.json` is to say, such as the figures reached.

    Raises:
        InputError: `state` is no training run.
    """
    tensors, notes = read_checkpoint(state)
    recipe = json.loads(notes["recipe"])
    network = TRAININGS[recipe["network"]]().generator
    config = {
        "architecture": type(network).__name__,
        "hyperparameters": network.hyperparameters,
        "preprocessing": {
            "squares": "1.25 body heights, centered on the body axis, crown at 0.112",
            "side_px": SIDE,
        },
        "training_data": json.loads(notes["data"]),
        "recipe": {**recipe, "steps": len(tensors["losses"])},
        **(facts or {}),
    }
    write_weights(folder, under_prefix("average", tensors), config)
