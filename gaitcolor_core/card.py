"""Model cards: what a network's `config.json` says, as a page for people and for the Hub."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCardData

from gaitcolor_core.files import write_whole
from gaitcolor_core.weights import WEIGHTS_NAME, read_config

CARD_NAME = "README.md"
LICENSE = "agpl-3.0"
SOURCE = "https://github.com/gaitcolor/gaitcolor"
TAGS = ["gait", "anonymization", "privacy", "video", "safetensors"]
_ABOUT = {
    "walker_segmenter": "Finds people in a frame, a box and a mask each.",
    "color_gram": "Colors an anonymized silhouette; the network and the losses of Tieu et al., "
    '"Color transfer to anonymized gait images while maintaining anonymization" (APSIPA ASC 2020).',
    "color_supervised": "Colors an anonymized silhouette; the earlier network that the paper "
    "compares with, trained against colors of the nearest pixels.",
    "shape_contour": "Gives a walker another contour, after the ST-GAN of Tieu et al. (2019).",
    "shape_dcgan": "Makes a complete silhouette of another body out of one that may be broken, "
    "after the DCGAN of Tieu et al. (APSIPA ASC 2019).",
    "gaitset": "Recognizes people by their gait, after GaitSet (Chao et al., AAAI 2019): an "
    "attacker, for evaluations.",
    "gaitbase": "Recognizes people by their gait, after GaitBase (Fan et al., CVPR 2023): an "
    "attacker, for evaluations.",
    "gaitset_deform": "The attacker gaitset, which has seen anonymized walks, too.",
    "gaitbase_deform": "The attacker gaitbase, which has seen anonymized walks, too.",
}
# What the Hub can list of a network's figures; "given" is what went in.
_MEASURES = ("psnr", "ssim", "iou")
# The five lines that load a network without this package's command line.
_EXAMPLE = """from pathlib import Path
from huggingface_hub import hf_hub_download
from gaitcolor_core.models.color_networks import load_color_network
files = [hf_hub_download("{repo_id}", f"{network}/{{name}}") for name in ("config.json", "{weights}")]
network = load_color_network(Path(files[0]).parent)  # network(x_rgb, x_bi), see its docstring
"""  # noqa: E501
_LIMITS = """## Limits

The networks change how a walk looks and how the result is colored. They do not hide face, hair,
clothes, voice or place. They were trained on rendered walkers: on other pictures they do worse.
What they reach against an attacker depends on the attacker; do not take them for a promise."""


def repository_card(folder: Path, *, repo_id: str = "gaitcolor/gaitcolor") -> str:
    """The page of a repository that holds the networks in `folder`, metadata in front.

    Args:
        folder: holds a folder for each network.
        repo_id: the repository's name, for the example.

    Raises:
        InputError: a network's `config.json` is damaged.
    """
    networks = sorted(path.parent for path in folder.glob(f"*/{WEIGHTS_NAME}"))
    metadata = ModelCardData(
        license=LICENSE,
        library_name="gaitcolor",
        pipeline_tag="image-to-image",
        tags=TAGS,
        model_name="GaitColor",
        eval_results=[result for each in networks for result in _results(each)] or None,
    )
    rows = [f"| [{each.name}]({each.name}) | {_about(each.name)} | {_size(each)} |"
            for each in networks]  # fmt: skip
    parts = [
        f"---\n{metadata.to_yaml()}\n---",
        "# GaitColor",
        f"Makes video of walking people safe to share. [The program]({SOURCE}) fetches what it "
        "needs by itself; all files are safetensors and JSON, none is ever unpickled.",
        "\n".join(["| network | what it does | size |", "| --- | --- | --- |", *rows]),
    ]
    colors = [each.name for each in networks if each.name.startswith("color_")]
    if colors:
        example = _EXAMPLE.format(repo_id=repo_id, network=colors[0], weights=WEIGHTS_NAME)
        parts += ["## Load one by hand", f"```python\n{example}```"]
    parts += [_LIMITS, "## License", "AGPL-3.0-or-later, as the program."]
    return "\n\n".join(parts) + "\n"


def network_card(folder: Path) -> str:
    """The page of one network, from its `config.json`.

    Raises:
        InputError: `config.json` is damaged.
    """
    config = read_config(folder)
    parts = [f"# {folder.name}", _about(folder.name)]
    for title, name in (
        ("Network", "hyperparameters"),
        ("Input and output", "preprocessing"),
        ("Training data", "training_data"),
        ("Training", "recipe"),
        ("Figures", "metrics"),
    ):
        rows = [f"| {key} | {value} |" for key, value in _flat(config.get(name, {}))]
        if rows:
            parts += [f"## {title}", "\n".join(["| | |", "| --- | --- |", *rows])]
    made = f"Architecture `{config.get('architecture')}`, {_size(folder)} of weights; made on "
    parts.insert(2, f"{made}{config.get('date')} by the program's commit `{config.get('commit')}`.")
    return "\n\n".join([*parts, "License: AGPL-3.0-or-later, as the program."]) + "\n"


def write_card(folder: Path) -> None:
    """Write the page of a network beside its weights.

    Raises:
        InputError: `config.json` is damaged.
        OSError: it cannot be written.
    """
    write_whole(folder / CARD_NAME, network_card(folder).encode())


def _results(folder: Path) -> Iterator[EvalResult]:
    """What a network reached on rendered walkers, as the Hub lists it; no counts or settings."""
    for name, value in _flat(read_config(folder).get("metrics", {})):
        words = re.findall("[a-z]+", name)
        measures = [each for each in _MEASURES if each in words]
        if measures and "given" not in words and isinstance(value, (int, float)):
            yield EvalResult(
                task_type="image-to-image",
                dataset_type="rendered-walkers",
                dataset_name="Walkers rendered by GaitColor",
                metric_type=measures[0],
                metric_value=value,
                metric_name=f"{folder.name}: {name}",
            )


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """What is nested, by names like "overlap, plain"."""
    for key, value in values.items():
        name = f"{prefix}, {key}" if prefix else str(key)
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        else:
            yield name, value


def _about(name: str) -> str:
    return _ABOUT.get(name, "A network of GaitColor.")


def _size(folder: Path) -> str:
    return f"{(folder / WEIGHTS_NAME).stat().st_size / 2**20:.1f} MiB"
