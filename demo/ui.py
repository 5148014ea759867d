"""The page: what stands where, and what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from demo import handlers
from demo.limits import LIMITS, MAX_ADAPT_S, MAX_FILE_BYTES
from demo.readout import WALKER_COLUMNS
from demo.zero_gpu import device
from gaitcolor_core import Settings

EXAMPLES = {
    "One walker": "one_walker.mp4",
    "Two walkers, crossing": "two_walkers.mp4",
}
MAX_WAITING = 8
CACHE_S = 3600
PLAYER_HEIGHT_PX = 340
WEBCAM = {"video": {"width": {"ideal": 1280}, "height": {"ideal": 720}}, "audio": True}

INTRO = f"""# GaitColor
People can be recognized by how they walk. GaitColor returns your clip with the same people in the
same clothes and the same place, but with another walk.

**Limits:** {LIMITS} Clips are processed on this server, one at a time, and deleted within
{2 * CACHE_S // 3600} hours.
"""
PROTECTION = """**What it protects:** the gait, that is how the outline of a body looks and moves,
so that it is harder to recognize people by their walk; harder, not impossible. Without a seed every
run draws a new key, so two clips of one person get different bodies.

**What it does not protect:** face, hair, clothes, voice, and the place stay as they are. So do
cast shadows and reflections, which still move with the old gait. Watch the result before you share
it.
"""
GLOSSARY = """*Interpolated*: the mask was filled in between its neighbors. *Covered*: a mosaic
instead of another walk. *Gait period*: the frames that two steps take; "-" where no steady walk was
seen. *GEI change*: distance between the gait energy images (the mean silhouettes) before and after;
0 is the same gait. *GEI self*: the same distance between the two halves of the original; "-" where
the walk is too short. *How recognizable?*: "recognizable" where two walks of one person may be as
far apart, "like someone else" where nine of ten pairs of different people are closer and the change
stands out clearly from *GEI self*, else "doubtful"."""
API = """Anonymizes the gait of everybody in a clip. Returns the anonymized clip, a readout as
Markdown, a table with a row a walker, and two files to download: the clip, and the report as
JSON."""

PUBLIC: dict[str, Any] = {"api_name": "anonymize", "api_description": API}
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", **PRIVATE}

CSS = """
.gradio-container { max-width: 1180px !important; margin: 0 auto !important; }
#readout table { width: 100%; }
#readout :is(th, td) { border-color: var(--border-color-primary) !important; }
#readout blockquote { border-left: 4px solid #f59e0b; background: #f59e0b1a; padding: 8px 12px; }
#clip video, #result video { object-position: top; }
/* Trimming would load a tool from another host. */
button[aria-label="Trim video to selection"] { display: none; }
"""
PLAY_BOTH = """() => document.querySelectorAll("#clip video, #result video").forEach(
    (video) => { video.currentTime = 0; video.play(); })"""
LAUNCH_OPTIONS: dict[str, Any] = {
    "theme": gr.themes.Default(
        primary_hue="teal",
        neutral_hue="slate",
        # Fonts of the visitor's own machine.
        font=["ui-sans-serif", "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "Consolas", "monospace"],
    ),
    "css": CSS,
    "footer_links": ["api", "settings"],
    "max_file_size": MAX_FILE_BYTES,
}


class Controls(NamedTuple):
    """What the visitor sets and presses."""

    strength: gr.Slider
    seed: gr.Textbox
    color: gr.Dropdown
    shape: gr.Dropdown
    adapt_s: gr.Slider
    start: gr.Button
    stop: gr.Button


def build_ui() -> gr.Blocks:
    """The page, ready for `launch(**LAUNCH_OPTIONS)`."""
    page: gr.Blocks = gr.Blocks(
        title="GaitColor", analytics_enabled=False, delete_cache=(CACHE_S, CACHE_S)
    )
    with page:
        gr.Markdown(f"{INTRO}\n**Device:** {device()}.")
        clip, result = _players()
        controls = _controls()
        with gr.Column(visible=False) as results:
            outputs = [result, *_results()]
        examples = gr.Examples(
            [[str(Path(__file__).parent / "examples" / name)] for name in EXAMPLES.values()],
            inputs=[clip],
            example_labels=list(EXAMPLES),
            cache_examples=False,
            label="Examples, drawn by GaitColor; one click runs them",
            elem_id="examples",
        )
        gr.Markdown(PROTECTION)
        triggers = [controls.start.click, examples.load_input_event.success]
        for trigger, visibility in zip(triggers, (PUBLIC, PRIVATE), strict=True):
            _run_on(trigger, visibility, clip, controls, results, outputs)
        controls.stop.click(handlers.show_idle, outputs=controls[-2:], **QUIET)
        clip.change(handlers.forget_results, outputs=[result, results], **QUIET)
        page.unload(handlers.stop)
    page.queue(max_size=MAX_WAITING)
    return page


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


def _controls() -> Controls:
    with gr.Row(equal_height=True):
        strength = gr.Slider(
            0,
            1,
            value=Settings().strength,
            step=0.05,
            label="Strength",
            info="0 leaves the shape alone, 1 goes as far as a body stays plausible.",
            scale=4,
        )
        start = gr.Button("Anonymize", variant="primary", size="lg", elem_id="start")
        stop = gr.Button("Stop", variant="stop", size="lg", visible=False, elem_id="stop")
    with gr.Accordion("More", open=False):
        with gr.Row():
            # A number field would turn into 0 when it is unfolded, and 0 is one and the same key.
            seed = gr.Textbox(
                label="Seed",
                max_lines=1,
                placeholder="a new key each run",
                info="Empty: a new key each run. A number repeats a run exactly.",
                elem_id="seed",
            )
            shape, color, adapt_s = _models()
    return Controls(strength, seed, color, shape, adapt_s, start, stop)


def _models() -> tuple[gr.Dropdown, gr.Dropdown, gr.Slider]:
    """What gives the new body its shape and its colors."""
    shape = gr.Dropdown(
        [
            ("deform: bends body and rhythm", "deform"),
            ("contour: a network redraws the outline", "contour"),
            ("dcgan: a network draws a whole body", "dcgan"),
        ],
        value="deform",
        label="Shape model",
        info="How the new body gets its shape.",
    )
    color = gr.Dropdown(
        [
            ("warp: bends the clothes to the new body", "warp"),
            ("nearest: takes the nearest color of the old body", "nearest"),
            ("gram: the paper's network, small and soft", "gram"),
            ("supervised: the network the paper compares with", "supervised"),
        ],
        value="warp",
        label="Color model",
        info="How the new body gets its colors.",
    )
    adapt_s = gr.Slider(
        0,
        MAX_ADAPT_S,
        value=0,
        step=10,
        label="Learn the clip's colors (s)",
        info="For gram and supervised: how long the network learns before it is used.",
    )
    return shape, color, adapt_s


def _results() -> list[Any]:
    """Readout, table of walkers, and the two downloads."""
    play = gr.Button("Play both from the start", size="sm")
    play.click(None, js=PLAY_BOTH, api_visibility="private")
    readout = gr.Markdown(elem_id="readout")
    walkers = gr.Dataframe(
        headers=WALKER_COLUMNS, interactive=False, wrap=True, label="Walkers", elem_id="walkers"
    )
    gr.Markdown(GLOSSARY)
    with gr.Row():
        clip = gr.DownloadButton("Download the anonymized clip", elem_id="download_clip")
        report = gr.DownloadButton("Download the report (JSON)", elem_id="download_report")
    return [readout, walkers, clip, report]
