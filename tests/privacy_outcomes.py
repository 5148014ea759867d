"""Made-up results of an evaluation of privacy."""

from __future__ import annotations

from typing import Any

from gaitcolor_core.evaluation.privacy_results import (
    Check,
    CurvePoint,
    Outcome,
    PrivacyResults,
    Silhouettes,
)

VIEWS = (0, 18, 90)


def outcome(
    threat: str,
    same: float,
    other: float,
    *,
    recognizer: str = "gei",
    shape: str = "deform",
    silhouettes: Silhouettes = "handed over",
    condition: str = "nm",
    **more: Any,
) -> Outcome:
    """Three views; one rank-1 for pairs of the same view, one for all others."""
    clean = threat == "clean"
    facts: dict[str, Any] = {
        "probe_views": VIEWS,
        "gallery_views": VIEWS,
        "rank1": tuple(tuple(same if row == column else other for column in VIEWS)
                       for row in VIEWS),
        "cross_view": other,
        "same_view": same,
        "interval": (other - 0.0625, other + 0.0625),
        "equal_error": 0.5 - other / 2,
        "chance": 0.025,
        "subjects": 40,
        "probes": 240,
        "notes": ("Left out: 2 comparisons at views where the subject is not enrolled.",),
    }  # fmt: skip
    return Outcome(
        recognizer, "none" if clean else shape, 0 if clean else 0.7, threat, silhouettes,
        condition, **facts | more,
    )  # fmt: skip


def results(*outcomes: Outcome, **more: Any) -> PrivacyResults:
    """With all that is not an outcome left out, but for what is given."""
    facts: dict[str, Any] = {
        "about": {"date": "2026-11-27", "commit": "abc", "command": "a | b", "seed": "0"},
        "default": ("deform", 0.7),
        "trained_on": (*range(31, 81), 83),
        "tested_on": (81, 82),
    }
    return PrivacyResults(**facts | more, outcomes=outcomes)


def full_results() -> PrivacyResults:
    """Of everything something; GaitSet under T2 and T3 was not measured."""
    threats = {"clean": 0.875, "T0": 0.125, "T1": 0.1875, "T2": 0.25, "T3": 0.375}
    return results(
        *(outcome(threat, share, share / 2) for threat, share in threats.items()),
        *(
            outcome(threat, 1, threats[threat], recognizer="gaitset")
            for threat in ("clean", "T0", "T1")
        ),
        outcome("T0", 0.25, 0.25, shape="contour"),
        outcome("clean", 0.5, 0.25, condition="cl"),
        outcome("T0", 0.125, 0.125, condition="cl"),
        outcome("clean", 0.9375, 0.6875, silhouettes="re-extracted"),
        outcome("T0", 0.4375, 0.3125, silhouettes="re-extracted"),
        curve=(
            CurvePoint("deform", 0, {"gei": 0.75}, 1.5, {"psnr_overlap": 100, "psnr_crop": 40}),
            CurvePoint("deform", 1, {"gei": 0.0625}, 12, {"psnr_overlap": 20, "psnr_crop": 25}),
        ),
        checks=(
            Check("The gallery finds itself.", "gei", 1, 1, 0),
            Check("Names are shuffled.", "gei", 0.025, 0.125, 0.05),
        ),
        distances={
            "same person": (1.0, 2.0, 4.0),
            "different people": (4.0, 5.0, 7.0),
            "anonymized and original": (5.0, 6.25, 9.0),
        },
        notes=("Left out: the recognizer 'gaitset_deform'.",),
    )
