"""What all gait sets share: how a sequence is named, and what one can ask of a set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Protocol, Self

from gaitcolor_core.structures import Bool, InputError, UInt8

# CASIA-B's own terms: normal walking, with a bag, in a coat; and the camera's angle in degrees,
# 0 = the subject comes towards it, 90 = seen from the side.
CONDITIONS = ("nm", "bg", "cl")
VIEWS = tuple(range(0, 181, 18))
# How often a subject was filmed under each condition.
NUMBERS = {"nm": range(1, 7), "bg": range(1, 3), "cl": range(1, 3)}
_NAME = re.compile(r"([0-9]{3})-([a-z]{2})-([0-9]{2})-([0-9]{3})")


@dataclass(frozen=True, order=True)
class SequenceKey:
    """One walk past one camera; keys sort like their names.

    Attributes:
        subject: 1 to 999.
        condition: "nm", "bg" or "cl".
        number: of the walk under this condition: nm 1 to 6, bg and cl 1 to 2.
        view: the camera's angle in degrees, one of `VIEWS`.

    Raises:
        InputError: CASIA-B has no such sequence.

    Example:
        >>> key = SequenceKey.parse("001-nm-05-090")
        >>> key
        SequenceKey(subject=1, condition='nm', number=5, view=90)
        >>> str(key)
        '001-nm-05-090'
    """

    subject: int
    condition: str
    number: int
    view: int

    def __post_init__(self) -> None:
        """Refuse what a set in CASIA-B's terms cannot hold."""
        if not 1 <= self.subject <= 999:
            raise InputError(f"Subjects are numbered from 1 to 999, not {self.subject}.")
        if self.condition not in CONDITIONS:
            raise InputError(f"A condition is nm, bg or cl, not '{self.condition}'.")
        numbers = NUMBERS[self.condition]
        if self.number not in numbers:
            raise InputError(
                f"Walks of condition {self.condition} are numbered from 1 to {numbers[-1]}, "
                f"not {self.number}."
            )
        if self.view not in VIEWS:
            raise InputError(f"A view is 0, 18, 36 ... 180 degrees, not {self.view}.")

    @classmethod
    def parse(cls, name: str) -> Self:
        """The key that is written `name`, such as "001-nm-01-090".

        Raises:
            InputError: `name` is no name of a sequence.
        """
        parts = _NAME.fullmatch(name)
        if parts is None:
            raise InputError(
                f"'{name}' is no name of a sequence; they look like 001-nm-01-090 "
                "(subject, condition, number, view)."
            )
        subject, condition, number, view = parts.groups()
        return cls(int(subject), condition, int(number), int(view))

    @property
    def walk(self) -> str:
        """Condition and number, such as "nm-01"."""
        return f"{self.condition}-{self.number:02d}"

    @property
    def folder(self) -> PurePath:
        """Where a set keeps the walk, all views together: such as `001/nm-01`."""
        return PurePath(f"{self.subject:03d}", self.walk)

    def __str__(self) -> str:
        """The name, such as "001-nm-01-090"."""
        return f"{self.subject:03d}-{self.walk}-{self.view:03d}"


class GaitSet(Protocol):
    """Sequences of walkers, cut to squares of S = 128 pixels."""

    @property
    def root(self) -> Path:
        """The folder that holds the set."""
        ...

    def keys(self) -> list[SequenceKey]:
        """What the set holds, sorted."""
        ...

    def silhouettes(self, key: SequenceKey) -> Bool:
        """The walker's pixels `(T, S, S)` bool, as good as the set has them.

        Raises:
            InputError: the set does not hold them, or they cannot be read.
        """
        ...

    def crops(self, key: SequenceKey) -> UInt8:
        """The same squares of the video `(T, S, S, 3)` uint8 RGB, background included.

        Raises:
            InputError: the set does not hold them, or they cannot be read.
        """
        ...
