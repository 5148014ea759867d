"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import gaitcolor_core

ROOT = Path(__file__).parents[1]
MAX_LINES = 300
# Grown before they could be taken apart; this list only shrinks.
TOO_LONG = {"tests/drawn_walkers.py", "tests/test_video.py"}

# What no user needs: an extra of pyproject.toml, and the only file that imports it.
EXTRAS = {
    "body": "gaitcolor_core/datasets/walkers/body_export.py",
    "render": "gaitcolor_core/datasets/pictures/raster.py",
}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def requirements() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def sources() -> list[Path]:
    """What runs: the package and the app."""
    files = [*ROOT.glob("gaitcolor_core/**/*.py"), *ROOT.glob("demo/**/*.py"), ROOT / "app.py"]
    return [path for path in files if path.is_file()]


def imports(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Modules that a file imports, with the names taken from them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, [alias.name for alias in node.names]


def test_dependencies_are_one_list() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "dependencies" not in project["project"]
    assert "dependencies" in project["project"]["dynamic"]
    assert project["tool"]["setuptools"]["dynamic"]["dependencies"] == {
        "file": ["requirements.txt"]
    }


def test_dependencies_are_pinned_and_named_once() -> None:
    names = [canonicalize_name(requirement.name) for requirement in requirements()]
    assert len(names) == len(set(names))
    for requirement in requirements():
        assert re.fullmatch(r"==[\w.]+", str(requirement.specifier)), requirement


def extra(name: str) -> set[str]:
    """The distributions that an optional extra of the package installs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["optional-dependencies"][name]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def test_what_is_imported_is_required() -> None:
    required = {canonicalize_name(requirement.name) for requirement in requirements()}
    optional = {ROOT / file: extra(name) for name, file in EXTRAS.items()}
    distributions = packages_distributions()
    for path in sources():
        for module, _ in imports(path):
            top = module.split(".")[0]
            if top in sys.stdlib_module_names or top in ("gaitcolor_core", "demo"):
                continue
            names = {canonicalize_name(name) for name in distributions.get(top, [top])}
            allowed = required | optional.get(path, set())
            assert names & allowed, f"{path.relative_to(ROOT)} imports {top}"


@pytest.mark.parametrize("name", EXTRAS)
def test_extras_are_needed_and_not_required(name: str) -> None:
    imported = {module.split(".")[0] for module, _ in imports(ROOT / EXTRAS[name])}
    assert {package.replace("-", "_") for package in extra(name)} <= imported
    assert not extra(name) & {canonicalize_name(line.name) for line in requirements()}


def test_files_that_are_no_code_come_with_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packaged = {
        ROOT / package.replace(".", "/") / name
        for package, names in project["tool"]["setuptools"]["package-data"].items()
        for name in names
    }
    package = ROOT / "gaitcolor_core"
    held = {path for path in tracked() if package in path.parents and path.suffix != ".py"}
    assert held == packaged


def test_import_contracts_hold() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_public_names() -> None:
    names = getattr(gaitcolor_core, "__all__", [])
    assert len(names) <= 12
    assert all(hasattr(gaitcolor_core, name) for name in names)


def test_the_app_uses_public_names_only() -> None:
    for path in sources():
        if "gaitcolor_core" in path.parts[len(ROOT.parts) :]:
            continue
        for module, names in imports(path):
            if module.startswith("gaitcolor_core"):
                assert module == "gaitcolor_core", f"{path.name} imports {module}"
                assert set(names) <= set(gaitcolor_core.__all__)


@pytest.mark.parametrize(
    "module",
    [
        module.name
        for module in pkgutil.walk_packages(gaitcolor_core.__path__, "gaitcolor_core.")
        if not module.name.endswith("__main__")
    ],
)
def test_examples_in_docstrings(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GAITCOLOR_DETECTOR", raising=False)
    assert doctest.testmod(importlib.import_module(module)).failed == 0


def test_files_are_short() -> None:
    long = {
        path.relative_to(ROOT).as_posix()
        for path in tracked()
        if path.suffix == ".py" and len(path.read_text().splitlines()) > MAX_LINES
    }
    assert long <= TOO_LONG


def test_no_traces_of_a_workplace() -> None:
    # Spelled apart, so that this file does not find itself.
    traces = re.compile("|".join(["/" + "work/", "/" + "root/", "/" + "home/", "issue" + r" #\d"]))
    for path in tracked():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        found = traces.search(content.decode("utf-8"))
        assert not found, f"{path.relative_to(ROOT)}: {found and found[0]}"


def test_readme_says_how_to_run_and_to_test() -> None:
    readme = (ROOT / "README.md").read_text()
    for marker in ("run-command", "test-command"):
        assert re.search(rf"<!-- {marker} -->\n+```\w*\n.+\n```", readme)
