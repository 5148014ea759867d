"""The shape networks that ship: small, described, and as good as stated on walkers of our own."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

from gaitcolor_core.cycles import leg_spread
from gaitcolor_core.datasets.corruption import corrupt
from gaitcolor_core.datasets.gait_squares import as_gait, in_squares_of
from gaitcolor_core.datasets.presets import PRESETS, Preset
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.datasets.rendering import render_set
from gaitcolor_core.evaluation.shapes import is_whole
from gaitcolor_core.gait import gait_energy_image, gei_distance
from gaitcolor_core.metrics import silhouette_iou
from gaitcolor_core.models.shape_networks import load_shape_network
from gaitcolor_core.stages.anonymize_shape import NetworkShape
from gaitcolor_core.structures import Bool, GaitSequence
from gaitcolor_core.weights import bundled

NETWORKS = ("contour", "dcgan")
MAX_BYTES = 4 * 2**20
FPS = 25.0


@cache
def folder_of(network: str) -> Path:
    found = bundled(f"shape_{network}")
    if found is None:
        pytest.skip(f"the package was installed without checkpoints/shape_{network}")
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Bool:
    """A subject who trained nobody, seen obliquely; silhouettes need no OpenGL."""
    preset = Preset(range(100, 101), (("nm", 5),), (72,), ())
    root = tmp_path_factory.mktemp("sets") / "one"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRESETS, "one", preset)
        render_set(root, "one")
    gait_set = RenderedSet(root)
    return gait_set.silhouettes(gait_set.keys()[0])


@pytest.fixture(scope="module")
def broken(whole: Bool) -> GaitSequence:
    return as_gait(corrupt(whole, np.random.default_rng(1)), fps=FPS)


def anonymized(network: str, gait: GaitSequence, strength: float, seed: int = 0) -> Bool:
    shape, generator = NetworkShape(folder_of(network)), np.random.default_rng(seed)
    new = shape.anonymize(gait, fps=FPS, strength=strength, generator=generator).sequence
    return new.silhouettes


def mean_iou(first: Bool, second: Bool) -> float:
    pairs = zip(first[:, 0], second[:, 0], strict=True)
    return float(np.mean([silhouette_iou(*pair) for pair in pairs]))


def gei_change(first: Bool, second: Bool) -> float:
    return gei_distance(gait_energy_image(first), gait_energy_image(second))


@pytest.mark.parametrize("network", NETWORKS)
def test_the_weights_are_small_and_load_strictly(network: str) -> None:
    folder = folder_of(network)
    assert (folder / "model.safetensors").stat().st_size <= MAX_BYTES
    shipped = load_file(folder / "model.safetensors")
    loaded = load_shape_network(folder)
    assert shipped.keys() == loaded.state_dict().keys()
    assert all(value.isfinite().all() for value in shipped.values())
    assert {value.dtype.itemsize for value in loaded.parameters()} == {4}


@pytest.mark.parametrize("network", NETWORKS)
def test_the_card_says_what_a_user_must_know(network: str) -> None:
    card = (folder_of(network) / "README.md").read_text(encoding="utf-8")
    config = json.loads((folder_of(network) / "config.json").read_text(encoding="utf-8"))
    for word in ("AGPL-3.0", "gaitcolor train shape", "```", "Limits"):
        assert word in card
    for entry in ("architecture", "hyperparameters", "preprocessing", "training_data", "recipe"):
        assert config[entry]
    assert config["metrics"] and config["date"] and config["commit"]


def test_dcgan_completes_at_strength_0(whole: Bool, broken: GaitSequence) -> None:
    true = in_squares_of(broken, whole).silhouettes
    completed = anonymized("dcgan", broken, 0.0)
    assert mean_iou(completed, true) > mean_iou(broken.silhouettes, true) + 0.05
    assert all(is_whole(silhouette) for silhouette in completed[:, 0])


def test_dcgan_draws_other_whole_bodies_of_the_same_phase(broken: GaitSequence) -> None:
    completed = anonymized("dcgan", broken, 0.0)
    first, second = (anonymized("dcgan", broken, 0.7, seed) for seed in (1, 2))
    assert all(is_whole(silhouette) for silhouette in first[:, 0])
    # A full strength moves by 22.
    assert gei_change(completed, first) == pytest.approx(15.4, rel=0.15)
    assert gei_change(first, second) > 8
    assert np.corrcoef(leg_spread(completed), leg_spread(first))[0, 1] > 0.85


def test_contour_moves_every_body_as_far(whole: Bool) -> None:
    gait = as_gait(whole, fps=FPS)
    assert np.array_equal(anonymized("contour", gait, 0.0), gait.silhouettes)
    first, second = (anonymized("contour", gait, 0.7, seed) for seed in (1, 2))
    assert gei_change(gait.silhouettes, first) == pytest.approx(15.4, rel=0.15)
    assert gei_change(first, second) > 5
    assert np.corrcoef(leg_spread(gait.silhouettes), leg_spread(first))[0, 1] > 0.9
    assert mean_iou(first, gait.silhouettes) > 0.65


@pytest.mark.parametrize("network", NETWORKS)
def test_more_strength_moves_farther(network: str, broken: GaitSequence) -> None:
    own = anonymized(network, broken, 0.0)
    moved = [gei_change(own, anonymized(network, broken, it)) for it in (0.35, 0.7, 1.0)]
    assert moved == sorted(moved) and moved[0] > 5
