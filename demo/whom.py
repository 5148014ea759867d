"""Whom to anonymize: everybody, unless a visitor looked who is in the clip and left some out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import gradio as gr

from demo.pictures import Picture
from demo.wording import KEPT_S
from gaitcolor_core import InputError, Sighting


class Glanced(NamedTuple):
    """Who was seen in which clip.

    Attributes:
        clip: its path.
        sightings: everybody.
    """

    clip: str
    sightings: Sequence[Sighting]


class Whom(NamedTuple):
    """By which a visitor picks people, on the page."""

    column: gr.Column
    thumbnails: gr.Gallery
    picked: gr.CheckboxGroup
    glanced: gr.State


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
        picked = gr.CheckboxGroup(
            [],
            value=[],
            label="Anonymize",
            info="Whoever is not ticked is left as they are, if they can be told apart surely.",
            elem_id="picked",
        )
    return Whom(column, thumbnails, picked, gr.State(time_to_live=KEPT_S))


def thumbnails(sightings: Sequence[Sighting]) -> list[tuple[Picture, str]]:
    """Pictures of everybody, with captions."""
    return [(seen.thumbnail, f"Person {seen.number}") for seen in sightings]


def choices(sightings: Sequence[Sighting]) -> Any:
    """Update of the boxes: one for everybody, all ticked."""
    numbers = [seen.number for seen in sightings]
    return gr.update(choices=[(f"Person {number}", number) for number in numbers], value=numbers)


def spared(
    clip: str, glanced: Glanced | None, picked: Sequence[int]
) -> tuple[Sequence[Sighting], Sequence[int]]:
    """Everybody who was seen in a clip, and the numbers of those who are to be left as they are.

    Raises:
        InputError: nobody is picked, or people were picked in another clip.
    """
    if glanced is None:
        return (), ()
    if glanced.clip != clip:
        raise InputError("People were picked in another clip; look again who is in this one.")
    if not picked:
        raise InputError("Nobody is picked, so there is nothing to anonymize; pick somebody.")
    left_out = [seen.number for seen in glanced.sightings if seen.number not in picked]
    return glanced.sightings, left_out
