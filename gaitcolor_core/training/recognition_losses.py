"""What a gait recognizer is trained with: triplets, and the names of those whom it knows."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

# Cosines lie in [-1, 1]: too flat for a softmax.
_SHARPNESS = 16.0


def triplet_loss(embeddings: Tensor, labels: Tensor, *, margin: float = 0.2) -> Tensor:
    """For all triplets and each part: how much too near the other subject is.

    Of each triplet (anchor, same subject, other subject) the loss is max(0, d(anchor, same) +
    margin - d(anchor, other)), d Euclidean; the mean is taken over those above 0 (Hermans et al.,
    "batch all"), which does not collapse with few subjects as that over the hardest does.

    Args:
        embeddings: `(N, P, D)` float32.
        labels: `(N,)` int64.
        margin: in the unit of the embeddings.

    Returns:
        Scalar; 0 if there is no triplet. Gradients are finite even where all distances are equal.
    """
    parts = embeddings.transpose(0, 1).contiguous()
    exact = "donot_use_mm_for_euclid_dist"
    distances = torch.cdist(parts, parts, compute_mode=exact)
    same = labels[:, None] == labels
    positive = same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    triplets = positive[:, :, None] & ~same[:, None, :]
    losses = (distances[:, :, :, None] - distances[:, :, None, :] + margin).relu()
    losses = losses[:, triplets]
    wrong = (losses > 0).sum(1).clamp(min=1)
    return (losses.sum(1) / wrong).mean()


class IdentityHead(nn.Module):
    """Names the subject, for each part on its own; needed in training only.

    Batch normalization, then cosines to one direction a subject ("BNNeck", Luo et al., 2019).

    Args:
        parts: P.
        dim: D of each part's embedding.
        subjects: C, how many there are.
    """

    def __init__(self, *, parts: int, dim: int, subjects: int) -> None:
        super().__init__()
        self.neck = nn.BatchNorm1d(parts * dim)
        self.directions = nn.Parameter(torch.empty(parts, dim, subjects))
        nn.init.normal_(self.directions)

    def forward(self, embeddings: Tensor) -> Tensor:
        """`(N, P, D)` float32 to logits `(N, P, C)`."""
        normal = functional.normalize(self.neck(embeddings.flatten(1)).view_as(embeddings), dim=2)
        directions = functional.normalize(self.directions, dim=1)
        return _SHARPNESS * torch.einsum("npd,pdc->npc", normal, directions)


def identity_loss(logits: Tensor, labels: Tensor, *, smoothing: float = 0.1) -> Tensor:
    """Cross-entropy, as the mean over walks and parts.

    Args:
        logits: `(N, P, C)` float32.
        labels: `(N,)` int64 below C.
        smoothing: share of the truth that is spread over all subjects, in [0, 1).

    Returns:
        Scalar.
    """
    return functional.cross_entropy(
        logits.flatten(0, 1), labels.repeat_interleave(logits.shape[1]), label_smoothing=smoothing
    )
