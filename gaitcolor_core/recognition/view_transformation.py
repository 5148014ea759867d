"""The paper's recognizer: gait energy images, carried from view to view before they are compared.

After Zheng et al., ICIP 2011, rebuilt from what is known of it. One decision of our own: each view
is centered on its mean, so that the map between two views is affine rather than linear.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Self

import numpy as np

from gaitcolor_core.recognition.gei import euclidean, walk_gei
from gaitcolor_core.recognition.partial_least_squares import pls_directions
from gaitcolor_core.recognition.robust_pca import robust_pca
from gaitcolor_core.structures import Bool, Float32, Float64, InputError, Int64


@dataclass(frozen=True)
class ViewTransformationModel:
    """A trained recognizer; D features are left of a GEI.

    Attributes:
        views: degrees, sorted; V of them.
        basis: `(P, D)` float64, orthonormal: the principal directions of flat GEIs.
        means: `(V, D)` float64, the mean walk at each view.
        factors: `(V, D, r)` float64; `factors[k] @ v` is the walk v, free of view, at view k.
        directions: `(V, D, components)` float64, those of partial least squares at each view.
        ridge: the ridge of the inverse of a factor, as a share of its mean squared singular value.
    """

    views: tuple[int, ...]
    basis: Float64
    means: Float64
    factors: Float64
    directions: Float64
    ridge: float

    @classmethod
    def fit(
        cls,
        geis: Float32,
        subjects: Int64,
        views: Int64,
        *,
        energy: float = 0.99,
        rank: int = 30,
        ridge: float = 0.01,
        components: int = 30,
    ) -> Self:
        """Learn from walks of other people than those who are to be recognized.

        Args:
            geis: `(N, H, W)` float32 in [0, 1].
            subjects: `(N,)`; each is to be there at every view.
            views: `(N,)` degrees.
            energy: share of the variance that the principal directions keep, in (0, 1].
            rank: at most so many dimensions has a walk that is free of view.
            ridge: see the class.
            components: of partial least squares.

        Raises:
            InputError: a GEI is not finite, nobody is there at every view, or there are not
                more subjects than components.
        """
        flat = _flat(geis)
        angles = tuple(np.unique(views).tolist())
        everybody = _at_every_view(subjects, views, angles, components)
        used = np.isin(subjects, everybody)
        flat, subjects, views = flat[used], subjects[used], views[used]
        # Of the differences: most of a GEI is what all walkers share.
        basis = _principal(flat - flat.mean(axis=0), energy)
        features = flat @ basis
        walks = _means(features, subjects, views, everybody, angles)
        means = walks.mean(axis=1)
        factors = _view_factors(walks - means[:, None], rank)
        bare = cls(angles, basis, means, factors, np.empty((0, 0, 0)), ridge)
        directions = bare._directions(features, views, subjects, components)
        return cls(angles, basis, means, factors, directions, ridge)

    def features(self, silhouettes: Bool, *, fps: float) -> Float32:
        """The GEI of a walk; see `walk_gei`."""
        return walk_gei(silhouettes, fps=fps)

    def transform(self, geis: Float32, *, view: int, to_view: int) -> Float64:
        """Features `(N, D)` float64 that GEIs `(N, H, W)` seen at `view` have at `to_view`.

        Raises:
            InputError: a GEI is not finite or has another size, or a view was not trained.
        """
        flat = _flat(geis)
        if flat.shape[1] != len(self.basis):
            raise InputError(
                f"A GEI has {flat.shape[1]} pixels, but the recognizer was trained on GEIs of "
                f"{len(self.basis)}."
            )
        return self._carry(flat @ self.basis, self._index(view), self._index(to_view))

    def distances(
        self, probes: Float32, gallery: Float32, *, probe_view: int, gallery_view: int
    ) -> Float64:
        """Euclidean distances `(Q, G)` float64 of GEIs `(Q, H, W)` and `(G, H, W)`.

        The probes are carried to the gallery's view; both are compared along the directions there.

        Raises:
            InputError: see `transform`.
        """
        directions = self.directions[self._index(gallery_view)]
        one = self.transform(probes, view=probe_view, to_view=gallery_view) @ directions
        other = self.transform(gallery, view=gallery_view, to_view=gallery_view) @ directions
        return euclidean(one, other)

    def _index(self, view: int) -> int:
        if view not in self.views:
            known = ", ".join(map(str, self.views))
            raise InputError(f"The recognizer knows the views {known} degrees, not {view}.")
        return self.views.index(view)

    def _directions(
        self, features: Float64, views: Int64, subjects: Int64, components: int
    ) -> Float64:
        """What tells the subjects apart at each view, once all their walks are carried there."""
        targets = (subjects[:, None] == np.unique(subjects)).astype(np.float64)
        return np.stack(
            [
                pls_directions(self._carry_all(features, views, view), targets, components)
                for view in self.views
            ]
        )

    def _carry_all(self, features: Float64, views: Int64, to_view: int) -> Float64:
        carried, target = np.empty_like(features), self._index(to_view)
        for index, angle in enumerate(self.views):
            here = views == angle
            carried[here] = self._carry(features[here], index, target)
        return carried

    def _carry(self, features: Float64, source: int, target: int) -> Float64:
        if source == target:
            return features
        factor = self.factors[source]
        gram = factor.T @ factor
        damping = self.ridge * np.trace(gram) / len(gram)
        inverse = np.linalg.solve(gram + damping * np.eye(len(gram)), factor.T)
        walk = (features - self.means[source]) @ inverse.T
        return np.asarray(self.means[target] + walk @ self.factors[target].T)


def _flat(geis: Float32) -> Float64:
    if not np.isfinite(geis).all():
        raise InputError("A gait energy image holds values that are no numbers.")
    return geis.reshape(len(geis), -1).astype(np.float64)


def _at_every_view(
    subjects: Int64, views: Int64, angles: tuple[int, ...], components: int
) -> Int64:
    """Subjects, sorted, of whom there is a walk at each of `angles`; more than `components`."""
    there = [set(subjects[views == angle].tolist()) for angle in angles]
    everybody = sorted(set.intersection(*there)) if there else []
    if not everybody:
        raise InputError("Nobody is there at every view; training needs the same walkers at all.")
    if len(everybody) <= components:
        raise InputError(
            f"{len(everybody)} subjects are there at every view, which is too few for "
            f"{components} components of partial least squares; take fewer components."
        )
    return np.array(everybody, np.int64)


def _principal(flat: Float64, energy: float) -> Float64:
    _, values, right = np.linalg.svd(flat, full_matrices=False)
    share = np.cumsum(values**2) / (values**2).sum()
    return np.asarray(right[: int(np.searchsorted(share, energy - 1e-12)) + 1].T)


def _means(
    features: Float64, subjects: Int64, views: Int64, everybody: Int64, angles: tuple[int, ...]
) -> Float64:
    """The mean walk of each subject at each view, `(V, M, D)` float64."""
    rows = [
        features[(views == angle) & (subjects == subject)].mean(axis=0)
        for angle, subject in product(angles, everybody)
    ]
    return np.stack(rows).reshape(len(angles), len(everybody), -1)


def _view_factors(walks: Float64, rank: int) -> Float64:
    """`(V, D, r)`: the part of each view in U S of the training matrix without its errors.

    Its block of rows k holds view k, its columns are the subjects; all of a column share the
    vector of V^T (Zheng et al., ICIP 2011).
    """
    num_views, subjects, size = walks.shape
    low, _ = robust_pca(walks.transpose(0, 2, 1).reshape(num_views * size, subjects))
    left, values, _ = np.linalg.svd(low, full_matrices=False)
    kept = min(rank, max(int((values > 1e-6 * values[0]).sum()), 1))
    return np.asarray((left[:, :kept] * values[:kept]).reshape(num_views, size, kept))
