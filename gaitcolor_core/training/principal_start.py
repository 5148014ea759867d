"""A start for the color transfer network: the best linear code of the images it is to learn.

Layer by layer, the strided convolutions get the principal components of what reaches them, cut to
blocks of 2 x 2 places, and the fully connected layers those of the whole map; the decoder gets the
transposes. From random weights it takes thousands of steps to come as far.

Leaky ReLUs stand in between. As L(f) - L(-f) = (1 + slope) f, features go in pairs of opposite
sign, and the next layer takes their difference: until it learns better, the network is linear.
"""

from __future__ import annotations

from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gaitcolor_core.models.blocks import SLOPE
from gaitcolor_core.models.color_transfer import ColorTransferNet

Layer = TypeVar("Layer", nn.Conv2d, nn.ConvTranspose2d)

_PAIR = 1 + SLOPE
# Gray and half a silhouette are the middle, around which components are sought.
_MIDDLE = 0.5
# The silhouette counts less: the decoder need not repeat it.
_SILHOUETTE_SHARE = 0.3
# The slope of the logistic function at its middle, inverted.
_LOGISTIC = 4.0


@torch.no_grad()
def start_from(network: ColorTransferNet, x_rgb: Tensor, x_bi: Tensor) -> None:
    """Replace the random weights of a network.

    Args:
        network: new; channels that the components do not fill keep their random weights.
        x_rgb: `(N, 3, 128, 128)` in [0, 1], images to start from; more than `hidden` of them.
        x_bi: `(N, 1, 128, 128)` in {0, 1}, their anonymized silhouettes.
    """
    *halving, to_code = _of_kind(network.encoder, nn.Conv2d)
    mixing = halving.pop(3)
    from_code, mixing_back = _of_kind(network.decoder, nn.Conv2d)
    doubling = _of_kind(network.decoder, nn.ConvTranspose2d)
    features = torch.cat([x_rgb - _MIDDLE, _SILHOUETTE_SHARE * (x_bi - _MIDDLE)], dim=1)
    bases = []
    for layer in halving:
        basis = _principal(_blocks(features), layer.out_channels // 2)
        basis = basis.view(len(basis), -1, 2, 2)
        features = F.conv2d(features, basis, stride=2)
        bases.append(basis)
    _write_first(halving[0], bases[0])
    for layer, basis in zip(halving[1:], bases[1:], strict=True):
        _write(layer.weight, _opposed(_paired(_ringed(basis))))
        nn.init.zeros_(_bias(layer))
    _write_code(network, to_code, from_code, features)
    _write_back(doubling[0], _opposed(_back(bases[3])))
    _write_back(doubling[1], _opposed(_paired(_back(bases[2]))))
    _write_back(doubling[2], _opposed(_paired(_back(bases[1]))))
    _write_back(doubling[3], _paired(_LOGISTIC * _back(bases[0][:, :3])))
    for layer in (mixing, mixing_back):
        _write_identity(layer)


def _write_first(layer: nn.Conv2d, basis: Tensor) -> None:
    """The first layer sees the images as they are, not yet around their middle."""
    share = torch.tensor([1, 1, 1, _SILHOUETTE_SHARE]).view(1, 4, 1, 1)
    _write(layer.weight, _opposed(_ringed(basis * share)))
    middle = -_MIDDLE * (basis * share).sum((1, 2, 3))
    nn.init.zeros_(_bias(layer))
    _bias(layer)[: 2 * len(basis)] = torch.cat([middle, -middle])


def _write_code(
    network: ColorTransferNet, to_code: nn.Conv2d, from_code: nn.Conv2d, features: Tensor
) -> None:
    """The layers around the hidden one, from the features `(N, C, 8, 8)` that reach them."""
    channels = features.movedim(1, -1).flatten(0, 2)
    basis = _principal(channels, to_code.out_channels)
    _write(to_code.weight, _paired(basis[..., None, None]))
    _write(from_code.weight, basis.T[..., None, None])
    code = torch.einsum("kc,nchw->nkhw", basis, features)
    code = F.pad(code, (0, 0, 0, 0, 0, to_code.out_channels - len(basis))).flatten(1)
    hidden = torch.linalg.svd(code, full_matrices=False).Vh[: network.to_hidden.out_features]
    network.to_hidden.weight[: len(hidden)] = hidden
    nn.init.zeros_(network.from_hidden.weight)
    network.from_hidden.weight[:, : len(hidden)] = hidden.T
    for layer in (to_code, network.to_hidden, network.from_hidden, from_code):
        nn.init.zeros_(_bias(layer))


def _write_identity(layer: nn.Conv2d) -> None:
    """A 3 x 3 convolution that passes pairs of features on."""
    identity = torch.eye(layer.in_channels // 2)[..., None, None]
    _write(layer.weight, _opposed(_paired(F.pad(identity, (1, 1, 1, 1)))))
    nn.init.zeros_(_bias(layer))


def _write(weight: Tensor, values: Tensor) -> None:
    """Put `values` into the corner of a weight; nothing else reads what they do not fill."""
    rows, columns = values.shape[:2]
    weight[:rows] = 0
    weight[:rows, :columns] = values


def _write_back(layer: nn.ConvTranspose2d, values: Tensor) -> None:
    """Put weights `(out, in, ...)` into a transposed convolution."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(_bias(layer))
    _write(layer.weight, values.transpose(0, 1))


def _bias(layer: nn.Conv2d | nn.ConvTranspose2d | nn.Linear) -> Tensor:
    assert layer.bias is not None
    return layer.bias


def _of_kind(sequence: nn.Module, kind: type[Layer]) -> list[Layer]:
    return [module for module in sequence.modules() if isinstance(module, kind)]


def _principal(vectors: Tensor, count: int) -> Tensor:
    """The strongest directions of `(n, d)` vectors around 0, at most `count`: `(count, d)`."""
    _, directions = torch.linalg.eigh(vectors.T @ vectors / len(vectors))
    strongest: Tensor = directions.T.flip(0)[:count]
    return strongest


def _blocks(features: Tensor) -> Tensor:
    """`(N, C, H, W)` in blocks of 2 x 2 places: `(N * H * W / 4, 4 * C)`."""
    return F.unfold(features, 2, stride=2).transpose(1, 2).flatten(0, 1)


def _ringed(basis: Tensor) -> Tensor:
    """2 x 2 kernels in the middle of 4 x 4 ones."""
    return F.pad(basis, (1, 1, 1, 1))


def _back(basis: Tensor) -> Tensor:
    """From components to what they were made of, `(out, in, 4, 4)`."""
    return _ringed(basis).transpose(0, 1)


def _paired(weight: Tensor) -> Tensor:
    """Weights `(out, in, ...)` that take the difference of opposite features."""
    return torch.cat([weight, -weight], dim=1) / _PAIR


def _opposed(weight: Tensor) -> Tensor:
    """Weights `(out, in, ...)` that give each feature and its opposite."""
    return torch.cat([weight, -weight], dim=0)
