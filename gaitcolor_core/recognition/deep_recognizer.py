"""A trained deep recognizer: from its folder of weights to distances between walks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self, cast

import numpy as np
import torch

from gaitcolor_core.recognition.gaitbase import GaitBaseNet
from gaitcolor_core.recognition.gaitset import GaitSetNet
from gaitcolor_core.recognition.silhouettes64 import prepare_silhouettes
from gaitcolor_core.structures import Bool, Float32, Float64
from gaitcolor_core.weights import load_network

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
    def features(self, silhouettes: Bool, *, fps: float) -> Float32:
        """What the network makes of a walk.

        Args:
            silhouettes: `(T, S, S)` bool, all frames, in any order; bodies of any size.
            fps: does not matter.

        Returns:
            `(P, D)` float32: an embedding for each part of the body.

        Raises:
            InputError: all silhouettes are empty.
        """
        frames = torch.from_numpy(prepare_silhouettes(silhouettes)).float()
        return np.asarray(self._network(frames[None, :, None])[0].numpy(), np.float32)

    def distances(
        self, probes: Float32, gallery: Float32, *, probe_view: int, gallery_view: int
    ) -> Float64:
        """The mean over all parts of the Euclidean distance; views do not matter.

        Args:
            probes: `(Q, P, D)` float32.
            gallery: `(G, P, D)` float32.
            probe_view: degrees.
            gallery_view: degrees.

        Returns:
            `(Q, G)` float64.
        """
        one, other = (torch.from_numpy(each).transpose(0, 1) for each in (probes, gallery))
        return np.asarray(torch.cdist(one, other).mean(0).numpy(), np.float64)


def load_recognizer(folder: Path) -> RecognizerNet:
    """The network of a checkpoint, for inference.

    Raises:
        InputError: there is none, or its weights are not those of the network that it names.
    """
    network: Any = load_network(folder, RECOGNIZERS, what="gait recognizer")
    # Convolutions on a processor are up to a third faster like this.
    return cast(RecognizerNet, network.to(memory_format=torch.channels_last))
