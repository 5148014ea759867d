"""The paper's losses: numbers worked by hand, and what the equations imply."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.autograd import gradcheck

from gaitcolor_core.losses import (
    center_region,
    edge_region,
    gram_matrix,
    nearest_usable,
    patch_masks,
    reconstruction_loss,
    style_loss,
)

SIDE = 32
# A patch at this side: 4 rows of 8 pixels.
TALL, WIDE = 4, 8


def masks(number: int = 1, side: int = SIDE) -> Tensor:
    return torch.zeros(number, 1, side, side)


def patch(mask: Tensor, row: int, column: int, rows: slice = slice(None)) -> Tensor:
    """The pixels of a patch, or some of its rows."""
    band = mask[..., TALL * row : TALL * (row + 1), WIDE * column : WIDE * (column + 1)]
    return band[..., rows, :]


def plain(color: tuple[float, float, float], number: int = 1) -> Tensor:
    return torch.tensor(color).view(1, 3, 1, 1).expand(number, 3, SIDE, SIDE).contiguous()


@pytest.mark.parametrize("radius", [1, 2, 3, 5])
def test_the_center_is_an_erosion_by_an_ellipse(radius: int) -> None:
    silhouette = np.zeros((64, 64), np.uint8)
    cv2.ellipse(silhouette, (30, 32), (14, 26), 10, 0, 360, 1, -1)
    cv2.circle(silhouette, (34, 30), 3, 0, -1)
    offsets = np.arange(-radius, radius + 1)
    ellipse = (offsets[:, None] ** 2 + offsets**2 <= (radius + 0.5) ** 2).astype(np.uint8)
    expected = cv2.erode(silhouette, ellipse)
    found = center_region(torch.from_numpy(silhouette)[None, None].float(), radius_px=radius)
    assert np.array_equal(found[0, 0].numpy(), expected)


def test_the_radius_grows_with_the_square() -> None:
    for side, radius in ((128, 3), (256, 6)):
        silhouette = masks(side=side)
        silhouette[..., 40:100, 40:100] = 1
        assert center_region(silhouette).sum() == (60 - 2 * radius) ** 2


def test_center_and_edge_make_up_the_silhouette() -> None:
    silhouette = masks(2)
    silhouette[0, 0, 4:28, 8:24] = 1
    center = center_region(silhouette)
    edge = edge_region(silhouette, center)
    assert torch.equal(center + edge, silhouette)
    assert not (center * edge).any()


def test_the_reconstruction_loss_is_a_mean_over_the_center() -> None:
    center = masks()
    center[..., :2, :5] = 1
    output, original = plain((0.5, 0.5, 0.5)), plain((0.4, 0.5, 0.8))
    assert reconstruction_loss(output, original, center) == pytest.approx(0.4 / 3)
    output[..., 2:, :] = 9  # beyond the center
    assert reconstruction_loss(output, original, center) == pytest.approx(0.4 / 3)
    assert reconstruction_loss(output, original, masks()) == 0


def test_the_gram_matrix_holds_inner_products() -> None:
    images = torch.tensor([[[[1.0, 2.0]], [[3.0, -1.0]]]])
    assert gram_matrix(images).tolist() == [[[5, 1], [1, 10]]]


def test_32_masks_cut_the_square() -> None:
    cut = patch_masks(SIDE)
    assert cut.shape == (32, 1, SIDE, SIDE)
    assert torch.equal(cut.sum(0), torch.ones(1, SIDE, SIDE))
    assert {int(mask.sum()) for mask in cut} == {TALL * WIDE}
    assert cut[5, 0, TALL, WIDE] == 1  # second row, second column
    with pytest.raises(ValueError, match="multiple of 8"):
        patch_masks(30)


def test_the_style_loss_by_hand() -> None:
    """One patch: center (1, 0, 0), edge (0, 1, 0): two of nine entries differ by 1."""
    center, edge = masks(), masks()
    patch(center, 2, 1, slice(0, 2)).fill_(1)
    patch(edge, 2, 1, slice(2, 3)).fill_(1)
    loss = style_loss(plain((0, 1, 0)), plain((1, 0, 0)), center, edge)
    assert loss == pytest.approx(2 / 9)
    assert style_loss(plain((0.5, 0, 0)), plain((1, 0, 0)), center, edge) == pytest.approx(0.75 / 9)


@given(st.integers(1, 3), st.integers(1, 2))
def test_areas_do_not_matter(center_rows: int, edge_rows: int) -> None:
    center, edge = masks(), masks()
    patch(center, 2, 1, slice(0, center_rows)).fill_(1)
    patch(edge, 3, 1, slice(0, edge_rows)).fill_(1)
    patch(center, 3, 1, slice(2, 3)).fill_(1)
    original = plain((0.2, 0.6, 0.9))
    assert style_loss(original, original, center, edge) == pytest.approx(0, abs=1e-6)
    assert style_loss(plain((0.2, 0.6, 0.8)), original, center, edge) > 0.01


def test_an_edge_without_center_takes_the_nearest_patch() -> None:
    center, edge = masks(), masks()
    patch(edge, 5, 2).fill_(1)
    patch(center, 4, 2, slice(0, 1)).fill_(1)  # near, but with 8 pixels just large enough
    patch(center, 0, 0).fill_(1)  # large, but far
    original = plain((0, 0, 1))
    patch(original, 4, 2)[:] = torch.tensor([1.0, 0, 0]).view(3, 1, 1)
    red = plain((1, 0, 0))
    assert style_loss(red, original, center, edge) == pytest.approx(0, abs=1e-6)
    patch(center, 4, 2)[..., 0, 0] = 0  # 7 pixels are too few
    assert style_loss(red, original, center, edge) == pytest.approx(2 / 9)


def test_middles_count_in_pixels() -> None:
    """A patch is half as tall as it is wide: two rows up are as near as one column aside."""
    usable = torch.zeros(1, 32, dtype=torch.bool)
    usable[0, [4 * 5 + 1, 4 * 2 + 2]] = True
    assert nearest_usable(usable)[0, 4 * 2 + 1] == 4 * 2 + 2
    usable[0, 4 * 3 + 1] = True
    assert nearest_usable(usable)[0, 4 * 2 + 1] == 4 * 3 + 1


def test_the_mean_is_over_patches_that_count() -> None:
    """A second picture with nothing in it changes nothing."""
    center, edge = masks(2), masks(2)
    patch(center, 2, 1, slice(0, 2))[0] = 1
    patch(edge, 2, 1, slice(2, 4))[0] = 1
    loss = style_loss(plain((0, 1, 0), 2), plain((1, 0, 0), 2), center, edge)
    assert loss == pytest.approx(2 / 9)


@pytest.mark.parametrize("empty", ["center", "edge", "both"])
def test_nothing_to_compare_is_no_loss_and_no_nan(empty: str) -> None:
    center, edge = masks(), masks()
    if empty == "edge":
        patch(center, 2, 1).fill_(1)
    if empty == "center":
        patch(edge, 2, 1).fill_(1)
    output = plain((0.1, 0.2, 0.3)).requires_grad_()
    loss = style_loss(output, plain((1, 0, 0)), center, edge)
    loss = loss + reconstruction_loss(output, plain((1, 0, 0)), masks())
    loss.backward()
    assert loss == 0
    assert output.grad is not None and output.grad.isfinite().all()


@pytest.mark.parametrize(
    "loss",
    [
        lambda output, original, center, edge: reconstruction_loss(output, original, center),
        style_loss,
    ],
    ids=["reconstruction", "style"],
)
def test_gradients(loss: Callable[..., Tensor]) -> None:
    generator = torch.Generator().manual_seed(0)
    output, original = (
        torch.rand(2, 3, SIDE, SIDE, generator=generator, dtype=torch.float64) for _ in range(2)
    )
    silhouette = (torch.rand(2, 1, SIDE, SIDE, generator=generator) > 0.3).double()
    center = (torch.rand(2, 1, SIDE, SIDE, generator=generator) > 0.3).double() * silhouette
    patch(center, 3, 2).fill_(0)  # takes another patch
    edge = edge_region(silhouette, center)
    assert loss(output, original, center, edge) > 0.01
    assert gradcheck(
        lambda each: loss(each, original, center, edge),
        output.requires_grad_(),
        atol=1e-8,  # a mean over many pixels has small gradients
        fast_mode=True,
    )
