"""Joint angles over the gait cycle: of our walkers, and of people."""

from __future__ import annotations

import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from gaitcolor_core.datasets.mocap import Motion
from gaitcolor_core.structures import Float64

# Where in the cycle the angles are taken, and which.
PHASES = np.arange(100) / 100
ANGLES = ("thigh", "knee", "ankle", "upper_arm", "elbow")
# What counts as a step: the ankle reaches forward at most this often, and at least this far.
SHORTEST_S, REACH_M, SMOOTHING_S = 0.6, 0.1, 1 / 30


@dataclass(frozen=True)
class GaitCycle:
    """From one maximum forward reach of an ankle, which is close to heel strike, to the next.

    Attributes:
        angles: one of `ANGLES` to `(100,)` degrees at `PHASES`: thigh and upper arm against the
            vertical (forward positive), flexion of knee and elbow, and dorsiflexion of the ankle
            from its mean, as skeletons differ in where a foot's joints are.
        period_s: how long it lasts.
        stride_m: how far the pelvis comes.
    """

    angles: Mapping[str, Float64]
    period_s: float
    stride_m: float


@dataclass(frozen=True)
class Agreement:
    """How often our mean curve is within one standard deviation of people's mean curve.

    Attributes:
        as_is: angle to share of `PHASES` with |our mean - their mean| <= their deviation, both over
            cycles, at each phase on its own.
        centered: the same after the mean over its phases was taken from every cycle: the shape
            alone, without where the angle is zero.
    """

    as_is: Mapping[str, float]
    centered: Mapping[str, float]


def limb_angles(motion: Motion, side: str) -> dict[str, Float64]:
    """The `ANGLES` of side "L" or "R" over time, `(T,)` deg; the ankle's zero is arbitrary."""
    ahead = _heading(motion)

    def against_vertical(start: str, end: str) -> Float64:
        bone = motion.joints[f"{end}.{side}"] - motion.joints[f"{start}.{side}"]
        angle: Float64 = np.degrees(np.arctan2(bone @ ahead, -bone[:, 2]))
        return angle

    thigh, shank, foot = map(
        against_vertical, ("thigh", "shank", "foot"), ("shank", "foot", "toes")
    )
    upper = against_vertical("upper_arm", "forearm")
    elbow = against_vertical("forearm", "hand") - upper
    angles = (thigh, thigh - shank, foot - shank, upper, elbow)
    return dict(zip(ANGLES, angles, strict=True))


def gait_cycles(motion: Motion) -> list[GaitCycle]:
    """The whole gait cycles of both legs."""
    found = []
    ahead = _heading(motion)
    progress = motion.joints["pelvis"] @ ahead
    for side in "LR":
        reach = (motion.joints[f"foot.{side}"] - motion.joints[f"thigh.{side}"]) @ ahead
        reach = gaussian_filter1d(reach, SMOOTHING_S * motion.fps)
        strikes, _ = find_peaks(reach, distance=SHORTEST_S * motion.fps, prominence=REACH_M)
        angles = limb_angles(motion, side)
        for start, end in itertools.pairwise(strikes):
            at = start + PHASES * (end - start)
            cycle = {
                name: np.interp(at, np.arange(len(curve)), curve) for name, curve in angles.items()
            }
            cycle["ankle"] -= cycle["ankle"].mean()
            stride_m = float(progress[end] - progress[start])
            found.append(GaitCycle(cycle, float(end - start) / motion.fps, stride_m))
    return found


def agreement(ours: Sequence[GaitCycle], theirs: Sequence[GaitCycle]) -> Agreement:
    """Compare our cycles with people's."""
    as_is, centered = {}, {}
    for name in ANGLES:
        own, other = _curves(ours, name), _curves(theirs, name)
        as_is[name] = _share_within(own, other)
        centered[name] = _share_within(
            own - own.mean(1, keepdims=True), other - other.mean(1, keepdims=True)
        )
    return Agreement(as_is, centered)


def drawing(ours: Sequence[GaitCycle], theirs: Sequence[GaitCycle]) -> bytes:
    """The content of a PNG file: our mean curves over people's mean and standard deviation."""
    with matplotlib.rc_context({"font.size": 7}):
        figure = Figure(figsize=(10, 2.3), layout="constrained")
        fields = figure.subplots(1, len(ANGLES))
        for axes, name in zip(fields, ANGLES, strict=True):
            _draw(axes, _curves(ours, name), _curves(theirs, name))
            axes.set(title=f"{name.replace('_', ' ')} (deg)", xlabel="share of the cycle")
        fields[0].legend(loc="best", frameon=False)
        content = io.BytesIO()
        figure.savefig(content, format="png", dpi=100, metadata={"Software": None})
    return content.getvalue()


def _draw(axes: Axes, ours: Float64, theirs: Float64) -> None:
    for curves, ink, name in ((theirs, "gray", "CMU takes"), (ours, "tab:blue", "our walkers")):
        mean, deviation = curves.mean(0), curves.std(0)
        axes.fill_between(PHASES, mean - deviation, mean + deviation, color=ink, alpha=0.25, lw=0)
        axes.plot(PHASES, mean, color=ink, label=name)
    axes.spines[["top", "right"]].set_visible(False)


def _curves(cycles: Sequence[GaitCycle], name: str) -> Float64:
    return np.stack([cycle.angles[name] for cycle in cycles])


def _share_within(ours: Float64, theirs: Float64) -> float:
    off = np.abs(ours.mean(0) - theirs.mean(0))
    return float((off <= theirs.std(0)).mean())


def _heading(motion: Motion) -> Float64:
    """Where the walk leads, a level unit vector `(3,)`."""
    way = (motion.joints["pelvis"][-1] - motion.joints["pelvis"][0]) * (1, 1, 0)
    heading: Float64 = way / np.linalg.norm(way)
    return heading
