"""A trained segmenter as the folder that ships: weights, how to use them, and what is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gaitcolor_core.training.checkpoints import read_checkpoint, under_prefix
from gaitcolor_core.weights import write_weights

IMAGE_SIDE_PX, MIN_SCORE, MIN_SCORE_AT_RIM = 640, 0.25, 0.08


def export_segmenter(
    state: Path,
    folder: Path,
    *,
    image_side_px: int = IMAGE_SIDE_PX,
    min_score: float = MIN_SCORE,
    min_score_at_rim: float = MIN_SCORE_AT_RIM,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Write the averaged weights of a training run, for `load_walker_segmenter`.

    Args:
        state: what `train_segmenter` returned.
        folder: is made; what it held is replaced.
        image_side_px: the longer side of the pictures that the network is to be used on.
        min_score: what is found with a lower score is nobody.
        min_score_at_rim: likewise for who touches the left or right side of the picture.
        facts: what else `config.json` is to say, such as the frames and the figures reached.

    Raises:
        InputError: `state` is no training run.
    """
    tensors, notes = read_checkpoint(state)
    recipe = json.loads(notes["recipe"])
    average = under_prefix("average", tensors)
    config = {
        "architecture": recipe["architecture"],
        "classes": ["person"],
        "image_side_px": image_side_px,
        "min_score": min_score,
        "min_score_at_rim": min_score_at_rim,
        "input": "RGB in [0, 1], letterboxed with gray 114 to a multiple of 32",
        "recipe": {**recipe, "steps": len(tensors["losses"])},
        **(facts or {}),
    }
    write_weights(folder, average, config)
