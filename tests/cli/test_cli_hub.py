"""`hub`: what it writes, says and returns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from color_networks import write_network
from hub_server import TOKEN, Hub, files_of

from gaitcolor_core.cli import main

REPOSITORY = "somebody/networks"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub() as hub:
        hub.lead_here(monkeypatch, tmp_path / "home")
        yield hub


@pytest.fixture
def networks(tmp_path: Path) -> Path:
    write_network(tmp_path / "networks", "color_gram")
    return tmp_path / "networks"


def run(*words: object) -> int:
    try:
        return main(["hub", *map(str, words)])
    except SystemExit as end:
        return int(str(end.code))


def test_networks_go_there_and_come_back(
    hub: Hub, networks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("push", networks, REPOSITORY, "--token", TOKEN, "--private", "--tag", "v1") == 0
    commit = hub.names[REPOSITORY, "v1"]
    assert capsys.readouterr().out == f"Published: {hub.url}/{REPOSITORY}/commit/{commit}\n"
    target = tmp_path / "pulled"
    words = ("pull", REPOSITORY, "-o", target, "--revision", "v1", "--token", TOKEN)
    assert run(*words) == 0
    assert capsys.readouterr().out == f"{target} holds color_gram.\n"
    assert files_of(target) == files_of(networks)
    assert run(*words) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.splitlines()[-1].endswith("give the name of a new folder.")


def test_the_token_may_come_from_the_environment(
    hub: Hub, networks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert run("push", networks, REPOSITORY) == 0
    assert (REPOSITORY, "main") in hub.names and not hub.private


def test_what_is_refused_is_told_in_a_sentence(
    hub: Hub, networks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, sentence in (
        (("push", networks, REPOSITORY), "give a token"),
        (("push", tmp_path / "none", REPOSITORY, "--token", TOKEN), "holds no network"),
        (("pull", REPOSITORY, "-o", tmp_path / "new"), "There is no repository"),
    ):
        assert run(*words) == 1
        out, err = capsys.readouterr()
        assert out == "" and sentence in err.splitlines()[-1] and "Traceback" not in err
    assert hub.commits == {} and not (tmp_path / "new").exists()


def test_the_app_goes_there_as_a_space(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "space"
    assert run("space", "-o", folder, "--models", REPOSITORY) == 0
    told = f"{folder} is a Space; 'gaitcolor hub publish' sends it to the Hub.\n"
    assert capsys.readouterr().out == told
    assert run("publish", folder, "somebody/walks", "--token", TOKEN, "--private") == 0
    assert capsys.readouterr().out == f"Published: {hub.url}/spaces/somebody/walks\n"
    assert hub.private == {"spaces/somebody/walks"}
    for words, sentence in (
        (("space", "-o", folder), "exists already; give the name of a new folder."),
        (("publish", tmp_path, "somebody/walks", "--token", TOKEN), "holds no Space"),
    ):
        assert run(*words) == 1
        out, err = capsys.readouterr()
        assert out == "" and sentence in err.splitlines()[-1] and "Traceback" not in err


@pytest.mark.parametrize(
    "words",
    [(), ("pull",), ("pull", REPOSITORY), ("push", "folder"), ("space",), ("publish", "folder")],
)
def test_a_word_that_is_missing_is_bad_usage(words: tuple[str, ...]) -> None:
    assert run(*words) == 2
