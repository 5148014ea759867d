"""How long a run still takes, as the page guesses it."""

from __future__ import annotations

import itertools
import re

import pytest

from demo.time_left import TimeLeft

FINDING, COLLECTING = "Finding the walkers", "Collecting the clip's colors"
LEARNING, DRAWING = "Learning the clip's colors", "Drawing the new walk"


class Run:
    """A run of 100 frames whose stages take the given seconds; notes what is said of it."""

    def __init__(self, adapt_s: int = 0) -> None:
        self.time_s = 0.0
        self.said: list[tuple[float, float, str]] = []
        self._time_left = TimeLeft(adapt_s, now=lambda: self.time_s)

    def work(self, stage: str, seconds: float, total: int = 100) -> None:
        for done in range(total + 1):
            self.said.append((self.time_s, *self._time_left(stage, done, total)))
            self.time_s += seconds / total if done < total else 0

    def guesses(self) -> list[tuple[float, float]]:
        """When a time was told, and which."""
        found = [
            (time_s, re.search(r"about (\d+) s left", words)) for time_s, _, words in self.said
        ]
        return [(time_s, float(match[1])) for time_s, match in found if match]


@pytest.fixture
def even() -> Run:
    run = Run()
    run.work(FINDING, 20)
    run.work(DRAWING, 20)
    return run


def test_the_stage_is_named_before_its_speed_is_known(even: Run) -> None:
    assert even.said[0][1:] == (0, FINDING)
    assert even.guesses()[0][0] <= 2


def test_the_time_left_is_right_when_frames_take_as_long_as_they_did(even: Run) -> None:
    assert all(abs(time_s + left_s - 40) <= 2 for time_s, left_s in even.guesses())


def test_a_faster_stage_corrects_the_guess() -> None:
    run = Run()
    run.work(FINDING, 20)
    run.work(DRAWING, 5)
    late = [guess for guess in run.guesses() if guess[0] > 22]
    assert late and all(abs(time_s + left_s - 25) <= 2 for time_s, left_s in late)


def test_learning_takes_the_time_that_it_is_given() -> None:
    run = Run(adapt_s=60)
    run.work(FINDING, 20)
    before = run.guesses()[-1][1]
    assert 60 + 20 <= before <= 60 + 20 + 10  # and the collecting before it
    run.work(COLLECTING, 6)
    run.work(LEARNING, 60, total=7)
    run.work(DRAWING, 20)
    assert all(abs(time_s + left_s - 106) <= 3 for time_s, left_s in run.guesses() if time_s > 27)


def test_the_bar_never_goes_back_and_ends_full(even: Run) -> None:
    slower = Run()
    slower.work(FINDING, 5)
    slower.work(DRAWING, 50)
    for run in (even, slower):
        shares = [share for _, share, _ in run.said]
        assert all(a <= b for a, b in itertools.pairwise(shares))
        assert shares[0] == 0 and shares[-1] == 1


def test_a_quick_look_ends_with_its_only_stage() -> None:
    run = Run()
    run.work("Looking for walkers", 10)
    assert all(abs(time_s + left_s - 10) <= 1.5 for time_s, left_s in run.guesses())


def test_long_times_are_told_in_minutes() -> None:
    run = Run()
    run.work(FINDING, 600)
    assert run.said[50][2] == f"{FINDING}, about 15 min left"


def test_a_stage_of_another_name_is_named_and_nothing_is_guessed() -> None:
    assert TimeLeft()("Looking at the scenery", 0, 100) == (0, "Looking at the scenery")
