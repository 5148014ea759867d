"""The training of shape networks: it learns, can be stopped, and goes on as if it hadn't been."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from gait_sets import everybody_walks, walks, write_set

from gaitcolor_core.models.shape_networks import load_shape_network
from gaitcolor_core.stages.anonymize_shape.body_code import CODE_SIZE
from gaitcolor_core.structures import InputError, Stopped
from gaitcolor_core.training.checkpoints import read_checkpoint
from gaitcolor_core.training.gait_store import GaitStore, prepare_gaits, unpack
from gaitcolor_core.training.shape_export import export_shape
from gaitcolor_core.training.train_shape import ShapeRecipe, train_shape

NETWORKS = ("contour", "dcgan")
TINY = ShapeRecipe(steps=4, batch_size=8)


def tiny(network: str, **changes: int) -> ShapeRecipe:
    return dataclasses.replace(TINY, network=network, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of two subjects who train, two walks each, and one who doesn't."""
    place = tmp_path_factory.mktemp("set")
    write_set(place, everybody_walks(walks((3, 8, 90), ("nm-01", "bg-01"))))
    return place


@pytest.fixture(scope="module")
def gaits(root: Path, tmp_path_factory: pytest.TempPathFactory) -> GaitStore:
    return prepare_gaits(root, tmp_path_factory.mktemp("gaits"))


def test_gaits_are_those_of_who_trains(gaits: GaitStore) -> None:
    assert list(gaits.starts) == [0, 30, 60, 90, 120]
    assert gaits.codes.shape == (4, CODE_SIZE) and gaits.codes.any(axis=1).all()
    whole, broken, other = (unpack(masks) for masks in gaits[:3])
    assert whole.shape == (120, 128, 128)
    assert (whole != broken).any() and (whole != other).any()
    overlap = (whole & broken).sum() / (whole | broken).sum()
    assert 0.5 < overlap < 0.97
    assert (whole & other).sum() / (whole | other).sum() > 0.5  # another body, the same place


def test_neighbors_do_not_leave_their_sequence(gaits: GaitStore) -> None:
    sequences, frames = gaits.draw(np.random.default_rng(0), 50)
    near = gaits.around(sequences, frames, np.array([-40, 0, 2]))
    assert (near[:, 1] == frames).all()
    assert (near >= gaits.starts[sequences, None]).all()
    assert (near < gaits.starts[sequences + 1, None]).all()


def test_prepared_gaits_are_kept(root: Path, tmp_path: Path) -> None:
    first = prepare_gaits(root, tmp_path)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["003-0.safetensors", "008-0.safetensors"]
    before = [file.stat().st_mtime_ns for file in files]
    again = prepare_gaits(root, tmp_path)
    assert [file.stat().st_mtime_ns for file in files] == before
    assert all(np.array_equal(*pair) for pair in zip(first, again, strict=True))


def test_a_set_without_those_who_train_is_told(tmp_path: Path) -> None:
    write_set(tmp_path / "set", everybody_walks(walks((90,))))
    with pytest.raises(InputError, match="nobody for the part 'gait_model'"):
        train_shape(tmp_path / "set", tmp_path / "run", TINY)


def test_the_completing_network_learns_to_redraw(root: Path, tmp_path: Path) -> None:
    state = train_shape(root, tmp_path, tiny("dcgan", steps=50, batch_size=8))
    losses = read_checkpoint(state).tensors["losses"]
    assert losses.shape == (50, 3) and torch.isfinite(losses).all()
    assert losses[-5:, 0].mean() < 0.4 * losses[:5, 0].mean()
    assert (losses[:10, 1:] == 0).all() and (losses[10:, 2] > 0).all()
    for name in ("losses.png", "samples.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_the_contour_network_learns_to_move_as_far_as_wanted(root: Path, tmp_path: Path) -> None:
    state = train_shape(root, tmp_path, tiny("contour", steps=25, batch_size=8))
    losses = read_checkpoint(state).tensors["losses"]
    assert losses.shape == (25, 6) and torch.isfinite(losses).all()
    assert losses[-5:, :2].mean() < 0.7 * losses[:5, :2].mean()


@pytest.mark.parametrize("network", NETWORKS)
def test_a_stopped_run_ends_like_an_uninterrupted_one(
    root: Path, tmp_path: Path, network: str
) -> None:
    def stop(stage: str, done: int, total: int | None) -> None:
        if (stage, done) == ("train", 2):
            raise Stopped

    recipe = tiny(network)
    with pytest.raises(Stopped):
        train_shape(root, tmp_path / "stopped", recipe, on_progress=stop)
    resumed = read_checkpoint(train_shape(root, tmp_path / "stopped", recipe))
    whole = read_checkpoint(train_shape(root, tmp_path / "whole", recipe))
    assert resumed.notes == whole.notes
    assert resumed.tensors.keys() == whole.tensors.keys()
    for name, value in whole.tensors.items():
        assert torch.equal(resumed.tensors[name], value), name


def test_a_run_may_go_on_longer_but_not_otherwise(root: Path, tmp_path: Path) -> None:
    train_shape(root, tmp_path, tiny("contour", steps=1))
    with pytest.raises(InputError, match="begun with other options"):
        train_shape(root, tmp_path, tiny("contour", steps=1, seed=1))
    state = train_shape(root, tmp_path, tiny("contour", steps=2))
    assert len(read_checkpoint(state).tensors["losses"]) == 2


def test_the_learning_rate_rises_stays_and_falls() -> None:
    recipe = ShapeRecipe(steps=1000)
    shares = [recipe.decay_at(step) for step in range(1000)]
    assert shares[49] == pytest.approx(0.5)
    assert shares[100:500] == pytest.approx([1.0] * 400)
    assert shares[500:] == sorted(shares[500:], reverse=True)
    assert shares[-1] == pytest.approx(0.02, abs=1e-3)


@pytest.mark.parametrize("network", NETWORKS)
def test_an_export_is_what_the_stage_loads(root: Path, tmp_path: Path, network: str) -> None:
    state = train_shape(root, tmp_path / "run", tiny(network, steps=1))
    export_shape(state, tmp_path / "net", facts={"metrics": {"iou": 0.5}})
    config = json.loads((tmp_path / "net" / "config.json").read_text())
    assert config["recipe"]["network"] == network and config["recipe"]["steps"] == 1
    assert config["training_data"]["sequences"] == 4
    assert config["metrics"] == {"iou": 0.5}
    loaded = load_shape_network(tmp_path / "net")
    assert type(loaded).__name__ == config["architecture"]
    average = read_checkpoint(state).tensors
    for name, value in loaded.state_dict().items():
        assert torch.allclose(value, average[f"average.{name}"], atol=1e-3)
