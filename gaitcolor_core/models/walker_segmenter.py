"""The walker segmenter: a nano-size ultralytics network that knows one class, person."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import torch

from gaitcolor_core.structures import InputError
from gaitcolor_core.ultralytics_setup import prepare_ultralytics
from gaitcolor_core.weights import CONFIG_NAME, load_weights, read_config

# The newest that learns fast from random weights: YOLO26 has two heads, and took 1.35 times as
# long for a step; YOLOv8 took as long as this one.
ARCHITECTURE = "yolo11n-seg.yaml"


class WalkerSegmenter(NamedTuple):
    """A trained network and how it wants to be used.

    Attributes:
        network: see `build_walker_segmenter`.
        architecture: an ultralytics segmentation architecture.
        image_side_px: the longer side of the pictures that it is used on.
        min_score: what it finds with a lower score is nobody.
        min_score_at_rim: likewise for who touches the left or right side of the picture.
    """

    network: Any
    architecture: str
    image_side_px: int
    min_score: float
    min_score_at_rim: float


def build_walker_segmenter(*, architecture: str = ARCHITECTURE, seed: int = 0) -> Any:
    """A network with random weights.

    Args:
        architecture: an ultralytics segmentation architecture.
        seed: the weights are drawn from; the global generator is left as it was.

    Returns:
        An ultralytics `SegmentationModel` in training mode: takes `(B, 3, H, W)` float32 RGB in
        [0, 1] with sides that are multiples of 32.
    """
    prepare_ultralytics()
    from ultralytics.cfg import get_cfg
    from ultralytics.nn.tasks import SegmentationModel

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = SegmentationModel(architecture, nc=1, verbose=False)
    network.names = {0: "person"}
    network.args = get_cfg()  # the weights of the loss's parts
    network.task = "segment"
    return network


def load_walker_segmenter(folder: Path) -> WalkerSegmenter:
    """Load what `training.segmenter_export` wrote.

    Args:
        folder: with `config.json` and `model.safetensors` (weights of any float type).

    Raises:
        InputError: a file is missing or broken, or the weights do not fit the architecture.
    """
    config = read_config(folder)
    try:
        network = build_walker_segmenter(architecture=config["architecture"])
        sizes = (
            int(config["image_side_px"]),
            float(config["min_score"]),
            float(config["min_score_at_rim"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"The {CONFIG_NAME} in '{folder}' describes no walker segmenter; give a folder that "
            "`train segmenter --export` wrote."
        ) from error
    load_weights(network, folder)
    return WalkerSegmenter(network, config["architecture"], *sizes)


def as_yolo(segmenter: WalkerSegmenter) -> Any:
    """The network as ultralytics' `YOLO`, as if it came from a `.pt` file."""
    prepare_ultralytics()
    from ultralytics import YOLO

    with torch.random.fork_rng(devices=[]):
        yolo = YOLO(segmenter.architecture, task="segment")
    yolo.model = segmenter.network.eval()
    return yolo
