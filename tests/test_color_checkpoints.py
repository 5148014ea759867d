"""The color networks that ship: small, described, and as good as stated on walkers never seen."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from safetensors.torch import load_file

from gaitcolor_core.datasets.presets import PRESETS, Preset
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.datasets.rendering import render_set
from gaitcolor_core.evaluation.color_comparison import ComparisonPlan, compare_colors
from gaitcolor_core.evaluation.color_report import as_numbers
from gaitcolor_core.methods import Methods
from gaitcolor_core.models.color_networks import load_color_network
from gaitcolor_core.weights import CHECKPOINTS, bundled

MAX_BYTES = 16 * 2**20
networks = pytest.mark.parametrize("network", ["gram", "supervised"])


@cache
def folder_of(network: str) -> Path:
    found = bundled(f"color_{network}")
    if found is None:
        pytest.skip(f"the package was installed without checkpoints/color_{network}")
    return found


@networks
def test_the_weights_are_small_and_load_strictly(network: str) -> None:
    folder = folder_of(network)
    assert (folder / "model.safetensors").stat().st_size <= MAX_BYTES
    shipped = load_file(folder / "model.safetensors")
    assert shipped.keys() == load_color_network(folder).state_dict().keys()
    assert all(value.isfinite().all() for value in shipped.values())


@networks
def test_the_card_says_what_a_user_must_know(network: str) -> None:
    card = (folder_of(network) / "README.md").read_text(encoding="utf-8")
    config = json.loads((folder_of(network) / "config.json").read_text(encoding="utf-8"))
    for word in ("AGPL-3.0", "128 x 128", "Limits", "gaitcolor train color"):
        assert word in card
    for name in ("architecture", "preprocessing", "training_data", "recipe", "metrics", "commit"):
        assert config[name], name


def test_the_paper_s_order_holds_on_walkers_never_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of("gram"), folder_of("supervised")
    few = Preset(range(1, 5), (("nm", 1),), (36, 90), ((range(1, 5), (("nm", 1),)),))
    monkeypatch.setitem(PRESETS, "mini", few)
    # Another seed than that of the training: other walkers, clothes and places.
    render_set(tmp_path / "walkers", "mini", seed=77, processes=1)
    means = as_numbers(
        compare_colors(
            RenderedSet(tmp_path / "walkers"),
            ComparisonPlan(colors=("supervised", "gram"), views_per_walk=2, frames=2),
            Methods(CHECKPOINTS, "cpu"),
            tmp_path / "figures",
            subjects=range(1, 5),
        )
    )
    for subset, gram in means["gram"].items():
        # The card has about 25 dB over 44 walkers; few walkers scatter more.
        assert gram["psnr_overlap"] > 22, subset
        for reading in ("psnr_gait", "psnr_masked"):
            assert gram[reading] > means["supervised"][subset][reading], (subset, reading)
