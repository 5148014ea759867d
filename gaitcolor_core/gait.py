"""Gait as the field measures it: aligned silhouettes, gait period and phase, gait energy image."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.structures import (
    Bool,
    Float32,
    Float64,
    GaitSequence,
    Int64,
    PackedMask,
    Track,
    UInt8,
)

SILHOUETTE_SIZE = 128
# Room around a walker for a longer stride, a broader body or a lifted arm.
SQUARE_PER_HEIGHT = 1.25
HEAD_ROOM = 0.14
# Color networks see less around a body: half of what is more than 1 above it, half below.
BODY_SQUARE_PER_HEIGHT = 1.06
SMOOTHING_S = 0.2
# Outside these limits (seconds) a repetition of the silhouette is not a walking cycle.
MIN_PERIOD_S, MAX_PERIOD_S = 0.7, 1.8
# A periodic gait repeats at least this well (normalized autocorrelation of the leg spread).
MIN_PERIODICITY = 0.3
# The first peak that is this close to the highest is one step, or one cycle.
ONE_STEP_SHARE = 0.8


def align(track: Track, *, frame_shape: tuple[int, int], fps: float) -> GaitSequence:
    """Cut a walker's silhouettes to squares that follow the body smoothly.

    Axis, head top and ground line are smoothed over time; sides where the walker leaves the
    picture or is hidden do not count, the body's last full height is kept there.

    Args:
        track: the walker.
        frame_shape: `(height, width)` of the frames in pixels.
        fps: frames per second.

    Returns:
        The sequence, silhouettes `(T, 1, 128, 128)` bool.
    """
    axis, top, ground = body_lines(track, frame_shape=frame_shape, fps=fps)
    side = SQUARE_PER_HEIGHT * (ground - top)
    upper = top - HEAD_ROOM * (ground - top)
    xyxy = np.stack([axis - side / 2, upper, axis + side / 2, upper + side], axis=1)
    silhouettes = [
        silhouette_in_square(mask, square) for mask, square in zip(track.masks, xyxy, strict=True)
    ]
    return GaitSequence(
        track.track_id, track.frame_ids, xyxy.astype(np.float32), np.stack(silhouettes)[:, None]
    )


def body_square(xyxy: Float32) -> Float32:
    """The square that fits the body closely, from the gait square `(4,)` xyxy around it.

    It is centered on the same axis, its middle is that of the body's height.
    """
    height = (xyxy[3] - xyxy[1]) / SQUARE_PER_HEIGHT
    x, y = (xyxy[0] + xyxy[2]) / 2, xyxy[1] + (HEAD_ROOM + 0.5) * height
    half = BODY_SQUARE_PER_HEIGHT / 2 * height
    return np.array([x - half, y - half, x + half, y + half], np.float32)


def silhouette_in_square(mask: PackedMask, square: Float64 | Float32) -> Bool:
    """Resample `mask` in the square `(4,)` xyxy to `(128, 128)` bool, keeping area where it can."""
    left, top = int(np.floor(square[0])), int(np.floor(square[1]))
    side = max(int(np.ceil(square[2] - square[0])), 1)
    canvas = np.zeros((side, side), bool)
    mask.paint(canvas, (left, top))
    size = (SILHOUETTE_SIZE, SILHOUETTE_SIZE)
    shrunk = cv2.resize(canvas.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk > 0.5)


def body_lines(
    track: Track, *, frame_shape: tuple[int, int], fps: float
) -> tuple[Float64, Float64, Float64]:
    """Smooth body axis (x), head top (y) and ground line (y) of a walker, `(T,)` pixels each."""
    height, width = frame_shape
    bounds = np.array([mask.xyxy for mask in track.masks], np.float64)
    axis = np.array([_torso_center(mask) for mask in track.masks])
    left, top, right, bottom = bounds.T
    trust = 1e-3 + _visibility(track)
    sigma = SMOOTHING_S * fps
    whole = (top > 1) & (bottom < height - 1)
    tall = _full_height(track.frame_ids, bottom - top, whole, trust, sigma)
    # A body that is cut off by the picture keeps its height and hangs on the visible end.
    top = np.where((top <= 1) & (bottom < height - 1), bottom - tall, top)
    bottom = np.where(bottom >= height - 1, np.maximum(top + tall, bottom), bottom)
    inside = trust * np.where((left > 1) & (right < width - 1), 1.0, 0.1)
    return (
        smooth_trajectory(track.frame_ids, axis, inside, sigma),
        smooth_trajectory(track.frame_ids, top, trust, sigma),
        smooth_trajectory(track.frame_ids, bottom, trust, sigma),
    )


def smooth_trajectory(times: Int64, values: Float64, weights: Float64, sigma: float) -> Float64:
    """Weighted local-linear regression with a Gaussian kernel.

    Args:
        times: `(T,)`, rising.
        values: `(T,)`.
        weights: `(T,)`, positive.
        sigma: kernel width in the unit of `times`.

    Returns:
        `(T,)` smoothed values; straight lines are kept exactly.
    """
    smoothed = np.empty(len(values))
    for index, now in enumerate(times):
        near = slice(*np.searchsorted(times, [now - 6 * sigma, now + 6 * sigma + 1]))
        offset = (times[near] - now).astype(np.float64)
        # The wide foot of the kernel bridges stretches in which nothing can be trusted.
        kernel = np.exp(-0.5 * (offset / sigma) ** 2) + 1e-4 * np.exp(-np.abs(offset) / sigma)
        weight = weights[near] * kernel
        total = weight.sum()
        mean_offset, mean = (weight @ offset) / total, (weight @ values[near]) / total
        spread = weight @ (offset - mean_offset) ** 2
        slope = (weight @ ((offset - mean_offset) * (values[near] - mean))) / (spread + 1e-9)
        smoothed[index] = mean - slope * mean_offset
    return smoothed


def leg_spread(silhouettes: Bool) -> Float64:
    """Horizontal standard deviation of the lower body, `(T,)` in silhouette heights.

    Args:
        silhouettes: `(T, 1, S, S)` bool.
    """
    columns = np.arange(silhouettes.shape[-1])
    spread = np.zeros(len(silhouettes))
    for index, silhouette in enumerate(silhouettes[:, 0]):
        rows = np.flatnonzero(silhouette.any(axis=1))
        if rows.size == 0:
            continue
        mass = silhouette[int(0.4 * rows[0] + 0.6 * rows[-1]) :].sum(axis=0)
        mean = (mass @ columns) / max(mass.sum(), 1)
        variance = (mass @ (columns - mean) ** 2) / max(mass.sum(), 1)
        spread[index] = np.sqrt(variance) / (rows[-1] - rows[0] + 1)
    return spread


def gait_period(silhouettes: Bool, *, fps: float) -> float | None:
    """Frames per gait cycle (two steps), from the silhouettes alone.

    The legs open twice a cycle; the first high peak of the autocorrelation of their spread gives
    the step, refined by a parabola. Seen obliquely, left and right step look unlike: if no step
    repeats the one before, the peak of a whole cycle is looked for.

    Args:
        silhouettes: `(T, 1, S, S)` bool, successive frames.
        fps: frames per second.

    Returns:
        Frames per cycle, or None if the walker shows no periodic gait.
    """
    signal = _band(leg_spread(silhouettes), fps)
    if len(signal) < 2 * round(MIN_PERIOD_S * fps / 2) + 2 or signal.std() < 1e-6:
        return None
    for steps in (1, 2):
        share = fps * steps / 2
        lag = _repetition(signal, round(MIN_PERIOD_S * share), round(MAX_PERIOD_S * share))
        if lag is not None:
            return 2 * lag / steps
    return None


def gait_phase(silhouettes: Bool, period: float) -> Float64:
    """Position in the gait cycle, `(T,)` in [0, 1); 0 and 0.5 = legs widest apart.

    Left and right step look alike in a silhouette: which of them is 0 is arbitrary, but constant
    over the sequence. The phase is that of the leg spread's component at the step frequency in a
    sliding window of one cycle (complex demodulation).

    Args:
        silhouettes: `(T, 1, S, S)` bool, successive frames.
        period: frames per gait cycle.
    """
    signal = leg_spread(silhouettes)
    times = np.arange(len(signal))
    sigma = period / 3
    phase = np.empty(len(signal))
    carrier = np.exp(-2j * np.pi * times / (period / 2))
    for now in times:
        window = np.exp(-0.5 * ((times - now) / sigma) ** 2)
        local = signal - (window @ signal) / window.sum()
        phase[now] = np.angle((window * local) @ carrier)
    steps = np.unwrap(phase) / (2 * np.pi) + times / (period / 2)
    return np.asarray((steps / 2) % 1.0)


def align_silhouette(silhouette: Bool) -> Float32:
    """Height-normalized, centered silhouette, `(128, 128)` float32 in [0, 1].

    Rows are cut to the body and scaled to the full height, columns keep the same scale and are
    centered on the center of mass.

    Args:
        silhouette: `(H, W)` bool with at least one pixel.

    Raises:
        ValueError: the silhouette is empty.
    """
    rows = np.flatnonzero(silhouette.any(axis=1))
    if rows.size == 0:
        raise ValueError("an empty silhouette cannot be aligned")
    body = silhouette[rows[0] : rows[-1] + 1].astype(np.float32)
    scale = SILHOUETTE_SIZE / len(body)
    center = (body.sum(axis=0) @ np.arange(body.shape[1])) / body.sum()
    half = SILHOUETTE_SIZE / 2
    matrix = np.array([[scale, 0, half - scale * (center + 0.5)], [0, scale, 0.5 * scale - 0.5]])
    matrix[0, 2] += 0.5 * scale - 0.5
    size = (SILHOUETTE_SIZE, SILHOUETTE_SIZE)
    return np.asarray(cv2.warpAffine(body, matrix, size, flags=cv2.INTER_LINEAR), np.float32)


def gait_energy_image(silhouettes: Bool) -> Float32:
    """Mean aligned silhouette (Han and Bhanu, TPAMI 2006), `(128, 128)` float32 in [0, 1].

    Args:
        silhouettes: `(T, 1, S, S)` bool; empty ones are left out.

    Raises:
        ValueError: every silhouette is empty.
    """
    total, count = np.zeros((SILHOUETTE_SIZE, SILHOUETTE_SIZE)), 0
    for silhouette in silhouettes[:, 0]:
        if silhouette.any():
            total += align_silhouette(silhouette)
            count += 1
    if count == 0:
        raise ValueError("no silhouette to average")
    return (total / count).astype(np.float32)


def gei_distance(first: Float32, second: Float32) -> float:
    """L2 distance of two gait energy images with values in [0, 1]."""
    return float(np.linalg.norm(first - second))


def _torso_center(mask: PackedMask) -> float:
    """Middle (x) of the trunk, which arms and legs do not sway."""
    pixels: UInt8 = mask.unpack().astype(np.uint8)
    height = mask.shape[0]
    trunk = pixels[int(0.15 * height) : max(int(0.5 * height), 1)].sum(axis=0)
    if trunk.sum() == 0:
        return mask.x + mask.shape[1] / 2
    return float(mask.x + 0.5 + (trunk @ np.arange(len(trunk))) / trunk.sum())


def _full_height(times: Int64, tall: Float64, whole: Bool, trust: Float64, sigma: float) -> Float64:
    """Smoothed height, `(T,)`; where a body is not `whole`, its nearest whole height is kept."""
    if not whole.any():
        return smooth_trajectory(times, tall, trust, sigma)
    smooth = smooth_trajectory(times[whole], tall[whole], trust[whole], sigma)
    return np.interp(times, times[whole], smooth)


def _visibility(track: Track) -> Float64:
    """How much of the body shows, `(T,)` in [0, 1], by area against its usual share of height²."""
    area = np.array([mask.unpack().sum() for mask in track.masks], np.float64)
    tall = np.array([mask.shape[0] for mask in track.masks], np.float64)
    usual = np.median(area / np.maximum(tall, 1) ** 2) * np.median(tall) ** 2
    share = np.clip(area / max(usual, 1), 0, 1) ** 2
    return np.where(track.interpolated, 0.05, share)


def _band(signal: Float64, fps: float) -> Float64:
    """Remove the trend that is slower than a cycle and smooth what is faster than a step."""
    times = np.arange(len(signal))
    ones = np.ones(len(signal))
    smooth = smooth_trajectory(times, signal, ones, 0.05 * fps)
    return smooth - smooth_trajectory(times, signal, ones, 0.5 * fps)


def _repetition(signal: Float64, shortest: int, longest: int) -> float | None:
    """After how many frames, from `shortest` to `longest`, a signal repeats; None if it doesn't."""
    # What overlaps must be long enough to look alike for a reason.
    overlap = min(shortest, round(len(signal) / 4))
    lags = range(max(shortest - 1, 1), min(longest + 2, len(signal) - overlap))
    correlation = np.array([_correlation(signal, lag) for lag in lags])
    peaks = [
        index
        for index in range(1, len(correlation) - 1)
        if correlation[index] >= max(correlation[index - 1], correlation[index + 1])
    ]
    if not peaks:
        return None
    highest = max(correlation[peaks])
    if highest < MIN_PERIODICITY:
        return None
    # Two steps repeat at least as well as one, and those of a brisk walker lie in range, too.
    best = next(index for index in peaks if correlation[index] >= ONE_STEP_SHARE * highest)
    before, peak, after = correlation[best - 1 : best + 2]
    shift = 0.5 * (before - after) / min(before - 2 * peak + after, -1e-9)
    return float(lags[best] + shift)


def _correlation(signal: Float64, lag: int) -> float:
    first, second = signal[:-lag], signal[lag:]
    norm = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / max(norm, 1e-12)
