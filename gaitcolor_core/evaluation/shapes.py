"""What a shape anonymizer makes of incomplete silhouettes, in numbers.

Example:
    The figures of `checkpoints/shape_dcgan`, from a set of `gaitcolor render --preset bench`::

        test_set = RenderedSet(Path("bench"))
        keys = [key for key in test_set.keys("incomplete") if key.subject >= 81]
        evaluate_shape(NetworkShape(Path("checkpoints/shape_dcgan")), test_set, keys, strength=0.7)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from gaitcolor_core.cycles import leg_spread
from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.gait_squares import as_gait, in_squares_of
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.gait import gait_energy_image, gei_distance
from gaitcolor_core.metrics import silhouette_iou
from gaitcolor_core.stages.anonymize_shape import ShapeAnonymizer
from gaitcolor_core.stages.anonymize_shape.one_piece import holes_of
from gaitcolor_core.structures import Bool, Float64, GaitSequence

_FPS = 25.0


@dataclass(frozen=True)
class ShapeReport:
    """Means over frames, but where it says sequences; "true" is the complete silhouette.

    Attributes:
        sequences: that were anonymized.
        frames: that were anonymized.
        given_iou: intersection over union of what was given with the true silhouette.
        iou: that of the result.
        given_whole: share of the given frames that are one piece (8 neighbors) without a hole:
            enclosed background (4 neighbors) of less than `HOLE_SHARE` of the square.
        whole: that of the results.
        gei_change: L2 distance of the gait energy images of the result and of the true
            silhouettes; mean over sequences.
        timing: correlation over time of the legs' spread in the result and in the true
            silhouettes, 1 = opened and closed at the same time; mean over sequences.
    """

    sequences: int
    frames: int
    given_iou: float
    iou: float
    given_whole: float
    whole: float
    gei_change: float
    timing: float


def evaluate_shape(
    anonymizer: ShapeAnonymizer,
    gait_set: RenderedSet,
    keys: Sequence[SequenceKey],
    *,
    strength: float,
    complete: bool = False,
    seed: int = 0,
) -> ShapeReport:
    """Anonymize sequences, each with a draw of its own, and compare with the true silhouettes.

    Args:
        anonymizer: gets the sequences in the squares of the pipeline.
        gait_set: has incomplete silhouettes of `keys`, unless only complete ones are asked for.
        keys: at least one sequence.
        strength: 0 to 1.
        complete: give the complete silhouettes instead.
        seed: of the draws.

    Raises:
        InputError: the set lacks a sequence.
    """
    frames: list[tuple[float, float, bool, bool]] = []
    walks: list[tuple[float, float]] = []
    for key in keys:
        true = gait_set.silhouettes(key)
        given = as_gait(true if complete else gait_set.incomplete(key), fps=_FPS)
        wanted = in_squares_of(given, true)
        generator = np.random.default_rng([seed, *str(key).encode()])
        other = anonymizer.anonymize(given, fps=_FPS, strength=strength, generator=generator)
        new = other.sequence
        frames += _compared(given, new, wanted)
        walks.append(
            (
                gei_distance(*(gait_energy_image(each.silhouettes) for each in (wanted, new))),
                _correlation(*(leg_spread(each.silhouettes) for each in (wanted, new))),
            )
        )
    given_iou, iou, given_whole, whole = np.mean(np.array(frames, float), axis=0)
    change, timing = np.mean(walks, axis=0)
    means = [float(each) for each in (given_iou, iou, given_whole, whole, change, timing)]
    return ShapeReport(len(walks), len(frames), *means)


def is_whole(silhouette: Bool) -> bool:
    """Whether `(S, S)` is one piece without a hole; see `ShapeReport`."""
    pieces, _ = cv2.connectedComponents(silhouette.astype(np.uint8))
    return pieces == 2 and not holes_of(silhouette).any()


def _compared(
    given: GaitSequence, new: GaitSequence, wanted: GaitSequence
) -> Iterator[tuple[float, float, bool, bool]]:
    """IoU and wholeness of each frame, before and after."""
    triples = zip(given.silhouettes, new.silhouettes, wanted.silhouettes, strict=True)
    for (before,), (after,), (true,) in triples:
        ious = silhouette_iou(before, true), silhouette_iou(after, true)
        yield *ious, is_whole(before), is_whole(after)


def _correlation(first: Float64, second: Float64) -> float:
    if min(first.std(), second.std()) < 1e-9:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])
