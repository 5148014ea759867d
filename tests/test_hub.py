"""Networks from a Hub and to it: a real server on this machine stands for the Hub."""

from __future__ import annotations

import json
import re
import runpy
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from color_networks import write_network
from hub_server import TOKEN, Hub, files_of
from huggingface_hub import constants

from gaitcolor_core import GaitAnonymizer, Settings
from gaitcolor_core.hub import REVISION, fetch, networks_in, pull, push, save
from gaitcolor_core.hub_failures import REPO_ID
from gaitcolor_core.models.color_networks import load_color_network
from gaitcolor_core.models.color_transfer import ColorTransferNet
from gaitcolor_core.structures import InputError
from gaitcolor_core.weights import CONFIG_NAME, WEIGHTS_NAME

REPOSITORY = "somebody/networks"
WEIGHTS = f"color_gram/{WEIGHTS_NAME}"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub() as hub:
        hub.lead_here(monkeypatch, tmp_path / "home")
        yield hub


@pytest.fixture
def networks(tmp_path: Path) -> Path:
    """A folder like `checkpoints`; what is called a segmenter is never loaded here."""
    folder = tmp_path / "networks"
    for name in ("color_gram", "walker_segmenter"):
        write_network(folder, name)
    (folder / "color_gram" / "README.md").write_text("How it was trained.\n", encoding="utf-8")
    return folder


@pytest.fixture
def commit(hub: Hub, networks: Path) -> str:
    """The networks, on the Hub."""
    return hub.publish_folder(REPOSITORY, networks)


def refused(*arguments: object, **options: object) -> str:
    """The sentence of a `fetch` that fails."""
    with pytest.raises(InputError) as caught:
        fetch(REPOSITORY, ["color_gram"], *arguments, **options)  # type: ignore[arg-type]
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


def test_what_is_fetched_is_what_was_published(hub: Hub, networks: Path, commit: str) -> None:
    folder = fetch(REPOSITORY, ["color_gram"])
    assert folder.name == commit
    for name in (CONFIG_NAME, WEIGHTS_NAME):
        wanted = (networks / "color_gram" / name).read_bytes()
        assert (folder / "color_gram" / name).read_bytes() == wanted
    load_color_network(folder / "color_gram")
    assert not any("walker_segmenter" in each or "README" in each for each in hub.asked)


def test_a_second_time_no_file_is_sent_and_a_commit_is_not_even_asked_for(
    hub: Hub, commit: str
) -> None:
    fetch(REPOSITORY, ["color_gram"])
    hub.asked.clear()
    fetch(REPOSITORY, ["color_gram"])
    assert all("/resolve/" not in each for each in hub.asked if each.startswith("GET"))
    hub.asked.clear()
    fetch(REPOSITORY, ["color_gram"], revision=commit)
    fetch(REPOSITORY, ["color_gram"], local_files_only=True)
    assert hub.asked == []


def test_what_was_fetched_before_is_enough_when_the_hub_is_away_or_not_well(
    hub: Hub, commit: str
) -> None:
    fetch(REPOSITORY, ["color_gram"])
    hub.broken = True
    assert fetch(REPOSITORY, ["color_gram"]).name == commit
    hub.close()
    assert fetch(REPOSITORY, ["color_gram"]).name == commit


def test_all_files_are_of_one_commit_even_if_the_branch_moves_on(
    hub: Hub, networks: Path, commit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = hub.commits[commit]
    asked = hub.asked

    class Watched(list[str]):
        def append(self, line: str) -> None:
            super().append(line)
            if line.startswith("GET") and "/resolve/" in line and len(hub.commits) == 1:
                hub.publish(REPOSITORY, {WEIGHTS: b"newer"})

    monkeypatch.setattr(hub, "asked", Watched(asked))
    folder = fetch(REPOSITORY, ["color_gram", "walker_segmenter"])
    assert len(hub.commits) == 2 and folder.name == commit
    assert (folder / WEIGHTS).read_bytes() == first[WEIGHTS]


def test_our_own_networks_are_those_that_belong_to_this_version(hub: Hub, networks: Path) -> None:
    pinned = hub.publish_folder(REPO_ID, networks, name=REVISION)
    hub.publish(REPO_ID, {WEIGHTS: b"newer"})
    assert fetch(REPO_ID, ["color_gram"]).name == pinned


def test_nobody_waits_for_a_hub_that_is_not_reached(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.close()
    began = time.monotonic()
    assert "the Hub was not reached; go online once, or give a folder" in refused()
    with socket.create_server(("127.0.0.1", 0)) as mute:  # takes the call and says nothing
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{mute.getsockname()[1]}")
        monkeypatch.setattr("gaitcolor_core.hub._REACH_LIMIT_S", 0.3)
        assert "the Hub was not reached" in refused()
    assert time.monotonic() - began < 10


@pytest.mark.usefixtures("commit")
def test_who_is_offline_on_purpose_asks_nobody(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "is not on this machine" in refused(local_files_only=True)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "is not on this machine" in refused()
    with pytest.raises(InputError, match="was not reached"):
        pull(REPOSITORY, tmp_path / "pulled")
    assert hub.asked == []


def test_what_is_not_there_is_named(hub: Hub, commit: str) -> None:
    assert "has no revision 'v9'" in refused(revision="v9")
    del hub.commits[commit][WEIGHTS]
    assert f"has no {WEIGHTS} at" in refused()
    hub.names.clear()
    assert f"There is no repository '{REPOSITORY}'" in refused()
    with pytest.raises(InputError, match="neither a folder nor the name of a repository"):
        fetch("no/such/folder", ["color_gram"])


@pytest.mark.usefixtures("commit")
def test_a_private_repository_wants_the_token(hub: Hub) -> None:
    hub.private.add(REPOSITORY)
    assert "give a token" in refused()
    assert "give a token" in refused(token="hf_wrong")
    fetch(REPOSITORY, ["color_gram"], token=TOKEN)


def test_a_file_that_breaks_off_is_not_kept(hub: Hub, commit: str) -> None:
    hub.spoiled[WEIGHTS] = hub.commits[commit][WEIGHTS][:-100]
    assert f"{WEIGHTS} of '{REPOSITORY}' could not be passed on whole" in refused()
    hub.spoiled.clear()
    fetch(REPOSITORY, ["color_gram"])


def test_weights_that_were_tampered_with_are_refused_and_not_kept(hub: Hub, commit: str) -> None:
    whole = hub.commits[commit][WEIGHTS]
    hub.spoiled[WEIGHTS] = whole[:-1] + bytes([whole[-1] ^ 1])
    assert "the checksum differs" in refused()
    assert "is not on this machine" in refused(local_files_only=True)
    hub.spoiled.clear()
    fetch(REPOSITORY, ["color_gram"])


def test_a_pickle_is_refused_unopened(hub: Hub, commit: str, tmp_path: Path) -> None:
    mark = tmp_path / "opened"
    pickle = f"cposix\nsystem\n(S'touch {mark}'\ntR.".encode()
    hub.commits[commit][WEIGHTS] = pickle
    assert "is no whole safetensors file" in refused()
    assert not mark.exists()


def test_a_repository_is_pulled_as_a_whole_or_not_at_all(
    hub: Hub, networks: Path, commit: str, tmp_path: Path
) -> None:
    extra = {"tool.py": b"", "deep/er/model.safetensors": b"", "../model.safetensors": b""}
    hub.commits[commit].update(extra)
    target = tmp_path / "new" / "pulled"
    assert pull(REPOSITORY, target) == ["color_gram", "walker_segmenter"]
    assert files_of(target) == files_of(networks)
    with pytest.raises(InputError, match="exists already"):
        pull(REPOSITORY, target)
    hub.spoiled[f"walker_segmenter/{WEIGHTS_NAME}"] = b"short"
    hub.publish(REPOSITORY, {f"walker_segmenter/{WEIGHTS_NAME}": b"other"})
    with pytest.raises(InputError):
        pull(REPOSITORY, tmp_path / "new" / "again")
    assert [path.name for path in target.parent.iterdir()] == ["pulled"]
    hub.publish("somebody/else", {"model.bin": b""})
    with pytest.raises(InputError, match="holds no network"):
        pull("somebody/else", tmp_path / "else")


def test_what_is_pushed_can_be_pulled(hub: Hub, networks: Path, tmp_path: Path) -> None:
    (networks / "color_gram" / "notes.txt").write_text("not for everybody")
    address = push(networks, REPOSITORY, token=TOKEN, private=True, tag="v1")
    commit = hub.names[REPOSITORY, "v1"]
    assert address.endswith(commit) and REPOSITORY in hub.private
    pull(REPOSITORY, tmp_path / "pulled", revision="v1", token=TOKEN)
    (networks / "color_gram" / "notes.txt").unlink()
    assert files_of(tmp_path / "pulled") == files_of(networks)
    assert set(hub.commits[commit]) == {*files_of(networks), "README.md", ".gitattributes"}


def test_a_push_that_is_not_allowed_leaves_nothing(hub: Hub, networks: Path) -> None:
    for token in (None, "hf_wrong"):
        with pytest.raises(InputError, match="give a token with the right to do this"):
            push(networks, REPOSITORY, token=token)
    assert hub.commits == {}
    hub.close()
    with pytest.raises(InputError, match="could not be passed on whole"):
        push(networks, REPOSITORY, token=TOKEN)


def test_a_tag_is_given_once(hub: Hub, networks: Path) -> None:
    push(networks, REPOSITORY, token=TOKEN, tag="v1")
    with pytest.raises(InputError, match="the tag 'v1' of 'somebody/networks' exists already"):
        push(networks, REPOSITORY, token=TOKEN, tag="v1")


def test_nothing_damaged_is_published_or_saved(hub: Hub, networks: Path, tmp_path: Path) -> None:
    config = networks / "color_gram" / CONFIG_NAME
    config.write_text(json.dumps({**json.loads(config.read_text()), "sha256": "0"}))
    with pytest.raises(InputError, match="the checksum differs"):
        push(networks, REPOSITORY, token=TOKEN)
    with pytest.raises(InputError, match="the checksum differs"):
        save(networks, tmp_path / "saved", ["color_gram"])
    with pytest.raises(InputError, match="holds no network"):
        push(tmp_path, REPOSITORY, token=TOKEN)
    assert hub.asked == [] and not (tmp_path / "saved").exists()


@pytest.mark.usefixtures("commit")
def test_an_anonymizer_comes_from_the_hub_and_goes_to_a_folder(
    hub: Hub, networks: Path, tmp_path: Path
) -> None:
    settings = Settings(color="gram")
    remote = GaitAnonymizer.from_pretrained(REPOSITORY, settings, detector="static", device="cpu")
    remote.save_pretrained(tmp_path / "saved")
    saved = files_of(tmp_path / "saved")
    assert b"license: agpl-3.0" in saved.pop("README.md")
    published = files_of(networks)
    assert saved == {name: published[name] for name in published if not name.endswith(".md")}
    hub.asked.clear()
    GaitAnonymizer.from_pretrained(
        tmp_path / "saved", settings, detector="static", device="cpu"
    ).save_pretrained(tmp_path / "again")
    assert files_of(tmp_path / "again") == files_of(tmp_path / "saved") and hub.asked == []
    assert networks_in(tmp_path / "again") == ["color_gram", "walker_segmenter"]


def test_the_example_on_the_card_runs(hub: Hub, networks: Path, tmp_path: Path) -> None:
    push(networks, REPOSITORY, token=TOKEN)
    card = hub.commits[hub.names[REPOSITORY, "main"]]["README.md"].decode()
    (example,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    script = tmp_path / "example.py"
    script.write_text(example, encoding="utf-8")
    network = runpy.run_path(str(script))["network"]
    assert isinstance(network, ColorTransferNet) and not network.training
