"""A Hugging Face Space: the app with what it needs to run, and nothing else, in one folder."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationDelete,
    HfApi,
    SpaceCardData,
    hf_hub_url,
)

from gaitcolor_core.card import CARD_NAME, LICENSE, SOURCE, TAGS
from gaitcolor_core.checkout import commit
from gaitcolor_core.files import refuse_existing
from gaitcolor_core.hub_failures import failures
from gaitcolor_core.methods import all_networks
from gaitcolor_core.structures import InputError
from gaitcolor_core.weights import CONFIG_NAME, WEIGHTS_NAME

SDK = "gradio"
# Of the versions that ZeroGPU knows, 3.10.13 and 3.12.12, the one that this package runs on.
PYTHON_VERSION = "3.12.12"
# ffmpeg shows clips that browsers cannot play; the others are what OpenCV links. Nothing in the
# app renders, so Mesa and EGL are left out.
DEBIAN_PACKAGES = ("ffmpeg", "libgl1", "libglib2.0-0", "libxcb1")
_APP = "app.py"
_REQUIREMENTS = "requirements.txt"
_FOLDERS = ("demo", "gaitcolor_core")
_FILES = (_APP, _REQUIREMENTS, "LICENSE")
_LEFT_OUT = ("__pycache__", ".*", "*.partial.*")
_CHECKOUT = Path(__file__).parents[1]
_PAGE = """# GaitColor

People can be recognized by how they walk. This app returns a clip of walking people with the same
people in the same clothes and the same place, but with another walk.

It changes the gait. It does not hide face, hair, clothes, voice, place, shadows and reflections.
Watch the result before you share it.

- Clips are processed in this Space and deleted soon after; nothing is sent elsewhere.
- The page says whether a processor, a GPU, or one that ZeroGPU lends serves.
- Duplicate it to have one of your own.

[The program]({source}), which made this folder{commit} with `gaitcolor hub space`, is
AGPL-3.0-or-later, and so is this Space: all its source is in its files.
"""


def assemble(target: Path, *, models: str | None = None) -> None:
    """Copy the app and what it needs to a new folder, which appears when it is whole.

    Args:
        target: is made.
        models: the repository in which the networks are published, such as "gaitcolor/gaitcolor":
            the Space names it and has its files in the Hub's cache from the start. It must exist,
            or the Space cannot be built. None = the networks come with the folder alone.

    Raises:
        InputError: `target` exists, `models` is no name of a repository, or this is no checkout of
            the program.
        OSError: `target` cannot be written.
    """
    refuse_existing(target)
    page = _page(models)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".gaitcolor-", dir=target.parent) as partial:
        copy = Path(partial) / "space"
        copy.mkdir()
        # The recognizers stay behind: they attack in evaluations, the app has no use for them.
        networks = [f"checkpoints/{name}" for name in all_networks()]
        for name in (*_FOLDERS, *networks):
            ignored = shutil.ignore_patterns(*_LEFT_OUT)
            shutil.copytree(_CHECKOUT / name, copy / name, ignore=ignored)
        for name in _FILES:
            shutil.copyfile(_CHECKOUT / name, copy / name)
        (copy / "packages.txt").write_text("\n".join(DEBIAN_PACKAGES) + "\n", encoding="utf-8")
        (copy / CARD_NAME).write_text(page, encoding="utf-8")
        copy.rename(target)


def publish(folder: Path, repo_id: str, *, token: str | None = None, private: bool = False) -> str:
    """Make a Space of a folder that `assemble` made, in one commit.

    Files that the Space had before, and the folder has not, are gone after it.

    Args:
        folder: see `assemble`.
        repo_id: such as "gaitcolor/gaitcolor"; is made if need be.
        token: with the right to write; None = the one that is logged in.
        private: whether a new Space can be seen by its owner alone.

    Returns:
        The address of the Space.

    Raises:
        InputError: `folder` is no such folder, or the Hub refused.
    """
    files = _files(folder)
    if not {*_FILES, CARD_NAME} <= files.keys():
        raise InputError(f"'{folder}' holds no Space; make one with 'gaitcolor hub space'.")
    api = HfApi(token=token)
    with failures(repo_id, "main", "the Space"):
        space = api.create_repo(
            repo_id, repo_type="space", space_sdk=SDK, private=private, exist_ok=True
        )
        former = set(api.list_repo_files(repo_id, repo_type="space")) - {".gitattributes"}
        # Not `upload_folder`: its several commits would start an app of which half is missing.
        api.create_commit(
            repo_id,
            [
                *(CommitOperationAdd(name, path) for name, path in files.items()),
                *(CommitOperationDelete(name) for name in sorted(former - files.keys())),
            ],
            repo_type="space",
            commit_message="GaitColor",
        )
    return str(space)


def _files(folder: Path) -> dict[str, Path]:
    """All files by their names in the Space; who tried the app in the folder left caches there."""
    paths = {path.relative_to(folder): path for path in sorted(folder.rglob("*"))}
    return {
        name.as_posix(): path
        for name, path in paths.items()
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in name.parts)
    }


def _page(models: str | None) -> str:
    """The page of the Space: how the Hub shall run it in front, then what it is."""
    metadata = SpaceCardData(
        title="GaitColor",
        emoji="🚶",
        colorFrom="green",
        colorTo="blue",
        sdk=SDK,
        sdk_version=_gradio_version(),
        python_version=PYTHON_VERSION,
        app_file=_APP,
        fullWidth=True,
        license=LICENSE,
        short_description="The same clip of walking people, with another gait",
        tags=[tag for tag in TAGS if tag != "safetensors"],
        # The free one, on which it was measured; it does not bind who duplicates the Space.
        suggested_hardware="cpu-basic",
        models=[models] if models else None,
        preload_from_hub=[_preloaded(models)] if models else None,
    )
    source = f" of its commit {commit()}" if commit() else ""
    return f"---\n{metadata.to_yaml()}\n---\n\n{_PAGE.format(source=SOURCE, commit=source)}"


def _gradio_version() -> str:
    """The one in the requirements: the Hub installs `sdk_version`, whatever these say."""
    try:
        requirements = (_CHECKOUT / _REQUIREMENTS).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            "A Space is made from a checkout of the program, which this is not; clone it from "
            f"{SOURCE} and call it there."
        ) from error
    (version,) = re.findall(r"^gradio==(\S+)$", requirements, re.MULTILINE)
    return str(version)


def _preloaded(models: str) -> str:
    """A repository and its files, as `preload_from_hub` wants them."""
    with failures(models, "main", "any file"):
        hf_hub_url(models, CONFIG_NAME)  # refuses what is no name of a repository
    files = [f"{each}/{name}" for each in all_networks() for name in (CONFIG_NAME, WEIGHTS_NAME)]
    return f"{models} {','.join(files)}"
