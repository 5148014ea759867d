"""GaitColor: makes video of walking people safe to share.

Example:
    A clip in, the same clip with another gait out::

        from gaitcolor_core import GaitAnonymizer

        report = GaitAnonymizer().anonymize_video("walk.mp4", "walk_anonymized.mp4")
"""

from typing import TYPE_CHECKING, Any

from gaitcolor_core.reports import AnonymizationReport, WalkerReport
from gaitcolor_core.settings import Settings
from gaitcolor_core.structures import InputError, Stopped

if TYPE_CHECKING:
    from gaitcolor_core.pipeline import GaitAnonymizer

__all__ = [
    "AnonymizationReport",
    "GaitAnonymizer",
    "InputError",
    "Settings",
    "Stopped",
    "WalkerReport",
]


def __getattr__(name: str) -> Any:
    """Load the pipeline only when asked for: torch takes seconds, `gaitcolor --help` should not."""
    if name != "GaitAnonymizer":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gaitcolor_core.pipeline import GaitAnonymizer

    return GaitAnonymizer
