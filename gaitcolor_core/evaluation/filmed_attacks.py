"""The same attackers on what can be seen in the final videos."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.evaluation.attacks import CLEAN, Probed
from gaitcolor_core.evaluation.filmed import FilmedPlan, film_and_extract
from gaitcolor_core.evaluation.privacy import (
    NOT_ANONYMIZED,
    Bench,
    Part,
    attack_sets,
)
from gaitcolor_core.evaluation.privacy_results import Outcome
from gaitcolor_core.recognition.protocol import THREATS
from gaitcolor_core.settings import Settings

# Of the test subjects' walks: one that is enrolled and one that is looked for, seen from the side.
WALKS, VIEWS = ("nm-01", "nm-05"), (90,)


def attack_filmed(bench: Bench) -> Iterator[Outcome]:
    """Film test subjects, anonymize the clips, and attack what a segmenter finds in them."""
    keys = filmed_keys(bench)
    if not keys:
        bench.note(
            "Left out: silhouettes from final videos; only the subjects of a set of `gaitcolor "
            "render --preset bench` can be filmed again."
        )
        return
    roots = {shape: film(bench, shape, keys) for shape in bench.plan.in_depth}
    original = next(iter(roots.values()))[0]
    enrolled = _found(original, keys, WALKS[0])
    probed, seen = Probed(NOT_ANONYMIZED, 0, "re-extracted"), _found(original, keys, WALKS[1])
    for attacker in bench.clean_attackers:
        yield from attack_sets(bench, attacker, probed, CLEAN, enrolled=enrolled, seen=seen)
    for threat, shape in bench.plan.attacked:
        if shape not in roots:
            continue
        change, (_, result) = bench.change(shape), roots[shape]
        probed = Probed(shape, change.strength, "re-extracted")
        seen = _found(result, keys, WALKS[1])
        known = _found(result, keys, WALKS[0]) if THREATS[threat].gallery else enrolled
        for attacker in bench.attackers(change, threat):
            yield from attack_sets(bench, attacker, probed, threat, enrolled=known, seen=seen)


def filmed_keys(bench: Bench) -> list[SequenceKey]:
    """The walks that are filmed; none if the set is not a rendered bench."""
    gait_set = bench.gait_set
    if not isinstance(gait_set, RenderedSet) or gait_set.description["preset"] != "bench":
        return []
    walks = [*bench.enrolled, *bench.probes]
    return [key for key in walks if key.walk in WALKS and key.view in VIEWS]


def film(bench: Bench, shape: str, keys: list[SequenceKey]) -> tuple[Path, Path]:
    """The folders of what is found in the original clips and in the results."""
    assert isinstance(bench.gait_set, RenderedSet)
    seed = bench.gait_set.description["seed"]
    assert isinstance(seed, int)
    change = bench.change(shape)
    settings = Settings(shape=shape, strength=change.strength, seed=bench.plan.seed)  # type: ignore[arg-type]
    before, after, notes = film_and_extract(
        keys, FilmedPlan(seed, settings), bench.target / "filmed",
        processes=bench.processes, checkpoints=bench.plan.checkpoints,
        on_progress=bench.step(change.name),
    )  # fmt: skip
    for sentence in notes:
        bench.note(f"{sentence} ({change.name})")
    return before.root, after.root


def _found(root: Path, keys: list[SequenceKey], walk: str) -> Part:
    """Those of `keys` that were found in a clip."""
    there = set(RenderedSet(root).keys())
    return root, [key for key in keys if key.walk == walk and key in there]
