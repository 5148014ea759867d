"""GaitColor: makes video of walking people safe to share.

Example:
    A clip in, the same clip with another gait out::

        from gaitcolor_core import GaitAnonymizer

        report = GaitAnonymizer().anonymize_video("walk.mp4", "walk_anonymized.mp4")
"""

from gaitcolor_core.pipeline import GaitAnonymizer
from gaitcolor_core.structures import (
    AnonymizationReport,
    InputError,
    Settings,
    Stopped,
    WalkerReport,
)

__all__ = [
    "AnonymizationReport",
    "GaitAnonymizer",
    "InputError",
    "Settings",
    "Stopped",
    "WalkerReport",
]
