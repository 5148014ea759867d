"""Model cards: all that `config.json` says is on the page, and the Hub can read its front."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from color_networks import SMALL, small_network
from huggingface_hub import ModelCard

from gaitcolor_core.card import network_card, repository_card, write_card
from gaitcolor_core.structures import InputError
from gaitcolor_core.weights import CONFIG_NAME, write_weights

CONFIG = {
    "architecture": "ColorTransferNet",
    "hyperparameters": SMALL,
    "preprocessing": {"side_px": 128},
    "training_data": {"rendered": {"subjects": 30}},
    "recipe": {"steps": 1000},
    "metrics": {"overlap_psnr_db": {"plain": 24.5, "of": "red"}, "frames": 9, "given_iou": 1.0},
    "commit": "abc123",
    "date": "2026-11-27",
}


def write(folder: Path, **changes: Any) -> Path:
    write_weights(folder, small_network().state_dict(), {**CONFIG, **changes})
    return folder


def test_a_network_card_tells_what_its_config_tells(tmp_path: Path) -> None:
    folder = write(tmp_path / "color_gram")
    write_card(folder)
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card == network_card(folder)
    for text in (
        "# color_gram",
        "ColorTransferNet",
        "APSIPA ASC 2020",
        "| width | 4 |",
        "| side_px | 128 |",
        "| rendered, subjects | 30 |",
        "| steps | 1000 |",
        "| overlap_psnr_db, plain | 24.5 |",
        "2026-11-27 by the program's commit `abc123`",
        "AGPL-3.0",
    ):
        assert text in card, text


def test_a_network_without_figures_has_a_card_without_empty_parts(tmp_path: Path) -> None:
    card = network_card(write(tmp_path / "unheard_of", metrics={}, recipe={}))
    assert "## Figures" not in card and "## Training\n" not in card
    assert "A network of GaitColor." in card


def test_the_hub_reads_the_front_of_a_repository_card(tmp_path: Path) -> None:
    write(tmp_path / "color_gram")
    write(tmp_path / "shape_contour", architecture="ContourNet", metrics={"iou": 0.5})
    card = ModelCard(repository_card(tmp_path, repo_id="somebody/networks"))
    front = card.data.to_dict()
    assert front["license"] == "agpl-3.0"
    assert (front["library_name"], front["pipeline_tag"]) == ("gaitcolor", "image-to-image")
    assert {"gait", "anonymization", "privacy", "safetensors"} <= set(front["tags"])
    assert card.data.eval_results is not None
    figures = {each.metric_name: each for each in card.data.eval_results}
    assert {name: (each.metric_type, each.metric_value) for name, each in figures.items()} == {
        "color_gram: overlap_psnr_db, plain": ("psnr", 24.5),
        "shape_contour: iou": ("iou", 0.5),
    }
    assert 'hf_hub_download("somebody/networks", f"color_gram/' in card.text
    assert "[shape_contour](shape_contour)" in card.text and "## Limits" in card.text


def test_a_repository_without_colors_or_figures_still_has_a_card(tmp_path: Path) -> None:
    write(tmp_path / "shape_contour", metrics={})
    card = ModelCard(repository_card(tmp_path))
    assert card.data.eval_results is None and "```python" not in card.text


def test_a_damaged_config_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "color_gram")
    (folder / CONFIG_NAME).write_text("{")
    for use in (lambda: network_card(folder), lambda: repository_card(tmp_path)):
        with pytest.raises(InputError, match="missing or damaged"):
            use()
    with pytest.raises(InputError):
        write_card(folder)
    assert not (folder / "README.md").exists()
