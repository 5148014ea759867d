"""What a visitor sets before a run: the strength, and under "More" the rest."""

from __future__ import annotations

from typing import NamedTuple

import gradio as gr

from demo.limits import MAX_ADAPT_S
from demo.whom import Whom, build_whom
from gaitcolor_core import Settings


class Controls(NamedTuple):
    """What the visitor sets and presses, the settings in the order of `handlers.anonymize`."""

    strength: gr.Slider
    seed: gr.Textbox
    color: gr.Dropdown
    shape: gr.Dropdown
    adapt_s: gr.Slider
    blur_faces: gr.Checkbox
    whom: Whom
    look: gr.Button
    start: gr.Button
    stop: gr.Button


def build_controls() -> Controls:
    """The controls, below the players."""
    strength, start, stop, look = _main()
    whom = build_whom()
    with gr.Accordion("More", open=False, elem_id="more"):
        blur_faces = gr.Checkbox(
            label="Blur faces, too",
            info="Of everybody who gets another walk; look at the result before you rely on it.",
            elem_id="blur_faces",
        )
        with gr.Row():
            # A number field would turn into 0 when it is unfolded, and 0 is one and the same key.
            seed = gr.Textbox(
                value="",
                label="Seed",
                max_lines=1,
                placeholder="a new key each run",
                info="Empty: a new key each run. A number repeats a run exactly.",
                elem_id="seed",
            )
            shape, color, adapt_s = _models()
    return Controls(strength, seed, color, shape, adapt_s, blur_faces, whom, look, start, stop)


def _main() -> tuple[gr.Slider, gr.Button, gr.Button, gr.Button]:
    """Strength, start, stop, and the button for a quick look."""
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
        with gr.Column(scale=1, min_width=240):
            start = gr.Button("Anonymize", variant="primary", size="lg", elem_id="start")
            stop = gr.Button("Stop", variant="stop", size="lg", visible=False, elem_id="stop")
            look = gr.Button("Leave somebody as they are?", size="sm", elem_id="look")
    return strength, start, stop, look


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
            ("gram: painted by a network, a little soft", "gram"),
            ("supervised: painted by an earlier network", "supervised"),
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
