"""The networks that change shapes, from the folders that they ship in."""

from __future__ import annotations

from pathlib import Path

from gaitcolor_core.models.completion_net import CompletionNet
from gaitcolor_core.models.contour_net import ContourNet
from gaitcolor_core.weights import load_network

SHAPE_NETWORKS: dict[str, type[ContourNet] | type[CompletionNet]] = {
    "ContourNet": ContourNet,
    "CompletionNet": CompletionNet,
}


def load_shape_network(folder: Path) -> ContourNet | CompletionNet:
    """A trained network in float32, ready for use.

    Args:
        folder: what `train shape --export` wrote: `config.json` and `model.safetensors`.

    Raises:
        InputError: a file is missing or broken, or describes another network.
    """
    return load_network(folder, SHAPE_NETWORKS, what="network that changes shapes")
