from __future__ import annotations

import json
import math

import cv2
import numpy as np
import pytest

from gaitcolor_core.evaluation.identity import Identity
from gaitcolor_core.evaluation.identity_report import as_numbers, heat_map, summary


@pytest.fixture
def identity() -> Identity:
    """Two views, 72 of which has no gallery."""
    nm = np.array([[math.nan, 0.25], [math.nan, 0.75]])
    return Identity(
        tuple(range(75, 125)), True, (72, 90), 200, {"nm": 100, "bg": 50}, 2,
        {"nm": nm, "bg": nm - 0.125},
    )  # fmt: skip


def test_the_summary_puts_figures_beside_the_published_ones(identity: Identity) -> None:
    lines = summary(identity).split("\n")
    assert lines[0] == "subjects: 50 (075-124 of the set); chance is 2.0 %"
    assert lines[1] == "gallery: 200 sequences; probes: 100 nm, 50 bg"
    assert lines[2] == "left out, nobody seen or no whole gait cycle: 2"
    cells = {line[:28].strip(): line[28:].split() for line in lines[4:8]}
    assert cells == {
        "rank-1 (%)": ["nm", "bg"],
        "same view, mean": ["75.0", "62.5"],
        "same view, 90 deg": ["75.0", "62.5"],
        "CASIA-B, 90 deg, as recalled": ["97.6", "52.0"],
    }
    gaps = dict(line.split() for line in lines[10:])
    assert gaps == {"0": "75.0", "18": "25.0", "36": "-", "54": "-", "90": "-"}


def test_who_was_compared_is_said(identity: Identity) -> None:
    small = Identity((1, 2), False, (90,), 2, {"cl": 2}, 0, {"cl": np.ones((1, 1))})
    text = summary(small)
    assert text.startswith("subjects: 2 (all; none is of 075-124); chance is 50.0 %")
    assert "left out" not in text and "view gap" not in text


def test_numbers_can_be_written_as_json(identity: Identity) -> None:
    numbers = json.loads(json.dumps(as_numbers(identity), allow_nan=False))
    assert numbers["views_deg"] == [72, 90]
    assert numbers["rank1_accuracy_by_probe_and_gallery_view"]["nm"] == [[None, 0.25], [None, 0.75]]
    assert numbers["same_view"] == {"nm": 0.75, "bg": 0.625}
    assert numbers["left_out_sequences"] == 2


def test_the_picture_repeats(identity: Identity) -> None:
    content = heat_map(identity)
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    # two fields side by side
    assert picture.shape[1] > 1.5 * picture.shape[0]
    assert heat_map(identity) == content
