"""Anonymizes while the camera runs: what it knows of a frame comes from the frames before."""

from gaitcolor_core.live.anonymizer import LiveAnonymizer, LiveFrame

__all__ = ["LiveAnonymizer", "LiveFrame"]
