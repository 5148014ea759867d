"""Where runs are computed: on this server, or on a GPU that ZeroGPU lends for each of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import ParamSpec, TypeVar, cast

from gradio.utils import is_zero_gpu_space

P = ParamSpec("P")
R = TypeVar("R")

# To load the networks.
START_S = 15
# What two processor cores took for a frame with two walkers. Nearly half of it went into finding
# them, which is the GPU's part: that is the margin.
FRAME_S = 0.25
# A visitor without an account has two minutes a day, whoever asks for more at once gets nothing,
# and on its newer cards ZeroGPU counts one and a half times what is asked for.
MAX_LOAN_S = 80


def loan_s(num_frames: int, adapt_s: int) -> int:
    """For how long a run borrows the GPU, in seconds.

    Args:
        num_frames: of the clip.
        adapt_s: how long the network of colors learns before, in seconds.
    """
    return min(MAX_LOAN_S, math.ceil(START_S + num_frames * FRAME_S + adapt_s))


def on_loan(duration_s: Callable[P, int]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run a function on a borrowed GPU, in a process of its own, where there is ZeroGPU.

    What goes in and comes out must be picklable, and of errors only `gr.Error` keeps its words.

    Args:
        duration_s: takes what the function takes, and tells for how many seconds at most.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        # Spaces come with the package; nobody else has or needs it, so it is no requirement.
        if find_spec("spaces") is None:
            return function
        lent = import_module("spaces").GPU(function, duration=duration_s)
        return cast(Callable[P, R], lent)

    return decorate


def device() -> str:
    """Where runs are computed, in words for the page."""
    if is_zero_gpu_space():
        return (
            f"a GPU borrowed from ZeroGPU, for at most {MAX_LOAN_S} s a run; longer runs may be "
            "ended by it"
        )
    import torch

    return f"cuda ({torch.cuda.get_device_name()})" if torch.cuda.is_available() else "cpu"
