"""What the names of shapes and colors in `Settings` stand for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, get_args

from gaitcolor_core.models.color_networks import load_color_network
from gaitcolor_core.settings import NETWORK_COLORS, Color, Settings, Shape
from gaitcolor_core.stages.anonymize_shape import Deform, NetworkShape, ShapeAnonymizer
from gaitcolor_core.stages.segment import PersonSegmenter, YoloSegmenter, find_weights
from gaitcolor_core.stages.segment_static import StaticSegmenter
from gaitcolor_core.stages.transfer_color import ColorTransfer, NetworkColors, nearest, warp
from gaitcolor_core.structures import InputError
from gaitcolor_core.weights import CHECKPOINTS, WEIGHTS_NAME

_COPYING: dict[str, ColorTransfer] = {"warp": warp, "nearest": nearest}

SEGMENTER = "walker_segmenter"
_STATIC_LIMITS = (
    "The static-camera segmenter sees what moves: whoever stands still for most of the clip is "
    "not anonymized, and people who touch count as one."
)

Method = TypeVar("Method", NetworkShape, NetworkColors)


def networks_for(settings: Settings) -> list[str]:
    """The names of the folders with the networks that `settings` ask for; often none."""
    shapes = [] if settings.shape == "deform" else [f"shape_{settings.shape}"]
    colors = [f"color_{settings.color}"] if settings.color in NETWORK_COLORS else []
    return shapes + colors


def all_networks() -> list[str]:
    """The same for all settings there are, and the segmenter; sorted."""
    choices = (Settings(shape, color) for shape in get_args(Shape) for color in get_args(Color))
    return sorted({SEGMENTER, *(name for each in choices for name in networks_for(each))})


def open_segmenter(
    detector: str | None, device: str, *, own: Path
) -> tuple[PersonSegmenter, list[str]]:
    """What finds persons, and what the user should know of it.

    Args:
        detector: see `GaitAnonymizer`.
        device: where a network runs.
        own: folder of the walker segmenter; need not be there.

    Raises:
        InputError: the user named a detector that cannot be had.
    """
    if (detector or os.environ.get("GAITCOLOR_DETECTOR")) == "static":
        return StaticSegmenter(), [_STATIC_LIMITS]
    weights = find_weights(detector, own=own if (own / WEIGHTS_NAME).is_file() else None)
    if weights is not None:
        return YoloSegmenter(weights, device=device), []
    warning = (
        "No person detector was found here and none could be downloaded, so the static-camera "
        f"segmenter served instead. {_STATIC_LIMITS}"
    )
    return StaticSegmenter(), [warning]


class Methods:
    """Shape anonymizers and color transfers; networks are loaded once, when they are needed.

    Args:
        checkpoints: holds a folder for each network; None = those that come with GaitColor.
        device: where networks run.
    """

    def __init__(self, checkpoints: Path | None, device: str) -> None:
        self._checkpoints = checkpoints or CHECKPOINTS
        self._device = device
        self._shapes: dict[str, NetworkShape] = {}
        self._colors: dict[str, NetworkColors] = {}

    def load(self, settings: Settings) -> None:
        """Load what `settings` ask for.

        Raises:
            InputError: a network cannot be had, in one sentence.
        """
        self.shape(settings.shape)
        self.color(settings.color)

    def shape(self, name: str) -> ShapeAnonymizer:
        """The shape anonymizer of that name; see `load`."""
        if name == "deform":
            return Deform()
        folder = self._folder("shape", name)
        return _kept(self._shapes, name, lambda: NetworkShape(folder, device=self._device))

    def color(self, name: str) -> ColorTransfer:
        """The color transfer of that name; see `load`."""
        if name not in NETWORK_COLORS:
            return _COPYING[name]
        folder = self._folder("color", name)
        return _kept(
            self._colors, name, lambda: NetworkColors(load_color_network(folder), self._device)
        )

    def _folder(self, kind: str, name: str) -> Path:
        folder = self._checkpoints / f"{kind}_{name}"
        if not (folder / WEIGHTS_NAME).is_file():
            raise InputError(
                f"The weights of the {kind} network '{name}' are not in '{folder}'; 'gaitcolor hub "
                f"pull' fetches them, and 'gaitcolor train {kind}' makes them."
            )
        return folder


def _kept(store: dict[str, Method], name: str, make: Callable[[], Method]) -> Method:
    if name not in store:
        store[name] = make()
    return store[name]
