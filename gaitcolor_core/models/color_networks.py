"""The networks that color a walker, by name, and how they are loaded."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from gaitcolor_core.models.color_transfer import ColorTransferNet
from gaitcolor_core.models.colorization import ColorizationNet
from gaitcolor_core.weights import load_network

COLOR_NETWORKS: dict[str, type[nn.Module]] = {
    network.__name__: network for network in (ColorTransferNet, ColorizationNet)
}


def load_color_network(folder: Path) -> nn.Module:
    """Load a trained color network.

    Args:
        folder: with `config.json` and `model.safetensors`.

    Returns:
        The network, ready for use: float32, in evaluation mode, without gradients.

    Raises:
        InputError: a file is missing or broken, or they do not belong together.
    """
    network = load_network(folder, COLOR_NETWORKS, what="color network")
    return network.requires_grad_(False)
