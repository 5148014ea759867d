"""A trained deep recognizer: from its folder of weights to distances between walks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np
import torch

from gaitcolor_core.recognition.gaitbase import GaitBaseNet
from gaitcolor_core.recognition.gaitset import GaitSetNet
from gaitcolor_core.recognition.silhouettes64 import prepare_silhouettes
from gaitcolor_core.structures import Bool, Float32, InputError
from gaitcolor_core.weights import load_weights, read_config

RecognizerNet = GaitSetNet | GaitBaseNet
RECOGNIZERS: Mapping[str, type[RecognizerNet]] = MappingProxyType(
    {"GaitSetNet": GaitSetNet, "GaitBaseNet": GaitBaseNet}
)


class DeepRecognizer:
    """Embeds whole walks; nothing is fitted, it knows what its network was trained on."""

    def __init__(self, network: RecognizerNet) -> None:
        """Use a network, from now on for inference only."""
        self._network = network.eval()

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The recognizer of a checkpoint.

        Raises:
            InputError: there is none, or its weights are not those of the network that it names.
        """
        return cls(load_recognizer(folder))

    @torch.inference_mode()
    def embed(self, silhouettes: Bool) -> Float32:
        """What the network makes of a walk.

        Args:
            silhouettes: `(T, H, W)` bool, all frames, in any order; bodies of any size.

        Returns:
            `(D,)` float32: the embeddings of all parts, one after the other.

        Raises:
            InputError: all silhouettes are empty.
        """
        frames = torch.from_numpy(prepare_silhouettes(silhouettes)).float()
        return np.asarray(self._network(frames[None, :, None]).flatten().numpy(), np.float32)

    def distances(self, probes: Float32, gallery: Float32) -> Float32:
        """How far walks are from each other: the mean over all parts of the Euclidean distance.

        Args:
            probes: `(Q, D)` float32, embeddings.
            gallery: `(G, D)` float32, likewise.

        Returns:
            `(Q, G)` float32.
        """
        parts = self._network.num_parts
        one, other = (
            torch.from_numpy(each).reshape(len(each), parts, -1).transpose(0, 1)
            for each in (probes, gallery)
        )
        return np.asarray(torch.cdist(one, other).mean(0).numpy(), np.float32)


def load_recognizer(folder: Path) -> RecognizerNet:
    """The network of a checkpoint, for inference.

    Raises:
        InputError: there is none, or its weights are not those of the network that it names.
    """
    config = read_config(folder)
    architecture = RECOGNIZERS.get(config.get("architecture", ""))
    if architecture is None:
        raise InputError(
            f"'{folder}' holds no gait recognizer that is known; its network must be one of "
            f"{', '.join(RECOGNIZERS)}."
        )
    try:
        network: Any = architecture(**config.get("hyperparameters", {}))
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(f"'{folder}' describes a network that cannot be built.") from error
    load_weights(network, folder)
    # Convolutions on a processor are up to a third faster like this.
    loaded: RecognizerNet = network.eval().to(memory_format=torch.channels_last)
    return loaded
