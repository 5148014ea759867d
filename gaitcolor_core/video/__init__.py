"""Clips in and out: upright RGB frames with exact times, written as H.264 that browsers play."""

from gaitcolor_core.video.extent import VideoExtent
from gaitcolor_core.video.reader import VideoReader
from gaitcolor_core.video.side_by_side import SideBySide
from gaitcolor_core.video.spool import FrameSpool
from gaitcolor_core.video.writer import VideoWriter

__all__ = ["FrameSpool", "SideBySide", "VideoExtent", "VideoReader", "VideoWriter"]
