"""Color transfers side by side on the same anonymized walkers of a rendered set."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from torch import nn

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.gait_squares import as_gait, in_set_squares
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.datasets.splits import PAPER
from gaitcolor_core.datasets.subject import FPS
from gaitcolor_core.evaluation.color_readings import (
    ColoredFrame,
    ShapeLimits,
    mean_figures,
    read_frame,
)
from gaitcolor_core.files import write_whole
from gaitcolor_core.imaging import SquareCrop, spread_map, to_uint8
from gaitcolor_core.methods import Methods
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.settings import Settings
from gaitcolor_core.stages.anonymize_shape import AnonymizedGait
from gaitcolor_core.stages.transfer_color import ColorJob, ColorTransfer, NetworkColors
from gaitcolor_core.stages.transfer_color.adaptation import adapt
from gaitcolor_core.stages.transfer_color.views import View, stacked
from gaitcolor_core.structures import Bool, Float32, GaitSequence, InputError, UInt8

Silhouettes = Literal["complete", "incomplete"]
SILHOUETTES: tuple[Silhouettes, ...] = ("complete", "incomplete")
COLORS = ("nearest", "supervised", "gram", "warp")
ADAPTED = ", adapted"


@dataclass(frozen=True)
class ComparisonPlan:
    """What is compared, and on how much.

    Attributes:
        shape: shape anonymizer by name.
        strength: 0 to 1.
        colors: color transfers by name.
        adapt_s: seconds in which a copy of each network learns each sequence beforehand, all its
            frames; it gets a row of its own. 0 = none does.
        views_per_walk: of each walk, drawn.
        frames: of each sequence, evenly spread.
        seed: of the bodies and the draw of the views.
    """

    shape: str = "deform"
    strength: float = Settings().strength
    colors: tuple[str, ...] = COLORS
    adapt_s: int = 0
    views_per_walk: int = 1
    frames: int = 2
    seed: int = 0


@dataclass(frozen=True)
class SequenceFigures:
    """Figures of one color transfer on one sequence.

    Attributes:
        key: of the sequence, written out.
        fabric: "plain" or "textural" clothes.
        silhouettes: what the new body was made from.
        color: the color transfer.
        figures: means over the frames, see `read_frame`.
    """

    key: str
    fabric: str
    silhouettes: str
    color: str
    figures: dict[str, float]


@dataclass(frozen=True, eq=False)
class Recoloring:
    """A sequence with another walk, ready to be colored, S = 128.

    Attributes:
        crops: `(T, S, S, 3)` uint8 RGB.
        given: `(T, S, S)` bool, the silhouettes that were at hand.
        true: `(T, S, S)` bool, the complete ones.
        bodies: `(T, S, S)` bool, the anonymized silhouettes.
        jobs: one a frame.
    """

    crops: UInt8
    given: Bool
    true: Bool
    bodies: Bool
    jobs: tuple[ColorJob, ...]

    def colored(self, transfer: ColorTransfer, chosen: Sequence[int]) -> Iterator[ColoredFrame]:
        """The chosen frames with their colors."""
        outputs = transfer([self.jobs[index] for index in chosen])
        for index, colors in zip(chosen, outputs, strict=True):
            output = to_uint8(colors) * self.bodies[index][..., None]
            yield ColoredFrame(self.crops[index], self.true[index], self.bodies[index], output)

    def some(self, wanted: int) -> list[int]:
        """Up to `wanted` frames, evenly spread, that have a body; one that vanished is covered."""
        seen = [index for index in range(len(self.bodies)) if self.bodies[index].any()]
        return [seen[place] for place in evenly(len(seen), wanted)] if seen else []

    def limits(self, chosen: Sequence[int]) -> list[ShapeLimits]:
        """What the shapes of the chosen frames decide alone."""
        return [
            ShapeLimits.of(self.crops[index], self.true[index], self.bodies[index])
            for index in chosen
        ]


def compare_colors(
    test_set: RenderedSet,
    plan: ComparisonPlan,
    methods: Methods,
    target: Path,
    *,
    subjects: Sequence[int] = PAPER.test,
    on_progress: OnProgress = silent,
) -> list[SequenceFigures]:
    """Color the test subjects by each color transfer; what `target` holds already is kept.

    Args:
        test_set: with crops and incomplete silhouettes.
        plan: what is compared.
        methods: where shape and color networks come from.
        target: folder for the figures of each subject, so that a stopped comparison can go on.
        subjects: whom to take; those that are not there are left out.
        on_progress: called with "compare", subjects done, subjects in all; may raise to stop.

    Raises:
        InputError: nobody can be compared, a network cannot be had, or `target` holds another
            comparison.
        OSError: `target` cannot be written.
    """
    keys = [key for key in test_set.keys("crops") if key.subject in subjects]
    if not keys:
        raise InputError(
            f"'{test_set.root}' has none of the subjects {min(subjects):03d}-{max(subjects):03d} "
            "in color; render them, or name others."
        )
    for name in plan.colors:
        methods.color(name)
    methods.shape(plan.shape)
    _claim(target, plan, test_set, methods)
    found: list[SequenceFigures] = []
    there = sorted({key.subject for key in keys})
    for done, subject in enumerate(there):
        on_progress("compare", done, len(there))
        path = target / f"{subject:03d}.json"
        if not path.is_file():
            own = [key for key in keys if key.subject == subject]
            rows = [
                row
                for key in _drawn(own, plan)
                for row in _compare_sequence(test_set, key, plan, methods)
            ]
            write_whole(path, json.dumps([asdict(row) for row in rows], indent=1).encode())
        found += [SequenceFigures(**row) for row in json.loads(path.read_text("utf-8"))]
    on_progress("compare", len(there), len(there))
    return found


def recolor(
    test_set: RenderedSet, key: SequenceKey, silhouettes: Silhouettes, plan: ComparisonPlan,
    methods: Methods,
) -> Recoloring:  # fmt: skip
    """Give the walker of a sequence another walk.

    Raises:
        InputError: the set does not hold what it takes.
    """
    true, crops = test_set.silhouettes(key), test_set.crops(key)
    given = true if silhouettes == "complete" else test_set.incomplete(key)
    gait = as_gait(given, fps=FPS)
    new = methods.shape(plan.shape).anonymize(
        gait, fps=FPS, strength=plan.strength, generator=_generator(plan, key)
    )
    bodies = in_set_squares(new.sequence)
    seen = gait.frame_ids
    crops, given, true = crops[seen], given[seen], true[seen]
    jobs = tuple(
        ColorJob(
            patch=crops[index],
            in_frame=np.ones(given[index].shape, bool),
            foreground=given[index],
            alpha=bodies[index].astype(np.float32),
            guide=_guide(gait, new, index),
            body=np.array([0, 0, *given[index].shape], np.float32),
        )
        for index in range(len(bodies))
    )
    return Recoloring(crops, given, true, bodies, jobs)


def evenly(count: int, wanted: int) -> list[int]:
    """Up to `wanted` numbers below `count`, evenly spread, neither the first nor the last."""
    return sorted({int((place + 0.5) * count / wanted) for place in range(wanted)})


def _compare_sequence(
    test_set: RenderedSet, key: SequenceKey, plan: ComparisonPlan, methods: Methods
) -> Iterator[SequenceFigures]:
    fabric = "textural" if key.subject in test_set.textural else "plain"
    for silhouettes in SILHOUETTES:
        walk = recolor(test_set, key, silhouettes, plan, methods)
        chosen = walk.some(plan.frames)
        figures = partial(read_colors, walk, chosen, walk.limits(chosen))
        result = partial(SequenceFigures, str(key), fabric, silhouettes)
        for name in plan.colors if chosen else ():
            transfer = methods.color(name)
            yield result(name, figures(transfer))
            if plan.adapt_s and isinstance(transfer, NetworkColors):
                yield result(name + ADAPTED, figures(_adapted(transfer, walk, plan)))


def read_colors(
    walk: Recoloring, chosen: Sequence[int], limits: Sequence[ShapeLimits], transfer: ColorTransfer
) -> dict[str, float]:
    """Means over the chosen frames of all figures of a color transfer; see `read_frame`."""
    frames = walk.colored(transfer, chosen)
    return mean_figures([read_frame(*each) for each in zip(frames, limits, strict=True)])


def _adapted(transfer: NetworkColors, walk: Recoloring, plan: ComparisonPlan) -> NetworkColors:
    """A copy that has learned the colors of the sequence."""
    views = stacked([View.of(job) for job in walk.jobs])
    network, _ = adapt(transfer.network, views, seconds=plan.adapt_s, seed=plan.seed)
    return NetworkColors(network, transfer.device)


def _drawn(keys: Sequence[SequenceKey], plan: ComparisonPlan) -> list[SequenceKey]:
    """Of each walk of a subject as many views as the plan says."""
    drawn = []
    for walk in sorted({key.walk for key in keys}):
        own = [key for key in keys if key.walk == walk]
        count = min(plan.views_per_walk, len(own))
        picks = _generator(plan, own[0]).choice(len(own), count, replace=False)
        drawn += [own[place] for place in sorted(picks)]
    return drawn


def _generator(plan: ComparisonPlan, key: SequenceKey) -> np.random.Generator:
    return np.random.default_rng([plan.seed, *str(key).encode()])


def _guide(gait: GaitSequence, new: AnonymizedGait, index: int) -> Float32 | None:
    """The inverse map of a frame at the pixels of the set's square."""
    inverse_map = new.inverse_map(index)
    square = SquareCrop(0, 0, gait.silhouettes.shape[-1])
    return None if inverse_map is None else spread_map(inverse_map, gait.xyxy[index], square)


def _claim(target: Path, plan: ComparisonPlan, test_set: RenderedSet, methods: Methods) -> None:
    """Write what the comparison is, or check that it is the same."""
    transfers = {name: methods.color(name) for name in plan.colors}
    weights = {
        name: _checksum(transfer.network)
        for name, transfer in transfers.items()
        if isinstance(transfer, NetworkColors)
    }
    facts = {**asdict(plan), "set": test_set.description["seed"], "weights": weights}
    content = json.dumps(facts, indent=1)
    path = target / "plan.json"
    if path.is_file() and path.read_text("utf-8") != content:
        raise InputError(
            f"'{target}' holds a comparison with other options or weights; give a new folder."
        )
    target.mkdir(parents=True, exist_ok=True)
    write_whole(path, content.encode())


def _checksum(network: nn.Module) -> int:
    """Of all weights."""
    total = 0
    for value in network.state_dict().values():
        total = zlib.crc32(value.cpu().numpy().tobytes(), total)
    return total
