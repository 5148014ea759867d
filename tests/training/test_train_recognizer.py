"""The training of recognizers: its losses, its batches, and that it learns and can be stopped."""

from __future__ import annotations

import dataclasses
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from gait_sets import MemorySet, draw_walker, everybody_walks, walks, write_set
from torch import Tensor

from gaitcolor_core.datasets.splits import COMMON, PAPER
from gaitcolor_core.recognition.deep_recognizer import DeepRecognizer
from gaitcolor_core.recognition.silhouettes64 import prepare_silhouettes
from gaitcolor_core.structures import InputError, Stopped
from gaitcolor_core.training.checkpoints import read_checkpoint
from gaitcolor_core.training.recognition_losses import IdentityHead, identity_loss, triplet_loss
from gaitcolor_core.training.recognizer_batches import RecognizerBatches, WalkStore
from gaitcolor_core.training.recognizer_export import export_recognizer
from gaitcolor_core.training.train_recognizer import NETWORKS, RecognizerRecipe, train_recognizer

SUBJECTS = range(31, 35)
TINY = RecognizerRecipe(
    width=4, dim=8, steps=6, num_subjects=4, num_walks=2, num_frames=3, warmup_steps=2
)


def on_a_line(*places: float) -> Tensor:
    """One-dimensional embeddings of one part."""
    return torch.tensor(places)[:, None, None]


def test_the_mean_is_over_those_triplets_that_are_wrong() -> None:
    # Two walks of subject 0 at 0 and 1, one of subject 1 at 1.5.
    # From 0: 1 + 0.2 - 1.5 < 0; from 1: 1 + 0.2 - 0.5 = 0.7.
    loss = triplet_loss(on_a_line(0, 1, 1.5), torch.tensor([0, 0, 1]))
    assert loss.item() == pytest.approx(0.7)
    # With margin 1: 0.5 and 1.5.
    loss = triplet_loss(on_a_line(0, 1, 1.5), torch.tensor([0, 0, 1]), margin=1)
    assert loss.item() == pytest.approx(1.0)


def test_the_parts_count_equally() -> None:
    far, near = on_a_line(0, 0, 9), on_a_line(0, 1, 1.5)
    loss = triplet_loss(torch.cat([far, near], dim=1), torch.tensor([0, 0, 1]))
    assert loss.item() == pytest.approx(0.35)


@pytest.mark.parametrize("labels", [[0, 0, 1, 1], [0, 0, 0, 0], [0, 1, 2, 3]])
def test_equal_embeddings_have_a_loss_and_finite_gradients(labels: list[int]) -> None:
    embeddings = torch.ones(4, 3, 5, requires_grad=True)
    loss = triplet_loss(embeddings, torch.tensor(labels))
    torch.autograd.backward(loss)
    assert loss.item() == pytest.approx(0.2 if labels == [0, 0, 1, 1] else 0)
    assert embeddings.grad is not None and torch.isfinite(embeddings.grad).all()


def test_the_triplet_loss_has_the_right_gradient() -> None:
    generator = torch.Generator().manual_seed(0)
    embeddings = torch.randn(4, 2, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    labels = torch.tensor([0, 0, 1, 1])
    assert torch.autograd.gradcheck(lambda each: triplet_loss(each, labels, margin=5), embeddings)


def test_who_knows_nothing_pays_the_logarithm_of_the_subjects() -> None:
    loss = identity_loss(torch.zeros(2, 3, 5), torch.tensor([1, 4]))
    assert loss.item() == pytest.approx(np.log(5))
    sure = torch.full((1, 1, 2), -10.0)
    sure[..., 1] = 10
    # 0.95 of the truth is where the network is sure, 0.05 where it pays 20.
    assert identity_loss(sure, torch.tensor([1])).item() == pytest.approx(1.0, abs=1e-3)


def test_the_head_gives_cosines_for_each_part() -> None:
    head = IdentityHead(parts=2, dim=3, subjects=4)
    logits = head(torch.randn(6, 2, 3))
    assert logits.shape == (6, 2, 4) and logits.abs().max() <= 16.001


def store() -> WalkStore:
    held = everybody_walks(walks(SUBJECTS, ("nm-01", "nm-05", "bg-01")))
    return WalkStore.load([MemorySet(held)], PAPER)


def test_walks_are_kept_with_one_bit_a_pixel() -> None:
    kept = store()
    assert kept.subjects == (31, 32, 33, 34)
    assert [len(each) for each in kept.walks] == [3, 3, 3, 3]
    first = np.unpackbits(kept.walks[1][0], axis=1).reshape(30, 64, 44)
    np.testing.assert_array_equal(first, prepare_silhouettes(draw_walker(8 + 3 * 2)))
    assert kept.facts == {"sets": ["walks"], "subjects": [31, 32, 33, 34], "sequences": 12}


def test_a_number_is_the_same_subject_in_all_sets() -> None:
    one = MemorySet(everybody_walks(walks([31, 32])))
    other = MemorySet(everybody_walks(walks([32, 33])), Path("anonymized"))
    both = WalkStore.load([one, other], PAPER)
    assert both.subjects == (31, 32, 33)
    assert [len(each) for each in both.walks] == [4, 8, 4]
    assert both.facts["sets"] == ["walks", "anonymized"]


def test_a_split_says_who_is_read() -> None:
    everybody = MemorySet(everybody_walks(walks([1, 30, 31, 74, 80, 81], ["nm-01"])))
    assert WalkStore.load([everybody], PAPER).subjects == (31, 74, 80)
    assert WalkStore.load([everybody], COMMON).subjects == (1, 30, 31, 74)


def test_refuses_walks_that_teach_nothing() -> None:
    with pytest.raises(InputError, match="one subject only, 031"):
        WalkStore.load([MemorySet(everybody_walks(walks([31])))], PAPER)
    with pytest.raises(InputError, match="nobody for the part 'recognizer'"):
        WalkStore.load([MemorySet(everybody_walks(walks([81, 82])))], PAPER)
    empty = {key: np.zeros((5, 128, 128), bool) for key in walks([31, 32])}
    with pytest.raises(InputError, match=r"031-bg-01-090 of 'walks' is of no use.*nobody in it"):
        WalkStore.load([MemorySet(empty)], PAPER)


def test_a_batch_follows_the_seed_and_the_step() -> None:
    batches = RecognizerBatches(store(), 3, 2, 4, seed=0)
    batch = batches.draw(7)
    assert batch.silhouettes.shape == (6, 4, 1, 64, 44)
    assert set(batch.silhouettes.unique().tolist()) == {0, 1}
    labels = batch.labels.tolist()
    assert labels[::2] == labels[1::2] and len(set(labels)) == 3
    again, other = batches.draw(7), batches.draw(8)
    assert torch.equal(again.silhouettes, batch.silhouettes)
    assert not torch.equal(other.silhouettes, batch.silhouettes)


def test_small_sets_fill_a_batch_too() -> None:
    batch = RecognizerBatches(store(), 9, 5, 40, seed=0).draw(0)
    assert batch.silhouettes.shape == (20, 40, 1, 64, 44)
    assert sorted(set(batch.labels.tolist())) == [0, 1, 2, 3]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of four subjects, who differ in breadth."""
    place = tmp_path_factory.mktemp("walks") / "drawn"
    write_set(place, everybody_walks(walks(SUBJECTS, ("nm-01", "nm-05"))))
    return place


@pytest.mark.parametrize("network", NETWORKS)
def test_four_subjects_are_told_apart_in_seconds(network: str, root: Path, tmp_path: Path) -> None:
    recipe = dataclasses.replace(TINY, network=network, steps=40, learning_rate=0.01)
    state = train_recognizer([root], tmp_path / "run", recipe)
    losses = read_checkpoint(state).tensors["losses"]
    assert losses.shape == (40, 2) and torch.isfinite(losses).all()
    assert losses[-5:, 1].mean() < 0.8 * losses[:5, 1].mean()
    assert (tmp_path / "run" / "losses.png").read_bytes().startswith(b"\x89PNG")
    export_recognizer(state, tmp_path / "net", metrics={"rank1": 1.0})
    recognizer = DeepRecognizer.load(tmp_path / "net")
    breadths = [8 + 3 * (number % 10) for number in SUBJECTS]
    gallery, probes = (
        np.stack([recognizer.features(draw_walker(each, first=first), fps=25) for each in breadths])
        for first in (0, 7)
    )
    distances = recognizer.distances(probes, gallery, probe_view=90, gallery_view=90)
    assert distances.argmin(axis=1).tolist() == [0, 1, 2, 3]


def test_an_export_says_what_is_known(root: Path, tmp_path: Path) -> None:
    state = train_recognizer([root], tmp_path, dataclasses.replace(TINY, steps=1))
    export_recognizer(state, tmp_path / "net", metrics={"rank1": 0.5})
    config = json.loads((tmp_path / "net" / "config.json").read_text())
    assert config["architecture"] == "GaitSetNet"
    assert config["hyperparameters"] == {"width": 4, "dim": 8}
    assert config["training_data"]["subjects"] == list(SUBJECTS)
    assert config["training_data"]["sets"] == ["drawn"]
    assert config["recipe"]["steps"] == 1 and config["metrics"] == {"rank1": 0.5}


def test_a_stopped_run_ends_like_an_uninterrupted_one(root: Path, tmp_path: Path) -> None:
    seen = []

    def stop(stage: str, done: int, total: int | None) -> None:
        seen.append((stage, done, total))
        if (stage, done) == ("train", 3):
            raise Stopped

    with pytest.raises(Stopped):
        train_recognizer([root], tmp_path / "stopped", TINY, on_progress=stop)
    resumed = read_checkpoint(train_recognizer([root], tmp_path / "stopped", TINY))
    whole = read_checkpoint(train_recognizer([root], tmp_path / "whole", TINY))
    assert seen == [("read", number, 8) for number in range(1, 9)] + [
        ("train", number, 6) for number in (1, 2, 3)
    ]
    assert resumed.notes == whole.notes
    assert resumed.tensors.keys() == whole.tensors.keys()
    for name, value in whole.tensors.items():
        assert torch.equal(resumed.tensors[name], value), name


def test_a_run_may_go_on_longer_but_not_otherwise(root: Path, tmp_path: Path) -> None:
    train_recognizer([root], tmp_path, dataclasses.replace(TINY, steps=2))
    with pytest.raises(InputError, match="begun with other options"):
        train_recognizer([root], tmp_path, dataclasses.replace(TINY, seed=1))
    fewer = tmp_path / "fewer"
    write_set(fewer, everybody_walks(walks(range(31, 34), ("nm-01", "nm-05"))))
    with pytest.raises(InputError, match="begun with other walks"):
        train_recognizer([fewer], tmp_path, TINY)
    longer = dataclasses.replace(TINY, steps=3, learning_rate=1e-4)
    assert len(read_checkpoint(train_recognizer([root], tmp_path, longer)).tensors["losses"]) == 3


def test_weights_follow_the_seed_and_leave_the_generator_alone(root: Path, tmp_path: Path) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    states = [
        train_recognizer([root], tmp_path / name, dataclasses.replace(TINY, steps=1, seed=seed))
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert torch.equal(torch.rand(3), expected)
    first, same, other = (read_checkpoint(each).tensors for each in states)
    name = "model.network.parts.weight"
    assert torch.equal(first[name], same[name]) and not torch.equal(first[name], other[name])


def test_the_learning_rate_rises_and_falls() -> None:
    recipe = RecognizerRecipe(steps=1000, warmup_steps=100, learning_rate=1.0)
    rates = [recipe.learning_rate_at(step) for step in range(1000)]
    assert rates[49] == pytest.approx(0.5, rel=0.01)
    assert all(later < earlier for earlier, later in pairwise(rates[100:]))
    assert rates[-1] < 1e-4
