"""The networks that change shapes, from the folders that they ship in."""

from __future__ import annotations

from pathlib import Path

from gaitcolor_core.models.completion_net import CompletionNet
from gaitcolor_core.models.contour_net import ContourNet
from gaitcolor_core.structures import InputError
from gaitcolor_core.weights import CONFIG_NAME, load_weights, read_config

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
    config = read_config(folder)
    try:
        network = SHAPE_NETWORKS[config["architecture"]](**config["hyperparameters"])
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"The {CONFIG_NAME} in '{folder}' describes no network that changes shapes; give a "
            "folder that `train shape --export` wrote."
        ) from error
    load_weights(network, folder)
    return network.float().eval()
