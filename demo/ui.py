"""The page: its tabs, and how it is launched."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import gradio as gr

from demo import handlers
from demo.clip_tab import build_clip_tab
from demo.gate import Gate, Page
from demo.limits import MAX_FILE_BYTES
from demo.live import build_live_tab, forget
from demo.wording import INTRO, KEPT_S, PROTECTION

MAX_WAITING = 8

CSS = """
body { background: var(--body-background-fill); }
.gradio-container { max-width: 1180px !important; margin: 0 auto !important; }
#readout table { width: 100%; }
#readout :is(th, td) { border-color: var(--border-color-primary) !important; }
#readout blockquote { border-left: 4px solid #f59e0b; background: #f59e0b1a; padding: 8px 12px; }
#clip video, #result video { object-position: top; }
/* Pictures in their own proportions, with room for captions. */
:is(#seen, #energy_images) .grid-wrap { min-height: 0; max-height: none; padding-top: 36px; }
#seen .grid-container { grid-template-columns: repeat(auto-fill, 120px) !important; }
#seen .thumbnail-lg { aspect-ratio: 2 / 3; height: auto; }
#energy_images .thumbnail-lg { aspect-ratio: 5 / 2; height: auto; }
:is(#seen, #energy_images) .thumbnail-lg > img { height: calc(100% - 26px); }
:is(#seen, #energy_images) .caption-label { max-width: 100%; }
/* A wide table scrolls within the page, which stays as wide as the screen. */
#walkers { max-width: calc(100vw - 92px); overflow-x: auto; }
#readout :is(th, td), #walkers th span { word-break: normal; overflow-wrap: normal; }
@media (max-width: 640px) {
    .gradio-container .main.app { padding: 16px; }
    /* Players as high as what they show. */
    :is(#clip, #result, #camera, #live):not(.fullscreen) { height: auto !important; }
    :is(#clip, #result, #camera, #live):not(.fullscreen) :is(video, img) {
        height: auto;
        max-height: 75vh;
    }
}
/* Trimming would load a tool from another host. */
button[aria-label="Trim video to selection"] { display: none; }
"""
# The second click of a double click would begin a second run.
ONE_CLICK = """<script>
addEventListener("click", (click) => {
    if (click.detail > 1 && click.target.closest("#start, #look")) {
        click.stopImmediatePropagation();
        click.preventDefault();
    }
}, true);
</script>"""
LAUNCH_OPTIONS: dict[str, Any] = {
    "theme": gr.themes.Default(
        primary_hue="teal",
        neutral_hue="slate",
        # Fonts of the visitor's own machine.
        font=["ui-sans-serif", "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "Consolas", "monospace"],
    ),
    "css": CSS,
    "head": ONE_CLICK,
    "footer_links": ["api", "settings"],
    "max_file_size": MAX_FILE_BYTES,
    # With the extra `mcp`, the endpoints are tools for language models, too.
    "mcp_server": find_spec("mcp") is not None,
    "app_kwargs": {"middleware": [(Gate, (), {})]},
}


def build_ui() -> gr.Blocks:
    """The page, ready for `launch(**LAUNCH_OPTIONS)`."""
    page = Page(title="GaitColor", analytics_enabled=False, delete_cache=(KEPT_S, KEPT_S))
    with page:
        gr.Markdown(INTRO)
        with gr.Tabs():
            with gr.Tab("Clip", id="clip"):
                build_clip_tab()
            with gr.Tab("Live camera", id="live"):
                build_live_tab()
            with gr.Tab("What it protects", id="protection"):
                gr.Markdown(PROTECTION)
        page.unload(handlers.leave)
        page.unload(forget)
    page.queue(max_size=MAX_WAITING, api_open=False)
    return page
