"""Parts that the color networks share."""

from __future__ import annotations

from torch import Tensor, nn

# The side of all squares, in pixels.
SIDE = 128
SLOPE = 0.2


def halve(inputs: int, outputs: int) -> nn.Sequential:
    """A strided convolution: half the side."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, 4, stride=2, padding=1), nn.LeakyReLU(SLOPE))


def twice(inputs: int, outputs: int) -> nn.Sequential:
    """A transposed convolution: twice the side."""
    return nn.Sequential(
        nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1), nn.LeakyReLU(SLOPE)
    )


def mix(channels: int) -> nn.Sequential:
    """A convolution that keeps the side."""
    return nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1), nn.LeakyReLU(SLOPE))


def check_color_input(x_rgb: Tensor, x_bi: Tensor) -> None:
    """Refuse images of another size.

    Raises:
        ValueError: `x_rgb` is not `(N, 3, 128, 128)`, or `x_bi` not `(N, 1, 128, 128)`.
    """
    for name, images, channels in (("x_rgb", x_rgb, 3), ("x_bi", x_bi, 1)):
        wanted = (len(x_rgb), channels, SIDE, SIDE)
        if tuple(images.shape) != wanted:
            raise ValueError(f"{name} must be {wanted}, got {tuple(images.shape)}")
