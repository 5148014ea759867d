"""The training of color networks: it learns, can be killed, and goes on as if it had not been."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from gait_sets import draw_walker, everybody_walks, walks, write_set

from gaitcolor_core.losses import edge_region, reconstruction_loss, style_loss
from gaitcolor_core.models.color_networks import load_color_network
from gaitcolor_core.models.color_transfer import ColorTransferNet
from gaitcolor_core.structures import InputError, Stopped
from gaitcolor_core.training.checkpoints import Checkpoint, read_checkpoint
from gaitcolor_core.training.color_batches import ColorBatch
from gaitcolor_core.training.color_export import export_color
from gaitcolor_core.training.color_recipe import ColorRecipe
from gaitcolor_core.training.principal_start import start_from
from gaitcolor_core.training.train_color_transfer import overlap_psnr, train_color

SIZES = {"width": 4, "hidden": 16}
TINY = ColorRecipe(hyperparameters=SIZES, steps=6, batch_size=4, warmup_steps=2)
SUPERVISED = dataclasses.replace(TINY, network="supervised")
LONGER = dataclasses.replace(TINY, steps=8)
THREADS = torch.get_num_threads()
# What is killed; the number of threads decides how sums are rounded.
TRAIN = (
    "import sys; from pathlib import Path; import torch;"
    "from gaitcolor_core.training.color_recipe import ColorRecipe;"
    "from gaitcolor_core.training.train_color_transfer import train_color;"
    "torch.set_num_threads(int(sys.argv[2]));"
    f"recipe = {LONGER!r}; root, _, *targets = sys.argv[1:]\n"
    "for target in targets:"
    " train_color([Path(root)], Path(target), recipe, device='cpu', save_every_s=0)"
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two subjects in red on green; the second one is held out."""
    root = tmp_path_factory.mktemp("sets") / "set"
    held = everybody_walks(walks((1, 2), ("nm-01",)))
    write_set(root, held, held)
    return root


Train = Callable[..., Checkpoint]


@pytest.fixture
def train(root: Path, tmp_path: Path) -> Train:
    """Train in a folder of `tmp_path`, and read the state."""

    def run(name: str = "run", recipe: ColorRecipe = TINY, **options: object) -> Checkpoint:
        target = tmp_path / name
        return read_checkpoint(train_color([root], target, recipe, device="cpu", **options))  # type: ignore[arg-type]

    return run


def assert_same_run(first: Checkpoint, second: Checkpoint) -> None:
    """All but the moments at which the runs were judged."""
    assert first.notes == second.notes
    assert first.tensors.keys() == second.tensors.keys()
    for name, value in second.tensors.items():
        if name != "judgments":
            assert torch.equal(first.tensors[name], value), name


@pytest.mark.parametrize("recipe", [TINY, SUPERVISED], ids=["gram", "supervised"])
def test_the_losses_fall(train: Train, tmp_path: Path, recipe: ColorRecipe) -> None:
    longer = dataclasses.replace(recipe, steps=60, batch_size=8, learning_rate=3e-3)
    losses = train("run", longer).tensors["losses"]
    assert losses.shape == (60, 2 if recipe is TINY else 1) and losses.isfinite().all()
    assert losses[-10:, 0].mean() < 0.8 * losses[:5, 0].mean()
    for name in ("losses.png", "samples.png"):
        assert (tmp_path / "run" / name).read_bytes().startswith(b"\x89PNG")


def test_equal_runs_are_equal_and_a_stopped_one_ends_like_them(train: Train) -> None:
    seen = []

    def stop(stage: str, done: int, total: int | None) -> None:
        if stage == "train":
            seen.append((done, total))
        if (stage, done) == ("train", 3):
            raise Stopped

    with pytest.raises(Stopped):
        train("stopped", on_progress=stop)
    assert seen == [(1, 6), (2, 6), (3, 6)]
    whole = train("whole")
    assert_same_run(train("stopped"), whole)
    assert_same_run(train("again"), whole)
    other = train("other", dataclasses.replace(TINY, seed=1))
    assert not torch.equal(other.tensors["losses"], whole.tensors["losses"])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_run_goes_on_to_the_same_losses(root: Path, tmp_path: Path) -> None:
    def command(*names: str) -> list[str]:
        targets = [str(tmp_path / name) for name in names]
        return [sys.executable, "-c", TRAIN, str(root), str(THREADS), *targets]

    state = tmp_path / "killed" / "state.safetensors"
    with subprocess.Popen(command("killed")) as process:
        until = time.monotonic() + 120
        while not state.is_file() and time.monotonic() < until and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert 1 <= len(read_checkpoint(state).tensors["losses"]) < LONGER.steps
    # In another process: this one may by now add up in another order.
    subprocess.run(command("killed", "whole"), check=True)
    assert_same_run(
        *(read_checkpoint(tmp_path / name / state.name) for name in ("killed", "whole"))
    )


def test_a_full_disk_keeps_the_last_state(
    train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train("run")
    before = (tmp_path / "run" / "state.safetensors").read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        train("run", dataclasses.replace(TINY, steps=8))
    assert (tmp_path / "run" / "state.safetensors").read_bytes() == before
    assert not list((tmp_path / "run").glob(".*"))


def test_a_run_may_go_on_longer_but_not_otherwise(train: Train) -> None:
    train("run", dataclasses.replace(TINY, steps=2))
    for other in ({"seed": 1}, {"style_weight": 7.0}, {"hyperparameters": {"width": 8}}):
        with pytest.raises(InputError, match="begun with other options"):
            train("run", dataclasses.replace(TINY, **other))
    longer = dataclasses.replace(TINY, steps=3, learning_rate=1e-4)
    assert len(train("run", longer).tensors["losses"]) == 3


def test_losses_that_explode_end_the_run_and_leave_the_state(train: Train, tmp_path: Path) -> None:
    train("run")
    before = (tmp_path / "run" / "state.safetensors").read_bytes()
    wild = dataclasses.replace(TINY, steps=40, learning_rate=1e30)
    with pytest.raises(InputError, match="became infinite at step"):
        train("run", wild)
    assert (tmp_path / "run" / "state.safetensors").read_bytes() == before


@pytest.mark.parametrize(
    ("device", "sentence"),
    [
        pytest.param(
            "cuda",
            "The device 'cuda' cannot be used here",
            marks=pytest.mark.skipif(torch.cuda.is_available(), reason="CUDA is there"),
        ),
        ("abacus", "The device 'abacus' cannot be used here"),
    ],
)
def test_refuses_a_device_that_is_not_there(
    root: Path, tmp_path: Path, device: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        train_color([root], tmp_path / "run", TINY, device=device)
    assert not (tmp_path / "run").exists()


def test_two_processes_train_together(root: Path, tmp_path: Path, train: Train) -> None:
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    words = ["train", "color", "--data", root, "-o", tmp_path / "two", "--device", "cpu"]
    words += [
        "--steps",
        6,
        "--batch-size",
        4,
        "--width",
        4,
        "--hidden",
        16,
        "--export",
        tmp_path / "net",
    ]
    command = [*launch, "-m", "gaitcolor_core", *map(str, words), "--processes", "1"]
    quiet = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=quiet, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    together = read_checkpoint(tmp_path / "two" / "state.safetensors").tensors["losses"]
    recipe = ColorRecipe(hyperparameters=SIZES, steps=6, batch_size=4)
    alone = train("one", recipe).tensors["losses"]
    # Means over shares of a batch are not quite the mean over the batch.
    assert torch.allclose(together, alone, rtol=0.1)
    assert load_color_network(tmp_path / "net")


def test_an_export_is_a_network_that_says_how_it_was_made(train: Train, tmp_path: Path) -> None:
    for recipe, name in ((TINY, "ColorTransferNet"), (SUPERVISED, "ColorizationNet")):
        run, net = tmp_path / recipe.network, tmp_path / f"{recipe.network}-net"
        train(recipe.network, recipe)
        export_color(run / "state.safetensors", net, metrics={"psnr_gait_db": 24.0})
        config = json.loads((net / "config.json").read_text())
        assert config["architecture"] == name
        assert config["hyperparameters"].items() >= SIZES.items()
        assert config["recipe"]["steps"] == 6
        assert config["metrics"].keys() == {"held_out_overlap_psnr_db", "psnr_gait_db"}
        assert config["training_data"]["sets"][0]["subjects"] == "001-001"
        assert str(tmp_path) not in json.dumps(config)
        network = load_color_network(net)
        x_bi = torch.zeros(2, 1, 128, 128)
        x_bi[:, :, 30:60, 30:60] = 1
        output = network(torch.rand(2, 3, 128, 128), x_bi)
        assert output.shape == (2, 3, 128, 128) and not (output * (1 - x_bi)).any()


def test_the_learning_rate_rises_and_falls() -> None:
    recipe = ColorRecipe(steps=1000, warmup_steps=100, learning_rate=1.0)
    rates = [recipe.learning_rate_at(step) for step in range(1000)]
    assert rates[49] == pytest.approx(0.5, abs=0.01)
    assert all(later > earlier for earlier, later in pairwise(rates[:80]))
    assert all(later < earlier for earlier, later in pairwise(rates[100:]))
    assert rates[-1] == pytest.approx(0.01, abs=1e-3)


def test_the_psnr_is_measured_inside_the_overlap() -> None:
    x_rgb, x_bi, x_sil = (
        torch.full((2, 3, 8, 8), 0.4),
        torch.zeros(2, 1, 8, 8),
        torch.zeros(2, 1, 8, 8),
    )
    x_bi[0, :, :4], x_sil[0, :, 2:] = 1, 1
    output = x_rgb.clone()
    output[:, :, 2:4] += 0.2  # 51 levels
    output[:, :, 4:] = 1
    found = overlap_psnr(output, ColorBatch(x_rgb, x_bi, x_sil, x_rgb))
    assert found == pytest.approx(20 * np.log10(255 / 51), abs=0.01)


def test_one_batch_can_be_overfitted() -> None:
    rng = np.random.default_rng(0)
    blurs = [
        cv2.resize(rng.uniform(0.2, 0.8, (6, 6, 3)).astype(np.float32), (128, 128))
        for _ in range(80)
    ]
    images = torch.from_numpy(np.stack(blurs)).movedim(-1, 1).contiguous()
    x_sil, x_bi = (
        torch.from_numpy(draw_walker(breadth_px, num_frames=8))[:, None].float()
        for breadth_px in (16, 20)
    )
    torch.manual_seed(0)
    network = ColorTransferNet(width=8, code_channels=16, hidden=60)
    start_from(network, images[8:], x_bi.repeat(9, 1, 1, 1))
    x_rgb = images[:8]
    optimizer = torch.optim.Adam(network.parameters(), 2e-3)
    center = x_bi * x_sil
    edge = edge_region(x_bi, center)
    for _ in range(50):
        output = network(x_rgb, x_bi)
        loss = reconstruction_loss(output, x_rgb, center)
        loss = loss + 0.1 * style_loss(output, x_rgb, center, edge)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert overlap_psnr(output.detach(), ColorBatch(x_rgb, x_bi, x_sil, x_rgb)) >= 28
