"""The networks that color a walker, by name, and how they are loaded."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from gaitcolor_core.models.color_transfer import ColorTransferNet
from gaitcolor_core.models.colorization import ColorizationNet
from gaitcolor_core.structures import InputError
from gaitcolor_core.weights import CONFIG_NAME, load_weights, read_config

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
    config = read_config(folder)
    try:
        network = COLOR_NETWORKS[config["architecture"]](**config["hyperparameters"])
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"The {CONFIG_NAME} in '{folder}' describes no color network; its architecture must "
            f"be one of {', '.join(COLOR_NETWORKS)}, with the hyperparameters of that class."
        ) from error
    load_weights(network, folder)
    return network.eval().requires_grad_(False)
