"""Whose walks an evaluation looks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gait_sets import everybody_walks, walks, write_set

from gaitcolor_core.evaluation.privacy import Bench, EvaluationPlan


def test_the_first_shape_meets_all_conditions_and_the_others_the_first_unless_thorough(
    tmp_path: Path,
) -> None:
    numbers = ("nm-01", "nm-05", "bg-01", "cl-01")
    write_set(tmp_path, everybody_walks(walks((1, 2, 3, 4), numbers)))
    plan = EvaluationPlan(shapes=("contour", "deform"), conditions=("cl", "nm"))
    thorough = replace(plan, thorough=True)

    def met(plan: EvaluationPlan, shape: str) -> set[str]:
        return {key.walk for key in Bench(tmp_path, plan, tmp_path / "out").probes_of(shape)}

    assert met(plan, "contour") == {"cl-01", "nm-05"}
    assert met(plan, "deform") == {"cl-01"}
    assert met(thorough, "contour") == met(thorough, "deform") == {"cl-01", "nm-05"}
