"""`train`: one command a network."""

from __future__ import annotations

from typing import Any

from gaitcolor_core.cli import train_color, train_recognizer, train_segmenter, train_shape


def add(commands: Any) -> None:
    """Say which networks can be trained."""
    parser = commands.add_parser(
        "train", help="train a network", description="Train a network from random weights."
    )
    networks = parser.add_subparsers(title="networks", metavar="NETWORK", required=True)
    train_segmenter.add(networks)
    train_color.add(networks)
    train_recognizer.add(networks)
    train_shape.add(networks)
