"""What a rendered set holds: the presets of `gaitcolor render`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gaitcolor_core.datasets.gait_set import CONDITIONS, NUMBERS, VIEWS, SequenceKey
from gaitcolor_core.datasets.splits import PAPER

Walks = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Preset:
    """A rendered set's extent.

    Attributes:
        subjects: their numbers.
        walks: condition and number of each subject's walks.
        views: degrees.
        colored: per range of subjects the walks that are rendered in color and get incomplete
            silhouettes, too.
    """

    subjects: range
    walks: Walks
    views: tuple[int, ...]
    colored: tuple[tuple[range, Walks], ...]

    def has_color(self, subject: int, condition: str, number: int) -> bool:
        """Whether a walk is rendered in color, too."""
        return any(
            subject in subjects and (condition, number) in walks for subjects, walks in self.colored
        )

    def keys(self, subject: int, condition: str, number: int) -> Iterator[SequenceKey]:
        """The views of a walk."""
        for view in self.views:
            yield SequenceKey(subject, condition, number, view)


# The walks in color: those that train a gait model, and those that are anonymized in a test.
_TRAINING: Walks = (("nm", 1), ("nm", 2), ("nm", 3), ("nm", 4))
_TESTED: Walks = (("nm", 5), ("nm", 6), ("bg", 1), ("cl", 1))

PRESETS = {
    # Seconds; gallery and probes of each condition, for tests.
    "mini": Preset(
        subjects=range(1, 5),
        walks=(("nm", 1), ("nm", 5), ("bg", 1), ("cl", 1)),
        views=(0, 54, 90),
        colored=((range(1, 3), (("nm", 1),)),),
    ),
    # CASIA-B's protocol in full.
    "bench": Preset(
        subjects=range(1, 125),
        walks=tuple((condition, n) for condition in CONDITIONS for n in NUMBERS[condition]),
        views=VIEWS,
        colored=((PAPER.gait_model, _TRAINING), (PAPER.test, _TESTED)),
    ),
}
