"""torchvision imports beside any torch, and suppresses boxes as its own operator would."""

from __future__ import annotations

import subprocess
import sys
import types

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core import torchvision_shim
from gaitcolor_core.torchvision_shim import ensure_torchvision, greedy_nms

BOX = (0.0, 0.0, 10.0, 10.0)


def kept(boxes: list[tuple[float, ...]], scores: list[float], threshold: float) -> list[int]:
    return greedy_nms(torch.tensor(boxes), torch.tensor(scores), threshold).tolist()


@st.composite
def scored_boxes(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    count = draw(st.integers(0, 12))
    corner, size = st.integers(0, 30), st.integers(1, 20)
    rows = [[draw(corner), draw(corner), draw(size), draw(size)] for _ in range(count)]
    corners = torch.tensor(rows, dtype=torch.float32).reshape(-1, 4)
    scores = draw(st.permutations(range(count)))
    return (
        torch.cat([corners[:, :2], corners[:, :2] + corners[:, 2:]], dim=1),
        torch.tensor(scores, dtype=torch.float32),
    )


def iou(one: torch.Tensor, other: torch.Tensor) -> float:
    width = max(float(min(one[2], other[2]) - max(one[0], other[0])), 0)
    height = max(float(min(one[3], other[3]) - max(one[1], other[1])), 0)
    areas = [float((box[2] - box[0]) * (box[3] - box[1])) for box in (one, other)]
    return width * height / (sum(areas) - width * height)


def test_nobody() -> None:
    nothing = greedy_nms(torch.zeros(0, 4), torch.zeros(0), 0.5)
    assert nothing.shape == (0,)
    assert nothing.dtype == torch.int64


@pytest.mark.parametrize(
    ("other", "threshold", "expected"),
    [
        (BOX, 0.5, [1]),  # the same box: the better one stays
        ((20.0, 0.0, 30.0, 10.0), 0.0, [1, 0]),  # apart, best first
        ((10.0, 0.0, 20.0, 10.0), 0.0, [1, 0]),  # touching at an edge
        ((0.0, 0.0, 10.0, 5.0), 0.5, [1, 0]),  # IoU 50 / 100: not *more* than the threshold
        ((0.0, 0.0, 10.0, 5.0), 0.49, [1]),
        ((5.0, 0.0, 15.0, 10.0), 0.34, [1, 0]),  # IoU 50 / 150
        ((5.0, 0.0, 15.0, 10.0), 0.33, [1]),
    ],
)
def test_two_boxes(other: tuple[float, ...], threshold: float, expected: list[int]) -> None:
    assert kept([other, BOX], [0.1, 0.9], threshold) == expected


def test_a_dropped_box_drops_nobody() -> None:
    # A chain in which each overlaps the next by 1/3: the first drops the second, and the third
    # stays, although the second, had it stayed, would have dropped it.
    chain = [(5.0 * step, 0.0, 5.0 * step + 10, 10.0) for step in range(3)]
    assert kept(chain, [0.9, 0.8, 0.7], 0.3) == [0, 2]


@given(scored_boxes(), st.floats(0, 1))
def test_keeps_the_best_and_drops_for_a_reason(
    drawn: tuple[torch.Tensor, torch.Tensor], threshold: float
) -> None:
    boxes, scores = drawn
    keep = greedy_nms(boxes, scores, threshold).tolist()
    assert [float(scores[index]) for index in keep] == sorted(scores[keep].tolist(), reverse=True)
    # Float32 overlaps may lie to either side of a threshold that equals them.
    low, high = threshold - 1e-6, threshold + 1e-6
    for place, index in enumerate(keep):
        assert all(iou(boxes[index], boxes[better]) <= high for better in keep[:place])
    for index in set(range(len(boxes))) - set(keep):
        better = [other for other in keep if scores[other] > scores[index]]
        assert any(iou(boxes[index], boxes[other]) > low for other in better)


def test_does_nothing_where_torchvision_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = types.ModuleType("torchvision")
    monkeypatch.setitem(sys.modules, "torchvision", whole)
    monkeypatch.setattr(torchvision_shim, "_register_nms", lambda: pytest.fail("registered"))
    assert ensure_torchvision() is False
    assert sys.modules["torchvision"] is whole


def test_passes_other_failures_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(ImportError):
        ensure_torchvision()


def test_torchvision_works_in_a_fresh_process() -> None:
    program = (
        "from gaitcolor_core.torchvision_shim import ensure_torchvision\n"
        "ensure_torchvision()\n"
        "import torch, torchvision\n"
        "boxes = torch.tensor([[0, 0, 10, 10], [0, 0, 10, 9], [20, 0, 30, 10.0]])\n"
        "print(torchvision.ops.nms(boxes, torch.tensor([0.5, 0.9, 0.1]), 0.5).tolist())\n"
        "print(ensure_torchvision())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    # The second call finds torchvision imported.
    assert done.stdout.splitlines() == ["[1, 2]", "False"], done.stderr
