"""The app as a Space: its folder, its page, and its way to the Hub."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_server import answers, free_port, wait_for
from gradio_client import Client
from hub_server import TOKEN, Hub, files_of
from huggingface_hub import SpaceCard, SpaceCardData

from gaitcolor_core import space
from gaitcolor_core.space import assemble, publish
from gaitcolor_core.structures import InputError

ROOT = Path(__file__).parents[1]
SPACE = "somebody/walks"
# All that the app can load; those who attack in evaluations are not among them.
NETWORKS = {"color_gram", "color_supervised", "shape_contour", "shape_dcgan", "walker_segmenter"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("here") / "space"
    assemble(target)
    return target


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub() as hub:
        hub.lead_here(monkeypatch, tmp_path / "home")
        yield hub


def front(folder: Path) -> SpaceCardData:
    return SpaceCard.load(folder / "README.md").data


# The folder.


def test_a_space_holds_what_the_app_needs_and_nothing_else(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {
        "LICENSE", "README.md", "app.py", "checkpoints", "demo", "gaitcolor_core", "packages.txt",
        "requirements.txt",
    }  # fmt: skip
    for name in ("app.py", "demo/examples/one_walker.mp4", "gaitcolor_core/gei_distances.json"):
        assert (folder / name).read_bytes() == (ROOT / name).read_bytes()
    assert {path.name for path in (folder / "checkpoints").iterdir()} == NETWORKS
    assert not [name for name in files_of(folder) if "__pycache__" in name or "/." in f"/{name}"]
    assert [path.name for path in folder.parent.iterdir()] == ["space"]


def test_the_front_of_the_page_says_how_to_run_it(folder: Path) -> None:
    data = front(folder).to_dict()
    assert f"gradio=={data['sdk_version']}" in (ROOT / "requirements.txt").read_text().split()
    assert (data["sdk"], data["app_file"], data["license"]) == ("gradio", "app.py", "agpl-3.0")
    assert data["title"] == "GaitColor" and data["fullWidth"] is True
    # The Hub cuts what is longer, and knows these colors only.
    assert len(data["short_description"]) <= 60
    colors = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {data["colorFrom"], data["colorTo"]} <= colors
    assert "models" not in data and "preload_from_hub" not in data


def test_its_python_is_one_that_the_package_and_zero_gpu_know(folder: Path) -> None:
    version = front(folder).python_version
    assert version == "3.12.12"  # a string: as a number, 3.10 would be 3.1


def test_its_debian_packages_are_those_that_bare_machines_are_tested_with(folder: Path) -> None:
    packages = (folder / "packages.txt").read_text().split()
    (tested,) = re.findall(r"^needed=\((.*)\)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    # ffmpeg converts what browsers cannot play; where it is missing, nothing else is.
    assert "ffmpeg" in packages and set(packages) - {"ffmpeg"} <= set(tested.split())


def test_published_networks_are_named_and_in_the_cache_from_the_start(tmp_path: Path) -> None:
    assemble(tmp_path / "space", models="somebody/networks")
    data = front(tmp_path / "space").to_dict()
    assert data["models"] == ["somebody/networks"]
    (preloaded,) = data["preload_from_hub"]
    repository, names = preloaded.split(" ")
    assert repository == "somebody/networks"
    needed = ("config.json", "model.safetensors")
    assert set(names.split(",")) == {f"{each}/{name}" for each in NETWORKS for name in needed}
    assert all((ROOT / "checkpoints" / name).is_file() for name in names.split(","))


def test_a_folder_that_cannot_be_made_is_refused_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="exists already; give the name of a new folder"):
        assemble(tmp_path)
    with pytest.raises(InputError, match="'a/b/c' is neither a folder nor the name"):
        assemble(tmp_path / "space", models="a/b/c")
    # A package that was installed without the repository around it.
    monkeypatch.setattr(space, "_CHECKOUT", tmp_path / "site-packages")
    with pytest.raises(InputError, match="made from a checkout"):
        assemble(tmp_path / "space")
    assert list(tmp_path.iterdir()) == []


# The way to the Hub.


def test_a_space_is_published_in_one_commit(hub: Hub, folder: Path) -> None:
    assert publish(folder, SPACE, token=TOKEN) == f"{hub.url}/spaces/{SPACE}"
    repository = f"spaces/{SPACE}"
    assert hub.space_sdks == {repository: "gradio"} and not hub.private
    assert sum("/commit/" in asked for asked in hub.asked) == 1
    published = dict(hub.commits[hub.names[repository, "main"]])
    del published[".gitattributes"]
    assert published == files_of(folder)


def test_a_space_is_renewed_whole_without_caches(hub: Hub, tmp_path: Path) -> None:
    small = tmp_path / "space"
    small.mkdir()
    for name in ("app.py", "requirements.txt", "LICENSE", "README.md", "old.py"):
        (small / name).write_text("---\nsdk: gradio\n---\n")
    publish(small, SPACE, token=TOKEN, private=True)
    assert hub.private == {f"spaces/{SPACE}"}
    (small / "old.py").rename(small / "new.py")
    for name in ("__pycache__/app.pyc", "demo/__pycache__/ui.pyc"):
        (small / name).parent.mkdir(parents=True)
        (small / name).write_text("")
    publish(small, SPACE, token=TOKEN)
    assert set(hub.commits[hub.names[f"spaces/{SPACE}", "main"]]) == {
        ".gitattributes", "LICENSE", "README.md", "app.py", "new.py", "requirements.txt"
    }  # fmt: skip


def test_what_is_no_space_or_not_allowed_is_refused(hub: Hub, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no Space; make one with 'gaitcolor hub space'"):
        publish(tmp_path, SPACE, token=TOKEN)
    assert hub.asked == []
    with pytest.raises(InputError, match="give a token with the right to do this"):
        publish(folder, SPACE)
    assert hub.commits == {}


# The app in it.


@pytest.mark.slow
def test_the_app_starts_from_its_own_files_alone(tmp_path: Path) -> None:
    folder = tmp_path / "space"
    assemble(folder)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    left_out = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment |= {"GRADIO_SERVER_PORT": str(port), "HOME": str(tmp_path / "home")}
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=folder, env=environment, stdout=output, stderr=output
        )
        try:
            wait_for(lambda: answers(url) or process.poll() is not None)
            assert process.poll() is None, log.read_text()
            client = Client(url, download_files=tmp_path / "files", verbose=False)
            described = client.view_api(return_format="dict", print_info=False)
            assert list(described["named_endpoints"]) == ["/anonymize", "/glance"]
            # A package that is installed beside it was not what ran.
            assert (folder / "demo" / "__pycache__").is_dir()
            assert (folder / "gaitcolor_core" / "__pycache__").is_dir()
        finally:
            process.terminate()
            process.wait(20)
