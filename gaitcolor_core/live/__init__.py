"""Anonymizes while the camera runs: what it knows of a frame comes from the frames before."""

from gaitcolor_core.live.anonymizer import (
    MAX_SIDE_PX,
    LiveAnonymizer,
    LiveFrame,
    open_live_segmenter,
)

__all__ = ["MAX_SIDE_PX", "LiveAnonymizer", "LiveFrame", "open_live_segmenter"]
