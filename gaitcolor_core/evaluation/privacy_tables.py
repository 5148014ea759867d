"""The tables of the report on privacy, in Markdown; rates in percent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from gaitcolor_core.evaluation.attacks import CLEAN
from gaitcolor_core.evaluation.identity_report import GAPS_DEG, PUBLISHED, SIDE_VIEW
from gaitcolor_core.evaluation.privacy_lookup import (
    ATTACKS,
    RECOGNIZERS,
    Case,
    at_gap,
    at_views,
    cases,
    clean,
    conditions,
    find,
    mean,
    rank1,
    recognizers,
)
from gaitcolor_core.evaluation.privacy_results import Outcome, PrivacyResults, Silhouettes
from gaitcolor_core.recognition.protocol import THREATS

# Of 44 people, those who are told by number.
FEW = 3
_RECALLED = "recalled, to be checked"
_QUOTED = "as OpenGait's list of models quotes it, to be checked"
# On people: mean over views, those of the gallery at the same view left out; 74 subjects trained,
# 50 were looked for.
_PUBLISHED_DEEP = {
    "gaitset": ("GaitSet, Chao et al., AAAI 2019", {"nm": 0.95, "bg": 0.872, "cl": 0.704}),
    "gaitbase": ("GaitBase, Fan et al., CVPR 2023", {"nm": 0.976, "bg": 0.94, "cl": 0.774}),
}
_CURVE = {
    "psnr_overlap": ("PSNR overlap (dB)", 1), "ssim_overlap": ("SSIM overlap", 3),
    "psnr_crop": ("PSNR crop (dB)", 1), "ssim_crop": ("SSIM crop", 3),
}  # fmt: skip


def headline(results: PrivacyResults) -> str:
    """Rank-1 of every recognizer under every threat model; one sentence if there is none."""
    rows = [_headline_row(results, case, name) for case in cases(results)
            for name in recognizers(results)]  # fmt: skip
    if not rows:
        return "No anonymized walk was attacked."
    head = ("anonymizer", "silhouettes", "recognizer", *ATTACKS, "EER clean", "EER T0-T3", "chance")
    return markdown(head, rows, left=3)


def _headline_row(results: PrivacyResults, case: Case, name: str) -> list[str]:
    condition = conditions(results)[0]
    found = {attack: find(results, name, case, attack, condition) for attack in ATTACKS}
    known = [row for row in found.values() if row is not None]
    errors = [row.equal_error for row in known if row.threat != CLEAN]
    lowest = min((error for error in errors if error is not None), default=None)
    before = found[CLEAN]
    return [
        case.anonymizer,
        case.silhouettes,
        label(name),
        *(recognized(found[attack]) for attack in ATTACKS),
        percent(before.equal_error if before else None),
        percent(lowest),
        percent(known[0].chance if known else None),
    ]


def by_person(results: PrivacyResults, case: Case, condition: str) -> str:
    """Under T0: do all share what is recognized, or is it a few? "" if that is not known."""
    found = [find(results, name, case, "T0", condition) for name in recognizers(results)]
    rows = [_person_row(row) for row in found if row is not None and row.by_subject]
    head = ("recognizer", "all", f"without those {FEW}", "median person", f"the {FEW} most often")
    return markdown(head, rows, left=1)


def _person_row(outcome: Outcome) -> list[str]:
    often = sorted(outcome.by_subject, key=lambda each: -each[1])
    shares = [share for _, share in often]
    few = ", ".join(f"{subject:03d} ({percent(share)})" for subject, share in often[:FEW])
    return [
        label(outcome.recognizer),
        percent(mean(shares)),
        percent(mean(shares[FEW:])),
        percent(float(np.median(shares))),
        few,
    ]


def clean_by_view(results: PrivacyResults, silhouettes: Silhouettes) -> str:
    """Rank-1 before anything is anonymized, by the view of the probe; "" if there is none."""
    found = [
        row
        for name in recognizers(results)
        for condition in conditions(results)
        if (row := clean(results, name, silhouettes, condition)) is not None
    ]
    views = sorted({view for row in found for view in row.probe_views})
    rows = []
    for row in found:
        success = row.success_by_view
        shares = [1 - success[view][1] if view in success else math.nan for view in views]
        rows.append([label(row.recognizer), row.condition, *map(percent, shares),
                     percent(row.cross_view)])  # fmt: skip
    return markdown(("recognizer", "walks", *_degrees(views), "mean"), rows, left=2)


def beside_published(results: PrivacyResults, silhouettes: Silhouettes) -> str:
    """Rank-1 of clean walks and what was published of such recognizers, on people."""
    rows = []
    for name in recognizers(results):
        found = {each: clean(results, name, silhouettes, each) for each in PUBLISHED}
        if name in _PUBLISHED_DEEP:
            title, values = _PUBLISHED_DEEP[name]
            shares = [percent(row.cross_view if row else None) for row in found.values()]
            rows.append([label(name), "this set", "other views", *shares, "measured"])
            quoted = [percent(values[each]) for each in PUBLISHED]
            rows.append([title, "people, CASIA-B", "other views", *quoted, _QUOTED])
        elif name == "gei":
            pairs = [at_views(row, SIDE_VIEW, SIDE_VIEW) if row else None for row in found.values()]
            rows.append([label(name), "this set", "90° alone", *map(percent, pairs), "measured"])
            quoted = [percent(share) for share in PUBLISHED.values()]
            title = "GEI matching, Yu et al., ICPR 2006"
            rows.append([title, "people, CASIA-B", "90° alone", *quoted, _RECALLED])
    head = ("recognizer", "walkers", "gallery", *PUBLISHED, "source")
    return markdown(head, rows, left=3)


def view_by_view(outcome: Outcome) -> str:
    """Rank-1 for each pair of views."""
    head = ("probe \\ gallery", *_degrees(outcome.gallery_views))
    rows = [
        [f"{view}°", *map(percent, shares)]
        for view, shares in zip(outcome.probe_views, outcome.rank1, strict=True)
    ]
    return markdown(head, rows)


def by_gap(outcome: Outcome) -> str:
    """Mean rank-1 by how far apart the views are."""
    shares = [percent(at_gap(outcome, gap)) for gap in GAPS_DEG]
    return markdown(("views apart by", *_degrees(GAPS_DEG)), [["rank-1", *shares]])


def success_by_view(results: PrivacyResults, silhouettes: Silhouettes) -> str:
    """Success rates under T0 beside the errors without anonymization; "" if there is none."""
    told = [case for case in cases(results) if case.silhouettes == silhouettes]
    condition = (*conditions(results), "")[0]
    found: list[tuple[str, Outcome]] = []
    for name in recognizers(results):
        before = clean(results, name, silhouettes, condition)
        after = [(case, find(results, name, case, "T0", condition)) for case in told]
        changed = [(case.anonymizer, row) for case, row in after if row is not None]
        if changed and before is not None:
            found.append(("not anonymized", before))
        found += changed
    views = sorted({view for _, row in found for view in row.probe_views})
    rows = [
        cells
        for anonymizer, row in found
        for gallery in (0, 1)
        if (cells := _success_row(anonymizer, row, gallery, views))
    ]
    head = ("recognizer", "anonymizer", "gallery", *_degrees(views), "mean", "range")
    return markdown(head, rows, left=3)


def _success_row(
    anonymizer: str, row: Outcome, gallery: int, views: Sequence[int]
) -> list[str] | None:
    """With the gallery at the same view (0) or at the other ones (1); None if not compared."""
    success = row.success_by_view
    shares = [success[view][gallery] if view in success else math.nan for view in views]
    known = [share for share in shares if not math.isnan(share)]
    if not known:
        return None
    where = ("same view", "other views")[gallery]
    extent = f"{percent(min(known))}-{percent(max(known))}"
    return [
        label(row.recognizer),
        anonymizer,
        where,
        *map(percent, shares),
        percent(mean(shares)),
        extent,
    ]


def all_threats(results: PrivacyResults, case: Case) -> str:
    """Everything that was found of one anonymizer, by recognizer and threat model."""
    told = conditions(results)
    rows = []
    for name in recognizers(results):
        for attack in ATTACKS:
            found = [find(results, name, case, attack, each) for each in told]
            if any(found) or attack in THREATS:
                rows.append([
                    label(name), attack,
                    *(recognized(row) for row in found),
                    *(percent(row.same_view if row else None) for row in found),
                    *(percent(row.equal_error if row else None) for row in found),
                ])  # fmt: skip
    head = [f"{each}, {what}" for what in ("other views", "same view", "EER") for each in told]
    return markdown(("recognizer", "threat", *head), rows, left=2)


def strength_curve(results: PrivacyResults) -> str:
    """Privacy against quality; "" if it was not traced."""
    names = list(dict.fromkeys(name for point in results.curve for name in point.rank1))
    quality = [each for each in _CURVE if any(each in point.quality for point in results.curve)]
    rows = [
        [
            point.shape,
            f"{point.strength:g}",
            *(percent(point.rank1.get(name)) for name in names),
            number(point.gei_change, 1),
            *(number(point.quality.get(each), _CURVE[each][1]) for each in quality),
        ]
        for point in results.curve
    ]
    shown = [f"rank-1, {label(name)}" for name in names]
    titles = [_CURVE[each][0] for each in quality]
    return markdown(("anonymizer", "strength", *shown, "GEI change", *titles), rows)


def checks(results: PrivacyResults) -> str:
    """What the machinery must give and gave; "" if it was not checked."""
    rows = [
        [
            check.name,
            label(check.recognizer),
            f"{percent(check.expected)} ± {percent(check.tolerance)}",
            percent(check.seen),
            "yes" if check.holds else "**NO**",
        ]
        for check in results.checks
    ]
    return markdown(("check", "recognizer", "expected", "seen", "holds"), rows, left=2)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """A table, its first `left` columns flush left; "" if it has no rows."""
    lines = [_line(row) for row in rows]
    if not lines:
        return ""
    rule = ["---"] * left + ["---:"] * (len(head) - left)
    return "\n".join([_line(head), _line(rule), *lines])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def recognized(outcome: Outcome | None) -> str:
    """Rank-1 with its interval, or a dash."""
    share = rank1(outcome) if outcome else None
    if outcome is None or share is None:
        return "-"
    told = ["-".join(map(percent, outcome.interval))] if outcome.interval else []
    told += ["same view"] if outcome.cross_view is None else []
    return f"{percent(share)} ({', '.join(told)})" if told else percent(share)


def percent(share: float | None) -> str:
    """Such as "12.5"; a dash for what is not known."""
    return number(None if share is None else 100 * share, 1)


def number(value: float | None, digits: int) -> str:
    """A dash for what is not known."""
    return "-" if value is None or math.isnan(value) else f"{value:.{digits}f}"


def label(recognizer: str) -> str:
    """What a recognizer is called in print."""
    return RECOGNIZERS.get(recognizer, recognizer)


def _degrees(views: Iterable[int]) -> list[str]:
    return [f"{view}°" for view in views]
