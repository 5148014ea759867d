"""The paper's recognizer and its parts, against planted and hand-worked cases."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from gait_sets import PERIOD, draw_walker

from gaitcolor_core.gait import gait_energy_image
from gaitcolor_core.recognition.gei import GEI_SIZE, cycle_geis
from gaitcolor_core.recognition.partial_least_squares import pls_directions
from gaitcolor_core.recognition.robust_pca import robust_pca
from gaitcolor_core.recognition.view_transformation import ViewTransformationModel
from gaitcolor_core.structures import Float32, InputError, Int64

VIEWS, RANK = (0, 36, 90), 4


def _planted(subjects: int) -> tuple[Float32, Int64, Int64]:
    """GEIs that are linear in a vector of the subject, by another matrix at each view."""
    random = np.random.default_rng(1)
    factors = {view: random.normal(size=(64, RANK)) for view in VIEWS}
    walkers = random.normal(size=(subjects, RANK))
    pairs = list(product(range(subjects), VIEWS))
    geis = np.array([factors[view] @ walkers[who] for who, view in pairs], np.float32)
    who, views = np.array(pairs, np.int64).T
    return geis.reshape(-1, 8, 8), who, views


def _model(subjects: int = 40, components: int = 3) -> ViewTransformationModel:
    return ViewTransformationModel.fit(
        *_planted(subjects), energy=1 - 1e-9, ridge=1e-12, components=components
    )


def test_whole_cycles_that_show_all_frames() -> None:
    walk = draw_walker(12, num_frames=2 * PERIOD + 7)
    geis = cycle_geis(walk, fps=25.0)
    assert geis.shape == (3, GEI_SIZE, GEI_SIZE)
    assert cycle_geis(walk[: 2 * PERIOD], fps=25.0).shape == (2, GEI_SIZE, GEI_SIZE)
    assert 0 <= geis.min() and geis.max() <= 1
    assert np.abs(geis[0] - geis[1]).mean() < 0.02
    assert abs(geis.mean() - gait_energy_image(walk[:PERIOD, None]).mean()) < 0.02


def test_a_walk_without_a_cycle_or_anybody_is_refused() -> None:
    with pytest.raises(InputError, match="no whole gait cycle"):
        cycle_geis(draw_walker(12, num_frames=6), fps=25.0)
    with pytest.raises(InputError, match="nobody in it"):
        cycle_geis(np.zeros((30, 128, 128), bool), fps=25.0)


def test_low_rank_and_sparse_parts_are_recovered() -> None:
    random = np.random.default_rng(0)
    low = random.normal(size=(80, 3)) @ random.normal(size=(3, 60))
    sparse = np.where(random.random((80, 60)) < 0.05, random.normal(0, 10, (80, 60)), 0)
    found_low, found_sparse = robust_pca(low + sparse)
    assert np.linalg.norm(found_low - low) < 1e-4 * np.linalg.norm(low)
    assert np.linalg.norm(found_sparse - sparse) < 1e-4 * np.linalg.norm(sparse)


def test_nothing_is_split_into_nothing() -> None:
    low, sparse = robust_pca(np.zeros((3, 2)))
    assert not low.any() and not sparse.any()


def test_first_direction_by_hand() -> None:
    # X^T y = (4, 2), centered already; w = (2, 1) / sqrt(5).
    features = np.array([[2.0, 0.0], [-2.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    targets = np.array([[1.0], [-1.0], [1.0], [-1.0]])
    found = pls_directions(features, targets, 1)[:, 0]
    np.testing.assert_allclose(found * np.sign(found[0]), np.array([2, 1]) / np.sqrt(5))


def test_scores_are_orthogonal_and_all_components_are_least_squares() -> None:
    random = np.random.default_rng(2)
    features, targets = random.normal(size=(30, 4)), random.normal(size=(30, 5))
    x, y = features - features.mean(0), targets - targets.mean(0)
    scores = x @ pls_directions(features, targets, 4)
    gram = scores.T @ scores
    np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=1e-9)
    fitted = scores @ np.linalg.lstsq(scores, y)[0]
    np.testing.assert_allclose(fitted, x @ np.linalg.lstsq(x, y)[0], atol=1e-9)


def test_directions_that_are_not_there_are_refused() -> None:
    with pytest.raises(InputError, match="fewer than 2 directions"):
        pls_directions(np.arange(6.0)[:, None], np.arange(6.0)[:, None], 2)


def test_planted_views_are_mapped_exactly() -> None:
    geis, _, views = _planted(40)
    model = _model()
    for source, target in product(VIEWS, VIEWS):
        mapped = model.transform(geis[views == source], view=source, to_view=target)
        wanted = model.transform(geis[views == target], view=target, to_view=target)
        np.testing.assert_allclose(mapped, wanted, atol=1e-3)


def test_everybody_is_found_across_views() -> None:
    geis, subjects, views = _planted(40)
    distances = _model(components=4).distances(
        geis[views == 0], geis[views == 90], probe_view=0, gallery_view=90
    )
    np.testing.assert_array_equal(distances.argmin(axis=1), subjects[views == 90])


def test_what_cannot_be_learned_from_is_refused() -> None:
    geis, subjects, views = _planted(5)
    with pytest.raises(InputError, match="too few for 5 components"):
        ViewTransformationModel.fit(geis, subjects, views, components=5)
    with pytest.raises(InputError, match="at every view"):
        ViewTransformationModel.fit(geis, np.arange(15), views, components=2)
    geis[0, 0, 0] = np.nan
    with pytest.raises(InputError, match="no numbers"):
        ViewTransformationModel.fit(geis, subjects, views, components=2)


def test_unknown_views_and_sizes_are_refused() -> None:
    with pytest.raises(InputError, match="0, 36, 90 degrees, not 54"):
        _model().transform(np.zeros((1, 8, 8), np.float32), view=54, to_view=0)
    with pytest.raises(InputError, match="81 pixels"):
        _model().transform(np.zeros((1, 9, 9), np.float32), view=0, to_view=0)
