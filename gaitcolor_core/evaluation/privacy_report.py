"""The report of an evaluation: who still recognizes the walkers, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from gaitcolor_core.evaluation import privacy_tables as tables
from gaitcolor_core.evaluation.privacy_figures import draw_all
from gaitcolor_core.evaluation.privacy_lookup import (
    PAPER_SUCCESS,
    cases,
    clean,
    conditions,
    foremost,
    kinds,
    rank1,
    strongest,
)
from gaitcolor_core.evaluation.privacy_results import Outcome, PrivacyResults
from gaitcolor_core.evaluation.privacy_tables import headline, label, percent
from gaitcolor_core.files import write_whole

__all__ = ["headline", "write_report"]

REPORT_NAME = "report.md"
# Drawn by who has the walks; shown here if it is there.
PAIRS_NAME = "gei_pairs.png"

_READING = (
    "Rank-1 in percent: of all walks that were looked for, how many are most like an enrolled walk "
    "of the same person. It is the mean over all pairs of different views, with its 95 % interval "
    "in brackets (bootstrap over subjects). Read a line from left to right: `clean` is how well "
    "the recognizer does before anything is anonymized, T0 to T3 is what is left of it; near "
    "`chance`, which is what guessing gives, nobody is recognized. EER is the equal error rate "
    "of telling two walks of one person from two of different people: 0 is never wrong, 50 is "
    "guessing; `EER T0-T3` is the lowest of the four. A protection is worth what its worst column "
    "says. A dash was not measured."
)
_ATTACKERS = """\
The attackers are gait recognizers. They see silhouettes alone, name the enrolled person whose walk
is nearest, and learned to do so from other people than those who are looked for: GEI with a view
transformation model and partial least squares, the kind of recognizer of the paper; GaitSet and
GaitBase, deep networks. What an attacker has besides is the threat model:

- **T0** has the original walks of those who are looked for, and knows nothing of the tool.
- **T1** has anonymized walks of theirs, no two with the same body: can two anonymized clips be
  linked to one person?
- **T2** has original walks of theirs, and learned from other people's walks that the same tool
  had anonymized, too.
- **T3** learned like T2 and has anonymized walks like T1.

Silhouettes *handed over* are those that the tool made for the coloring. Those *re-extracted* were
found by a segmenter in the final video, as an attacker would do it; what is `clean` beside them was
found in the original video. The two kinds may be of different walks and views (the full tables say
of which), so compare each with its own `clean`.

What is **not covered**: clothes, face, hair, height, what is carried and the place stay as they
are and may tell who walks, even where the gait does not; so may a shadow or a reflection, which
keeps the original gait. Other attackers may do better: one who looks at color or at skeletons, at
many clips at once, or who knows the key of a draw. If the set is of rendered walkers
(`gaitcolor render`), all figures are about rendered walkers, not about people: how well a person
is protected does not follow from them."""
_CLEAN = (
    "Recognition of walks as they are, rank-1 in percent by view of the probe, mean over the "
    "galleries at the other views. A recognizer that fails here would make any anonymizer look "
    "good, so the higher, the more the other tables mean. `nm` are normal walks, `bg` walks with a "
    "bag, `cl` walks in a coat; enrolled are normal walks."
)
_PUBLISHED = (
    "The same beside what was published of such recognizers on people. Set, number of subjects and "
    "training differ, so that no more can be read from it than whether the order of size is right."
)
_VIEWS = (
    "GEI with view transformation, normal walks as they are, rank-1 in percent for each pair of "
    "views; the diagonal is the same view. Of this kind of recognizer it is known that less is "
    "recognized the farther the views are apart; the second table says how much it is here."
)
_GAPS = "The means of this table, by how far the views are apart:"
_SUCCESS = (
    "The paper's measure: the success rate, the percentage of anonymized walks that are *not* "
    "identified (1 - rank-1), under T0. In the paper it lies between {low} and {high} %, depending "
    "on the view; at which views its galleries were seen is not said. The lines "
    "`not anonymized` are the floor: the errors that the recognizer makes anyway. "
    "What a success rate has above its floor is what the anonymizer achieves."
)
_PERSONS = (
    "Are all a little recognizable, or a few of them much? The same walks under T0, "
    "rank-1 in percent, person by person."
)
_THREATS = (
    "Every comparison. Columns `other views`: rank-1 in percent with its 95 % interval, pairs of "
    "the same view excluded. `same view`: rank-1 where gallery and probe are seen from one side, "
    "which is easiest. `EER`: equal error rate in percent. `nm`, `bg`, `cl`: walks that are looked "
    "for. The lines `clean` are not anonymized. `-`: not compared; `--thorough` compares it."
)
_CURVE = (
    "What is paid for privacy as the strength goes from 0, an unchanged shape, to 1: rank-1 under "
    "T0 in percent, mean over all pairs of views, those of the same view included; how far the "
    "gait energy image moves (L2, 128 x 128); and how near the colors of `warp` stay to the "
    "original, where the old and the new body overlap and in the whole square around the walker. "
    "Good is a low rank-1 with a high PSNR and SSIM."
)
_COLORS = "How near the colors come to the original, by color transfer, kind of walk and reading."
_CHECKS = (
    "Comparisons whose outcome is known beforehand, rank-1 in percent. Where one does not hold, "
    "the other figures are not to be trusted."
)
_DISTANCES = (
    "Distances of gait energy images (64 x 64, L2) of normal walks at the same view. Where an "
    "anonymized walk is farther from its original than walks of one person are from each other, "
    "it looks like somebody else's walk to who compares such images."
)


def write_report(results: PrivacyResults, folder: Path, *, quality: str = "") -> Path:
    """Write `report.md` with its pictures beside it.

    Args:
        results: of an evaluation; what is missing is left out.
        folder: is there; holds `gei_pairs.png` if that is to be shown, too.
        quality: tables of the color transfers, Markdown.

    Returns:
        The report.

    Raises:
        OSError: `folder` cannot be written.
    """
    drawn = draw_all(results, folder)
    if (folder / PAIRS_NAME).is_file():
        drawn.append(PAIRS_NAME)
    sections = {
        "In short": _in_short(results),
        "Who attacks, and what is not covered": [_ATTACKERS],
        "Recognition of walks as they are": _clean(results),
        "Success rate by view": _success(results, drawn),
        "All threat models": _threats(results, drawn),
        "Privacy against quality": _curve(results, drawn),
        "Colors": [_COLORS, quality.strip()] if quality.strip() else [],
        "Checks of the machinery": _with(_CHECKS, tables.checks(results)),
        "How far gaits move": _distances(results, drawn),
        "What was left out": _left_out(results),
    }
    parts = ["# Who still recognizes the walkers?", *_about(results)]
    for title, paragraphs in sections.items():
        if paragraphs:
            parts += [f"## {title}", *paragraphs]
    path = folder / REPORT_NAME
    write_whole(path, ("\n\n".join(parts) + "\n").encode())
    return path


def _about(results: PrivacyResults) -> list[str]:
    shape, strength = results.default
    rows = [
        *((name, text) for name, text in results.about.items()),
        ("recognizers trained on subjects", ranges(results.trained_on)),
        ("looked for were subjects", ranges(results.tested_on)),
        ("default of the tool", f"{shape} at strength {strength:g}"),
    ]
    return [tables.markdown(("evaluation", ""), rows, left=2)]


def _in_short(results: PrivacyResults) -> list[str]:
    told = [headline(results)]
    if not conditions(results):
        return told
    condition = conditions(results)[0]
    worst = [_worst(strongest(results, case, condition)) for case in foremost(results)]
    return [f"Walks of condition `{condition}`. {_READING}", *told, *filter(None, worst)]


def _worst(row: Outcome | None) -> str:
    if row is None:
        return ""
    return (
        f"`{row.shape}` at strength {row.strength:g}, silhouettes {row.silhouettes}: of all "
        f"attackers here, {label(row.recognizer)} under {row.threat} recognizes most, "
        f"{percent(rank1(row))} % of the walks; guessing gives {percent(row.chance)} %."
    )


def _clean(results: PrivacyResults) -> list[str]:
    found = []
    for kind in kinds(results)[:1]:
        found += _with(_CLEAN, tables.clean_by_view(results, kind))
        if found:
            found += _with(_PUBLISHED, tables.beside_published(results, kind))
        row = clean(results, "gei", kind, "nm")
        if row is not None:
            found += [_VIEWS, tables.view_by_view(row), _GAPS, tables.by_gap(row)]
    return found


def _success(results: PrivacyResults, drawn: Sequence[str]) -> list[str]:
    found = []
    for kind in kinds(results):
        found += _with(f"Silhouettes {kind}:", tables.success_by_view(results, kind))
    if not found:
        return []
    text = _SUCCESS.format(
        low=f"{100 * PAPER_SUCCESS[0]:.2f}", high=f"{100 * PAPER_SUCCESS[1]:.2f}"
    )
    return [
        text,
        *_picture(drawn, "success_by_view.png", "Success rate by view"),
        *found,
        *_persons(results),
        *_picture(drawn, "view_by_view.png", "Rank-1 for each pair of views, before and after"),
    ]


def _persons(results: PrivacyResults) -> list[str]:
    found = []
    for case in foremost(results):
        text = f"{_PERSONS} {case.anonymizer}, silhouettes {case.silhouettes}:"
        found += _with(text, tables.by_person(results, case, conditions(results)[0]))
    return found


def _threats(results: PrivacyResults, drawn: Sequence[str]) -> list[str]:
    if not cases(results):
        return []
    found = [_THREATS, *_picture(drawn, "threats.png", "Rank-1 under each threat model")]
    for case in cases(results):
        rows = [
            row
            for row in results.outcomes
            if (row.shape, row.strength, row.silhouettes)
            == (case.shape, case.strength, case.silhouettes)
        ]
        found += [
            f"**{case.anonymizer}, silhouettes {case.silhouettes}**; {_extent(rows)}",
            tables.all_threats(results, case),
        ]
    return found


def _extent(rows: Sequence[Outcome]) -> str:
    """Who was looked for, and what guessing gives."""
    walks = dict.fromkeys(f"{row.probes} {row.condition}" for row in rows)
    subjects = max(row.subjects for row in rows)
    chance = " to ".join(dict.fromkeys(percent(x) for x in sorted({row.chance for row in rows})))
    views = sorted({view for row in rows for view in row.probe_views})
    seen = ", ".join(f"{view}°" for view in views)
    return f"{subjects} subjects; walks: {', '.join(walks)}; seen at {seen}; chance {chance} %"


def _curve(results: PrivacyResults, drawn: Sequence[str]) -> list[str]:
    told = _with(_CURVE, tables.strength_curve(results))
    return [*told, *_picture(drawn, "strength.png", "Privacy and quality over the strength")]


def _distances(results: PrivacyResults, drawn: Sequence[str]) -> list[str]:
    rows = [
        [name, tables.number(float(np.median(each)), 2), str(len(each))]
        for name, each in results.distances.items()
        if each
    ]
    table = tables.markdown(("walks", "median distance", "pairs"), rows)
    pictures = _picture(drawn, "distances.png", "Distances of gait energy images")
    pairs = _picture(drawn, PAIRS_NAME, "Gait energy images before, after, and the difference")
    if pairs:
        pairs = ["Some walks before and after; violet was added, orange taken away.", *pairs]
    return [*_with(_DISTANCES, table), *pictures, *pairs]


def _left_out(results: PrivacyResults) -> list[str]:
    told = [*results.notes, *(note for row in results.outcomes for note in row.notes)]
    return ["\n".join(f"- {note}" for note in dict.fromkeys(told))] if told else []


def _with(text: str, table: str) -> list[str]:
    """A table under its text; nothing without the table."""
    return [text, table] if table else []


def _picture(drawn: Sequence[str], name: str, text: str) -> list[str]:
    return [f"![{text}]({name})"] if name in drawn else []


def ranges(subjects: Iterable[int]) -> str:
    """Such as "031-080, 083"; a dash for nobody."""
    numbered = enumerate(sorted(set(subjects)))
    runs = [
        [number for _, number in run]
        for _, run in groupby(numbered, key=lambda pair: pair[1] - pair[0])
    ]
    told = [f"{run[0]:03d}" if len(run) == 1 else f"{run[0]:03d}-{run[-1]:03d}" for run in runs]
    return ", ".join(told) or "-"
