"""Which clips a command line names, and where their results go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from gaitcolor_core.files import is_video
from gaitcolor_core.structures import InputError

RESULT, PAIR = "_anonymized.mp4", "_side_by_side.mp4"


class Job(NamedTuple):
    """One clip to anonymize.

    Attributes:
        clip: the clip.
        output: the file to write.
        pair: the file for original and result next to each other; None = none.
    """

    clip: Path
    output: Path
    pair: Path | None


def plan(
    given: Sequence[Path], output: str | None, *, side_by_side: bool, report: Path | None
) -> list[Job]:
    """Find the clips and name their results.

    Args:
        given: clips and folders of clips.
        output: a file, or a folder: one that exists, or a name that ends in a slash; None = the
            folder of each clip.
        side_by_side: whether pairs are wanted.
        report: another file that will be written.

    Returns:
        At least one job.

    Raises:
        InputError: the wishes do not go together.
    """
    clips = [clip for path in given for clip in _clips(path)]
    if output is None:
        outputs = [clip.with_name(clip.stem + RESULT) for clip in clips]
    elif names_folder(output) or Path(output).is_dir():
        outputs = [Path(output) / (clip.stem + RESULT) for clip in clips]
    elif len(clips) > 1:
        raise InputError(
            f"Several clips need a folder, but {output} is none; end the name of a new folder in "
            "a slash."
        )
    elif Path(output).suffix.lower() != ".mp4":
        raise InputError(f"The result is an MP4 file; call it *.mp4, not {output}.")
    else:
        outputs = [Path(output)]
    jobs = [
        Job(clip, path, path.with_name(path.stem + PAIR) if side_by_side else None)
        for clip, path in zip(clips, outputs, strict=True)
    ]
    targets = [target for job in jobs for target in job[1:] if target]
    if report:
        refuse_missing_folder(report)
        targets.append(report)
    refuse_overwriting(clips, targets)
    return jobs


def refuse_missing_folder(target: Path) -> None:
    """Check that the folder of a file to write exists.

    Raises:
        InputError: it does not.
    """
    folder = target.absolute().parent
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder} for {target.name}; create it first.")


def refuse_other_suffix(target: Path, suffix: str) -> None:
    """Check that the name of a file to write says what will be in it.

    Raises:
        InputError: it ends otherwise.
    """
    if target.suffix.lower() != suffix:
        kind = suffix[1:].upper()
        raise InputError(f"The result is a {kind} file; call it *{suffix}, not {target}.")


def refuse_overwriting(clips: Sequence[Path], targets: Sequence[Path]) -> None:
    """Check that no file would be written twice, or over a clip.

    Raises:
        InputError: one would.
    """
    taken = {clip.resolve(): "is a clip itself" for clip in clips}
    for target in targets:
        place = target.resolve()
        if place in taken:
            raise InputError(f"{target} {taken[place]}; choose another name for the result.")
        taken[place] = "would be written twice"


def names_folder(output: str) -> bool:
    """Whether `output` can only be a folder, which then need not exist."""
    return output.endswith(("/", "\\"))


@contextmanager
def new_folder(path: Path | None) -> Iterator[None]:
    """Create a folder where there is none; it goes again if nothing was put into it.

    Args:
        path: the folder; None = nothing to do.

    Raises:
        InputError: it cannot be created.
    """
    if path is None or path.is_dir():
        yield
        return
    try:
        path.mkdir()
    except OSError as error:
        raise InputError(
            f"The folder {path} cannot be created ({error.strerror}); choose another."
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):
            path.rmdir()


def _clips(given: Path) -> list[Path]:
    """The clip itself, or the videos directly in a folder, but for results of earlier runs."""
    if not given.is_dir():
        return [given]
    try:
        inside = sorted(given.iterdir())
    except OSError as error:
        raise InputError(f"The folder {given} cannot be read ({error.strerror}).") from error
    found = [path for path in inside if _is_clip(path)]
    if not found:
        raise InputError(f"There is no video to anonymize in the folder {given}; choose another.")
    return found


def _is_clip(path: Path) -> bool:
    """Whether a file is a video, but not a result."""
    return not path.name.endswith((RESULT, PAIR)) and is_video(path)
