"""How much our walkers walk like people, in numbers.

Example:
    The figures and the picture of docs/walkers.md, from a folder of the CMU takes::

        python -m gaitcolor_core.evaluation.realism MOCAP_FOLDER --figure docs/gait-curves.png
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np

from gaitcolor_core.datasets.mocap import Motion, read_take
from gaitcolor_core.datasets.subject import draw_subject
from gaitcolor_core.datasets.walkers.body import Body, Pose, bone_motions, skin
from gaitcolor_core.datasets.walkers.walk import walk
from gaitcolor_core.evaluation.gait_curves import (
    ANGLES,
    Agreement,
    GaitCycle,
    agreement,
    drawing,
    gait_cycles,
    limb_angles,
)
from gaitcolor_core.evaluation.report import table
from gaitcolor_core.structures import Bool, Float64, InputError

# About as long as the takes; fine enough that the frame in which a foot is lifted counts little.
WALK_S, FPS = 4.0, 120.0
# Left out of the takes: subject 003 walks unevenly, with arms that hardly move.
UNEVEN = "003_"
# A foot carries where its lowest part is this close to the ground and moves slower than this; its
# contact with the ground is all of it that is this much above its lowest point, or less.
NEAR_M, SLOW_M_S, CONTACT_M = 0.02, 0.4, 0.005
# What healthy adults do; see docs/walkers.md for where the ranges come from.
NORMAL = {
    "period_s": (0.87, 1.32),
    "stride_ratio": (0.72, 0.94),
    "double_support": (0.16, 0.28),
    "knee_range_deg": (50.0, 75.0),
}
# And what the ground asks for.
WANTED = {**NORMAL, "slip_ratio": (0.0, 0.02), "depth_m": (0.0, 0.02)}


@dataclass(frozen=True)
class Realism:
    """Figures of one walk, measured on the posed body, not taken from what was planned.

    Attributes:
        period_s: mean duration of the gait cycles.
        stride_ratio: mean way of the pelvis in a cycle / stature.
        double_support: share of the time in which both feet carry: the lowest point is less than
            2 cm above the ground, the contact moves slower than 0.4 m/s.
        knee_range_deg: mean over cycles of the largest - the smallest flexion of the knee.
        slip_ratio: path of a foot's contact while it carries / stature; the worst step. The contact
            is heel, sole, ball or toes, whatever is within 5 mm of the lowest point of the foot;
            its path is the sum of the median ways of these points from frame to frame.
        depth_m: how far the lowest point of the body gets below the ground; 0 = never.
        opposition: correlation of left upper arm and right thigh, both against the vertical, mean
            with that of the other two; 1 = arms swing exactly with the opposite legs.
    """

    period_s: float
    stride_ratio: float
    double_support: float
    knee_range_deg: float
    slip_ratio: float
    depth_m: float
    opposition: float


def measure(body: Body, pose: Pose, fps: float) -> Realism:
    """Measure a walk of at least two cycles.

    Raises:
        ValueError: there is no whole cycle, or no whole step.
    """
    motion = motion_of(body, pose, fps)
    cycles = gait_cycles(motion)
    lowest, feet = _contacts(body, pose)
    carrying = [_carrying(low, slip, fps) for low, slip in feet]
    steps = [
        step
        for (_, slip), carries in zip(feet, carrying, strict=True)
        for step in _step_sums(slip, carries)
    ]
    if not cycles or not steps:
        raise ValueError(f"{len(pose.pelvis)} frames hold no whole cycle")
    return Realism(
        period_s=float(np.mean([cycle.period_s for cycle in cycles])),
        stride_ratio=float(np.mean([cycle.stride_m for cycle in cycles])) / body.stature_m,
        double_support=float((carrying[0] & carrying[1]).mean()),
        knee_range_deg=float(np.mean([np.ptp(cycle.angles["knee"]) for cycle in cycles])),
        slip_ratio=max(steps) / body.stature_m,
        depth_m=max(-lowest, 0.0),
        opposition=_opposition(motion),
    )


def motion_of(body: Body, pose: Pose, fps: float) -> Motion:
    """Where the bones of a posed body begin."""
    rotations, translations = bone_motions(body, pose)
    heads = np.einsum("tjab,jb->tja", rotations, body.joints) + translations
    return Motion({bone: heads[:, index] for index, bone in enumerate(body.bones)}, fps)


def sample(count: int, seed: int) -> Iterator[tuple[Body, Pose]]:
    """Walks of the first `count` subjects of the set with this seed, each with its usual style."""
    for number in range(1, count + 1):
        subject = draw_subject(seed, number)
        rng = np.random.default_rng([seed, number])
        moved = walk(
            subject.body,
            subject.style,
            num_frames=round(WALK_S * FPS),
            fps=FPS,
            start_phase=rng.uniform(),
            rng=rng,
        )
        yield subject.body, moved.pose


def people(folder: Path) -> list[GaitCycle]:
    """The gait cycles of the takes in `folder`, without the uneven ones.

    Raises:
        InputError: there are no takes in it.
    """
    paths = [path for path in sorted(folder.glob("*.bvh")) if not path.name.startswith(UNEVEN)]
    if not paths:
        raise InputError(f"{folder} holds no BVH files of walks.")
    return [cycle for path in paths for cycle in gait_cycles(read_take(path))]


def summary(walks: Sequence[Realism], curves: Agreement | None) -> str:
    """What was measured, as text, without a line break at the end."""
    rows = [("", "mean", "lowest", "highest", "wanted", "within")]
    values = np.array([astuple(figures) for figures in walks])
    for field, column in zip(fields(Realism), values.T, strict=True):
        numbers = [f"{number:.3f}" for number in (column.mean(), column.min(), column.max())]
        low, high = WANTED.get(field.name, (np.nan, np.nan))
        known = field.name in WANTED
        share = ((column >= low) & (column <= high)).mean()
        last = (f"{low:g}-{high:g}", f"{share:.0%}") if known else ("", "")
        rows.append((field.name, numbers[0], numbers[1], numbers[2], *last))
    parts = [f"{len(walks)} walks", table(rows)]
    if curves:
        shares = [
            (name, f"{curves.as_is[name]:.0%}", f"{curves.centered[name]:.0%}") for name in ANGLES
        ]
        parts.append(table([("within 1 SD of the takes", "as is", "mean removed"), *shares]))
    return "\n\n".join(parts)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and compare with motion capture."""
    parser = argparse.ArgumentParser(description="How much our walkers walk like people.")
    parser.add_argument("mocap", type=Path, help="a folder of BVH takes")
    parser.add_argument("--figure", type=Path, help="the PNG file to draw the curves to")
    parser.add_argument("--subjects", type=int, default=40, help="how many (default: 40)")
    parser.add_argument("--seed", type=int, default=0, help="of the set (default: 0)")
    options = parser.parse_args(arguments)
    try:
        theirs = people(options.mocap)
    except InputError as error:
        parser.error(str(error))
    walks = list(sample(options.subjects, options.seed))
    ours = [cycle for body, pose in walks for cycle in gait_cycles(motion_of(body, pose, FPS))]
    figures = [measure(body, pose, FPS) for body, pose in walks]
    sys.stdout.write(summary(figures, agreement(ours, theirs)) + "\n")
    if options.figure:
        options.figure.write_bytes(drawing(ours, theirs))


def _contacts(body: Body, pose: Pose) -> tuple[float, list[tuple[Float64, Float64]]]:
    """The lowest height ever reached, m; and of each foot height and way from frame to frame.

    A foot's heights `(T - 1,)` m are those of its lowest point, the higher one of two frames; the
    ways `(T - 1,)` m are the median ways of the points of its contact.
    """
    rotations, translations = bone_motions(body, pose)
    bone = np.asarray(body.weights.argmax(axis=1)).ravel()
    lowest, feet = np.inf, []
    for side in "LR":
        own = [body.bones.index(f"{name}.{side}") for name in ("foot", "toes")]
        chosen = np.isin(bone, own)
        points = skin(body.vertices[chosen], body.weights[chosen], rotations, translations)
        low = points[..., 2].min(1)
        lowest = min(lowest, float(low.min()))
        touches = points[..., 2] <= low[:, None] + CONTACT_M
        ways = np.linalg.norm(np.diff(points[..., :2].astype(np.float64), axis=0), axis=2)
        ways[~(touches[1:] & touches[:-1])] = np.nan
        feet.append((np.maximum(low[1:], low[:-1]).astype(np.float64), _median(ways)))
    return lowest, feet


def _median(ways: Float64) -> Float64:
    """Medians of rows, without what is NaN; infinite where nothing else is in the row."""
    medians = np.full(len(ways), np.inf)
    known = ~np.isnan(ways).all(1)
    medians[known] = np.nanmedian(ways[known], axis=1)
    return medians


def _carrying(height: Float64, way: Float64, fps: float) -> Bool:
    carries: Bool = (height < NEAR_M) & (way * fps < SLOW_M_S)
    return carries


def _step_sums(way: Float64, carries: Bool) -> list[float]:
    """The path of a foot's contact in m, for each step that begins and ends within the walk."""
    change = np.diff(carries.astype(int))
    starts, ends = np.flatnonzero(change == 1) + 1, np.flatnonzero(change == -1) + 1
    if not len(starts):
        return []
    ends = ends[ends > starts[0]]
    return [float(way[a:b].sum()) for a, b in zip(starts, ends, strict=False)]


def _opposition(motion: Motion) -> float:
    left, right = (limb_angles(motion, side) for side in "LR")
    pairs = ((left["upper_arm"], right["thigh"]), (right["upper_arm"], left["thigh"]))
    return float(np.mean([np.corrcoef(arm, leg)[0, 1] for arm, leg in pairs]))


if __name__ == "__main__":
    main()
