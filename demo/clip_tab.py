"""The tab in which a clip is anonymized: what stands where, and what leads to what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from demo import handlers
from demo.controls import Controls, build_controls
from demo.results import build_results
from demo.wording import API, CAUTION, TERMS
from demo.zero_gpu import device

EXAMPLES = {
    "One walker": "one_walker.mp4",
    "Two walkers, crossing": "two_walkers.mp4",
}
PLAYER_HEIGHT_PX = 340
WEBCAM = {"video": {"width": {"ideal": 1280}, "height": {"ideal": 720}}, "audio": True}

PUBLIC: dict[str, Any] = {"api_name": "anonymize", "api_description": API}
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", **PRIVATE}


def build_clip_tab() -> None:
    """Fill the tab."""
    gr.Markdown(f"{TERMS} **Device:** {device()}.")
    clip, result = _players()
    controls = build_controls()
    with gr.Column(visible=False) as results:
        outputs = [result, *build_results()]
    examples = gr.Examples(
        [[str(Path(__file__).parent / "examples" / name)] for name in EXAMPLES.values()],
        inputs=[clip],
        example_labels=list(EXAMPLES),
        cache_examples=False,
        label="Examples, drawn by GaitColor; one click runs them",
        elem_id="examples",
    )
    gr.Markdown(CAUTION)
    triggers = [controls.start.click, examples.load_input_event.success]
    for trigger, visibility in zip(triggers, (PUBLIC, PRIVATE), strict=True):
        _run_on(trigger, visibility, clip, controls, results, outputs)
    controls.stop.click(handlers.show_idle, outputs=controls[-2:], **QUIET)
    clip.change(handlers.forget_results, outputs=[result, results], **QUIET)


def _run_on(
    trigger: Any,
    visibility: dict[str, Any],
    clip: gr.Video,
    controls: Controls,
    results: gr.Column,
    outputs: list[Any],
) -> None:
    """Anonymize `clip` when `trigger` fires; the stop button ends it."""
    *choices, start, stop = controls
    shown = [outputs[0], results]
    begun = trigger(handlers.show_running, outputs=[start, stop, *shown], **QUIET)
    run = begun.then(
        handlers.anonymize,
        inputs=[clip, *choices],
        outputs=outputs,
        show_progress_on=outputs[0],
        concurrency_limit=1,
        concurrency_id="anonymize",
        **visibility,
    )
    run.success(handlers.show_results, outputs=[results], **QUIET)
    # Gradio 6.31 does not come to `then` after an error.
    run.success(handlers.show_idle, outputs=[start, stop], **QUIET)
    run.failure(handlers.show_idle, outputs=[start, stop], **QUIET)
    stop.click(handlers.stop, cancels=[run], **QUIET)


def _players() -> tuple[gr.Video, gr.Video]:
    """Original and result, side by side."""
    look: dict[str, Any] = {"height": PLAYER_HEIGHT_PX, "autoplay": True, "loop": True}
    with gr.Row(equal_height=True):
        clip = gr.Video(
            label="Original",
            sources=["upload", "webcam"],
            webcam_options=gr.WebcamOptions(mirror=False, constraints=WEBCAM),
            elem_id="clip",
            **look,
        )
        result = gr.Video(label="Anonymized", interactive=False, elem_id="result", **look)
    return clip, result
