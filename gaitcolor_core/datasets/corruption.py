"""Incomplete silhouettes, as background subtraction leaves where clothes and background are alike.

A silhouette is turned into a signed distance to its outline; faults are patches, also given by
their distance, which are cut out of it or joined to it. They lie in coordinates of the body, so
that they walk along with it: across in body heights from its middle, down from 0 (crown) to 1
(sole). How far a sequence falls is drawn first, then faults are added until it has fallen so far.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from gaitcolor_core.structures import Bool, Float32, Float64

Rng = np.random.Generator
_Range = tuple[float, float]

# No frame may fall below this intersection over union, however bad the sequence.
FLOOR = 0.4
_TRIES = 40
# Frames in which a fault grows to its full size.
_RAMP = 4
# Coarse grain of the noise that frays outlines, in parts of the square, and its memory.
_GRAIN, _MEMORY = 0.06, 0.93


class _Kind(NamedTuple):
    """A family of faults; ranges are uniform, lengths in body heights.

    Attributes:
        chance: relative frequency.
        adds: whether it joins to the body or cuts out of it.
        across: distance from the body's middle, to either side.
        down: places from the crown; a fault lies near one of them.
        wide: half its width.
        tall: half its height.
        power: 2 for an ellipse, more for a box.
        drift: speed across in body heights per frame, as of a thing passed by.
        reach: how far an addition may stand off the outline; None = it may float.
    """

    chance: float
    adds: bool
    across: _Range
    down: tuple[float, ...]
    wide: _Range
    tall: _Range
    power: int = 2
    drift: _Range = (0, 0)
    reach: float | None = None


_EVERYWHERE = tuple(np.linspace(0.05, 0.95, 10).tolist())
_KINDS = (
    # Holes; strips that the body walks past; bands at neck, waist, knees and ankles.
    _Kind(4, False, (0, 0.08), _EVERYWHERE, (0.02, 0.07), (0.02, 0.08)),
    _Kind(
        3, False, (0, 0.06), (0.25, 0.35, 0.6, 0.75), (0.02, 0.06), (0.08, 0.2), 4, (0.004, 0.02)
    ),
    _Kind(3, False, (0, 0.04), (0.17, 0.47, 0.72, 0.93), (0.2, 0.6), (0.008, 0.03), 8),
    # Feet, part of the head, a limb.
    _Kind(2, False, (0, 0.12), (0.98,), (0.1, 0.5), (0.02, 0.06), 4),
    _Kind(2, False, (0, 0.06), (0.03, 0.08), (0.03, 0.09), (0.03, 0.08)),
    _Kind(3, False, (0.08, 0.2), (0.45, 0.65, 0.8, 0.9), (0.05, 0.12), (0.07, 0.2), 4),
    # Shadow at the feet, a piece of background that hangs on, islands.
    _Kind(2, True, (0.05, 0.25), (0.98,), (0.12, 0.3), (0.015, 0.035), 2, (0, 0), 0.15),
    _Kind(2, True, (0.05, 0.16), _EVERYWHERE, (0.04, 0.1), (0.05, 0.12), 2, (0, 0), 0.06),
    _Kind(2, True, (0.12, 0.35), _EVERYWHERE, (0.01, 0.025), (0.01, 0.025)),
)


class _Body(NamedTuple):
    """Where the body is: `(T,)` middle column, row of the crown and height, in pixels."""

    middle: Float64
    top: Float64
    height: Float64


def corrupt(silhouettes: Bool, rng: Rng) -> Bool:
    """Silhouettes with faults that last for several frames and move with the body.

    Args:
        silhouettes: `(T, S, S)` bool, perfect.
        rng: the faults.

    Returns:
        `(T, S, S)` bool. The mean intersection over union with `silhouettes` is drawn for each
        sequence and lies mostly in [0.6, 0.95]; no frame falls below `FLOOR`.

    Raises:
        ValueError: `silhouettes` has another shape or type.
    """
    if silhouettes.ndim != 3 or silhouettes.dtype != np.bool_:
        raise ValueError(
            f"silhouettes must be (T, S, S) bool, got {silhouettes.shape} {silhouettes.dtype.name}"
        )
    present = silhouettes.any((1, 2))
    if not present.any():
        return silhouettes.copy()
    result = silhouettes.copy()
    result[present] = _spoil(silhouettes[present], rng)
    return result


def _spoil(silhouettes: Bool, rng: Rng) -> Bool:
    """`corrupt` for frames that all hold a body: add faults until the drawn overlap is reached."""
    goal = 0.6 + 0.35 * rng.beta(2.0, 1.6)
    body = _locate(silhouettes)
    outline = _signed_distance(silhouettes)
    noise = _fraying(rng, *silhouettes.shape[:2])
    fray = rng.uniform(0.002, 0.012) * body.height[:, None, None].astype(np.float32)
    field = outline + fray * noise
    if _overlap(field, silhouettes).min() < FLOOR:
        # Too small to fray.
        field = outline
    overlap = _overlap(field, silhouettes)
    for _ in range(_TRIES):
        fault = _Fault.draw(rng, len(silhouettes))
        frames = fault.frames(len(silhouettes))
        part = _Body(*(values[frames] for values in body))
        trial = fault.apply(field[frames], outline[frames], part, noise[frames])
        changed = overlap.copy()
        changed[frames] = _overlap(trial, silhouettes[frames])
        if changed.min() < FLOOR or changed.mean() < goal - 0.02:
            continue
        field[frames], overlap = trial, changed
        if overlap.mean() < goal + 0.02:
            break
    return np.asarray(field > 0)


class _Fault(NamedTuple):
    """One fault from frame `start` to before `stop`; its place is that in the middle of both."""

    kind: _Kind
    start: int
    stop: int
    across: float
    down: float
    wide: float
    tall: float
    drift: float
    fray: float

    @classmethod
    def draw(cls, rng: Rng, num_frames: int) -> _Fault:
        """A fault somewhere in a sequence; a third of them are there all the time."""
        chances = np.array([kind.chance for kind in _KINDS])
        kind = _KINDS[rng.choice(len(_KINDS), p=chances / chances.sum())]
        length = int(rng.integers(8, 36))
        start = int(rng.integers(1 - length // 2, max(num_frames - length // 2, 2 - length // 2)))
        if rng.uniform() < 0.35:
            start, length = -_RAMP, num_frames + 2 * _RAMP
        return cls(
            kind,
            start,
            start + length,
            across=float(rng.choice([-1, 1]) * rng.uniform(*kind.across)),
            down=float(rng.choice(kind.down) + rng.uniform(-0.03, 0.03)),
            wide=float(rng.uniform(*kind.wide)),
            tall=float(rng.uniform(*kind.tall)),
            drift=float(rng.choice([-1, 1]) * rng.uniform(*kind.drift)),
            fray=float(rng.uniform(0.1, 0.35)),
        )

    def frames(self, num_frames: int) -> slice:
        """The frames of a sequence in which it shows."""
        return slice(max(self.start, 0), min(self.stop, num_frames))

    def apply(self, field: Float32, outline: Float32, body: _Body, noise: Float32) -> Float32:
        """`field` with this fault; all are cut to its frames, `(t, S, S)`, in pixels."""
        patch = self._patch(body, noise)
        if not self.kind.adds:
            return np.asarray(np.minimum(field, -patch), np.float32)
        if self.kind.reach is not None:
            # It hangs on the body: nothing farther from the outline than this.
            reach = np.float32(self.kind.reach * body.height.mean())
            patch = np.minimum(patch, outline + reach)
        return np.asarray(np.maximum(field, patch), np.float32)

    def _patch(self, body: _Body, noise: Float32) -> Float32:
        """Signed distance to the border of the fault, positive inside; `(t, S, S)` in pixels."""
        times = np.arange(len(noise)) + max(self.start, 0)
        place = self.across + self.drift * (times - (self.start + self.stop) / 2)
        pixels = np.arange(noise.shape[1])
        across = (pixels - body.middle[:, None]) / body.height[:, None] - place[:, None]
        down = (pixels - body.top[:, None]) / body.height[:, None] - self.down
        columns = (across / self.wide).astype(np.float32) ** self.kind.power
        rows = (down / self.tall).astype(np.float32) ** self.kind.power
        radius = (columns[:, None, :] + rows[:, :, None]) ** np.float32(1 / self.kind.power)
        size = np.minimum(np.minimum(times + 1 - self.start, self.stop - times) / _RAMP, 1)
        patch = size[:, None, None].astype(np.float32) * (1 + np.float32(self.fray) * noise)
        scale = min(self.wide, self.tall) * body.height.astype(np.float32)
        return np.asarray((patch - radius) * scale[:, None, None], np.float32)


def _locate(silhouettes: Bool) -> _Body:
    """Where the bodies are, smoothed over time."""
    columns, rows = silhouettes.sum(1), np.asarray(silhouettes.any(2))
    size = rows.shape[1]
    top = rows.argmax(1).astype(np.float64)
    height = size - rows[:, ::-1].argmax(1) - top
    middle = columns @ np.arange(size) / columns.sum(1)
    return _Body(*(_smooth(values) for values in (middle, top, height)))


def _smooth(values: Float64) -> Float64:
    """Mean over five frames, `(T,)`."""
    padded = np.pad(values, 2, mode="edge")
    return np.asarray(np.convolve(padded, np.full(5, 0.2), "valid"), np.float64)


def _signed_distance(silhouettes: Bool) -> Float32:
    """Distance to the outline in pixels, positive inside, `(T, S, S)`."""
    field = np.empty(silhouettes.shape, np.float32)
    for frame, silhouette in enumerate(silhouettes):
        inside = silhouette.astype(np.uint8)
        field[frame] = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
        field[frame] -= cv2.distanceTransform(1 - inside, cv2.DIST_L2, 3)
    return field


def _fraying(rng: Rng, num_frames: int, size: int) -> Float32:
    """Noise that changes slowly in place and time, mean 0, deviation about 1, `(T, S, S)`."""
    coarse = max(round(size * _GRAIN) * 4, 4)
    grains = rng.standard_normal((num_frames, coarse, coarse), np.float32)
    noise = np.empty((num_frames, size, size), np.float32)
    grain = grains[0]
    for frame, fresh in enumerate(grains):
        grain = _MEMORY * grain + np.float32((1 - _MEMORY**2) ** 0.5) * fresh
        cv2.resize(grain, (size, size), dst=noise[frame], interpolation=cv2.INTER_CUBIC)
    return noise


def _overlap(field: Float32, silhouettes: Bool) -> Float64:
    """Intersection over union of each frame, `(T,)`."""
    mask: Bool = np.asarray(field > 0)
    common = np.count_nonzero(mask & silhouettes, axis=(1, 2))
    either = np.count_nonzero(mask | silhouettes, axis=(1, 2))
    return np.asarray(common / either, np.float64)
