"""Files: which of them are videos, how one is written whole, and none over another."""

from __future__ import annotations

import os
from pathlib import Path

from gaitcolor_core.structures import InputError

_VIDEO_SUFFIXES = frozenset(
    ".3gp .avi .flv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .ogv .ts .webm .wmv".split()
)


def is_video(path: Path) -> bool:
    """Whether a file is a video by its name; nothing is read."""
    # macOS keeps a hidden companion beside each file on foreign disks.
    visible = not path.name.startswith(".")
    return visible and path.suffix.lower() in _VIDEO_SUFFIXES and path.is_file()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all; its folder exists.

    It is on the disk, not on its way there, before it takes the place of an earlier one.

    Raises:
        OSError: it cannot be written; an earlier one stays.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def refuse_existing(target: Path) -> None:
    """Make sure that a new folder does not take the place of anything.

    Raises:
        InputError: `target` exists.
    """
    if target.exists():
        raise InputError(f"'{target}' exists already; give the name of a new folder.")
