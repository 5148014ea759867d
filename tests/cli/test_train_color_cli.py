"""`train color`: what it writes, says and returns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gait_sets import everybody_walks, walks, write_set

from gaitcolor_core.cli import main
from gaitcolor_core.datasets.presets import PRESETS, Preset
from gaitcolor_core.models.color_networks import load_color_network
from gaitcolor_core.weights import bundled

SHORT = ("--batch-size", 4, "--width", 4, "--hidden", 16, "--device", "cpu", "--processes", 1)


def train(*words: object) -> int:
    try:
        return main(["train", "color", *map(str, words)])
    except SystemExit as end:
        return int(str(end.code))


@pytest.fixture
def walked(tmp_path: Path) -> Path:
    held = everybody_walks(walks((1, 2), ("nm-01",)))
    write_set(tmp_path / "set", held, held)
    return tmp_path / "set"


@pytest.fixture
def two_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `mini` be two walks seen from the side."""
    mini, subjects = (("nm", 1),), range(1, 3)
    monkeypatch.setitem(PRESETS, "mini", Preset(subjects, mini, (90,), ((subjects, mini),)))


def test_a_small_set_is_rendered_trained_on_and_exported(
    two_walks: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--data", "mini", "-o", tmp_path / "run", "--export", tmp_path / "net", *SHORT)
    assert train(*words, "--steps", 2) == 0
    state = tmp_path / "run" / "state.safetensors"
    assert capsys.readouterr().out == f"The run is complete; its state is in {state}.\n"
    config = json.loads((tmp_path / "net" / "config.json").read_text())
    assert config["hyperparameters"] == {"width": 4, "code_channels": 64, "hidden": 16}
    assert config["training_data"]["sets"][0] == {
        "kind": "RenderedSet", "preset": "mini", "seed": 0, "walkers": 1, "subjects": "001-001",
    }  # fmt: skip
    assert load_color_network(tmp_path / "net")


def test_the_supervised_network_goes_on_with_more_steps(walked: Path, tmp_path: Path) -> None:
    words = ("--network", "supervised", "--data", walked, "-o", tmp_path / "run", *SHORT)
    assert train(*words, "--steps", 1) == 0
    first = (tmp_path / "run" / "state.safetensors").read_bytes()
    assert train(*words, "--steps", 2, "--export", tmp_path / "net") == 0
    assert (tmp_path / "run" / "state.safetensors").read_bytes() != first
    assert json.loads((tmp_path / "net" / "config.json").read_text())["recipe"]["steps"] == 2


@pytest.mark.skipif(not bundled("shape_contour"), reason="installed without checkpoints")
def test_bodies_come_from_the_shape_anonymizers_that_are_named(
    walked: Path, tmp_path: Path
) -> None:
    words = ("--data", walked, "-o", tmp_path / "run", "--export", tmp_path / "net", *SHORT)
    assert train(*words, "--steps", 1, "--shapes", "deform", "contour") == 0
    data = json.loads((tmp_path / "net" / "config.json").read_text())["training_data"]
    assert data["shape_anonymizers"] == ["deform", "contour"]
    assert data["bodies_per_sequence"] == 4


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--learning-rate", 2), 2, "'2' does not lie between 0 and 1"),
        (("--style-weight", -1), 2, "'-1' does not lie between 0 and 1000"),
        (("--network", "gan"), 2, "invalid choice: 'gan'"),
        (("--device", "abacus"), 1, "The device 'abacus' cannot be used here; try 'cpu'."),
        (("--data", "nowhere"), 1, "nowhere"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    walked: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[object, ...],
    code: int,
    sentence: str,
) -> None:
    assert train("--data", walked, "-o", tmp_path / "run", *SHORT, "--steps", 1, *words) == code
    out, err = capsys.readouterr()
    assert out == "" and sentence in err.splitlines()[-1]
    assert not (tmp_path / "run").exists()
