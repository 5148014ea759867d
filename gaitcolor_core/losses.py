"""The losses of the paper's color transfer: nothing but the original is compared with.

Equation numbers are those of "Color transfer to anonymized gait images while maintaining
anonymization" (APSIPA ASC 2020). All images are float `(N, 3, S, S)` in [0, 1], all masks
`(N, 1, S, S)` in {0, 1}; every loss is a mean, so that it does not depend on S or N.
"""

from __future__ import annotations

from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

PATCH_ROWS, PATCH_COLUMNS = 8, 4
# A patch needs so many pixels of the center to stand for the colors around it.
MIN_CENTER_PIXELS = 8
_RADIUS_SHARE = 3 / 128


def center_region(x_bi: Tensor, *, radius_px: int | None = None) -> Tensor:
    """The center C = Mp(x_bi): an erosion by an ellipse.

    Beyond the square lies body, so that its edge is no outline.

    Args:
        x_bi: `(N, 1, S, S)`, the anonymized silhouettes.
        radius_px: of the ellipse; None = 3 px at S = 128, and in proportion.

    Returns:
        `(N, 1, S, S)` in {0, 1}, of the type of `x_bi`. Times `x_sil`, it is the center inside
        the true overlap.
    """
    radius = round(_RADIUS_SHARE * x_bi.shape[-1]) if radius_px is None else radius_px
    offsets = torch.arange(-radius, radius + 1, dtype=x_bi.dtype, device=x_bi.device)
    within = offsets[:, None] ** 2 + offsets**2 <= (radius + 0.5) ** 2
    outside = F.pad(1 - x_bi, [radius] * 4)
    touched = F.conv2d(outside, within[None, None].to(x_bi.dtype))
    return (touched < 0.5).to(x_bi.dtype)


def edge_region(x_bi: Tensor, center: Tensor) -> Tensor:
    """The edge E = x_bi - C, `(N, 1, S, S)`."""
    return x_bi * (1 - center)


def reconstruction_loss(output: Tensor, x_rgb: Tensor, center: Tensor) -> Tensor:
    """Mean absolute difference inside the center, eq. (1).

    Args:
        output: `(N, 3, S, S)`, the network's.
        x_rgb: `(N, 3, S, S)`, the original.
        center: `(N, 1, S, S)`; if it is empty everywhere, the loss is 0.

    Returns:
        A scalar.
    """
    difference = (center * (output - x_rgb)).abs().sum()
    return difference / (output.shape[1] * center.sum()).clamp_min(1)


def gram_matrix(images: Tensor) -> Tensor:
    """Inner products of the flattened channels, eq. (2): `(N, C, H, W)` to `(N, C, C)`."""
    flat = images.flatten(2)
    return flat @ flat.transpose(1, 2)


def patch_masks(side: int) -> Tensor:
    """The 32 masks that cut a square into 8 rows of 4 patches, `(32, 1, side, side)` in {0, 1}.

    Raises:
        ValueError: `side` is no multiple of 8.
    """
    if side % PATCH_ROWS:
        raise ValueError(f"the side must be a multiple of {PATCH_ROWS}, got {side}")
    numbers = torch.arange(PATCH_ROWS * PATCH_COLUMNS).view(1, 1, PATCH_ROWS, PATCH_COLUMNS)
    owner = F.interpolate(numbers.float(), (side, side), mode="nearest")[0]
    return (owner == torch.arange(len(numbers.flatten())).view(-1, 1, 1)).float()[:, None]


def style_loss(output: Tensor, x_rgb: Tensor, center: Tensor, edge: Tensor) -> Tensor:
    """Colors of the edge against those of the nearest center, eqs. (3) to (5).

    The Gram matrix of each patch of the edge of `output`, divided by its number of pixels, is
    compared with that of the nearest patch of the center of `x_rgb`: the same patch, if it holds
    `MIN_CENTER_PIXELS`, or else the nearest one that does, from middle to middle.

    Args:
        output: `(N, 3, S, S)`, the network's.
        x_rgb: `(N, 3, S, S)`, the original.
        center: `(N, 1, S, S)`.
        edge: `(N, 1, S, S)`.

    Returns:
        A scalar: mean over the patches with edge and over the 9 entries of their matrices; 0 if
        there is no such patch, or no center for it.
    """
    center_grams, center_areas = _patch_grams(x_rgb * center, center)
    edge_grams, edge_areas = _patch_grams(output * edge, edge)
    usable = center_areas >= MIN_CENTER_PIXELS  # (N, 32)
    nearest = nearest_usable(usable)
    paired = center_grams.gather(1, nearest[..., None, None].expand_as(center_grams))
    counts = (edge_areas > 0) & usable.any(1, keepdim=True)
    difference = (edge_grams - paired).abs().mean((2, 3)) * counts
    return difference.sum() / counts.sum().clamp_min(1)


def nearest_usable(usable: Tensor) -> Tensor:
    """For each patch the nearest one that is usable: `(N, 32)` bool to `(N, 32)` int64.

    Where none is, the number means nothing.
    """
    distance = _patch_distances().to(usable.device) + (~usable[:, None]) * 1e6
    return distance.argmin(2)


def _patch_grams(images: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Gram matrices per pixel `(N, 32, 3, 3)`, and pixels `(N, 32)`, of masked images' patches."""
    areas = _patches(mask).sum((2, 3))
    patches = _patches(images)
    grams = gram_matrix(patches.flatten(0, 1)[..., None]).view(*patches.shape[:2], 3, 3)
    return grams / areas.clamp_min(1)[..., None, None], areas


def _patches(images: Tensor) -> Tensor:
    """`(N, C, S, S)` cut along `patch_masks` to `(N, 32, C, S * S / 32)`."""
    number, channels, side, _ = images.shape
    height, width = side // PATCH_ROWS, side // PATCH_COLUMNS
    tiles = images.view(number, channels, PATCH_ROWS, height, PATCH_COLUMNS, width)
    return tiles.permute(0, 2, 4, 1, 3, 5).reshape(
        number, PATCH_ROWS * PATCH_COLUMNS, channels, height * width
    )


@cache
def _patch_distances() -> Tensor:
    """Squared distances between the middles of all patches, `(32, 32)`, in patch heights."""
    rows = torch.arange(PATCH_ROWS, dtype=torch.float32).repeat_interleave(PATCH_COLUMNS)
    columns = torch.arange(PATCH_COLUMNS, dtype=torch.float32).repeat(PATCH_ROWS)
    aspect = PATCH_ROWS / PATCH_COLUMNS
    middles = torch.stack([rows, aspect * columns], dim=1)
    return (middles[:, None] - middles).square().sum(2)
