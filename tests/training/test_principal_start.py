"""The start of the color transfer network: a linear code that is as good as one can be."""

from __future__ import annotations

import torch
from torch import Tensor

from gaitcolor_core.models.color_transfer import ColorTransferNet
from gaitcolor_core.training.principal_start import start_from


def smooth_images(number: int) -> tuple[Tensor, Tensor]:
    """Soft patches of few colors: far fewer numbers describe them than they have pixels."""
    generator = torch.Generator().manual_seed(3)
    coarse = 0.3 + 0.4 * torch.rand(number, 3, 4, 4, generator=generator)
    x_rgb = torch.nn.functional.interpolate(coarse, (128, 128), mode="bilinear")
    x_bi = torch.zeros(number, 1, 128, 128)
    x_bi[..., 16:112, 40:88] = 1
    return x_rgb, x_bi


def error(network: ColorTransferNet, x_rgb: Tensor, x_bi: Tensor) -> float:
    with torch.no_grad():
        difference = (network(x_rgb, x_bi) - x_rgb) * x_bi
    return float(difference.abs().sum() / (3 * x_bi.sum()))


def test_it_repeats_images_like_those_it_saw() -> None:
    torch.manual_seed(0)
    network = ColorTransferNet(width=8, code_channels=16, hidden=60)
    x_rgb, x_bi = smooth_images(150)
    before = error(network, x_rgb[:8], x_bi[:8])
    start_from(network, x_rgb[30:], x_bi[30:])
    after = error(network, x_rgb[:8], x_bi[:8])
    assert after < 0.01 < 0.05 < before


def test_it_is_repeatable_and_every_weight_still_learns() -> None:
    images = smooth_images(80)
    torch.manual_seed(0)
    first, second = (ColorTransferNet(width=8, code_channels=8, hidden=40) for _ in range(2))
    second.load_state_dict(first.state_dict())
    for network in (first, second):
        start_from(network, *images)
    assert all(map(torch.equal, first.state_dict().values(), second.state_dict().values()))
    first(*images).square().mean().backward()
    for name, parameter in first.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
        assert parameter.grad.any(), name
