"""What a run leaves on the page, below the players."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo.readout import WALKER_COLUMNS
from demo.wording import GLOSSARY

_PLAY_BOTH = """() => document.querySelectorAll("#clip video, #result video").forEach(
    (video) => { video.currentTime = 0; video.play(); })"""


def build_results() -> list[Any]:
    """Readout, table of walkers, and the two downloads."""
    play = gr.Button("Play both from the start", size="sm")
    play.click(None, js=_PLAY_BOTH, api_visibility="private")
    readout = gr.Markdown(elem_id="readout")
    walkers = gr.Dataframe(
        headers=WALKER_COLUMNS, interactive=False, wrap=True, label="Walkers", elem_id="walkers"
    )
    gr.Markdown(GLOSSARY)
    with gr.Row():
        clip = gr.DownloadButton("Download the anonymized clip", elem_id="download_clip")
        report = gr.DownloadButton("Download the report (JSON)", elem_id="download_report")
    return [readout, walkers, clip, report]
