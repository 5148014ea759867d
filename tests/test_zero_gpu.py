"""ZeroGPU: runs on a borrowed GPU where there is the package `spaces`, here where there is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from demo import handlers
from demo.limits import MAX_FRAMES
from demo.zero_gpu import MAX_LOAN_S, device, loan_s

ROOT = Path(__file__).parents[1]
# The package works on ZeroGPU alone, where it talks to a scheduler. This stands for it, not for
# code of ours, and keeps its rules: the function is called with copies that went through pickle, as
# it runs in another process; so does its result; errors but Gradio's own lose their words; and the
# duration is asked for with the function's own arguments.
SPACES = """
import json
import os
import pickle
import gradio


def copied(value):
    return pickle.loads(pickle.dumps(value))


def gradio_auto_wrap(function):
    return function


def GPU(function, *, duration):
    def lent(*arguments):
        with open(os.environ["LOANS"], "a") as loans:
            loans.write(json.dumps([function.__name__, duration(*arguments)]) + "\\n")
        try:
            return copied(function(*copied(arguments)))
        except gradio.Error as error:
            raise copied(error) from None
        except Exception as error:
            raise gradio.Error(type(error).__name__) from None

    return lent
"""
RUN = """
import json
import sys
import gradio as gr
from demo import handlers

visitor = gr.Request(session_hash="one")
result = handlers.anonymize(sys.argv[1], 0.5, "7", "warp", "deform", 0, False, [], visitor)
told = []
for arguments in ((sys.argv[2], "warp", 0), (sys.argv[1], "warp", 60)):
    try:
        clip, color, adapt_s = arguments
        rest = (color, "deform", adapt_s, False, [])
        handlers.anonymize(clip, 0.5, "7", *rest, visitor)
    except gr.Error as error:
        told.append(error.message)
print(json.dumps({"text": result[1], "told": told}))
"""


def run(code: str, folder: Path, *words: object, **more: str) -> str:
    environment = {
        **os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "GAITCOLOR_DETECTOR": "static",
        "GRADIO_TEMP_DIR": str(folder / "cache"), **more,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=folder, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_loan_is_as_long_as_the_clip_needs_and_no_longer_than_anybody_may_have() -> None:
    assert loan_s(0, 0) < loan_s(50, 0) < loan_s(50, 10) <= MAX_LOAN_S
    assert loan_s(MAX_FRAMES, 120) == MAX_LOAN_S
    # A visitor without an account has 120 s a day, and newer cards count one and a half times.
    assert MAX_LOAN_S * 1.5 <= 120


@pytest.mark.slow
def test_a_run_borrows_a_gpu_and_says_the_same(walker_clip: Path, tmp_path: Path) -> None:
    (tmp_path / "spaces.py").write_text(SPACES)
    loans = tmp_path / "loans"
    text = tmp_path / "text.mp4"
    text.write_text("This is no clip.")
    said = json.loads(run(RUN, tmp_path, walker_clip, text, LOANS=str(loans)).splitlines()[-1])
    assert "walk.mp4" in said["text"] and "Key of this run: `7`" in said["text"]
    unreadable, no_network = said["told"]
    assert "text.mp4 is not a video that can be read" in unreadable
    assert " " in no_network  # a sentence, not the name of an error
    asked = [json.loads(line) for line in loans.read_text().splitlines()]
    # What is refused anyway borrows nothing.
    assert asked == [["_run", loan_s(20, 0)]]


@pytest.mark.skipif(find_spec("spaces") is not None, reason="the package is here")
def test_without_the_package_a_run_stays_here() -> None:
    assert handlers._run.__module__ == "demo.handlers"
    assert "spaces" not in sys.modules


def test_the_page_says_where_a_run_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert device().startswith(("cpu", "cuda"))
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    assert "ZeroGPU" in device() and f"at most {MAX_LOAN_S} s" in device()
