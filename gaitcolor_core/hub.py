"""Networks from the Hugging Face Hub, and back to it: the tree of `checkpoints/`, one commit."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from httpx2 import HTTPError
from huggingface_hub import (
    CommitOperationAdd,
    HfApi,
    ModelInfo,
    hf_hub_download,
    try_to_load_from_cache,
)
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

from gaitcolor_core.card import CARD_NAME, repository_card
from gaitcolor_core.files import refuse_existing
from gaitcolor_core.hub_failures import REPO_ID, failures
from gaitcolor_core.structures import InputError
from gaitcolor_core.weights import CONFIG_NAME, WEIGHTS_NAME, check_folder

# The tag of the weights that belong to this version of the package.
REVISION = "v0.1.0"
_NEEDED = (CONFIG_NAME, WEIGHTS_NAME)
# Whoever has no network shall not wait long.
_REACH_LIMIT_S = 5.0
_BROKEN = 500
_COMMIT = re.compile(r"[0-9a-f]{40}")


def fetch(
    repo_id: str,
    networks: Sequence[str],
    *,
    revision: str | None = None,
    local_files_only: bool = False,
    token: str | None = None,
) -> Path:
    """Fetch networks into the Hub's cache, all from one commit; what is there is not asked for.

    Args:
        repo_id: such as "gaitcolor/gaitcolor".
        networks: names of their folders, such as "color_gram"; at least one.
        revision: branch, tag or commit; None = for our own repository the tag that belongs to
            this version of the package, for others the main branch.
        local_files_only: take what the cache holds and ask nobody.
        token: for repositories that not everybody may read; None = the one that is logged in.

    Returns:
        A folder with a folder for each network. Nothing in it was ever unpickled.

    Raises:
        InputError: a file cannot be had or is damaged, in one sentence.
    """
    commit = revision or _revision_of(repo_id)
    local = local_files_only or _is_here(repo_id, commit, networks)
    # Asked once and quickly: a download would try again for half a minute.
    local = local or _look_up(repo_id, commit, token) is None
    folder = Path()
    for network in networks:
        for name in _NEEDED:
            path = _download(repo_id, f"{network}/{name}", commit, token=token, local=local)
            # The cache keeps a commit's files under its hash: all others come from there.
            folder = path.parents[1]
            commit = folder.name
        try:
            check_folder(folder / network)
        except InputError:
            _forget(folder / network)
            raise
    return folder


def pull(
    repo_id: str, target: Path, *, revision: str | None = None, token: str | None = None
) -> list[str]:
    """Fetch all networks of a repository into a new folder, which appears when it is whole.

    Args:
        repo_id: such as "gaitcolor/gaitcolor".
        target: is made.
        revision: see `fetch`.
        token: see `fetch`.

    Returns:
        The names of the networks.

    Raises:
        InputError: `target` exists, the repository holds no network, or see `fetch`.
        OSError: `target` cannot be written.
    """
    refuse_existing(target)
    info = _look_up(repo_id, revision or _revision_of(repo_id), token)
    if info is None or info.sha is None:
        raise InputError(
            f"The Hub was not reached, so '{repo_id}' could not be fetched; go online."
        )
    listed = {each.rfilename for each in info.siblings or []}
    networks = sorted(name.removesuffix(f"/{WEIGHTS_NAME}") for name in listed if _is_weights(name))
    if not networks:
        raise InputError(f"The repository '{repo_id}' holds no network of GaitColor.")
    source = fetch(repo_id, networks, revision=info.sha, token=token)
    for card in sorted(listed & {f"{network}/{CARD_NAME}" for network in networks}):
        _download(repo_id, card, info.sha, token=token, local=False)
    _copy(source, target, networks, with_page=False)
    return networks


def push(
    folder: Path,
    repo_id: str,
    *,
    token: str | None = None,
    private: bool = False,
    tag: str | None = None,
) -> str:
    """Publish all networks of a folder in one commit, with a card that is made from their figures.

    Args:
        folder: like `checkpoints/`.
        repo_id: is made if need be.
        token: with the right to write; None = the one that is logged in.
        private: whether a new repository can be seen by its owner alone.
        tag: a name for the commit, such as "v0.1.0".

    Returns:
        The address of the commit.

    Raises:
        InputError: the folder holds no network or a damaged one, or the Hub refused.
    """
    networks = networks_in(folder)
    for network in networks:
        check_folder(folder / network)
    names = [f"{each}/{name}" for each in networks for name in (*_NEEDED, CARD_NAME)]
    operations = [
        CommitOperationAdd(name, folder / name) for name in names if (folder / name).is_file()
    ]
    operations.append(
        CommitOperationAdd(CARD_NAME, repository_card(folder, repo_id=repo_id).encode())
    )
    api = HfApi(token=token)
    with failures(repo_id, tag or "main", "the networks"):
        api.create_repo(repo_id, private=private, exist_ok=True)
        done = api.create_commit(
            repo_id, operations, commit_message=f"Networks: {', '.join(networks)}"
        )
    if tag:
        with failures(repo_id, tag, f"the tag '{tag}'"):
            api.create_tag(repo_id, tag=tag, revision=done.oid)
    return str(done.commit_url)


def save(folder: Path, target: Path, networks: Sequence[str]) -> None:
    """Copy networks to another folder, with a card: what `fetch` would find there.

    Raises:
        InputError: `target` exists, or a network is missing or damaged.
        OSError: `target` cannot be written.
    """
    refuse_existing(target)
    for network in networks:
        check_folder(folder / network)
    _copy(folder, target, networks, with_page=True)


def networks_in(folder: Path) -> list[str]:
    """The names of the networks in a folder, sorted.

    Raises:
        InputError: there is none.
    """
    networks = sorted(path.parent.name for path in folder.glob(f"*/{WEIGHTS_NAME}"))
    if not networks:
        raise InputError(
            f"'{folder}' holds no network; give a folder like checkpoints, with a folder for each."
        )
    return networks


def _revision_of(repo_id: str) -> str:
    return REVISION if repo_id == REPO_ID else "main"


def _is_weights(name: str) -> bool:
    folder, _, file = name.partition("/")
    return file == WEIGHTS_NAME and not folder.startswith(".")


def _is_here(repo_id: str, revision: str, networks: Sequence[str]) -> bool:
    """Whether the cache holds all files of a commit; a branch or a tag may have moved on."""
    names = [f"{network}/{name}" for network in networks for name in _NEEDED]
    return bool(_COMMIT.fullmatch(revision)) and all(
        isinstance(try_to_load_from_cache(repo_id, name, revision=revision), str) for name in names
    )


def _look_up(repo_id: str, revision: str, token: str | None) -> ModelInfo | None:
    """What the Hub says of a revision; None if it is not reached or not well."""
    with failures(repo_id, revision, "any file"):
        try:
            return HfApi(token=token).model_info(repo_id, revision=revision, timeout=_REACH_LIMIT_S)
        except HfHubHTTPError as error:
            if error.response.status_code < _BROKEN:
                raise
        except (HTTPError, OfflineModeIsEnabled):
            pass
    return None


def _download(repo_id: str, file: str, revision: str, *, token: str | None, local: bool) -> Path:
    with failures(repo_id, revision, file):
        path = hf_hub_download(
            repo_id, file, revision=revision, token=token, local_files_only=local,
            etag_timeout=_REACH_LIMIT_S,
        )  # fmt: skip
    return Path(path)


def _forget(folder: Path) -> None:
    """Take damaged files out of the cache, which would hand them out for ever."""
    for path in (folder / name for name in _NEEDED):
        path.resolve().unlink(missing_ok=True)
        path.unlink(missing_ok=True)


def _copy(source: Path, target: Path, networks: Sequence[str], *, with_page: bool) -> None:
    """Copy networks to a new folder, which appears when it is whole, with a page of its own."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".gaitcolor-", dir=target.parent) as partial:
        copy = Path(partial) / "networks"
        for network in networks:
            (copy / network).mkdir(parents=True)
            for name in (*_NEEDED, CARD_NAME):
                if (source / network / name).is_file():
                    shutil.copyfile(source / network / name, copy / network / name)
        if with_page:
            (copy / CARD_NAME).write_text(repository_card(copy), encoding="utf-8")
        copy.rename(target)
