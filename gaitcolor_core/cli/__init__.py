"""The command line: `gaitcolor` or `python -m gaitcolor_core`.

One module a subcommand: its `add` says what the subcommand takes, its `run` does it. What takes
seconds to import is imported by `run`, so that help and usage errors come at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from gaitcolor_core.cli import (
    anonymize,
    bench,
    clips,
    colors,
    evaluate,
    glance,
    hub,
    identity,
    judge,
    pseudo_label,
    render,
    sheet,
    strip,
    train,
)
from gaitcolor_core.cli.outcome import FAILED, Failure, say
from gaitcolor_core.cli.terminal import Stopper
from gaitcolor_core.structures import Stopped

__all__ = ["main"]

_SUBCOMMANDS = (
    anonymize,
    glance,
    strip,
    bench,
    judge,
    render,
    sheet,
    identity,
    colors,
    evaluate,
    clips,
    pseudo_label,
    train,
    hub,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand.

    Args:
        arguments: the words behind the program's name; by default those it was called with.

    Returns:
        The exit code: 0 = all fine, 1 = at least one clip failed, 130 or 143 = stopped.

    Raises:
        SystemExit: 0 after help was printed, 2 after bad usage.
    """
    options = _parser().parse_args(arguments)
    with Stopper() as stopper:
        try:
            return int(options.run(options, stopper))
        except Failure as failure:
            say(str(failure))
            return FAILED
        except (KeyboardInterrupt, Stopped):
            say("Stopped; nothing unfinished was left behind.")
            return 128 + stopper.signal_number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gaitcolor", description="Makes video of walking people safe to share."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for subcommand in _SUBCOMMANDS:
        subcommand.add(commands)
    return parser
