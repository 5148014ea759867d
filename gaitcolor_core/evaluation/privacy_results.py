"""What an evaluation of privacy found, as it is kept in `results.json`."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np

from gaitcolor_core.files import write_whole
from gaitcolor_core.structures import Float64, InputError

Silhouettes = Literal["handed over", "re-extracted"]
RESULTS_NAME = "results.json"
FORMAT = 1
Matrix = tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class Outcome:
    """How often one attacker recognizes walkers of one condition.

    Attributes:
        recognizer: "gei", "gaitset" or "gaitbase".
        shape: shape anonymizer of the probes; "none" where they are not anonymized.
        strength: 0 to 1; 0 where they are not anonymized.
        threat: "T0" to "T3" of `recognition.protocol.THREATS`; "clean" where nothing is anonymized.
        silhouettes: those that Task 2 was handed, or those that a segmenter finds in the final
            video (then in the original video, too).
        condition: "nm", "bg" or "cl".
        probe_views: degrees, P of them.
        gallery_views: degrees, V of them.
        rank1: P x V, each in [0, 1]; None where there was nothing to compare.
        cross_view: mean of `rank1`, pairs of the same view excluded; None if there is no such pair.
        same_view: mean of `rank1` over the pairs of the same view; None if there is none.
        interval: of `cross_view`, or of `same_view` if there is no pair of different views: 95 %,
            bootstrap over subjects.
        equal_error: mean equal error rate over the same pairs as `interval`.
        chance: rank-1 of who guesses.
        subjects: how many were looked for.
        probes: how many walks were looked for.
        by_subject: subjects and how often each is recognized, in [0, 1], over the same pairs as
            `interval`.
        notes: sentences on what was left out.
    """

    recognizer: str
    shape: str
    strength: float
    threat: str
    silhouettes: Silhouettes
    condition: str
    probe_views: tuple[int, ...]
    gallery_views: tuple[int, ...]
    rank1: Matrix
    cross_view: float | None
    same_view: float | None
    interval: tuple[float, float] | None
    equal_error: float | None
    chance: float
    subjects: int
    probes: int
    by_subject: tuple[tuple[int, float], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def table(self) -> Float64:
        """`rank1` as `(P, V)` float64 with NaN for None."""
        return np.array([[np.nan if v is None else v for v in row] for row in self.rank1])

    @property
    def success_by_view(self) -> dict[int, tuple[float, float]]:
        """Per view of the probe the success rate of anonymization, in [0, 1].

        That is 1 - rank-1: first with the gallery at the same view, then the mean over the other
        views of the gallery; NaN where there was nothing to compare.
        """
        table = self.table
        same = np.array(self.probe_views)[:, None] == np.array(self.gallery_views)
        found = {}
        for view, row, alike in zip(self.probe_views, table, same, strict=True):
            found[view] = (1 - _mean(row[alike]), 1 - _mean(row[~alike]))
        return found


@dataclass(frozen=True)
class CurvePoint:
    """Privacy and quality of one anonymizer at one strength.

    Attributes:
        shape: shape anonymizer.
        strength: 0 to 1.
        rank1: by recognizer: T0 rank-1 of normal walks, mean over all pairs of views.
        gei_change: L2 distance of the gait energy images (128 x 128) before and after; mean.
        quality: mean figures of the color transfer `warp`, by name as in `color_readings`;
            empty if the set has no color.
    """

    shape: str
    strength: float
    rank1: dict[str, float]
    gei_change: float
    quality: dict[str, float]


@dataclass(frozen=True)
class Check:
    """A value that the machinery must give, whatever is anonymized.

    Attributes:
        name: what is checked, a sentence.
        recognizer: by whom.
        expected: rank-1 that is due.
        seen: rank-1 that came out.
        tolerance: how far both may be apart.
    """

    name: str
    recognizer: str
    expected: float
    seen: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether it is as it must be."""
        return abs(self.expected - self.seen) <= self.tolerance


@dataclass(frozen=True)
class PrivacyResults:
    """Everything that a report is made of.

    Attributes:
        about: date, commit, command, name of the set, seed; for the head of the report.
        default: name and strength of the shape anonymizer that the tool uses by default.
        trained_on: subjects of whom the recognizers know walks.
        tested_on: subjects who were looked for.
        outcomes: all comparisons.
        curve: privacy against quality.
        checks: whether the machinery works.
        distances: by name ("same person", "different people", "anonymized and original") a sample
            of distances of gait energy images (64 x 64, L2) at the same view.
        notes: sentences on what was left out.
    """

    about: dict[str, str]
    default: tuple[str, float]
    trained_on: tuple[int, ...]
    tested_on: tuple[int, ...]
    outcomes: tuple[Outcome, ...]
    curve: tuple[CurvePoint, ...] = ()
    checks: tuple[Check, ...] = ()
    distances: dict[str, tuple[float, ...]] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Keep everything as `results.json` in `folder`."""
        content = {"format": FORMAT, **dataclasses.asdict(self)}
        write_whole(folder / RESULTS_NAME, json.dumps(content, indent=1).encode())

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What `write` kept.

        Raises:
            InputError: `folder` has no results, or those of another version.
        """
        nothing = f"'{folder}' holds no results of 'gaitcolor evaluate', or they are damaged."
        try:
            content: dict[str, Any] = json.loads((folder / RESULTS_NAME).read_text("utf-8"))
            version = content.pop("format", None)
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise InputError(nothing) from error
        if version != FORMAT:
            raise InputError(f"The results in '{folder}' are of another version; evaluate again.")
        try:
            return cls._of(content)
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(nothing) from error

    @classmethod
    def _of(cls, content: dict[str, Any]) -> Self:
        parts: dict[str, Any] = {
            "outcomes": tuple(_outcome(row) for row in content.pop("outcomes")),
            "curve": tuple(CurvePoint(**row) for row in content.pop("curve")),
            "checks": tuple(Check(**row) for row in content.pop("checks")),
            "distances": {name: tuple(row) for name, row in content.pop("distances").items()},
        }
        return cls(**{name: _frozen(value) for name, value in content.items()}, **parts)


def _outcome(row: dict[str, Any]) -> Outcome:
    return Outcome(**{name: _frozen(value) for name, value in row.items()})


def _frozen(value: Any) -> Any:
    """Lists of JSON as tuples."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _mean(values: Float64) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
