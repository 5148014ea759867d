"""What color networks learn from: bodies drawn once, batches drawn by seed and step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from gait_sets import draw_walker, everybody_walks, walks, write_set

from gaitcolor_core.datasets.clips import CLIP_FILE, CROPS, SILHOUETTES, Stretches
from gaitcolor_core.datasets.rendered import strip_path
from gaitcolor_core.datasets.strips import write_crops, write_silhouettes
from gaitcolor_core.structures import Bool, InputError
from gaitcolor_core.training.color_batches import BatchSource, ColorBatch, still_batch
from gaitcolor_core.training.color_samples import DRAWS, Samples, prepare_samples, unpack

# 30 frames, of which every fourth one is used.
FRAMES = 8


def white_on_black(silhouettes: Bool) -> np.ndarray:
    return np.repeat(np.uint8(255) * silhouettes[..., None], 3, axis=3)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three subjects in white before black; the first one has incomplete silhouettes, too."""
    root = tmp_path_factory.mktemp("sets") / "set"
    held = everybody_walks(walks((1, 2, 3), ("nm-01", "nm-02")))
    write_set(root, held)
    for key, silhouettes in held.items():
        write_crops(strip_path(root, key, "crops"), white_on_black(silhouettes))
        if key.subject == 1:
            faulty = silhouettes.copy()
            faulty[:, 40:50] = False
            faulty[3] = False
            write_silhouettes(strip_path(root, key, "incomplete"), faulty)
    return root


@pytest.fixture(scope="module")
def samples(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Samples:
    return prepare_samples([root], tmp_path_factory.mktemp("samples"))


def source(samples: Samples, **options: object) -> BatchSource:
    defaults = {"batch_size": 12, "seed": 0, "incomplete": True, "spread": False}
    return BatchSource(samples.trained, **{**defaults, **options})  # type: ignore[arg-type]


def overlap(first: Bool, second: Bool) -> float:
    return float((first & second).sum() / (first | second).sum())


def test_each_sequence_gets_other_bodies_and_the_last_walker_is_held_out(samples: Samples) -> None:
    assert (len(samples.trained), len(samples.held_out)) == (4, 2)
    for sample in samples.trained:
        silhouettes, bodies = unpack(sample.silhouettes, 128), unpack(sample.bodies, 128)
        assert sample.crops.shape == (FRAMES, 128, 128, 3)
        assert bodies.shape == (DRAWS, FRAMES, 128, 128)
        assert all(0.4 < overlap(body, silhouettes) < 0.99 for body in bodies)
        assert overlap(silhouettes, sample.crops[..., 0] > 127) > 0.99
    assert samples.facts["sets"][0]["subjects"] == "001-002"
    assert samples.facts["frames"] == 4 * FRAMES


def test_incomplete_silhouettes_are_used_where_there_are_some(samples: Samples) -> None:
    assert [len(sample.incomplete) for sample in samples.trained] == [2, 2, 0, 0]
    faulty = unpack(samples.trained[0].incomplete, 128)
    assert not faulty[0, 0, 40:50].any()
    # Where nobody is left of a silhouette, the whole one has to serve.
    assert faulty.any(axis=(2, 3)).all()


def test_bodies_are_drawn_once_whatever_the_number_of_processes(
    root: Path, samples: Samples, tmp_path: Path
) -> None:
    again = prepare_samples([root], tmp_path, processes=2)
    for first, second in zip(samples.trained, again.trained, strict=True):
        assert all(np.array_equal(*each) for each in zip(first, second, strict=True))
    written = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.safetensors")}
    counts: list[tuple[int, int]] = []
    prepare_samples([root], tmp_path, on_progress=lambda *count: counts.append(count))
    assert counts == [(6, 6)]
    assert written == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.safetensors")}


def test_everybody_in_clips_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "clips" / "walk.mp4"
    folder.mkdir(parents=True)
    for walker in (1, 2):
        silhouettes = draw_walker(10 + walker)
        write_silhouettes(folder / f"{walker:02d}-01{SILHOUETTES}", silhouettes)
        write_crops(folder / f"{walker:02d}-01{CROPS}", white_on_black(silhouettes))
    frames = {f"{walker:02d}-01": list(range(30)) for walker in (1, 2)}
    Stretches(fps=25.0, num_bytes=1, modified_ns=1, frame_ids=frames).write(folder / CLIP_FILE)
    samples = prepare_samples([tmp_path / "clips"], tmp_path / "samples")
    assert (len(samples.trained), len(samples.held_out)) == (1, 1)
    assert samples.facts["sets"] == [{"kind": "ClipSet", "walkers": 1}]


def test_a_single_walker_is_trained_on_and_judged_by(root: Path, tmp_path: Path) -> None:
    held = everybody_walks(walks((5,), ("nm-01",)))
    write_set(tmp_path / "one", held, held)
    samples = prepare_samples([tmp_path / "one"], tmp_path / "samples")
    assert len(samples.trained) == len(samples.held_out) == 1


@pytest.mark.parametrize(
    ("subject", "colored", "empty", "sentence"),
    [
        (90, True, False, "nobody for the part 'gait_model'"),
        (1, False, False, "Nobody in .* is in color; render the set without"),
        (1, True, True, "can be trained on: all silhouettes of 001-nm-01-090 are empty"),
    ],
)
def test_refuses_a_set_without_anybody_to_train_on(
    tmp_path: Path, subject: int, colored: bool, empty: bool, sentence: str
) -> None:
    held = everybody_walks(walks((subject,), ("nm-01",)))
    if empty:
        held = {key: np.zeros_like(silhouettes) for key, silhouettes in held.items()}
    write_set(tmp_path / "set", held, held if colored else ())
    with pytest.raises(InputError, match=sentence):
        prepare_samples([tmp_path / "set"], tmp_path / "samples")


def equal(first: ColorBatch, second: ColorBatch) -> bool:
    return all(torch.equal(*each) for each in zip(first, second, strict=True))


def test_a_batch_depends_on_the_seed_and_the_step_alone(samples: Samples) -> None:
    drawn = list(source(samples, threads=2).batches(0, 6))
    assert all(map(equal, drawn[4:], source(samples).batches(4, 6)))
    assert not equal(drawn[0], drawn[1])
    assert not equal(drawn[0], source(samples, seed=1).draw(0))


def test_processes_share_a_batch(samples: Samples) -> None:
    whole = source(samples).draw(3)
    shares = [source(samples, rank=rank, size=2).draw(3) for rank in (0, 1)]
    for every, first, second in zip(whole, *shares, strict=True):
        assert torch.equal(every[0::2], first) and torch.equal(every[1::2], second)


def test_pictures_and_bodies_move_together(samples: Samples) -> None:
    batch = source(samples, batch_size=64).draw(0)
    assert batch.x_rgb.shape == batch.spread.shape == (64, 3, 128, 128)
    assert batch.x_bi.shape == batch.x_sil.shape == (64, 1, 128, 128)
    assert set(torch.cat([batch.x_bi, batch.x_sil]).unique().tolist()) == {0.0, 1.0}
    for picture, silhouette, body in zip(batch.x_rgb, batch.x_sil[:, 0], batch.x_bi, strict=True):
        inside = silhouette > 0
        light, dark = picture[:, inside].mean(), picture[:, 5:-5][:, ~inside[5:-5]].mean()
        assert light - dark > 0.4
        bright = (picture.mean(0) > (light + dark) / 2).numpy()
        assert overlap(bright, inside.numpy()) > 0.93
        assert body.sum() > 500
    share_at_rim = batch.x_sil[:, 0, 0].any(-1).float().mean()
    assert 0 < share_at_rim < 0.9  # some are larger than the square, most are not


def test_nearest_colors_are_spread_over_the_square(samples: Samples) -> None:
    batch = source(samples, spread=True, incomplete=False).draw(0)
    inside = batch.x_sil.expand_as(batch.x_rgb) > 0
    assert torch.equal(batch.spread[inside], batch.x_rgb[inside])
    # White walkers: no black is left anywhere.
    assert (batch.spread.amin((1, 2, 3)) > batch.x_rgb.amin((1, 2, 3)) + 0.2).all()


def test_what_a_network_is_judged_by_is_not_changed(samples: Samples) -> None:
    batch = still_batch(samples.held_out, 10)
    assert equal(batch, still_batch(samples.held_out, 10)) and len(batch.x_rgb) == 10
    for picture, silhouette in zip(batch.x_rgb[:, 0], batch.x_sil[:, 0], strict=True):
        assert overlap(picture.numpy() > 0.5, silhouette.numpy() > 0) > 0.99
