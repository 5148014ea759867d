"""How a subcommand ends: what it writes, and the one sentence about what went wrong."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gaitcolor_core.cli.terminal import Progress, Stopper
from gaitcolor_core.structures import InputError

FAILED = 1


class Failure(Exception):
    """The work could not be done; its text is the sentence that says why."""


@contextmanager
def bad_usage(options: argparse.Namespace) -> Iterator[None]:
    """Take what turns out wrong in here for bad usage.

    Args:
        options: of a subcommand whose parser sets `fail`.

    Raises:
        SystemExit: 2 after an InputError, which is told as the parser tells its own.
    """
    try:
        yield
    except InputError as error:
        options.fail(str(error))


@contextmanager
def failures_of(path: Path) -> Iterator[None]:
    """Sum up in a sentence whatever goes wrong with a file.

    Args:
        path: the file, whose name the sentence will hold.

    Raises:
        Failure: there was an InputError or an OSError.
    """
    try:
        yield
    except (InputError, OSError) as error:
        raise Failure(about(path, str(error))) from error


@contextmanager
def work_on(path: Path, stopper: Stopper, *, unit: str = "frame") -> Iterator[Progress]:
    """Show the progress of the work on a file, and sum up in a sentence why it fails.

    Args:
        path: the file, by whose name the user knows the work.
        stopper: hears the wish to stop, and is asked whenever progress is made.
        unit: what is counted.

    Yields:
        The callback that takes the progress.

    Raises:
        Failure: there was an InputError or an OSError.
    """
    with failures_of(path), Progress(path.name, stopper, unit=unit) as progress:
        yield progress


def write_json(path: Path, content: Any) -> None:
    """Write what `json` can write.

    Raises:
        Failure: the file cannot be written.
    """
    write(path, (json.dumps(content, indent=2) + "\n").encode())


def write(path: Path, content: bytes) -> None:
    """Write a file.

    Raises:
        Failure: it cannot be written.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Failure(
            f"{path} cannot be written ({error.strerror}); choose another name or folder."
        ) from error


def about(path: Path, sentence: str) -> str:
    """The sentence, with the name of the file in front unless it is in there."""
    return sentence if path.name in sentence else f"{path.name}: {sentence}"


def say(line: str) -> None:
    """Tell the user something that is no result."""
    print(line, file=sys.stderr, flush=True)
