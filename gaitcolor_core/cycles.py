"""Gait cycles: their period and phase, and what is seen in whole ones.

A mean silhouette over whole cycles does not depend on where a walk begins.
"""

from __future__ import annotations

import numpy as np

from gaitcolor_core.gait import gait_energy_image, gei_distance, smooth_trajectory
from gaitcolor_core.structures import Bool, Float64

# Outside these limits (seconds) a repetition of the silhouette is not a walking cycle.
MIN_PERIOD_S, MAX_PERIOD_S = 0.7, 1.8
# A periodic gait repeats at least this well (normalized autocorrelation of the leg spread).
MIN_PERIODICITY = 0.3
# The first peak that is this close to the highest is one step, or one cycle.
ONE_STEP_SHARE = 0.8
# Of a walk without a period, a half this long shows about what a cycle shows.
MIN_HALF_FRAMES = 20


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


def whole_cycles(silhouettes: Bool, period: float | None) -> Bool:
    """The first frames, as many whole gait cycles as there are.

    Args:
        silhouettes: `(T, 1, S, S)` bool, successive frames.
        period: frames per gait cycle; None if there is no periodic gait.

    Returns:
        `(N, 1, S, S)` bool; all frames where there is no whole cycle, or nobody to be seen in it.
    """
    if period is None or period > len(silhouettes):
        return silhouettes
    whole = silhouettes[: round(len(silhouettes) // period * period)]
    return whole if whole.any() else silhouettes


def distance_of_halves(silhouettes: Bool, period: float | None) -> float | None:
    """How far a walker differs from himself: L2 distance of the GEIs of two halves of a walk.

    Args:
        silhouettes: `(T, 1, S, S)` bool, successive frames.
        period: frames per gait cycle; None if there is no periodic gait.

    Returns:
        The distance of the gait energy images (128 x 128, values in [0, 1]) of equally many whole
        cycles, one part after the other, or without a period of equally many frames; None if there
        are less than two cycles, or less than 40 frames, or nobody shows in a half.
    """
    num_frames = len(silhouettes)
    if period is None:
        length = num_frames // 2 if num_frames >= 2 * MIN_HALF_FRAMES else 0
    else:
        length = round(num_frames // (2 * period) * period)
    first, second = silhouettes[:length], silhouettes[length : 2 * length]
    if not (first.any() and second.any()):
        return None
    return gei_distance(gait_energy_image(first), gait_energy_image(second))


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
