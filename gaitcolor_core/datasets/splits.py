"""Who is trained on and who is tested: splits by subject, gallery and probes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gaitcolor_core.datasets.gait_set import CONDITIONS, GaitSet, SequenceKey
from gaitcolor_core.structures import InputError

Part = Literal["gait_model", "recognizer", "test"]

# Of normal walking the gallery holds the first four, the probes are all the rest (Yu, Tan and
# Tan, ICPR 2006).
GALLERY_NUMBERS = range(1, 5)
_PROBES = {"nm": "nm-05 or nm-06", "bg": "bg-01 or bg-02", "cl": "cl-01 or cl-02"}


@dataclass(frozen=True)
class Split:
    """CASIA-B's subjects in parts; a part of a smaller set is whoever of it is there.

    Attributes:
        gait_model: subjects who train what changes a gait.
        recognizer: subjects who train what recognizes a gait.
        test: subjects of whom no model has seen anything.
    """

    gait_model: range
    recognizer: range
    test: range

    def select(self, gait_set: GaitSet, part: Part) -> list[SequenceKey]:
        """The sequences of a set that belong to a part, sorted.

        Raises:
            InputError: there is none.
        """
        wanted: range = getattr(self, part)
        held = gait_set.keys()
        keys = [key for key in held if key.subject in wanted]
        if not keys:
            subjects = sorted({key.subject for key in held})
            there = f"it holds {_numbers(subjects)}" if subjects else "it is empty"
            raise InputError(
                f"'{gait_set.root}' has nobody for the part '{part}', which takes the subjects "
                f"{wanted[0]:03d}-{wanted[-1]:03d}; {there}."
            )
        return keys


# The split of the paper; which subjects it took for what it does not say: in their order.
PAPER = Split(gait_model=range(1, 31), recognizer=range(31, 81), test=range(81, 125))
# The usual split of gait recognition, which knows one training part only.
COMMON = Split(gait_model=range(1, 75), recognizer=range(1, 75), test=range(75, 125))


def gallery(keys: Iterable[SequenceKey]) -> list[SequenceKey]:
    """Of `keys` the enrolled ones: nm-01 to nm-04.

    Raises:
        InputError: there is none.
    """
    return _at_least_one(filter(_enrolled, keys), "the gallery needs nm-01 to nm-04")


def probes(keys: Iterable[SequenceKey], condition: str) -> list[SequenceKey]:
    """Of `keys` those to be recognized: nm-05 and nm-06, or all of bg or cl.

    Raises:
        InputError: there is none.
    """
    tested = (key for key in keys if key.condition == condition and not _enrolled(key))
    return _at_least_one(tested, f"the probes of condition '{condition}' need {_PROBES[condition]}")


def probes_by_condition(keys: Iterable[SequenceKey]) -> dict[str, list[SequenceKey]]:
    """Of `keys` those to be recognized, sorted, for each condition of which there are some."""
    rest = sorted(key for key in keys if not _enrolled(key))
    found = {name: [key for key in rest if key.condition == name] for name in CONDITIONS}
    return {name: tested for name, tested in found.items() if tested}


def _enrolled(key: SequenceKey) -> bool:
    return key.condition == "nm" and key.number in GALLERY_NUMBERS


def _at_least_one(keys: Iterable[SequenceKey], need: str) -> list[SequenceKey]:
    found = sorted(keys)
    if not found:
        raise InputError(f"There is nothing to compare: {need}, and the set holds none of them.")
    return found


def _numbers(subjects: list[int]) -> str:
    """`[1, 2, 3, 7]` as "001-003, 007"."""
    runs: list[list[int]] = []
    for subject in subjects:
        if runs and subject == runs[-1][-1] + 1:
            runs[-1].append(subject)
        else:
            runs.append([subject])
    return ", ".join(
        f"{run[0]:03d}-{run[-1]:03d}" if len(run) > 1 else f"{run[0]:03d}" for run in runs
    )
