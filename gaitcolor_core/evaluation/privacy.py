"""Does it hide the walker? Every attacker on every anonymizer, step by step and resumable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
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


@dataclass(frozen=True)
class EvaluationPlan:
    """What is evaluated, and how.

    Attributes:
        shapes: shape anonymizers by name.
        strength: 0 to 1, of all of them.
        threats: of `recognition.protocol.THREATS`.
        conditions: of the probes: "nm", "bg", "cl".
        seed: of bodies, samples and bootstraps.
        checkpoints: holds the networks: shapes, recognizers by name ("gaitset"), and recognizers
            that were trained on anonymized walks, too ("gaitset_deform"), for T2 and T3.
    """

    shapes: tuple[str, ...] = ("deform", "contour", "dcgan")
    strength: float = Settings().strength
    threats: tuple[str, ...] = tuple(THREATS)
    conditions: tuple[str, ...] = ("nm", "bg", "cl")
    seed: int = 0
    checkpoints: Path = CHECKPOINTS


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

    def eye(self, name: str, folder: str) -> Eye | None:
        """A deep recognizer; None, which is noted, if it was not trained."""
        path = self.plan.checkpoints / folder
        if (path / WEIGHTS_NAME).is_file():
            return Eye(name, path)
        self.note(f"Left out: the recognizer '{folder}', which has no weights in '{path.parent}'.")
        return None

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
            processes=self.processes, on_progress=self._step(change.name),
        )  # fmt: skip
        return made.root

    def features(self, root: Path, keys: Sequence[SequenceKey], eye: Eye) -> Extracted:
        """What a recognizer sees in walks of a set."""
        found = extract(
            root, keys, eye, self.target / "features",
            processes=self.processes, on_progress=self._step(eye.name),
        )  # fmt: skip
        if found.left_out:
            self.note(
                f"Left out: {len(found.left_out)} walks of '{root.name}' that are of no use to "
                f"{eye.name}, the first one {found.left_out[0]}"
            )
        return found

    def _step(self, what: str) -> OnProgress:
        def report(stage: str, done: int, total: int | None) -> None:
            self.on_progress(f"{stage}: {what}", done, total)

        return report


@dataclass(frozen=True)
class Attacker:
    """A trained recognizer, and where the features come from that it compares."""

    name: str
    eye: Eye
    recognizer: Recognizer


def attack_all(bench: Bench) -> Iterator[Outcome]:
    """All comparisons on silhouettes as they are handed over, clean ones first, T0 before T3."""
    trained = clean_attackers(bench)
    for attacker in trained:
        probed = Probed(NOT_ANONYMIZED, 0, "handed over")
        yield from _attack(bench, attacker, probed, CLEAN, (bench.root, bench.root))
    for threat, shape in product(bench.plan.threats, bench.plan.shapes):
        change, facts = bench.change(shape), THREATS[threat]
        asked = [*bench.enrolled, *bench.probes] if facts.gallery else bench.probes
        root = bench.anonymized(change, asked)
        probed = Probed(shape, change.strength, "handed over")
        roots = (root if facts.gallery else bench.root, root)
        for attacker in adapted_attackers(bench, change) if facts.training else trained:
            yield from _attack(bench, attacker, probed, threat, roots)


def clean_attackers(bench: Bench) -> list[Attacker]:
    """Those who have seen walks as they are."""
    walks = [bench.features(bench.root, bench.training, GEI).walks(bench.training)]
    found = [Attacker(GEI.name, GEI, fit_view_transformation(walks))]
    for name in DEEP:
        eye = bench.eye(name, name)
        if eye is not None:
            found.append(_deep(eye))
    return found


def adapted_attackers(bench: Bench, change: Change) -> list[Attacker]:
    """Those who have seen walks of other people, both as they are and anonymized."""
    roots = (bench.root, bench.anonymized(change, bench.training))
    walks = [bench.features(root, bench.training, GEI).walks(bench.training) for root in roots]
    found = [Attacker(GEI.name, GEI, fit_view_transformation(walks))]
    for name in DEEP:
        eye = bench.eye(name, f"{name}_{change.shape}")
        if eye is not None:
            found.append(_deep(eye))
    return found


def _deep(eye: Eye) -> Attacker:
    assert eye.weights is not None
    return Attacker(eye.name, eye, DeepRecognizer.load(eye.weights))


def _attack(
    bench: Bench, attacker: Attacker, probed: Probed, threat: str, roots: tuple[Path, Path]
) -> list[Outcome]:
    """Look for the probes of the second set in the gallery of the first."""
    enrolled = bench.features(roots[0], bench.enrolled, attacker.eye)
    seen = bench.features(roots[1], bench.probes, attacker.eye)
    return attack(
        attacker.name, attacker.recognizer, probed, threat,
        enrolled=enrolled, seen=seen, seed=bench.plan.seed,
    )  # fmt: skip
