"""The state of the program itself, for figures and weights that must be repeatable."""

from __future__ import annotations

import subprocess
from pathlib import Path


def commit() -> str | None:
    """The program's commit, "-dirty" with changes; None outside of its repository."""
    root = Path(__file__).parents[1]
    if not (root / ".git").exists():
        return None
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
