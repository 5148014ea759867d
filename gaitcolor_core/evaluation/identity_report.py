"""What `gaitcolor identity` found, as text, as numbers for a file, and as a picture."""

from __future__ import annotations

import io
import math
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gaitcolor_core.datasets.gait_set import CONDITIONS
from gaitcolor_core.evaluation.identity import Identity
from gaitcolor_core.evaluation.report import table

GAPS_DEG = (0, 18, 36, 54, 90)
SIDE_VIEW = 90
# Same-view GEI template matching on CASIA-B at 90 degrees (Yu, Tan and Tan, ICPR 2006), as later
# papers quote it; recalled, not read in the paper.
PUBLISHED = {"nm": 0.976, "bg": 0.52, "cl": 0.33}


def summary(identity: Identity) -> str:
    """The result in a few lines, rank-1 in percent, without a line break at the end."""
    conditions = [name for name in CONDITIONS if name in identity.rank1_accuracy]
    people = len(identity.subjects)
    who = "075-124 of the set" if identity.test_subjects_only else "all; none is of 075-124"
    probes = ", ".join(f"{identity.tested[name]} {name}" for name in conditions)
    same = [
        ("rank-1 (%)", *conditions),
        ("same view, mean", *(_percent(identity.same_view(name)) for name in conditions)),
        (
            "same view, 90 deg",
            *(_percent(identity.at_view(name, SIDE_VIEW)) for name in conditions),
        ),
        ("CASIA-B, 90 deg, as recalled", *(_percent(PUBLISHED[name]) for name in conditions)),
    ]
    lines = [
        f"subjects: {people} ({who}); chance is {_percent(identity.chance)} %",
        f"gallery: {identity.enrolled} sequences; probes: {probes}",
        *(
            [f"left out, nobody seen or no whole gait cycle: {identity.left_out}"]
            if identity.left_out
            else []
        ),
        "",
        table(same),
    ]
    if "nm" in conditions:
        gaps = [(str(gap), _percent(identity.at_gap("nm", gap))) for gap in GAPS_DEG]
        lines += ["", table([("view gap (deg)", "nm (%)"), *gaps])]
    return "\n".join(lines)


def _left_out(identity: Identity) -> list[str]:
    if not identity.left_out:
        return []
    return [f"left out, nobody seen or no whole gait cycle: {identity.left_out}"]


def as_numbers(identity: Identity) -> dict[str, Any]:
    """All that was found, for JSON: shares in [0, 1], None where nothing could be compared."""
    return {
        "subjects": list(identity.subjects),
        "test_subjects_only": identity.test_subjects_only,
        "chance": identity.chance,
        "gallery_sequences": identity.enrolled,
        "probe_sequences": identity.tested,
        "left_out_sequences": identity.left_out,
        "views_deg": list(identity.views),
        "rank1_accuracy_by_probe_and_gallery_view": {
            name: [[_known(share) for share in row] for row in shares.tolist()]
            for name, shares in identity.rank1_accuracy.items()
        },
        "same_view": {name: _known(identity.same_view(name)) for name in identity.rank1_accuracy},
    }


def heat_map(identity: Identity) -> bytes:
    """The content of a PNG file: rank-1 for each pair of views, a field for each condition."""
    shown = identity.rank1_accuracy
    with matplotlib.rc_context({"font.size": 8}):
        figure = Figure(figsize=(0.8 + 4.2 * len(shown), 4.4), layout="constrained")
        fields = figure.subplots(1, len(shown), squeeze=False)[0]
        for field, name in zip(fields, shown, strict=True):
            _draw_field(field, identity, name)
        content = io.BytesIO()
        figure.savefig(
            content, format="png", dpi=120, bbox_inches="tight", metadata={"Software": None}
        )
    return content.getvalue()


def _draw_field(axes: Axes, identity: Identity, condition: str) -> None:
    shares = identity.rank1_accuracy[condition]
    places = range(len(identity.views))
    axes.imshow(100 * shares, vmin=0, vmax=100, cmap="viridis")
    axes.set(title=f"rank-1 of {condition} (%)", xlabel="view of the gallery (deg)")
    axes.set_ylabel("view of the probe (deg)")
    axes.set_xticks(places, map(str, identity.views))
    axes.set_yticks(places, map(str, identity.views))
    for row in places:
        for column in places:
            share = shares[row, column]
            if not math.isnan(share):
                ink = "black" if share > 0.6 else "white"
                text = f"{100 * share:.0f}"
                axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=7)


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.1f}"


def _known(share: float) -> float | None:
    return None if math.isnan(share) else round(share, 4)
