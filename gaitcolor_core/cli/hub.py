"""`hub`: networks from the Hugging Face Hub and to it, and the app as a Space."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gaitcolor_core.cli.outcome import failures_of
from gaitcolor_core.cli.terminal import Stopper

_TOKEN = "access token of the Hub (default: HF_TOKEN, or the one that is logged in)"


def add(commands: Any) -> None:
    """Say what the subcommand takes."""
    parser = commands.add_parser(
        "hub",
        help="fetch or publish networks, make a Space",
        description="Fetch the networks from the Hugging Face Hub, or publish them there; make a "
        "Space of the app.",
    )
    ways = parser.add_subparsers(title="ways", metavar="pull|push|space|publish", required=True)
    _add_networks(ways)
    _add_spaces(ways)


def _add_networks(ways: Any) -> None:
    pull = ways.add_parser("pull", help="fetch all networks of a repository into a new folder")
    pull.add_argument("repository", metavar="REPOSITORY", help="such as gaitcolor/gaitcolor")
    pull.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, required=True, help="new folder"
    )
    pull.add_argument(
        "--revision", help="branch, tag or commit (default: the one that belongs to this version)"
    )
    pull.add_argument("--token", help=_TOKEN)
    pull.set_defaults(run=_pull, fail=pull.error)
    push = ways.add_parser("push", help="publish the networks of a folder")
    push.add_argument("folder", metavar="FOLDER", type=Path, help="such as checkpoints")
    push.add_argument("repository", metavar="REPOSITORY", help="is made if need be")
    push.add_argument(
        "--private", action="store_true", help="only you can see a repository that is made"
    )
    push.add_argument("--tag", help="a name for what is published, such as v0.1.0")
    push.add_argument("--token", help=_TOKEN)
    push.set_defaults(run=_push, fail=push.error)


def _add_spaces(ways: Any) -> None:
    space = ways.add_parser("space", help="put all that a Space needs into a new folder")
    space.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, required=True, help="new folder"
    )
    space.add_argument(
        "--models", metavar="REPOSITORY",
        help="where 'push' published the networks; the Space names it and has them in its cache",
    )  # fmt: skip
    space.set_defaults(run=_space, fail=space.error)
    publish = ways.add_parser("publish", help="make a Space of such a folder, or renew it")
    publish.add_argument("folder", metavar="FOLDER", type=Path, help="made by 'space'")
    publish.add_argument("repository", metavar="SPACE", help="NAME/SPACE; is made if need be")
    publish.add_argument(
        "--private", action="store_true", help="only you can see a Space that is made"
    )
    publish.add_argument("--token", help=_TOKEN)
    publish.set_defaults(run=_publish, fail=publish.error)


def _pull(options: argparse.Namespace, stopper: Stopper) -> int:
    from gaitcolor_core.hub import pull

    stopper.check()
    with failures_of(options.output):
        networks = pull(
            options.repository, options.output, revision=options.revision, token=options.token
        )
    print(f"{options.output} holds {', '.join(networks)}.")
    return 0


def _push(options: argparse.Namespace, stopper: Stopper) -> int:
    from gaitcolor_core.hub import push

    stopper.check()
    with failures_of(options.folder):
        address = push(
            options.folder, options.repository,
            token=options.token, private=options.private, tag=options.tag,
        )  # fmt: skip
    print(f"Published: {address}")
    return 0


def _space(options: argparse.Namespace, stopper: Stopper) -> int:
    from gaitcolor_core.space import assemble

    stopper.check()
    with failures_of(options.output):
        assemble(options.output, models=options.models)
    print(f"{options.output} is a Space; 'gaitcolor hub publish' sends it to the Hub.")
    return 0


def _publish(options: argparse.Namespace, stopper: Stopper) -> int:
    from gaitcolor_core.space import publish

    stopper.check()
    with failures_of(options.folder):
        address = publish(
            options.folder, options.repository, token=options.token, private=options.private
        )
    print(f"Published: {address}")
    return 0
