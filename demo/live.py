"""The tab in which a camera's picture is anonymized while it runs."""

from __future__ import annotations

import functools
import time
from typing import Any

import gradio as gr
import numpy as np
import numpy.typing as npt
from gradio.image_utils import encode_image_array_to_base64
from gradio.utils import is_zero_gpu_space

from demo.gate import refusal
from gaitcolor_core import InputError, LiveAnonymizer, LiveFrame

# The next visitor gets a turn after this time.
TURN_S = 60
# How often the browser sends a frame; while the server is busy, only the latest one waits.
FRAME_EVERY_S = 0.1
# Who comes back later may find other people and another view there.
IDLE_S = 10
MAX_VISITORS = 8
HEIGHT_PX = 340
CAMERA = {"video": {"width": {"ideal": LiveAnonymizer.MAX_SIDE_PX}, "height": {"ideal": 360}}}
NOTE = f"""Walk past your camera. Everybody who is found is **covered at first**, and gets another
body once the whole person, from head to foot, was seen for a second or more; who is cut off by the
edge of the picture stays covered. Whom the detector misses is not covered: this is for trying it
out, not for broadcasting. The body changes, the rhythm of the steps does not, so the gait is hidden
less well than in a clip.

Frames are sent to this server, changed in its memory, at {LiveAnonymizer.MAX_SIDE_PX} pixels at
most, and sent back; **nothing is stored**, and all is forgotten when you leave. One visitor at a
time, for {TURN_S} s.
"""


def build_live_tab() -> None:
    """Fill the tab."""
    gr.Markdown(NOTE)
    with gr.Row(equal_height=True):
        camera = gr.Image(
            label="Your camera",
            sources=["webcam"],
            streaming=True,
            webcam_options=gr.WebcamOptions(mirror=False, constraints=CAMERA),
            height=HEIGHT_PX,
            elem_id="camera",
        )
        picture = gr.Image(
            label="Anonymized",
            interactive=False,
            buttons=["fullscreen"],
            height=HEIGHT_PX,
            elem_id="live",
        )
    figures = gr.Markdown("No frames yet.", elem_id="live_figures")
    camera.stream(
        anonymize,
        inputs=[camera],
        outputs=[picture, figures],
        stream_every=FRAME_EVERY_S,
        time_limit=TURN_S,
        concurrency_limit=1,
        concurrency_id="live",
        # Gradio would write each picture to a file.
        postprocess=False,
        show_progress="hidden",
        api_visibility="private",
    )


def anonymize(frame: npt.NDArray[np.uint8] | None, request: gr.Request) -> list[Any]:
    """The next picture of a visitor's camera `(H, W, 3)`, as Gradio sends it, and the figures."""
    if frame is None:
        return [None, "No frames yet."]
    try:
        anonymizer = _VISITORS.anonymizer(request.session_hash)
    except InputError as reason:
        raise refusal(str(reason)) from reason
    result = anonymizer.anonymize(frame)
    return [{"url": encode_image_array_to_base64(result.picture)}, figures_of(result)]


def forget(request: gr.Request) -> None:
    """Drop what is known of this visitor's camera, when the page is closed."""
    _VISITORS.forget(request.session_hash)


def figures_of(frame: LiveFrame) -> str:
    """What is said of a frame."""
    rate = "-" if frame.fps is None else f"{frame.fps:.1f}"
    seen = f"another body: **{frame.anonymized}** · covered: **{frame.covered}**"
    if frame.failed:
        seen = "this frame could not be examined, so **all of it is covered**"
    return f"**{rate} frames/s** · {seen}"


class Visitors:
    """Those before their cameras, `MAX_VISITORS` at most.

    A `gr.State` would not do: Gradio keeps it for an hour after the page is closed.
    """

    def __init__(self) -> None:
        self._seen: dict[str | None, tuple[LiveAnonymizer, float]] = {}

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._seen)

    def anonymizer(self, session: str | None) -> LiveAnonymizer:
        """That of a visitor; a new one for a new visitor and after a pause."""
        now_s = time.monotonic()
        lately = {name: kept for name, kept in self._seen.items() if now_s - kept[1] < IDLE_S}
        kept = lately.pop(session, None)
        known = LiveAnonymizer(_segmenter()) if kept is None else kept[0]
        others = list(lately.items())[1 - MAX_VISITORS :]
        self._seen = {**dict(others), session: (known, now_s)}
        return known

    def forget(self, session: str | None) -> None:
        """Drop a visitor."""
        self._seen.pop(session, None)


_VISITORS = Visitors()


@functools.cache
def _segmenter() -> Any:
    """Made on first use and kept. What ZeroGPU lends is for one call: that is no stream."""
    return LiveAnonymizer(device="cpu" if is_zero_gpu_space() else None).segmenter
