"""The training of the segmenter: it learns, it can be stopped, and it goes on as if it hadn't."""

from __future__ import annotations

import dataclasses
import json
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from gaitcolor_core.models.walker_segmenter import build_walker_segmenter, load_walker_segmenter
from gaitcolor_core.stages.segment import YoloSegmenter
from gaitcolor_core.structures import InputError, Stopped
from gaitcolor_core.training.checkpoints import read_checkpoint, under_prefix, write_checkpoint
from gaitcolor_core.training.labelled_frames import read_frame
from gaitcolor_core.training.segmenter import SegmenterRecipe, train_segmenter
from gaitcolor_core.training.segmenter_export import export_segmenter
from gaitcolor_core.weights import WEIGHTS_NAME

TINY = SegmenterRecipe(steps=6, batch_size=4, side_px=64, warmup_steps=2)
# The same command line a user would stop with a signal.
TRAIN = (
    "import sys; from pathlib import Path;"
    "from gaitcolor_core.training.segmenter import SegmenterRecipe, train_segmenter;"
    "recipe = SegmenterRecipe(steps=10**6, batch_size=2, side_px=64);"
    "train_segmenter([Path(sys.argv[1])], Path(sys.argv[2]), recipe, save_every=1)"
)


def test_the_loss_falls(frames: Path, tmp_path: Path) -> None:
    recipe = dataclasses.replace(TINY, steps=30, batch_size=8, warmup_steps=5)
    state = train_segmenter([frames], tmp_path, recipe)
    losses = read_checkpoint(state).tensors["losses"]
    assert losses.shape == (30, 4) and torch.isfinite(losses).all()
    assert losses[-10:].sum(1).mean() < 0.8 * losses[:10].sum(1).mean()
    assert (tmp_path / "losses.png").read_bytes().startswith(b"\x89PNG")


def test_a_stopped_run_ends_like_an_uninterrupted_one(frames: Path, tmp_path: Path) -> None:
    seen = []

    def stop(done: int, total: int | None) -> None:
        seen.append((done, total))
        if done == 3:
            raise Stopped

    with pytest.raises(Stopped):
        train_segmenter([frames], tmp_path / "stopped", TINY, on_progress=stop)
    resumed = read_checkpoint(train_segmenter([frames], tmp_path / "stopped", TINY))
    whole = read_checkpoint(train_segmenter([frames], tmp_path / "whole", TINY))
    assert seen == [(1, 6), (2, 6), (3, 6)]
    assert resumed.notes == whole.notes
    assert resumed.tensors.keys() == whole.tensors.keys()
    for name, value in whole.tensors.items():
        assert torch.equal(resumed.tensors[name], value), name


def test_a_killed_run_leaves_a_whole_state(frames: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", TRAIN, str(frames), str(tmp_path)]
    with subprocess.Popen(command) as process:
        state = tmp_path / "state.safetensors"
        until = time.monotonic() + 120
        while not state.is_file() and time.monotonic() < until and process.poll() is None:
            time.sleep(0.05)
        time.sleep(0.3)
        process.send_signal(signal.SIGKILL)
    tensors = read_checkpoint(state).tensors
    assert len(tensors["losses"]) >= 1
    build_walker_segmenter().load_state_dict(under_prefix("average", tensors), strict=True)


def test_a_run_may_go_on_longer_but_not_otherwise(frames: Path, tmp_path: Path) -> None:
    train_segmenter([frames], tmp_path, dataclasses.replace(TINY, steps=2))
    with pytest.raises(InputError, match="begun with other options"):
        train_segmenter([frames], tmp_path, dataclasses.replace(TINY, seed=1))
    longer = dataclasses.replace(TINY, steps=3, side_px=96, learning_rate=1e-4)
    assert len(read_checkpoint(train_segmenter([frames], tmp_path, longer)).tensors["losses"]) == 3


def test_weights_follow_the_seed_and_leave_the_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first, same, other = (build_walker_segmenter(seed=seed) for seed in (1, 1, 2))
    assert torch.equal(torch.rand(3), expected)
    for name, value in first.state_dict().items():
        assert torch.equal(value, same.state_dict()[name])
    assert any(
        not torch.equal(value, other.state_dict()[name])
        for name, value in first.state_dict().items()
    )


def test_the_learning_rate_rises_stays_and_falls() -> None:
    recipe = SegmenterRecipe(steps=1000, warmup_steps=100, decay_share=0.5, learning_rate=1.0)
    rates = [recipe.learning_rate_at(step) for step in range(1000)]
    assert rates[49] == pytest.approx(0.5)
    assert rates[100:500] == pytest.approx([1.0] * 400)
    assert all(later < earlier for earlier, later in pairwise(rates[500:]))
    assert rates[-1] == pytest.approx(0.01, abs=1e-3)


@pytest.fixture(scope="module")
def exported(frames: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("export")
    state = train_segmenter([frames], place / "run", dataclasses.replace(TINY, steps=2))
    export_segmenter(state, place / "net", min_score=0.3, facts={"frames": "drawn"})
    return place / "net"


def test_an_export_says_how_it_is_used_and_what_is_known(exported: Path) -> None:
    config = json.loads((exported / "config.json").read_text())
    assert config["classes"] == ["person"] and config["frames"] == "drawn"
    assert config["recipe"]["steps"] == 2
    loaded = load_walker_segmenter(exported)
    assert (loaded.image_side_px, loaded.min_score) == (640, 0.3)


def test_an_export_works_as_a_detector(exported: Path, frames: Path) -> None:
    segmenter = YoloSegmenter(exported, device="cpu")
    assert segmenter.description == "net (own training)"
    image = read_frame(frames, "clip1-00005").image
    assert (segmenter.segment(image).track_id == -1).all()


DAMAGE = {
    "missing": "missing: model",
    "renamed": "unknown: other.weight",
    "cut": "no whole safetensors file",
    "no config": "its config.json is missing",
    "no files": "its config.json is missing",
    "another network": "describes no walker segmenter",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_refuses_weights_that_do_not_fit(exported: Path, tmp_path: Path, damage: str) -> None:
    weights = read_checkpoint(exported / WEIGHTS_NAME).tensors
    name = next(iter(weights))
    if damage in ("missing", "renamed"):
        value = weights.pop(name)
        if damage == "renamed":
            weights["other.weight"] = value
    if damage != "no files":
        write_checkpoint(tmp_path / WEIGHTS_NAME, weights, {})
    if damage == "cut":
        (tmp_path / WEIGHTS_NAME).write_bytes((exported / WEIGHTS_NAME).read_bytes()[:-100])
    if damage == "another network":
        (tmp_path / "config.json").write_text("{}")
    elif damage not in ("no config", "no files"):
        (tmp_path / "config.json").write_bytes((exported / "config.json").read_bytes())
    with pytest.raises(InputError, match=DAMAGE[damage]):
        YoloSegmenter(tmp_path, device="cpu")
