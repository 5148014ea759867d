"""`evaluate`: from a gait set to a report."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from gait_sets import everybody_walks, walks, write_set

from gaitcolor_core.cli import main
from gaitcolor_core.evaluation.privacy_results import PrivacyResults
from gaitcolor_core.settings import Settings


def evaluate(*words: object) -> int:
    try:
        return main(["evaluate", *map(str, words)])
    except SystemExit as end:
        return int(str(end.code))


@pytest.mark.slow
def test_a_report_on_a_small_rendered_set(
    mini: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--data", mini, "-o", tmp_path / "out", "--quick", "--processes", 1)
    assert evaluate(*words) == 0
    report = tmp_path / "out" / "report.md"
    assert capsys.readouterr().out.strip() == str(report)
    pictures = set(re.findall(r"\]\(([^)]+\.(?:png|jpg))\)", report.read_text()))
    assert "gei_pairs.png" in pictures and "success_by_view.png" in pictures
    assert all((report.parent / name).is_file() for name in pictures)

    found = PrivacyResults.read(report.parent)
    assert (found.trained_on, found.tested_on) == ((1, 2), (3, 4))
    assert any("paper's split" in sentence for sentence in found.notes)
    assert all(check.holds for check in found.checks) and found.checks
    rows = {(row.recognizer, row.threat): row for row in found.outcomes}
    assert len(rows) == len(found.outcomes) == 6
    assert {(row.condition, row.chance, row.probes) for row in rows.values()} == {("nm", 0.5, 6)}
    # Two people teach the classical recognizer next to nothing; the deep ones have seen enough.
    for name in ("gaitset", "gaitbase"):
        clean, changed = rows[name, "clean"], rows[name, "T0"]
        assert clean.same_view == clean.cross_view == 1
        assert changed.same_view is not None and changed.same_view < 1
    # The gait moves, and the more so the stronger it is changed.
    assert [point.strength for point in found.curve] == [0, Settings().strength]
    assert found.curve[0].gei_change < 3 < found.curve[1].gei_change

    # What is there is kept, and the report comes out the same.
    content = json.loads((report.parent / "results.json").read_text())
    times = {path: path.stat().st_mtime_ns for path in report.parent.rglob("*.safetensors")}
    assert evaluate(*words) == 0
    assert json.loads((report.parent / "results.json").read_text()) == content
    assert times == {path: path.stat().st_mtime_ns for path in times}


def test_what_cannot_be_evaluated_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_set(tmp_path / "few", everybody_walks(walks((1, 2, 3), ("nm-01", "nm-05"))))
    write_set(tmp_path / "none", everybody_walks(walks((1, 2, 3, 4), ("nm-05",))))
    for name, words in (
        ("few", "3 subjects, which is too few"),
        ("none", "the gallery needs nm-01 to nm-04"),
        ("nowhere", "nowhere"),
    ):
        assert evaluate("--data", tmp_path / name, "-o", tmp_path / "out") == 1
        assert words in capsys.readouterr().err
    assert evaluate("--data", tmp_path, "-o", tmp_path / "out", "--strength", 2) == 2
    assert "between 0 and 1" in capsys.readouterr().err
