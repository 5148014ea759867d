"""A trained recognizer as a folder: weights, and what says how they were made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gaitcolor_core.checkout import commit
from gaitcolor_core.recognition.silhouettes64 import HEIGHT, WIDTH
from gaitcolor_core.training.checkpoints import read_checkpoint, under_prefix
from gaitcolor_core.training.train_recognizer import NETWORKS, RecognizerRecipe
from gaitcolor_core.weights import write_weights


def export_recognizer(
    state: Path, folder: Path, *, metrics: Mapping[str, Any] | None = None
) -> None:
    """Write the network of a training run, for `DeepRecognizer.load`.

    Args:
        state: what `train_recognizer` returned.
        folder: is made; what it held is replaced.
        metrics: the figures reached.

    Raises:
        InputError: `state` is no training run.
    """
    tensors, notes = read_checkpoint(state)
    recipe = RecognizerRecipe(**json.loads(notes["recipe"]))
    config = {
        "architecture": NETWORKS[recipe.network].__name__,
        "hyperparameters": recipe.hyperparameters,
        "preprocessing": {
            "input": "silhouettes, 0 or 1, each body as high as the picture and centered",
            "size_px": [HEIGHT, WIDTH],
        },
        "training_data": json.loads(notes["data"]),
        "recipe": {**json.loads(notes["recipe"]), "steps": len(tensors["losses"])},
        "metrics": dict(metrics or {}),
        "commit": commit(),
        "date": datetime.now(UTC).date().isoformat(),
    }
    write_weights(folder, under_prefix("model.network", tensors), config)
