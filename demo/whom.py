"""Whom to leave as they are: nobody, unless a visitor looked who is in the clip and ticked them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from demo.pictures import Picture, saved
from gaitcolor_core import Sighting

# A visitor needs the latest; who comes back later is looked for again.
MAX_REMEMBERED = 16


class Whom(NamedTuple):
    """By which a visitor picks people, on the page."""

    column: gr.Column
    thumbnails: gr.Gallery
    spared: gr.CheckboxGroup


def build_whom() -> Whom:
    """Who is in the clip, once the visitor asked for it."""
    with gr.Column(visible=False) as column:
        thumbnails = gr.Gallery(
            label="Seen in the clip",
            columns=6,
            height="auto",
            object_fit="contain",
            allow_preview=False,
            interactive=False,
            buttons=[],
            elem_id="seen",
        )
        spared = gr.CheckboxGroup(
            [],
            value=[],
            label="Leave as they are",
            info="Everybody else gets another walk, and so does who cannot be told apart surely.",
            elem_id="spared",
        )
    return Whom(column, thumbnails, spared)


def pictures_of(sightings: Sequence[Sighting], folder: Path) -> list[tuple[Picture, str]]:
    """Everybody, as files in `folder`, with a name."""
    return [
        (saved(seen.thumbnail, folder / f"person_{seen.number}.png"), _name(seen))
        for seen in sightings
    ]


def boxes_for(sightings: Sequence[Sighting]) -> Any:
    """Update of the boxes: one for everybody, none of them ticked."""
    return gr.update(choices=[(_name(seen), seen.number) for seen in sightings], value=[])


class Memory:
    """Who was seen in the latest clips, without pictures of them."""

    def __init__(self) -> None:
        self._seen: dict[str, list[Sighting]] = {}

    def keep(self, clip: str, sightings: Sequence[Sighting]) -> None:
        """Remember who was seen in a clip."""
        self._seen.pop(clip, None)
        self._seen[clip] = [replace(seen, thumbnail=seen.thumbnail[:0]) for seen in sightings]
        for oldest in list(self._seen)[:-MAX_REMEMBERED]:
            del self._seen[oldest]

    def of(self, clip: str) -> list[Sighting] | None:
        """Who was seen in a clip; None if it is not remembered."""
        return self._seen.get(clip)


def _name(seen: Sighting) -> str:
    return f"Person {seen.number}"
