"""The tab in which a clip is anonymized: what stands where, and what leads to what."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from demo import handlers, states
from demo.controls import Controls, build_controls
from demo.example_clips import EXAMPLES, strip_html
from demo.results import build_results
from demo.wording import ANONYMIZE_API, CAUTION, GLANCE_API, TERMS
from demo.zero_gpu import device

PLAYER_HEIGHT_PX = 340
WEBCAM = {"video": {"width": {"ideal": 1280}, "height": {"ideal": 720}}, "audio": True}

PRIVATE: dict[str, Any] = {"api_visibility": "private"}
QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", **PRIVATE}
# Whatever works on a clip waits for one and the same turn.
WORK: dict[str, Any] = {
    "concurrency_limit": 1,
    "concurrency_id": "anonymize",
    "validator": handlers.validate,
}


class _Parts(NamedTuple):
    """What the events of the tab deal with; `outputs` are those of a `Result`."""

    clip: gr.Video
    controls: Controls
    results: gr.Column
    outputs: list[Any]


def build_clip_tab() -> None:
    """Fill the tab."""
    gr.Markdown(f"{TERMS}<br>**Device:** {device()}.")
    clip, result = _players()
    controls = build_controls()
    with gr.Column(visible=False) as results:
        outputs = [result, *build_results()]
    examples = gr.Examples(
        [[str(path)] for path in EXAMPLES.values()],
        inputs=[clip],
        example_labels=list(EXAMPLES),
        cache_examples=False,
        label="Examples, drawn by GaitColor; one click runs them",
        elem_id="examples",
    )
    gr.Markdown(CAUTION)
    with gr.Accordion("What to expect", open=False):
        gr.HTML(strip_html())
    parts = _Parts(clip, controls, results, outputs)
    endpoint = {"api_name": "anonymize", "api_description": ANONYMIZE_API}
    _run_on(controls.start.click, parts, controls.whom.spared, endpoint)
    # Of an example everybody is anonymized, whoever was to be spared in the clip before.
    _run_on(examples.load_input_event.success, parts, gr.State([]), PRIVATE)
    _glance_on(parts)
    controls.stop.click(states.show_idle, outputs=controls[-2:], **QUIET)
    forgotten = [result, results, controls.whom.spared, controls.whom.column]
    clip.change(states.forget_clip, outputs=forgotten, **QUIET)


def _run_on(trigger: Any, parts: _Parts, spared: Any, visibility: dict[str, Any]) -> None:
    """Anonymize the clip when `trigger` fires; the stop button ends it."""
    clip, (*settings, _, _, start, stop), results, outputs = parts
    # A refused clip ends it here: Gradio 6.31 tells nobody of it, so the page would look busy.
    begun = trigger(
        states.show_running,
        inputs=[clip],
        outputs=[start, stop, outputs[0], results],
        validator=handlers.validate,
        concurrency_limit=None,
        show_progress="hidden",
        **PRIVATE,
    )
    run = begun.success(
        handlers.anonymize,
        inputs=[clip, *settings, spared],
        outputs=outputs,
        show_progress_on=outputs[0],
        **WORK,
        **visibility,
    )
    run.success(states.show, outputs=[results], **QUIET)
    # Gradio 6.31 does not come to `then` after an error.
    run.success(states.show_idle, outputs=[start, stop], **QUIET)
    run.failure(states.show_idle, outputs=[start, stop], **QUIET)
    stop.click(handlers.stop, cancels=[run], **QUIET)


def _glance_on(parts: _Parts) -> None:
    """Show who is in the clip when the button is pressed."""
    column, *shown = parts.controls.whom
    glance = parts.controls.look.click(
        handlers.glance,
        inputs=[parts.clip],
        outputs=shown,
        show_progress_on=parts.clip,
        api_name="glance",
        api_description=GLANCE_API,
        **WORK,
    )
    glance.success(states.show, outputs=[column], **QUIET)


def _players() -> tuple[gr.Video, gr.Video]:
    """Original and result, side by side."""
    look: dict[str, Any] = {
        "height": PLAYER_HEIGHT_PX,
        "min_width": 320,
        "autoplay": True,
        "loop": True,
    }
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
