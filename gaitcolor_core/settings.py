"""What a user chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gaitcolor_core.structures import InputError

Shape = Literal["deform", "contour", "dcgan"]
Color = Literal["warp", "nearest", "gram", "supervised"]
MAX_ADAPT_S = 3600
NETWORK_COLORS = ("gram", "supervised")


@dataclass(frozen=True)
class Settings:
    """What a user chooses; the same for API, command line and app.

    Attributes:
        shape: shape anonymizer.
        color: color transfer.
        strength: 0 (shape unchanged) to 1 (as far as a body stays plausible).
        seed: repeats a run exactly; None draws a new key for each run, so that two clips of
            one person get different bodies.
        walkers: numbers of the walkers to anonymize; None = everyone.
        adapt_s: seconds in which a color network learns the clip's colors before it is used; 0 =
            it is used as it comes.
        blur_faces: blur the head of everybody who is given another walk; who is left as is keeps
            the face, and who is covered is covered anyway.
    """

    shape: Shape = "deform"
    color: Color = "warp"
    strength: float = 1.0
    seed: int | None = None
    walkers: tuple[int, ...] | None = None
    adapt_s: int = 0
    blur_faces: bool = False

    def __post_init__(self) -> None:
        """Refuse what no stage could honor."""
        if not 0 <= self.strength <= 1:
            raise InputError(f"The strength must lie between 0 and 1, not {self.strength}.")
        if self.seed is not None and self.seed < 0:
            raise InputError(f"The seed must be 0 or more, not {self.seed}.")
        if self.walkers is not None and any(number < 1 for number in self.walkers):
            raise InputError("Walkers are numbered from 1; give numbers such as 1,3.")
        if not 0 <= self.adapt_s <= MAX_ADAPT_S:
            raise InputError(
                f"A network may learn the clip's colors for 0 to {MAX_ADAPT_S} seconds, not "
                f"{self.adapt_s}."
            )
        if self.adapt_s and self.color not in NETWORK_COLORS:
            raise InputError(
                f"The color transfer '{self.color}' copies pixels and learns nothing; to learn "
                f"the clip's colors choose {' or '.join(NETWORK_COLORS)}."
            )
