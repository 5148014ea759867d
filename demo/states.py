"""What the page shows before, during and after a run."""

from __future__ import annotations

from typing import Any

import gradio as gr


def show_running(_: str | None) -> list[Any]:
    """Updates of the start button, the stop button, the result clip and the results."""
    return [gr.update(visible=False), gr.update(visible=True), *forget_results()]


def show_idle() -> list[Any]:
    """Updates of the start button and the stop button."""
    return [gr.update(visible=True), gr.update(visible=False)]


def show() -> Any:
    """Update of what was hidden."""
    return gr.update(visible=True)


def hide() -> Any:
    """Update of what was shown."""
    return gr.update(visible=False)


def forget_results() -> list[Any]:
    """Updates of the result clip and the results."""
    return [None, hide()]


def forget_clip() -> list[Any]:
    """Updates of the results as above, of who is spared, and of the choice."""
    return [*forget_results(), [], hide()]
