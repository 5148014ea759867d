"""What an evaluation keeps: it comes back as it was, or is refused in a sentence."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import pytest
from privacy_outcomes import VIEWS, full_results, outcome, results

from gaitcolor_core.evaluation.privacy_results import RESULTS_NAME, Check, PrivacyResults
from gaitcolor_core.structures import InputError

NO_RESULTS = r"holds no results of 'gaitcolor evaluate', or they are damaged\.$"


def test_results_come_back_as_they_were(tmp_path: Path) -> None:
    for written in (full_results(), results()):
        written.write(tmp_path)
        assert PrivacyResults.read(tmp_path) == written


def test_results_are_json(tmp_path: Path) -> None:
    full_results().write(tmp_path)
    content = json.loads((tmp_path / RESULTS_NAME).read_text())
    assert content["outcomes"][0]["probe_views"] == list(VIEWS)


@pytest.mark.parametrize("content", [None, b"", b'{"format": 1, "outco', b"\xff\xfe"])
def test_damaged_results_are_refused(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / RESULTS_NAME).write_bytes(content)
    with pytest.raises(InputError, match=NO_RESULTS):
        PrivacyResults.read(tmp_path)


@pytest.mark.parametrize("content", ["[]", '"results"', "3", "null", '{"format": 1}'])
def test_other_json_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / RESULTS_NAME).write_text(content)
    with pytest.raises(InputError, match=NO_RESULTS):
        PrivacyResults.read(tmp_path)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("outcomes", [{"recognizer": "gei"}]),
        ("outcomes", ["gei"]),
        ("outcomes", None),
        ("curve", [{"shape": "deform", "speed": 1}]),
        ("checks", [{"name": "what", "luck": 1}]),
        ("distances", []),
        ("distances", {"same person": 1}),
        ("weather", "rain"),
    ],
)
def test_results_with_a_damaged_part_are_refused(part: str, value: object, tmp_path: Path) -> None:
    full_results().write(tmp_path)
    content = json.loads((tmp_path / RESULTS_NAME).read_text())
    (tmp_path / RESULTS_NAME).write_text(json.dumps({**content, part: value}))
    with pytest.raises(InputError, match=NO_RESULTS):
        PrivacyResults.read(tmp_path)


def test_an_outcome_with_an_unknown_field_is_refused(tmp_path: Path) -> None:
    full_results().write(tmp_path)
    content = json.loads((tmp_path / RESULTS_NAME).read_text())
    content["outcomes"][1]["weather"] = "rain"
    (tmp_path / RESULTS_NAME).write_text(json.dumps(content))
    with pytest.raises(InputError, match=NO_RESULTS):
        PrivacyResults.read(tmp_path)


@pytest.mark.parametrize("version", [{}, {"format": 0}, {"format": 2}])
def test_results_of_another_version_are_refused(version: dict[str, int], tmp_path: Path) -> None:
    (tmp_path / RESULTS_NAME).write_text(json.dumps({"outcomes": [], **version}))
    with pytest.raises(InputError, match=r"another version; evaluate again\.$"):
        PrivacyResults.read(tmp_path)


def test_success_is_one_minus_rank1() -> None:
    row = outcome("T0", 0.25, 0.125)
    assert row.success_by_view == {view: (0.75, 0.875) for view in VIEWS}
    # 18 degrees were not compared with 0 degrees, and 90 degrees with nothing.
    gaps = dataclasses.replace(
        row, rank1=((0.25, 0.5, 1), (None, 0.25, 0.5), (None, None, None))
    ).success_by_view
    assert gaps[0] == (0.75, 0.25)
    assert gaps[18] == (0.75, 0.5)
    assert all(math.isnan(value) for value in gaps[90])


@pytest.mark.parametrize(
    ("seen", "holds"),
    [(0.5, True), (0.625, True), (0.375, True), (0.6875, False), (0.3125, False)],
)
def test_a_check_holds_within_its_tolerance(seen: float, holds: bool) -> None:
    assert Check("what", "gei", 0.5, seen, 0.125).holds == holds
