"""The tables of the comparison: means, the paper beside them, and what they say about its order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gaitcolor_core.evaluation.color_comparison import ComparisonPlan, SequenceFigures
from gaitcolor_core.evaluation.color_readings import BOUNDED, READINGS
from gaitcolor_core.evaluation.color_report import as_markdown, as_numbers, verdicts

PLAN = ComparisonPlan(strength=0.5, frames=3, adapt_s=20)


def row(
    key: str, color: str, silhouettes: str, psnr: float, ssim: float = 0.9, **more: float
) -> SequenceFigures:
    """All readings the same; even subjects wear patterns."""
    figures = {f"psnr_{reading}": psnr for reading in READINGS}
    figures |= {f"ssim_{reading}": ssim for reading in READINGS}
    for reading in BOUNDED:
        figures |= {f"psnr_{reading}_bound": 31.25, f"ssim_{reading}_bound": 0.95}
    fabric = "plain" if int(key[:3]) % 2 else "textural"
    return SequenceFigures(key, fabric, silhouettes, color, figures | more)


def rows_of(color: str, complete: float, incomplete: float) -> list[SequenceFigures]:
    """Two walkers; patterns cost 2 dB."""
    return [
        row(key, color, silhouettes, value - cost)
        for key, cost in (("081-nm-05-090", 0), ("082-nm-05-090", 2))
        for silhouettes, value in (("complete", complete), ("incomplete", incomplete))
    ]


def table(markdown: str, title: str) -> dict[str, list[str]]:
    """Cells by the first cell of each line, of the table under a title."""
    lines = markdown.split(title, 1)[1].split("\n\n")[1].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: rest for first, *rest in cells}


def test_means_are_over_the_sequences_of_a_subset() -> None:
    numbers = as_numbers(rows_of("gram", 26, 24))
    means = {subset: figures["psnr_gait"] for subset, figures in numbers["gram"].items()}
    assert means == {"plain": 25, "textural": 23, "incomplete": 23, "complete": 25}
    assert json.loads(json.dumps(numbers, allow_nan=False)) == numbers


def test_there_is_a_table_for_each_reading() -> None:
    text = as_markdown(rows_of("nearest", 20, 19) + rows_of("gram", 26, 24), PLAN)
    assert text.startswith(
        "2 sequences of 2 walkers; frames of each: 3; shape `deform` at strength 0.5; seed 0.\n\n"
        "Adapted: 20 s on all frames of the sequence, then read there.\n"
    )
    for reading in READINGS:
        cells = table(text, f"**PSNR (dB), reading `{reading}`**")
        assert cells["color"] == ["plain", "textural", "incomplete", "complete"]
        assert cells["nearest"] == ["19.50", "17.50", "18.00", "19.00"]
        assert cells["gram"] == ["25.00", "23.00", "23.00", "25.00"]
        assert table(text, f"**SSIM, reading `{reading}`**")["gram"] == 4 * ["0.900"]
        assert ("*bound by the shape*" in cells) == (reading in BOUNDED)
    assert table(text, "**PSNR (dB), reading `gait`**")["*bound by the shape*"] == 4 * ["31.25"]
    assert table(text, "**SSIM, reading `crop`**")["*bound by the shape*"] == 4 * ["0.950"]


def test_the_published_figures_are_labelled() -> None:
    text = as_markdown(rows_of("nearest", 20, 19), PLAN)
    published = table(text, "**The paper's PSNR (dB)** (CASIA-B, reading not stated)")
    assert published["baseline [8]"] == ["24.2417", "23.6273", "23.9494", "24.1035"]
    assert published["proposed"] == ["24.7302", "24.2822", "24.4664", "24.8346"]
    published = table(text, "**The paper's SSIM** (CASIA-B, reading not stated)")
    assert published["proposed"] == ["0.9142", "0.9065", "0.9126", "0.9094"]
    # Without both of its models there is nothing to say about their order.
    assert text.endswith("| 0.9142 | 0.9065 | 0.9126 | 0.9094 |\n")


def test_what_is_not_known_is_a_dash() -> None:
    text = as_markdown(
        [
            row("081-nm-05-090", "warp", "complete", 20, sharpness=0.876, edge_color=12.34),
            row("081-nm-06-090", "warp", "complete", 20, sharpness=0.676),
        ],
        PLAN,
    )
    assert table(text, "reading `gait`")["warp"] == ["20.00", "-", "-", "20.00"]
    assert table(text, "**Sharpness: gradient energy, result / original**")["warp"] == [
        "0.78", "-", "-", "0.78",
    ]  # fmt: skip
    assert table(text, "8-bit levels**")["warp"] == ["12.3", "-", "-", "12.3"]


def lines(gram: tuple[float, float], supervised: tuple[float, float]) -> list[str]:
    means: dict[str, Any] = as_numbers(rows_of("gram", *gram) + rows_of("supervised", *supervised))
    return verdicts(means)


def test_the_order_of_the_paper_holds() -> None:
    found = lines((26, 25), (24, 22))
    assert len(found) == 2 + len(READINGS)
    assert found[0] == (
        "- `gram` above `supervised`, reading `gait`: holds "
        "(plain +2.50 dB, textural +2.50 dB, incomplete +3.00 dB, complete +2.00 dB)."
    )
    assert found[2] == (
        "- On incomplete silhouettes `gram` loses less, reading `gait`: holds "
        "(`gram` 1.00 dB, `supervised` 2.00 dB)."
    )
    assert not any("NOT" in line for line in found)


@pytest.mark.parametrize(
    ("gram", "supervised", "order", "loss"),
    [
        ((26, 22), (25, 23), "NOT", "NOT"),  # above on complete silhouettes alone
        ((23, 23), (25, 24), "NOT", "holds"),
        ((27, 25), (24, 23), "holds", "NOT"),
        ((25, 24), (25, 24), "NOT", "NOT"),
    ],
)
def test_where_it_does_not_hold_that_is_said(
    gram: tuple[float, float], supervised: tuple[float, float], order: str, loss: str
) -> None:
    found = lines(gram, supervised)
    assert all(order in line for line in found[:2])
    assert all(loss in line for line in found[2:])
    rows = rows_of("gram", *gram) + rows_of("supervised", *supervised)
    assert as_markdown(rows, PLAN).endswith("\n".join(found) + "\n")


def test_adapted_networks_have_lines_of_their_own() -> None:
    text = as_markdown(rows_of("gram", 25, 24) + rows_of("gram, adapted", 27, 26), PLAN)
    cells = table(text, "reading `gait`")
    assert cells["gram, adapted"] == ["26.50", "24.50", "25.00", "26.00"]
    assert "loses less" not in text
