"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

# Called with the name of the stage, what is done, and how much there is in all where that is known.
# It may raise, `Stopped` for example, to end the work; nothing unfinished is left behind.
OnProgress = Callable[[str, int, int | None], None]


def silent(stage: str, done: int, total: int | None) -> None:
    """Report progress to nobody."""
