"""The Hub's refusals and failures, each in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from httpx2 import HTTPError
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from gaitcolor_core.structures import InputError

REPO_ID = "gaitcolor/gaitcolor"
_REFUSED, _TAKEN = (401, 403), 409


@contextmanager
def failures(repo_id: str, revision: str, file: str) -> Iterator[None]:
    """Say in one sentence why the Hub did not give or take a file.

    Args:
        repo_id: the repository that is asked.
        revision: its branch, tag or commit.
        file: what the sentence calls that which was asked for or sent.

    Raises:
        InputError: whatever the Hub or the way to it raised.
    """
    try:
        yield
    except (HFValidationError, OSError, EntryNotFoundError, HTTPError) as error:
        raise InputError(_sentence(error, repo_id, revision, file)) from error


def _sentence(error: Exception, repo_id: str, revision: str, file: str) -> str:
    sentences: tuple[tuple[type[Exception], str], ...] = (
        (
            HFValidationError,
            f"'{repo_id}' is neither a folder nor the name of a repository; those look like "
            f"{REPO_ID}.",
        ),
        (
            RepositoryNotFoundError,
            f"There is no repository '{repo_id}' that you may use; check its name, or give a "
            "token.",
        ),
        (RevisionNotFoundError, f"The repository '{repo_id}' has no revision '{revision}'."),
        (
            LocalEntryNotFoundError,
            f"{file} of '{repo_id}' is not on this machine, and the Hub was not reached; go "
            "online once, or give a folder with the networks.",
        ),
        (EntryNotFoundError, f"The repository '{repo_id}' has no {file} at '{revision}'."),
        (OfflineModeIsEnabled, "HF_HUB_OFFLINE is set, so that the Hub is not asked."),
    )
    for kind, sentence in sentences:
        if isinstance(error, kind):
            return sentence
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else None
    if status in _REFUSED:
        return f"The Hub refused '{repo_id}' ({status}); give a token with the right to do this."
    if status == _TAKEN:
        return f"{file} of '{repo_id}' exists already; give another name."
    why = f"status {status}" if status else getattr(error, "strerror", "") or type(error).__name__
    return f"{file} of '{repo_id}' could not be passed on whole ({why}); try again."
