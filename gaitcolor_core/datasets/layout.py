"""The folder tree of CASIA-B and of what is derived from it: subject / walk / view."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.structures import InputError

_SUBJECT = re.compile("[0-9]{3}")
_WALK = re.compile("[a-z]{2}-[0-9]{2}")
_VIEW = re.compile("[0-9]{3}")


def folder_of(root: str | Path) -> Path:
    """`root`, if it is a folder.

    Raises:
        InputError: it is none.
    """
    folder = Path(root)
    if not folder.is_dir():
        raise InputError(f"There is no folder '{folder}'; give the folder that holds the gait set.")
    return folder


def sequence_folders(root: Path) -> dict[SequenceKey, Path]:
    """All folders `001/nm-01/090` that hold something, anywhere below `root`, by key.

    A folder with another subject, condition or view than CASIA-B's is passed over.

    Raises:
        InputError: a sequence is there twice.
    """
    found: dict[SequenceKey, Path] = {}
    for subject in _subject_folders(root):
        for walk in _folders(subject, _WALK):
            for view in _folders(walk, _VIEW):
                key = _key(f"{subject.name}-{walk.name}-{view.name}")
                if key is None or not any(view.iterdir()):
                    continue
                if key in found:
                    raise InputError(
                        f"{key} is there twice, in '{found[key]}' and in '{view}'; "
                        "give the folder of one gait set."
                    )
                found[key] = view
    return dict(sorted(found.items()))


def files_beside(root: Path, suffix: str) -> Iterator[Path]:
    """All files below `root` that end in `suffix`, but for those of the sequence folders."""
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if not _WALK.fullmatch(name))
        yield from (Path(folder, name) for name in sorted(names) if name.lower().endswith(suffix))


def _subject_folders(root: Path) -> Iterator[Path]:
    if _is_subject(root):
        yield root
        return
    for folder, subfolders, _ in os.walk(root):
        subjects = [name for name in sorted(subfolders) if _is_subject(Path(folder, name))]
        yield from (Path(folder, name) for name in subjects)
        # A whole CASIA-B holds a million pictures: nothing but the tree's own folders is listed.
        subfolders[:] = sorted(set(subfolders) - set(subjects))


def _is_subject(folder: Path) -> bool:
    return bool(_SUBJECT.fullmatch(folder.name)) and bool(_folders(folder, _WALK))


def _folders(parent: Path, name: re.Pattern[str]) -> list[Path]:
    """The folders in `parent` with such a name."""
    with os.scandir(parent) as entries:
        names = [entry.name for entry in entries if name.fullmatch(entry.name) and entry.is_dir()]
    return [parent / name for name in sorted(names)]


def _key(name: str) -> SequenceKey | None:
    try:
        return SequenceKey.parse(name)
    except InputError:
        return None
