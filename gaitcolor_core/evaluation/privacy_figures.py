"""The pictures of the report on privacy; what was not measured is not drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from gaitcolor_core.evaluation.panels import CHANCE_INK, LINES, ink, panels, save
from gaitcolor_core.evaluation.privacy_lookup import (
    ATTACKS,
    Case,
    conditions,
    find,
    foremost,
    rank1,
    recognizers,
)
from gaitcolor_core.evaluation.privacy_results import CurvePoint, Outcome, PrivacyResults
from gaitcolor_core.evaluation.privacy_tables import label
from gaitcolor_core.evaluation.success_figure import success_by_view
from gaitcolor_core.structures import Float32

# Where nothing changed, PSNR has no bound worth showing.
_TOP_DB = 50
_MEASURES = {"overlap": "psnr_overlap", "crop": "psnr_crop"}
_PAIRS_ACROSS = 3
# A difference of gait energy images that is drawn in full color.
_FULL = 0.7


def draw_all(results: PrivacyResults, folder: Path) -> list[str]:
    """Draw what there are data for.

    Returns:
        The names of the files in `folder`.

    Raises:
        OSError: `folder` cannot be written.
    """
    figures: Mapping[str, Callable[[PrivacyResults, Path], bool]] = {
        "success_by_view.png": success_by_view,
        "threats.png": threats,
        "strength.png": strength,
        "distances.png": distances,
        "view_by_view.png": view_by_view,
    }
    return [name for name, draw in figures.items() if draw(results, folder / name)]


def threats(results: PrivacyResults, path: Path) -> bool:
    """Draw rank-1 under each threat model, a panel for each kind of silhouettes.

    Returns:
        Whether there was something to draw; likewise below.
    """
    shown = foremost(results)
    if not shown:
        return False
    figure, fields = panels(1, len(shown), (5.2, 3.9))
    for axes, case in zip(fields[0], shown, strict=True):
        _draw_threats(axes, results, case)
        axes.set_title(f"{case.anonymizer}, silhouettes {case.silhouettes}")
        axes.set(xlabel="threat model", ylabel="rank-1 (%)", ylim=(0, 105))
    handles, labels = fields[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    save(figure, path)
    return True


def _draw_threats(axes: Axes, results: PrivacyResults, case: Case) -> None:
    names, condition = recognizers(results), conditions(results)[0]
    width = 0.8 / len(names)
    for number, name in enumerate(names):
        at, heights, errors = [], [], []
        for place, attack in enumerate(ATTACKS):
            row = find(results, name, case, attack, condition)
            x = place + (number - (len(names) - 1) / 2) * width
            share = rank1(row) if row else None
            if row is None or share is None:
                axes.text(x, 5, "not measured", size=9, rotation=90, ha="center", color=ink(name))
                continue
            axes.hlines(100 * row.chance, place - 0.45, place + 0.45, color=CHANCE_INK, ls=":")
            low, high = row.interval or (share, share)
            at.append(x)
            heights.append(100 * share)
            errors.append((100 * max(share - low, 0), 100 * max(high - share, 0)))
        axes.bar(
            at, heights, 0.9 * width, yerr=np.array(errors).reshape(-1, 2).T, color=ink(name),
            capsize=2.5, ecolor="0.2", label=label(name),
        )  # fmt: skip
    axes.plot([], [], color=CHANCE_INK, ls=":", label="guessing")
    axes.set_xticks(range(len(ATTACKS)), ATTACKS)


def strength(results: PrivacyResults, path: Path) -> bool:
    """Draw privacy and quality over the strength."""
    if not results.curve:
        return False
    shape = results.curve[0].shape
    points = sorted((p for p in results.curve if p.shape == shape), key=lambda p: p.strength)
    measured = any(key in point.quality for point in points for key in _MEASURES.values())
    figure, fields = panels(1, 1 + measured, (5, 3.7))
    _draw_privacy(fields[0][0], points)
    fields[0][0].set_title(f"privacy of {shape}")
    for chance in sorted({row.chance for row in results.outcomes})[:1]:
        fields[0][0].axhline(100 * chance, color=CHANCE_INK, ls=":", label="guessing")
    if measured:
        _draw_quality(fields[0][1], points)
    for axes in fields[0]:
        if results.default[0] == shape:
            at = results.default[1]
            axes.axvline(at, color="0.8", lw=5, zorder=0, label="default strength")
        axes.set(xlabel="strength (0 to 1)")
        axes.legend(framealpha=1, edgecolor="none")
    save(figure, path)
    return True


def _draw_privacy(axes: Axes, points: Sequence[CurvePoint]) -> None:
    at = [point.strength for point in points]
    told = dict.fromkeys(each for point in points for each in point.rank1)
    for name, (_, marker) in zip(told, LINES, strict=False):
        shares = [100 * point.rank1.get(name, math.nan) for point in points]
        axes.plot(at, shares, color=ink(name), marker=marker, mfc="white", label=label(name))
    axes.set(ylabel="rank-1 (%)", ylim=(0, 102))


def _draw_quality(axes: Axes, points: Sequence[CurvePoint]) -> None:
    at = [point.strength for point in points]
    for (name, key), (line, marker) in zip(_MEASURES.items(), LINES, strict=False):
        values = [point.quality.get(key, math.nan) for point in points]
        axes.plot(at, values, color="0.2", ls=line, marker=marker, ms=5, label=name)
    axes.set(title="quality, warp", ylabel="PSNR (dB)")
    if axes.get_ylim()[1] > _TOP_DB:
        axes.set(ylim=(None, _TOP_DB), ylabel=f"PSNR (dB), cut off at {_TOP_DB}")


def distances(results: PrivacyResults, path: Path) -> bool:
    """Draw how the samples of distances are spread, with their medians."""
    samples = {name: each for name, each in results.distances.items() if len(each)}
    if not samples:
        return False
    figure, fields = panels(1, 1, (7, 3.8))
    axes = fields[0][0]
    pool = np.concatenate([np.array(each) for each in samples.values()])
    bins = np.linspace(pool.min(), pool.max() + 1e-9, 41).tolist()
    for (name, each), color, (line, _) in zip(
        samples.items(), ("#0072B2", "#E69F00", "#CC79A7", "#009E73"), LINES, strict=False
    ):
        middle = float(np.median(each))
        axes.hist(each, bins, density=True, color=color, alpha=0.3)
        axes.hist(each, bins, density=True, color=color, histtype="step", lw=1.5)
        axes.axvline(middle, color=color, lw=1.5, ls=line, label=f"{name}, median {middle:.2f}")
    axes.set(xlabel="distance of gait energy images (L2, 64 x 64)", ylabel="density")
    axes.legend(frameon=False)
    save(figure, path)
    return True


def view_by_view(results: PrivacyResults, path: Path) -> bool:
    """Draw rank-1 of the view transformation for each pair of views, clean and anonymized."""
    told = [case for case in foremost(results) if case.silhouettes == "handed over"]
    condition = (*conditions(results), "")[0]
    found = {
        title: row
        for case in told
        for title, attack in (("not anonymized", "clean"), (f"{case.anonymizer}, T0", "T0"))
        if (row := find(results, "gei", case, attack, condition)) is not None
    }
    if len(found) < 2:
        return False
    figure, fields = panels(1, 2, (5.2, 4.8))
    for axes, (title, row) in zip(fields[0], found.items(), strict=True):
        _draw_views(axes, row)
        axes.set_title(f"{title}: rank-1 of {label('gei')} (%)", fontsize=10)
    save(figure, path)
    return True


def _draw_views(axes: Axes, row: Outcome) -> None:
    shares = 100 * row.table
    axes.imshow(shares, vmin=0, vmax=100, cmap="viridis")
    axes.set(xlabel="view of the gallery (degrees)", ylabel="view of the probe (degrees)")
    axes.set_xticks(range(len(row.gallery_views)), map(str, row.gallery_views))
    axes.set_yticks(range(len(row.probe_views)), map(str, row.probe_views))
    for (down, across), share in np.ndenumerate(shares):
        if not math.isnan(share):
            color = "black" if share > 60 else "white"
            axes.text(across, down, f"{share:.0f}", ha="center", va="center", color=color, size=9)


def gei_pairs(pairs: Sequence[tuple[str, Float32, Float32]], path: Path) -> None:
    """Draw gait energy images before, after, and what changed, three walks in a line.

    Args:
        pairs: name of the walk, and `(S, S)` float32 in [0, 1] before and after; not empty.
        path: of the PNG.

    Raises:
        OSError: it cannot be written.
    """
    across = min(_PAIRS_ACROSS, len(pairs))
    figure, fields = panels(math.ceil(len(pairs) / across), 3 * across, (1.35, 1.6))
    for axes in chain(*fields):
        axes.set_axis_off()
    for number, (name, before, after) in enumerate(pairs):
        line, start = fields[number // across], 3 * (number % across)
        line[start].imshow(before, vmin=0, vmax=1, cmap="gray")
        line[start + 1].imshow(after, vmin=0, vmax=1, cmap="gray")
        line[start + 2].imshow(after - before, vmin=-_FULL, vmax=_FULL, cmap="PuOr")
        titles = (f"{name}\nbefore", "after", "difference")
        for axes, title in zip(line[start : start + 3], titles, strict=True):
            axes.set_title(title, fontsize=9, loc="left")
    save(figure, path)
