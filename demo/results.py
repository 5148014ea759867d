"""What a run leaves on the page, below the players."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo.readout import WALKER_COLUMNS
from demo.wording import GLOSSARY

_PLAY_BOTH = """() => document.querySelectorAll("#clip video, #result video").forEach(
    (video) => { video.currentTime = 0; video.play(); })"""


def build_results() -> list[Any]:
    """All that a `Result` fills, in its order, but for the result clip itself."""
    downloads = _buttons()
    readout = gr.Markdown(elem_id="readout")
    still, energy_images = _pictures()
    with gr.Accordion("Walker by walker", open=False, elem_id="by_walker"):
        walkers = gr.Dataframe(
            headers=WALKER_COLUMNS, interactive=False, wrap=True, label="Walkers", elem_id="walkers"
        )
        gr.Markdown(GLOSSARY)
    return [readout, walkers, *downloads, still, energy_images]


def _buttons() -> list[gr.DownloadButton]:
    """The downloads, and a button that plays original and result together."""
    with gr.Row():
        clip = gr.DownloadButton("Download the clip", variant="primary", elem_id="download_clip")
        pair = gr.DownloadButton("Both, side by side", elem_id="download_pair")
        report = gr.DownloadButton("Report (JSON)", elem_id="download_report")
        play = gr.Button("Play both", elem_id="play_both")
    play.click(None, js=_PLAY_BOTH, api_visibility="private")
    return [clip, report, pair]


def _pictures() -> tuple[gr.ImageSlider, gr.Gallery]:
    """One frame before and after, and the mean silhouettes."""
    with gr.Row():
        still = gr.ImageSlider(
            label="One frame: original on the left, anonymized on the right",
            interactive=False,
            max_height=360,
            min_width=320,
            elem_id="still",
        )
        energy_images = gr.Gallery(
            label="Gait energy images: the mean silhouette, by which a walk is recognized",
            columns=1,
            object_fit="contain",
            height="auto",
            allow_preview=False,
            interactive=False,
            buttons=[],
            min_width=320,
            elem_id="energy_images",
        )
    return still, energy_images
