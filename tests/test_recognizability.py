"""A change of gait in proportion to how far walks of one person, and of two, are apart."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.recognizability import CALIBRATION, CAVEAT, Recognizability, assess

distances = st.floats(0, 60)


@given(distances, distances)
def test_the_farther_the_less_recognizable(one: float, other: float) -> None:
    near, far = (assess(each, gei_self=None) for each in sorted((one, other)))
    assert near.closer_strangers <= far.closer_strangers
    assert near.farther_selves >= far.farther_selves
    order = ["recognizable", "doubtful", "like someone else"]
    assert order.index(near.verdict) <= order.index(far.verdict)


def test_the_same_walk_is_recognizable() -> None:
    assert assess(0, gei_self=None) == Recognizability(0, 1, "recognizable")


def test_farther_than_all_is_like_someone_else() -> None:
    assert assess(60, gei_self=None) == Recognizability(1, 0, "like someone else")
    assert assess(60, gei_self=3).verdict == "like someone else"


def test_half_of_the_pairs_are_closer_than_the_median() -> None:
    content = json.loads(CALIBRATION.read_text("utf-8"))
    selves, strangers = (
        content[kind]["quantiles"][50] for kind in ("one_person", "different_people")
    )
    assert assess(strangers, gei_self=None).closer_strangers == pytest.approx(0.5, abs=0.005)
    assert assess(selves, gei_self=None).farther_selves == pytest.approx(0.5, abs=0.005)
    assert assess(selves, gei_self=None).verdict == "recognizable"


def test_more_than_half_of_the_strangers_is_not_enough() -> None:
    content = json.loads(CALIBRATION.read_text("utf-8"))
    assert assess(content["different_people"]["quantiles"][75], gei_self=None).verdict == "doubtful"


def test_the_readme_says_where_verdicts_change() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    [limits] = re.findall(r"Up to (\d+\.\d) the verdict is .+? Beyond (\d+\.\d)", readme, re.DOTALL)
    changes = [float(limit) + step for limit in limits for step in (-0.1, 0.1)]
    verdicts = [assess(change, gei_self=None).verdict for change in changes]
    assert verdicts == ["recognizable", "doubtful", "doubtful", "like someone else"]


@pytest.mark.parametrize(
    ("own", "verdict"),
    [
        (10.0, "like someone else"),  # a third of the change
        (20.0, "doubtful"),  # the change might be noise
        (40.0, "doubtful"),  # the walker differs more from himself
    ],
)
def test_a_change_that_may_be_noise_makes_nobody_else(own: float, verdict: str) -> None:
    assert assess(30, gei_self=own).verdict == verdict


def test_noise_does_not_make_a_small_change_larger() -> None:
    assert assess(3, gei_self=10).verdict == "recognizable"


@pytest.mark.parametrize(
    ("closer", "farther", "words"),
    [
        (0.63, 0.0, ("more than 63 % of pairs of different people", "as much in 0 % of pairs")),
        (0.58, 0.29, ("more than 58 %", "in 29 %")),  # 0.29 * 100 is a little less than 29
        (0.999, 0.001, ("more than 99 %", "in 1 %")),  # never better than it is
    ],
)
def test_the_sentence_says_the_shares(
    closer: float, farther: float, words: tuple[str, ...]
) -> None:
    sentence = Recognizability(closer, farther, "doubtful").sentence()
    assert all(word in sentence for word in words)


def test_the_caveat_says_what_the_figure_leaves_out() -> None:
    for words in ("rendered", "learned from anonymized videos", "clothes", "Noise", "few people"):
        assert words in CAVEAT


def test_it_becomes_json() -> None:
    content = json.dumps(dataclasses.asdict(assess(15, gei_self=None)))
    assert set(json.loads(content)) == {"closer_strangers", "farther_selves", "verdict"}
