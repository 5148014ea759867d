"""How recognizable a walker still is by the mean silhouette: a change of gait in proportion.

Two walks are as far apart as their gait energy images are (128 x 128, values in [0, 1], L2). That
distance says something only beside others: how far walks of one person are apart, and how far
those of different people, each pair seen from the same side. Both were measured on rendered
walkers by `gaitcolor_core.evaluation.gei_calibration`, and come with the package. As nobody knows
from which side a clip shows a walker, all views count alike; by view the medians of different
people lie between 12.8 (162 degrees) and 16.8 (0 degrees).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

CALIBRATION = Path(__file__).with_name("gei_distances.json")
Verdict = Literal["recognizable", "doubtful", "like someone else"]

# So far apart, or farther, is only one in a hundred pairs of walks of one person: whoever asks
# whether two walks are of the same person, and does not want to miss more than that, says yes
# below and no above.
RARE_SELVES = 0.01
# Farther apart than nine of ten pairs of different people. Half of them would not do: a changed
# walk moves away from everybody, not towards somebody, so the old one easily stays the nearest.
# In a trial with the calibration's people (every second one, three views, bodies deformed in a
# random direction) the nearest of 50 people was still the walker in 30 of 98 walks that had been
# changed by 14.3 to 18.2, the median and the third quartile of different people, and in 2 of 36
# that were changed by 20 or more.
MOST_STRANGERS = 0.9
# A change this much larger than how far the walker's own halves are apart is no matter of noise:
# of its square, noise as large as theirs would explain less than a quarter.
CLEARLY_ABOVE_SELF = 2.0

CAVEAT = (
    "This speaks of one simple attacker, who compares mean silhouettes (gait energy images) seen "
    "from the same side, and was measured on rendered walkers. It does not cover an attacker who "
    "has learned from anonymized videos, nor what face, clothes and place give away. Noise in the "
    "masks of a real clip makes a change look larger than it is. And where a walker is looked for "
    "among few people, the old walk may still be the nearest one, however far it is."
)


@dataclass(frozen=True)
class Recognizability:
    """A walker's change of gait in proportion.

    Attributes:
        closer_strangers: share of pairs of walks of different people that are closer to each other
            than the new walk is to the old one; 0 = closer than any two people, 1 = farther apart
            than all.
        farther_selves: share of pairs of walks of one person that are at least as far apart.
        verdict: "recognizable" as long as 1 % of the pairs of walks of one person are as far
            apart; "like someone else" if 90 % of the pairs of different people are closer, and the
            change is at least twice as large as what the walker differs from himself in this clip;
            else "doubtful".
    """

    closer_strangers: float
    farther_selves: float
    verdict: Verdict

    caveat: ClassVar[str] = CAVEAT

    def sentence(self) -> str:
        """The shares in plain words, rounded so that the change never looks larger."""
        # Without what is left over from the computation of a share.
        closer = math.floor(round(100 * self.closer_strangers, 6))
        farther = math.ceil(round(100 * self.farther_selves, 6))
        return (
            f"The new walk differs from the old one more than {closer} % of pairs of different "
            f"people differ from each other; two walks of one person differ as much in {farther} % "
            "of pairs."
        )


def assess(gei_change: float, *, gei_self: float | None) -> Recognizability:
    """Put a change of gait in proportion.

    Args:
        gei_change: distance of the gait energy images before and after, >= 0.
        gei_self: distance of those of the original's first and second half; None = not known.
    """
    selves, strangers = _calibration()
    closer, farther = _share_below(gei_change, strangers), 1 - _share_below(gei_change, selves)
    return Recognizability(closer, farther, _verdict(gei_change, gei_self, closer, farther))


def _verdict(change: float, own: float | None, closer: float, farther: float) -> Verdict:
    if farther >= RARE_SELVES:
        return "recognizable"
    noisy = own is not None and change < CLEARLY_ABOVE_SELF * own
    return "like someone else" if closer >= MOST_STRANGERS and not noisy else "doubtful"


def _share_below(distance: float, quantiles: Sequence[float]) -> float:
    shares = np.linspace(0, 1, len(quantiles))
    return float(np.interp(distance, quantiles, shares, left=0.0, right=1.0))


@cache
def _calibration() -> tuple[Sequence[float], Sequence[float]]:
    """Quantiles, evenly spaced from 0 to 1, of walks of one person and of different people."""
    content = json.loads(CALIBRATION.read_text("utf-8"))
    return content["one_person"]["quantiles"], content["different_people"]["quantiles"]
