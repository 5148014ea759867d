"""How long a run still takes, guessed from how fast it has been."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_COLLECTING, _LEARNING = "Collecting the clip's colors", "Learning the clip's colors"
# What a frame costs in each stage, against the others, on two processor cores without a GPU.
# Learning takes the time that it is given.
_FRAME_COSTS = {
    "Finding the walkers": 1.0,
    _COLLECTING: 0.3,
    _LEARNING: 0.0,
    "Drawing the new walk": 1.0,
    "Looking for walkers": 1.0,
}
# What follows each other in a run; a quick look is a run of one stage.
_STAGES = ("Finding the walkers", _COLLECTING, _LEARNING, "Drawing the new walk")
# A speed that was watched for less says little.
_WATCHED_S = 1.0


class TimeLeft:
    """Watches a run."""

    def __init__(self, adapt_s: int = 0, *, now: Callable[[], float] = time.monotonic) -> None:
        """Begin.

        Args:
            adapt_s: how long a color network learns, in seconds.
            now: the time in seconds.
        """
        self._adapt_s = adapt_s
        self._now = now
        self._begun_s = now()
        # The stage that goes on, when it was heard of first, and what was done by then.
        self._start = ("", self._begun_s, 0)
        self._frames = 0
        # Seconds for a frame of cost 1, as far as that is known.
        self._pace_s = math.nan
        self._share = 0.0

    def __call__(self, stage: str, done: int, total: int) -> tuple[float, str]:
        """Take note of progress.

        Args:
            stage: its name.
            done: what is done of it.
            total: how much there is of it in all, 1 or more.

        Returns:
            The share of the whole run that is over, from 0 to 1 and never falling, and words.
        """
        self._watch(stage, done, total)
        left_s = self._left_s(stage, done / total)
        if math.isnan(left_s):
            return self._share, stage
        over_s = self._now() - self._begun_s
        self._share = max(self._share, over_s / (over_s + left_s))
        return self._share, f"{stage}, about {_in_words(left_s)} left"

    def _watch(self, stage: str, done: int, total: int) -> None:
        now, (current, since_s, before) = self._now(), self._start
        if stage != current:
            self._start = (stage, now, done)
            return
        cost = _FRAME_COSTS.get(stage)
        if cost and now - since_s >= _WATCHED_S and done > before:
            self._frames = total
            self._pace_s = (now - since_s) / (done - before) / cost

    def _left_s(self, stage: str, done_share: float) -> float:
        """Seconds to the end; NaN if nobody knows yet."""
        later = _STAGES[_STAGES.index(stage) + 1 :] if stage in _STAGES else ()
        return self._stage_s(stage) * (1 - done_share) + sum(map(self._stage_s, later))

    def _stage_s(self, stage: str) -> float:
        if stage == _LEARNING:
            return self._adapt_s
        if stage == _COLLECTING and not self._adapt_s:
            return 0
        return self._pace_s * self._frames * _FRAME_COSTS.get(stage, 0)


def _in_words(seconds: float) -> str:
    seconds = max(seconds, 1)
    return f"{math.ceil(seconds)} s" if seconds < 90 else f"{math.ceil(seconds / 60)} min"
