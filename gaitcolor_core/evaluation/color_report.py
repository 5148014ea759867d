"""What `gaitcolor colors` found, as tables and as numbers for a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gaitcolor_core.evaluation.color_comparison import ADAPTED, ComparisonPlan, SequenceFigures
from gaitcolor_core.evaluation.color_readings import BOUNDED, READINGS, mean_figures

# The four subsets of the test set, by the property that makes them.
SUBSETS = ("plain", "textural", "incomplete", "complete")
# Tables I and II of the paper; it does not say what exactly was compared, nor on which frames.
PAPER_PSNR = {
    "baseline [8]": (24.2417, 23.6273, 23.9494, 24.1035),
    "proposed": (24.7302, 24.2822, 24.4664, 24.8346),
}
PAPER_SSIM = {
    "baseline [8]": (0.9062, 0.8970, 0.9047, 0.9042),
    "proposed": (0.9142, 0.9065, 0.9126, 0.9094),
}
_DIGITS = {"psnr": 2, "ssim": 3}
_UNITS = {"psnr": "PSNR (dB)", "ssim": "SSIM"}
_OTHERS = {
    "sharpness": ("Sharpness: gradient energy, result / original", 2),
    "edge_color": ("Color of the rim against the color inside, L2, 8-bit levels", 1),
}


def as_numbers(rows: Sequence[SequenceFigures]) -> dict[str, Any]:
    """Means over sequences by color transfer and subset, for JSON."""
    return {
        color: {
            subset: {
                name: round(value, 4)
                for name, value in mean_figures(_figures(rows, color, subset)).items()
            }
            for subset in SUBSETS
            if _figures(rows, color, subset)
        }
        for color in _colors(rows)
    }


def as_markdown(rows: Sequence[SequenceFigures], plan: ComparisonPlan) -> str:
    """Tables of all readings, the paper's beside them, and whether the paper's order holds."""
    means = as_numbers(rows)
    parts = [
        f"{len({row.key for row in rows})} sequences of {_walkers(rows)} walkers; frames of each: "
        f"{plan.frames}; shape `{plan.shape}` at strength {plan.strength:g}; seed {plan.seed}."
    ]
    if plan.adapt_s:
        parts.append(f"Adapted: {plan.adapt_s} s on all frames of the sequence, then read there.")
    for measure in _UNITS:
        for reading in READINGS:
            parts.append(_table(f"{_UNITS[measure]}, reading `{reading}`", means, measure, reading))
    for name, (title, digits) in _OTHERS.items():
        lines = [_row(color, means[color], name, digits) for color in means]
        parts.append("\n".join([f"**{title}**", "", *_head(), *lines]))
    for measure, published in (("psnr", PAPER_PSNR), ("ssim", PAPER_SSIM)):
        lines = [
            _line(name, [f"{value:.4f}" for value in values]) for name, values in published.items()
        ]
        title = f"**The paper's {_UNITS[measure]}** (CASIA-B, reading not stated)"
        parts.append("\n".join([title, "", *_head(), *lines]))
    lines = verdicts(means)
    return "\n\n".join([*parts, "\n".join(lines)] if lines else parts) + "\n"


def verdicts(means: dict[str, Any]) -> list[str]:
    """Whether the paper's order holds, a line each; none without both of its models."""
    if not {"gram", "supervised"} <= means.keys():
        return []
    lines = []
    for reading in ("gait", "masked"):
        margins = {
            subset: means["gram"][subset][f"psnr_{reading}"]
            - means["supervised"][subset][f"psnr_{reading}"]
            for subset in means["gram"]
        }
        holds = "holds" if all(margin > 0 for margin in margins.values()) else "DOES NOT HOLD"
        text = ", ".join(f"{subset} {margin:+.2f} dB" for subset, margin in margins.items())
        lines.append(f"- `gram` above `supervised`, reading `{reading}`: {holds} ({text}).")
    for reading in READINGS:
        losses = {name: _loss(means[name], reading) for name in ("gram", "supervised")}
        holds = "holds" if losses["gram"] < losses["supervised"] else "DOES NOT HOLD"
        lines.append(
            f"- On incomplete silhouettes `gram` loses less, reading `{reading}`: {holds} "
            f"(`gram` {losses['gram']:.2f} dB, `supervised` {losses['supervised']:.2f} dB)."
        )
    return lines


def _loss(subsets: dict[str, Any], reading: str) -> float:
    name = f"psnr_{reading}"
    return float(subsets["complete"][name] - subsets["incomplete"][name])


def _table(title: str, means: dict[str, Any], measure: str, reading: str) -> str:
    name, digits = f"{measure}_{reading}", _DIGITS[measure]
    lines = [_row(color, means[color], name, digits) for color in means]
    if reading in BOUNDED:
        first = next(color for color in means if not color.endswith(ADAPTED))
        lines.append(_row("*bound by the shape*", means[first], f"{name}_bound", digits))
    return "\n".join([f"**{title}**", "", *_head(), *lines])


def _head() -> list[str]:
    return [_line("color", SUBSETS), _line("---", ["---:"] * len(SUBSETS))]


def _row(label: str, subsets: dict[str, Any], name: str, digits: int) -> str:
    values = (subsets.get(subset, {}).get(name) for subset in SUBSETS)
    return _line(label, ["-" if value is None else f"{value:.{digits}f}" for value in values])


def _line(label: str, cells: Sequence[str]) -> str:
    return f"| {' | '.join([label, *cells])} |"


def _colors(rows: Sequence[SequenceFigures]) -> list[str]:
    return list(dict.fromkeys(row.color for row in rows))


def _figures(rows: Sequence[SequenceFigures], color: str, subset: str) -> list[dict[str, float]]:
    return [
        row.figures
        for row in rows
        if row.color == color and subset in (row.fabric, row.silhouettes)
    ]


def _walkers(rows: Sequence[SequenceFigures]) -> int:
    return len({row.key.partition("-")[0] for row in rows})
