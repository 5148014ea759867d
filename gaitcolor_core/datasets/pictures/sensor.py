"""What a camera does to a picture between its lens and its file: blur, color, noise, compression.

A `Sensor` holds what stays fixed during a clip; only the noise is new in every frame. Nothing here
moves a pixel, so masks of the clean picture stay true.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gaitcolor_core.structures import Float32, UInt8

Rng = np.random.Generator

# The usual transfer curve; its slope is bounded in the dark, as in every camera.
_GAMMA = 2.2
_DARKEST = 0.01


@dataclass(frozen=True)
class Sensor:
    """A camera's settings for one clip; the defaults change nothing.

    Attributes:
        defocus_px: standard deviation of the blur of the lens, in pixels.
        motion_px: `(x, y)` way of the camera while the shutter is open, in pixels.
        exposure: factor on the linear light.
        contrast: slope around middle grey, after the transfer curve.
        white_balance: factors on linear red, green and blue.
        shot_noise: variance per unit of linear light in [0, 1]; grows with the ISO gain.
        read_noise: standard deviation in the dark, in linear light.
        chroma_noise: standard deviation of color blotches relative to the noise of brightness.
        sharpening: strength of the in-camera sharpening, 0 = none; leaves halos.
        jpeg_quality: 1 to 100, with color at half resolution; None = not compressed.
    """

    defocus_px: float = 0.0
    motion_px: tuple[float, float] = (0.0, 0.0)
    exposure: float = 1.0
    contrast: float = 1.0
    white_balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    shot_noise: float = 0.0
    read_noise: float = 0.0
    chroma_noise: float = 0.0
    sharpening: float = 0.0
    jpeg_quality: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no camera does."""
        strengths = (self.defocus_px, self.shot_noise, self.read_noise, self.chroma_noise)
        if min(*strengths, self.sharpening) < 0:
            raise ValueError(f"blur, noise and sharpening must not be negative, got {self}")
        if min(self.exposure, self.contrast, *self.white_balance) <= 0:
            raise ValueError(f"exposure, contrast and white balance must be positive, got {self}")
        if self.jpeg_quality is not None and not 1 <= self.jpeg_quality <= 100:
            raise ValueError(f"jpeg_quality must lie in [1, 100], got {self.jpeg_quality}")

    @classmethod
    def draw(cls, rng: Rng) -> Sensor:
        """A random camera, from a good one in daylight to a cheap one at dusk."""
        # ISO 100 to 1600; a small sensor holds 6000 electrons, after its own denoising.
        gain = 2 ** rng.uniform(0, 4)
        warmth, tint = rng.normal(0, 0.05), rng.normal(0, 0.02)
        shake = rng.exponential(0.5) * np.exp(1j * rng.uniform(0, 2 * np.pi))
        return cls(
            defocus_px=float(rng.choice([0.0, rng.uniform(0.3, 1.1)])),
            motion_px=(float(shake.real), float(shake.imag)) if abs(shake) > 0.6 else (0.0, 0.0),
            exposure=float(2 ** rng.normal(0, 0.25)),
            contrast=float(rng.uniform(0.85, 1.12)),
            white_balance=(float(np.exp(warmth)), float(np.exp(tint)), float(np.exp(-warmth))),
            shot_noise=float(gain / 6000),
            read_noise=float(0.0005 * gain**0.7),
            chroma_noise=float(rng.uniform(0.2, 0.7)),
            sharpening=float(rng.choice([0.0, rng.uniform(0.2, 0.9)])),
            jpeg_quality=int(rng.integers(45, 96)),
        )

    def expose(self, frame: UInt8, rng: Rng) -> UInt8:
        """The picture that this camera files of what it sees.

        Args:
            frame: `(H, W, 3)` uint8 RGB, clean.
            rng: the noise of this frame.

        Returns:
            `(H, W, 3)` uint8 RGB.

        Raises:
            ValueError: `frame` has another shape or type.
        """
        if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8:
            raise ValueError(f"frame must be (H, W, 3) uint8, got {frame.shape} {frame.dtype.name}")
        image = self._develop(self._focus(np.ascontiguousarray(frame)))
        image = self._add_noise(image, rng)
        return self._compress(self._sharpen(image))

    def _focus(self, image: UInt8) -> UInt8:
        """Blur of the lens, then of the hand."""
        if self.defocus_px > 0:
            blurred = cv2.GaussianBlur(image, (0, 0), self.defocus_px)
            image = np.asarray(blurred, np.uint8)
        if any(self.motion_px):
            image = np.asarray(cv2.filter2D(image, -1, _streak(self.motion_px)), np.uint8)
        return image

    def _develop(self, image: UInt8) -> UInt8:
        """Exposure and white balance on linear light, contrast on the coded one."""
        linear = (np.arange(256)[:, None] / 255) ** _GAMMA
        coded = np.minimum(linear * self.exposure * self.white_balance, 1) ** (1 / _GAMMA)
        table = np.clip((coded - 0.5) * self.contrast + 0.5, 0, 1) * 255
        return np.asarray(cv2.LUT(image, np.round(table).astype(np.uint8)[:, None]), np.uint8)

    def _add_noise(self, image: UInt8, rng: Rng) -> UInt8:
        """Noise of brightness in each pixel, of color in blotches of two pixels."""
        if self.shot_noise == self.read_noise == 0:
            return image
        luma, red, blue = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb))
        height, width = luma.shape
        spread = np.asarray(cv2.LUT(np.asarray(luma, np.uint8), self._noise_table()), np.float32)
        grain = rng.standard_normal((height, width), np.float32)
        noisy = [cv2.add(luma, spread * grain, dtype=cv2.CV_8U)]
        half = (height + 1) // 2, (width + 1) // 2
        for channel in (red, blue):
            blotch = self.chroma_noise * rng.standard_normal(half, np.float32)
            # Nearest neighbor: a linear one would take three quarters of the variance away.
            large = cv2.resize(blotch, (width, height), interpolation=cv2.INTER_NEAREST)
            noisy.append(cv2.add(channel, spread * large, dtype=cv2.CV_8U))
        return np.asarray(cv2.cvtColor(cv2.merge(noisy), cv2.COLOR_YCrCb2RGB), np.uint8)

    def _noise_table(self) -> Float32:
        """`(256,)` standard deviation for each coded grey level, in grey levels."""
        linear = (np.arange(256) / 255) ** _GAMMA
        slope = np.maximum(linear, _DARKEST) ** (1 / _GAMMA - 1) / _GAMMA
        sigma = np.sqrt(self.shot_noise * linear + self.read_noise**2)
        return np.asarray(255 * slope * sigma, np.float32)

    def _sharpen(self, image: UInt8) -> UInt8:
        """Unsharp masking."""
        if self.sharpening == 0:
            return image
        soft = cv2.GaussianBlur(image, (0, 0), 1.2)
        crisp = cv2.addWeighted(image, 1 + self.sharpening, soft, -self.sharpening, 0)
        return np.asarray(crisp, np.uint8)

    def _compress(self, image: UInt8) -> UInt8:
        """Into JPEG and back."""
        if self.jpeg_quality is None:
            return image
        options = [cv2.IMWRITE_JPEG_QUALITY, self.jpeg_quality]
        options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]
        written, code = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
        if not written:
            raise ValueError(f"a picture of {image.shape} does not fit into a JPEG")
        decoded = np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8)
        return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)


def _streak(way: tuple[float, float]) -> Float32:
    """Odd-sized kernel, sum 1, of a point that moves by `way` `(x, y)` pixels around its place."""
    radius = int(np.ceil(max(map(abs, way)) / 2))
    kernel = np.zeros((2 * radius + 1, 2 * radius + 1), np.float32)
    grid = np.arange(-radius, radius + 1)
    for part in np.linspace(-0.5, 0.5, 8 * radius + 1):
        x, y = part * way[0], part * way[1]
        across = np.maximum(1 - abs(grid - x), 0)
        down = np.maximum(1 - abs(grid - y), 0)
        kernel += np.outer(down, across).astype(np.float32)
    return np.asarray(kernel / kernel.sum(), np.float32)
