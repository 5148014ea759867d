"""Does it hide the walker? Every attacker on every anonymizer, step by step and resumable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from gaitcolor_core.datasets.gait_set import GaitSet, SequenceKey
from gaitcolor_core.datasets.opening import open_gait_set
from gaitcolor_core.datasets.splits import Split, gallery, probes_by_condition
from gaitcolor_core.evaluation.anonymized_set import Change, anonymize_set
from gaitcolor_core.evaluation.attacks import (
    CLEAN,
    Probed,
    attack,
    fit_view_transformation,
    split_of,
)
from gaitcolor_core.evaluation.privacy_results import Outcome
from gaitcolor_core.evaluation.walk_features import Extracted, Eye, extract
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.recognition.deep_recognizer import DeepRecognizer
from gaitcolor_core.recognition.protocol import THREATS, Recognizer
from gaitcolor_core.settings import Settings
from gaitcolor_core.weights import CHECKPOINTS, WEIGHTS_NAME

GEI = Eye("gei")
DEEP = ("gaitset", "gaitbase")
NOT_ANONYMIZED = "none"
# Walks of a gait set, by its folder.
Part = tuple[Path, Sequence[SequenceKey]]


@dataclass(frozen=True)
class EvaluationPlan:
    """What is evaluated, and how.

    Attributes:
        shapes: shape anonymizers by name.
        strength: 0 to 1, of all of them.
        strengths: of the first shape, for the curve.
        threats: of `recognition.protocol.THREATS`.
        thorough: whether all shapes meet all threats and conditions; else only the first one does,
            and the others meet T0 and the first condition.
        conditions: of the probes: "nm", "bg", "cl".
        seed: of bodies, samples and bootstraps.
        checkpoints: holds the networks: shapes, recognizers by name ("gaitset"), and recognizers
            that were trained on anonymized walks, too ("gaitset_deform"), for T2 and T3.
    """

    shapes: tuple[str, ...] = ("deform", "contour", "dcgan")
    strength: float = Settings().strength
    strengths: tuple[float, ...] = (0.0, 0.5, 0.75, 1.0)
    threats: tuple[str, ...] = tuple(THREATS)
    thorough: bool = False
    conditions: tuple[str, ...] = ("nm", "bg", "cl")
    seed: int = 0
    checkpoints: Path = CHECKPOINTS

    @property
    def in_depth(self) -> tuple[str, ...]:
        """The shapes that meet all threats and conditions, and are looked for in final videos."""
        return self.shapes if self.thorough else self.shapes[:1]

    @property
    def attacked(self) -> list[tuple[str, str]]:
        """Threats and shapes, T0 of all shapes first."""
        return [
            (threat, shape)
            for threat in self.threats
            for shape in (self.shapes if threat == "T0" else self.in_depth)
        ]

    def quick(self) -> EvaluationPlan:
        """The least that shows all parts of a report but T1 to T3."""
        ends = (0.0, self.strength)
        return replace(
            self, shapes=self.shapes[:1], strengths=ends, threats=("T0",), conditions=("nm",)
        )


@dataclass(frozen=True)
class Attacker:
    """A trained recognizer, and where the features come from that it compares."""

    eye: Eye
    recognizer: Recognizer


@dataclass(frozen=True)
class Bench:
    """A gait set with who is in which part, and where what is made of it is kept.

    Attributes:
        root: folder of the set.
        plan: of the evaluation.
        target: of the evaluation; sets and features are kept below it.
        processes: how many walks are worked on at a time.
        on_progress: see `evaluate_privacy`.
        notes: sentences on what was left out; they gather while the work is done.
    """

    root: Path
    plan: EvaluationPlan
    target: Path
    processes: int = 1
    on_progress: OnProgress = silent
    notes: list[str] = field(default_factory=list)
    _adapted: dict[Change, list[Attacker]] = field(default_factory=dict)

    @cached_property
    def gait_set(self) -> GaitSet:
        """The set itself."""
        return open_gait_set(self.root)

    @cached_property
    def split(self) -> Split:
        """Who trains and who is tested; if it is not the paper's split, that is noted."""
        split, sentence = split_of(self.gait_set.keys())
        if sentence:
            self.note(sentence)
        return split

    @cached_property
    def training(self) -> list[SequenceKey]:
        """Normal walks, as enrolled ones, of those who train recognizers."""
        return gallery(self.split.select(self.gait_set, "recognizer"))

    @cached_property
    def enrolled(self) -> list[SequenceKey]:
        """Of the test subjects, the gallery."""
        return gallery(self.split.select(self.gait_set, "test"))

    @cached_property
    def probes(self) -> list[SequenceKey]:
        """Of the test subjects, the walks of all conditions that are not enrolled."""
        found = probes_by_condition(self.split.select(self.gait_set, "test"))
        return [key for name in self.plan.conditions for key in found.get(name, [])]

    def probes_of(self, shape: str) -> list[SequenceKey]:
        """The probes that are anonymized by a shape; see `EvaluationPlan.thorough`."""
        if shape in self.plan.in_depth:
            return self.probes
        return [key for key in self.probes if key.condition == self.plan.conditions[0]]

    def note(self, sentence: str) -> None:
        """Remember a sentence, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def change(self, shape: str, strength: float | None = None) -> Change:
        """A shape anonymizer at the plan's strength, or another one."""
        plan = self.plan
        chosen = plan.strength if strength is None else strength
        return Change(shape, chosen, plan.seed, plan.checkpoints)

    def anonymized(self, change: Change, keys: Sequence[SequenceKey]) -> Path:
        """The folder of a set that has walks of `keys`, changed."""
        folder = self.target / "sets" / change.name
        made = anonymize_set(
            self.root, keys, folder, change,
            processes=self.processes, on_progress=self.step(change.name),
        )  # fmt: skip
        return made.root

    def features(self, root: Path, keys: Sequence[SequenceKey], eye: Eye) -> Extracted:
        """What a recognizer sees in walks of a set."""
        inside = root.is_relative_to(self.target)
        place = root.relative_to(self.target) if inside else Path(root.name)
        found = extract(
            root, keys, eye, self.target / "features" / place,
            processes=self.processes, on_progress=self.step(eye.name),
        )  # fmt: skip
        if found.left_out:
            self.note(
                f"Left out: {len(found.left_out)} walks of '{root.name}' that are of no use to "
                f"{eye.name}, the first one {found.left_out[0]}"
            )
        return found

    @cached_property
    def clean_attackers(self) -> list[Attacker]:
        """Those who have seen walks as they are."""
        return self._attackers([self.root])

    def attackers(self, change: Change, threat: str) -> list[Attacker]:
        """Those of a threat model; for T2 and T3 they have seen anonymized walks, too."""
        if not THREATS[threat].training:
            return self.clean_attackers
        if change not in self._adapted:
            roots = [self.root, self.anonymized(change, self.training)]
            self._adapted[change] = self._attackers(roots, f"_{change.shape}")
        return self._adapted[change]

    def _attackers(self, roots: list[Path], suffix: str = "") -> list[Attacker]:
        walks = [self.features(root, self.training, GEI).walks(self.training) for root in roots]
        found = [Attacker(GEI, fit_view_transformation(walks))]
        for name in DEEP:
            folder = self.plan.checkpoints / f"{name}{suffix}"
            if (folder / WEIGHTS_NAME).is_file():
                found.append(Attacker(Eye(name, folder), DeepRecognizer.load(folder)))
            else:
                self.note(
                    f"Left out: the recognizer '{folder.name}'; '{folder.parent}' has no such "
                    "weights."
                )
        return found

    def step(self, what: str) -> OnProgress:
        """Takes the progress of a step, named for the user."""

        def report(stage: str, done: int, total: int | None) -> None:
            self.on_progress(f"{stage}: {what}", done, total)

        return report


def attack_all(bench: Bench) -> Iterator[Outcome]:
    """All comparisons on silhouettes as they are handed over, clean ones first, T0 before T3."""
    for attacker in bench.clean_attackers:
        probed = Probed(NOT_ANONYMIZED, 0, "handed over")
        yield from attack_sets(
            bench, attacker, probed, CLEAN,
            enrolled=(bench.root, bench.enrolled), seen=(bench.root, bench.probes),
        )  # fmt: skip
    for threat, shape in bench.plan.attacked:
        change, facts = bench.change(shape), THREATS[threat]
        probes = bench.probes_of(shape)
        asked = [*bench.enrolled, *probes] if facts.gallery else probes
        root = bench.anonymized(change, asked)
        probed = Probed(shape, change.strength, "handed over")
        enrolled = (root if facts.gallery else bench.root, bench.enrolled)
        for attacker in bench.attackers(change, threat):
            yield from attack_sets(
                bench, attacker, probed, threat, enrolled=enrolled, seen=(root, probes)
            )


def attack_sets(
    bench: Bench, attacker: Attacker, probed: Probed, threat: str, *, enrolled: Part, seen: Part
) -> list[Outcome]:
    """Look for the walkers of one part in another one."""
    return attack(
        attacker.eye.name,
        attacker.recognizer,
        probed,
        threat,
        enrolled=bench.features(*enrolled, attacker.eye),
        seen=bench.features(*seen, attacker.eye),
        seed=bench.plan.seed,
    )
