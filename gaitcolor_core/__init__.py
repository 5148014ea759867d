"""GaitColor: makes video of walking people safe to share.

Example:
    A clip in, the same clip with another gait out::

        from gaitcolor_core import GaitAnonymizer

        report = GaitAnonymizer().anonymize_video("walk.mp4", "walk_anonymized.mp4")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gaitcolor_core.reports import AnonymizationReport, WalkerReport
from gaitcolor_core.settings import Settings
from gaitcolor_core.structures import InputError, Stopped

if TYPE_CHECKING:
    from gaitcolor_core.glance import Sighting
    from gaitcolor_core.live import LiveAnonymizer, LiveFrame
    from gaitcolor_core.pipeline import GaitAnonymizer
    from gaitcolor_core.take import Take
    from gaitcolor_core.video import VideoExtent, VideoReader

__all__ = [
    "AnonymizationReport",
    "GaitAnonymizer",
    "InputError",
    "LiveAnonymizer",
    "LiveFrame",
    "Settings",
    "Sighting",
    "Stopped",
    "Take",
    "VideoExtent",
    "VideoReader",
    "WalkerReport",
]

# Loaded only when asked for: torch takes seconds, `gaitcolor --help` should not.
_LATE = {
    "GaitAnonymizer": "gaitcolor_core.pipeline",
    "LiveAnonymizer": "gaitcolor_core.live",
    "LiveFrame": "gaitcolor_core.live",
    "Sighting": "gaitcolor_core.glance",
    "Take": "gaitcolor_core.take",
    "VideoExtent": "gaitcolor_core.video",
    "VideoReader": "gaitcolor_core.video",
}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)
