"""How near the colors of an anonymized walker are to the original: four readings, with bounds.

`gait`: the original body against the new one, both on black. `crop`: the squares as they are
pasted into the frame. `masked`: what the new silhouette covers, before and after. `overlap`: where
old and new body overlap, alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import torch
from torch import Tensor

from gaitcolor_core.imaging import to_float01
from gaitcolor_core.losses import (
    MIN_CENTER_PIXELS,
    center_region,
    edge_region,
    nearest_usable,
    patch_masks,
)
from gaitcolor_core.metrics import gradient_energy, psnr, ssim_map
from gaitcolor_core.structures import Bool, UInt8

READINGS = ("gait", "crop", "masked", "overlap")
# The shape alone bounds these; the others a perfect color transfer reads without fault.
BOUNDED = ("gait", "crop")
_INPAINT_PX = 3
# The walker's colors reach beyond the silhouette, and would be drawn into its place.
_BLEED_PX = 2


@dataclass(frozen=True, eq=False)
class ColoredFrame:
    """A frame of a gait set and what was made of it, S = 128.

    Attributes:
        x_rgb: `(S, S, 3)` uint8 RGB, the original, background included.
        x_sil: `(S, S)` bool, the original walker, complete.
        x_bi: `(S, S)` bool, the anonymized silhouette.
        output: `(S, S, 3)` uint8 RGB, the colors; what lies outside of `x_bi` is not looked at.
    """

    x_rgb: UInt8
    x_sil: Bool
    x_bi: Bool
    output: UInt8


@dataclass(frozen=True, eq=False)
class ShapeLimits:
    """What the shapes of a frame decide alone, whatever the colors.

    Attributes:
        scenery: `(S, S, 3)` uint8 RGB, the square without the walker, see `behind`.
        bounds: figures by name, such as `psnr_gait_bound`.
    """

    scenery: UInt8
    bounds: dict[str, float]

    @classmethod
    def of(cls, x_rgb: UInt8, x_sil: Bool, x_bi: Bool) -> Self:
        """Those of a frame; see `ColoredFrame`."""
        body, scenery = x_rgb * x_sil[..., None], behind(x_rgb, x_sil)
        pairs = {
            "gait_bound": (body * x_bi[..., None], body),
            "crop_bound": (_pasted(x_rgb, x_bi, scenery), x_rgb),
        }
        return cls(scenery, _compared(pairs))


def read_frame(frame: ColoredFrame, limits: ShapeLimits | None = None) -> dict[str, float]:
    """All figures of a frame by name, such as `psnr_gait` and `ssim_crop_bound`.

    PSNR in dB and SSIM of the four readings on 8-bit values, with the bound of what the shape
    allows where there is one; `sharpness`, the gradient energy inside the new body relative to
    that inside the old one; and `edge_color`, see `edge_color_distance`. A figure that is not
    defined, as nothing overlaps for example, is left out.

    Args:
        frame: what is measured.
        limits: of the frame, where they are known from other colors.
    """
    limits = limits or ShapeLimits.of(frame.x_rgb, frame.x_sil, frame.x_bi)
    output = frame.output * frame.x_bi[..., None]
    body = frame.x_rgb * frame.x_sil[..., None]
    overlap = frame.x_sil & frame.x_bi
    pairs = {
        "gait": (output, body),
        "crop": (_pasted(frame.output, frame.x_bi, limits.scenery), frame.x_rgb),
        "masked": (output, frame.x_rgb * frame.x_bi[..., None]),
    }
    figures = limits.bounds | _compared(pairs)
    if overlap.any():
        inside = output * overlap[..., None], body * overlap[..., None]
        figures["psnr_overlap"] = psnr(*inside, overlap)
        figures["ssim_overlap"] = float(ssim_map(*inside)[overlap].mean())
    texture = gradient_energy(frame.x_rgb, frame.x_sil)
    if texture:
        figures["sharpness"] = gradient_energy(frame.output, frame.x_bi) / texture
    distance = edge_color_distance(frame)
    return figures if distance is None else {**figures, "edge_color": distance}


def mean_figures(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """The mean of each figure over the rows that have it."""
    names = sorted({name for row in rows for name in row})
    return {name: float(np.mean([row[name] for row in rows if name in row])) for name in names}


def behind(x_rgb: UInt8, x_sil: Bool) -> UInt8:
    """The square without the walker, its place and rim filled in from around (Telea 2004).

    A gait set has no empty scene for each frame, so that what the new body uncovers is guessed.
    """
    kernel = np.ones((2 * _BLEED_PX + 1,) * 2, np.uint8)
    place = np.asarray(cv2.dilate(x_sil.astype(np.uint8), kernel), np.uint8)
    return np.asarray(cv2.inpaint(x_rgb, place, _INPAINT_PX, cv2.INPAINT_TELEA), np.uint8)


def edge_color_distance(frame: ColoredFrame) -> float | None:
    """How far the rim's colors are from those inside, in 8-bit levels.

    Mean, over the 32 patches of the style loss that hold a part of the rim, of the L2 distance
    between the mean color of the output's rim and the mean color of the original's center in the
    patch that it is paired with. None if there is nothing to compare.
    """
    x_bi = torch.from_numpy(frame.x_bi)[None, None].float()
    center = center_region(x_bi) * torch.from_numpy(frame.x_sil)[None, None]
    edge = edge_region(x_bi, center)
    center_colors, center_areas = _patch_means(to_float01(frame.x_rgb), center)
    edge_colors, edge_areas = _patch_means(to_float01(frame.output), edge)
    usable = center_areas >= MIN_CENTER_PIXELS
    counted = edge_areas > 0
    if not (usable.any() and counted.any()):
        return None
    paired = center_colors[nearest_usable(usable[None])[0]]
    distances = (edge_colors - paired).square().sum(1).sqrt()
    return 255 * float(distances[counted].mean())


def _compared(pairs: Mapping[str, tuple[UInt8, UInt8]]) -> dict[str, float]:
    """PSNR and SSIM of results against references, by name."""
    figures: dict[str, float] = {}
    for name, (result, reference) in pairs.items():
        figures[f"psnr_{name}"] = psnr(result, reference)
        figures[f"ssim_{name}"] = float(ssim_map(result, reference).mean())
    return figures


def _pasted(colors: UInt8, x_bi: Bool, scenery: UInt8) -> UInt8:
    return np.where(x_bi[..., None], colors, scenery)


def _patch_means(image: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Mean colors `(32, 3)` of an image `(3, S, S)` in the mask's patches, and areas `(32,)`."""
    masks = (patch_masks(image.shape[-1]) * mask[0])[:, 0].flatten(1)
    areas = masks.sum(1)
    return masks @ image.flatten(1).T / areas.clamp_min(1)[:, None], areas
