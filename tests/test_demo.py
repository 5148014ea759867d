"""The app as a visitor meets it: a real server, asked by a client and by a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from app_server import ROOT, Server, shortened, wait_for
from clips import audio_packets, ffmpeg, lavfi, times_of
from gradio_client import Client, handle_file
from gradio_client.exceptions import ValidationError

from demo.example_clips import EXAMPLES
from demo.limits import check_limits
from demo.readout import WALKER_COLUMNS
from gaitcolor_core.video import VideoReader

ONE_WALKER, TWO_WALKERS = EXAMPLES.values()
PHONE = {"width": 390, "height": 844}


def with_a_tone(silent: Path, path: Path) -> Path:
    """The same clip with a sound, as long as it is."""
    copied = ["-c:v", "copy", "-c:a", "aac", "-shortest"]
    ffmpeg("-i", silent, *lavfi("sine=frequency=440:sample_rate=48000"), *copied, path)
    return path


def nothing_sticks_out(page: Any) -> bool:
    """Whether the page is as wide as the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def empty_px(page: Any) -> list[float]:
    """How much higher each player is than what it plays."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll("#clip, #result")].map((player) => {
                const video = player.querySelector("video");
                const shape = video.videoHeight / video.videoWidth;
                return player.clientHeight - video.clientWidth * shape;
            })"""
        )
    )


def downloaded(page: Any, what: str) -> Path:
    """What a button gives."""
    with page.expect_download() as download:
        page.locator(f"#download_{what}").click()
    return Path(download.value.path())


def unnamed(page: Any) -> list[str]:
    """What can be seen and used, or looked at, and has no name for who only hears the page."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll(
                // Gradio gives the two pictures of a slider no names but that of the slider.
                "input, button, textarea, [role=slider], img:not(#still img)")]
            .filter((each) => each.offsetParent && !(each.labels?.length || each.ariaLabel
                || each.title || each.alt || each.innerText?.trim()
                || each.getAttribute("aria-labelledby")))
            .map((each) => each.outerHTML)"""
        )
    )


# The server.


def test_clients_anonymize_an_example_offline(server: Server, tmp_path: Path) -> None:
    client = Client(server.url, download_files=tmp_path, verbose=False)
    short = shortened(ONE_WALKER, tmp_path / ONE_WALKER.name)
    clip, text, walkers, download, report_file, pair, still, energy_images = client.predict(
        handle_file(short), strength=0.6, seed="7", api_name="/anonymize"
    )
    with VideoReader(short) as before, VideoReader(clip) as after:
        assert len(list(after)) == len(list(before))
    assert Path(download).name == f"{ONE_WALKER.stem}_anonymized.mp4"
    assert walkers["headers"] == WALKER_COLUMNS
    assert walkers["data"]
    assert re.search(r"\*\*Crop\*\* \| \d+\.\d dB \| 0\.\d{3}", text)
    assert "Walkers found by: **walker_segmenter (bundled)**" in text
    written = json.loads(Path(report_file).read_text())
    assert (written["seed"], written["strength"], written["color"]) == (7, 0.6, "warp")
    assert (written["source"], written["output"]) == (ONE_WALKER.name, Path(download).name)
    # Both clips side by side, under their names.
    with VideoReader(short) as before, VideoReader(pair) as both:
        size, joint = before.metadata, both.metadata
        assert joint.width == 2 * size.width and joint.height > size.height
        assert len(list(both)) == written["frames"]
    # A frame of both, and what gait recognition sees of the walker.
    first, second = (cv2.imread(picture).astype(int) for picture in still)
    assert first.shape == second.shape == (size.height, size.width, 3)
    assert np.abs(first - second).max() > 60
    assert [each["caption"] for each in energy_images] == ["Walker 1: before, after, difference"]
    # The official detector is asked for, by each tab once.
    assert server.asked_hosts.read_text().split() in (["github.com"], 2 * ["github.com"])


def test_the_example_of_the_readme_spares_one_of_two_before_a_moving_camera_offline(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shortened(TWO_WALKERS, tmp_path / "walk.mp4")
    monkeypatch.chdir(tmp_path)
    [code] = re.findall(
        r"<!-- api-example -->\n```python\n(.+?)```", (ROOT / "README.md").read_text(), re.DOTALL
    )
    found: dict[str, Any] = {}
    exec(code.replace("http://127.0.0.1:7860", server.url), found)
    assert [each["caption"] for each in found["pictures"]] == ["Person 1", "Person 2"]
    assert len(found["walkers"]["data"]) >= 2
    report = json.loads(Path(found["report"]).read_text())
    assert len(report["spared"]) == 1
    assert f"walker {report['spared'][0]} (number 2 of the quick look)" in found["text"]


def test_clients_see_two_endpoints_and_their_errors(server: Server, tmp_path: Path) -> None:
    client = Client(server.url, download_files=tmp_path, verbose=False)
    described = client.view_api(return_format="dict", print_info=False)
    endpoints = described["named_endpoints"]
    assert list(endpoints) == ["/anonymize", "/glance"]
    first, *others = endpoints["/anonymize"]["parameters"]
    assert first["parameter_name"] == "clip"
    assert all(other["parameter_has_default"] for other in others)
    for endpoint in endpoints.values():
        assert len(endpoint["description"]) > 50
    for name in endpoints:
        with pytest.raises(ValidationError, match="Please choose a clip first"):
            client.predict(None, api_name=name)


# The browser.


def test_a_clip_is_anonymized_in_the_browser_but_for_who_is_spared(
    page: Any, tmp_path: Path
) -> None:
    short = with_a_tone(shortened(TWO_WALKERS, tmp_path / "silent.mp4"), tmp_path / "walk.mp4")
    page.locator("#clip input[type=file]").set_input_files(short)
    page.locator("#clip video").wait_for()
    page.get_by_role("button", name="More").click()
    assert page.locator("#seed :is(input, textarea)").input_value() == ""
    page.locator("#look").click()
    page.get_by_label("Person 1").check()
    page.locator("#start").click()
    page.get_by_text(re.compile(r"Finding the walkers, about \d+ (s|min) left")).first.wait_for()
    page.wait_for_function("document.querySelector('#result video')?.readyState == 4")
    page.locator("#readout table").wait_for()
    text = page.locator("#readout").inner_text()
    assert re.search(r"Crop\s+\d+\.\d dB\s+0\.\d{3}", text)
    assert "walker_segmenter (bundled)" in text
    assert "Not anonymized, as you wished: walker" in text
    assert page.locator("#still img").count() == 2
    assert page.locator("#energy_images img").count() == 1
    page.get_by_text("Walker by walker").click()
    assert re.search(r"\n1\s+\d+", page.locator("#walkers").inner_text())
    assert json.loads(downloaded(page, "report").read_text())["frames"] == check_limits(short)
    result = downloaded(page, "clip")
    assert times_of(result) == times_of(short)
    assert audio_packets(result) == audio_packets(short)
    page.set_viewport_size(PHONE)
    assert nothing_sticks_out(page)
    # The bar of the original, with the ways to get another one, is 40 pixels high.
    assert empty_px(page) == pytest.approx([40, 0], abs=3)
    assert unnamed(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_fits_a_phone_in_light_and_dark(page: Any, server: Server, theme: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{server.url}/?__theme={theme}")
    page.locator("#start").wait_for()
    page.wait_for_function(
        "dark => (getComputedStyle(document.body).backgroundColor.match(/\\d+/g)[0] < 60) == dark",
        arg=theme == "dark",
    )
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.locator("[role=tabpanel]:visible").wait_for()
        assert nothing_sticks_out(page)
        assert unnamed(page) == []


def test_a_text_file_is_refused_in_the_browser(page: Any, tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("This is no clip.")
    page.locator("#clip input[type=file]").set_input_files(text)
    page.locator("#clip video").wait_for(state="attached")
    page.locator("#start").click()
    page.locator("#clip").get_by_text("text.mp4 is not a video that can be read").wait_for()
    # Nothing waits for a turn, and another clip may be tried.
    assert page.locator("#start").is_visible() and not page.locator("#stop").is_visible()


def test_an_example_runs_with_one_click_until_it_is_stopped(page: Any, server: Server) -> None:
    before = set(server.runs())
    page.get_by_text("One walker").click()
    page.get_by_text("Finding the walkers").first.wait_for()
    [run] = set(server.runs()) - before
    page.locator("#stop").click()
    page.locator("#start").wait_for()
    wait_for(lambda: not run.exists())
    assert not page.locator("#result video").count()
    assert not page.locator("#readout").count()


def test_a_closed_page_ends_its_run(page: Any, server: Server) -> None:
    before = set(server.runs())
    page.get_by_text("One walker").click()
    page.get_by_text("Finding the walkers").first.wait_for()
    [run] = set(server.runs()) - before
    page.close()
    wait_for(lambda: not run.exists(), seconds=20)
    assert "Traceback" not in server.log.read_text()


def test_the_page_shows_what_to_expect(page: Any) -> None:
    page.get_by_role("button", name="What to expect").click()
    strip = page.get_by_alt_text("in six phases of a step")
    strip.wait_for()
    assert strip.evaluate("picture => picture.naturalWidth") > 1000
