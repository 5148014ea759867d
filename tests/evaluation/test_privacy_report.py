"""The report on privacy: what it tells, what it leaves out, and that its pictures are there."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from privacy_outcomes import VIEWS, full_results, outcome, results

from gaitcolor_core.evaluation.privacy_figures import gei_pairs
from gaitcolor_core.evaluation.privacy_report import headline, write_report
from gaitcolor_core.evaluation.privacy_results import PrivacyResults

PICTURES = {
    "success_by_view.png", "threats.png", "strength.png", "distances.png", "view_by_view.png",
}  # fmt: skip


def report(found: PrivacyResults, folder: Path) -> str:
    return write_report(found, folder).read_text()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on results that lack little; its pictures are drawn but once."""
    folder = tmp_path_factory.mktemp("report")
    return write_report(full_results(), folder, quality="**PSNR**\n\n| color |\n| --- |\n")


def shown(text: str) -> set[str]:
    return set(re.findall(r"!\[[^]]+\]\(([^)]+)\)", text))


def section(text: str, title: str) -> str:
    return text.split(f"## {title}\n", 1)[1].split("\n## ")[0]


def rows(table: str) -> list[dict[str, str]]:
    """The lines of the first table in a text, cells by the head of their column."""
    lines = table[table.index("| ") :].split("\n\n")[0].splitlines()
    head, _, *body = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(head, cells, strict=True)) for cells in body]


def chosen(lines: list[dict[str, str]], *cells: str) -> dict[str, str]:
    """The only line that starts with these cells."""
    [found] = [line for line in lines if tuple(line.values())[: len(cells)] == cells]
    return found


GEI = "GEI + view transformation"


def test_the_headline_agrees_with_the_outcomes() -> None:
    lines = rows(headline(full_results()))
    assert chosen(lines, "deform 0.7", "handed over", GEI) == {
        "anonymizer": "deform 0.7", "silhouettes": "handed over", "recognizer": GEI,
        "clean": "43.8 (37.5-50.0)", "T0": "6.2 (0.0-12.5)", "T1": "9.4 (3.1-15.6)",
        "T2": "12.5 (6.2-18.8)", "T3": "18.8 (12.5-25.0)",
        "EER clean": "28.1", "EER T0-T3": "40.6", "chance": "2.5",
    }  # fmt: skip
    # What was found in the video stands beside what was found in the original one.
    filmed = chosen(lines, "deform 0.7", "re-extracted", GEI)
    assert (filmed["clean"], filmed["T0"]) == ("68.8 (62.5-75.0)", "31.2 (25.0-37.5)")
    assert [line["anonymizer"] for line in lines].index("contour 0.7") == 4


def test_what_was_not_measured_is_a_dash(full: Path) -> None:
    line = chosen(rows(headline(full_results())), "deform 0.7", "handed over", "GaitSet")
    assert (line["T2"], line["T3"]) == ("-", "-") and "-" not in (line["T0"], line["T1"])
    text = section(full.read_text(), "All threat models")
    line = chosen(rows(text), "GaitSet", "T3")
    assert set(line.values()) == {"GaitSet", "T3", "-"}


def test_who_was_seen_from_one_side_alone_is_said() -> None:
    alone = {"cross_view": None, "interval": (0.375, 0.625), "rank1": ((0.5,),)}
    views = {"probe_views": (90,), "gallery_views": (90,)}
    [line] = rows(headline(results(outcome("T0", 0.5, 0, **alone, **views))))
    assert line["T0"] == "50.0 (37.5-62.5, same view)" and line["clean"] == "-"


def test_the_default_comes_first() -> None:
    found = results(outcome("T0", 0.25, 0.25, shape="contour"), outcome("T0", 0.5, 0.5))
    assert [line["anonymizer"] for line in rows(headline(found))] == ["deform 0.7", "contour 0.7"]


def test_success_is_what_is_not_recognized(full: Path) -> None:
    text = section(full.read_text(), "Success rate by view")
    assert "between 79.04 and 93.61 %" in text
    lines = rows(text)
    same = chosen(lines, GEI, "deform 0.7", "same view")
    other = chosen(lines, GEI, "deform 0.7", "other views")
    assert [same[f"{view}°"] for view in VIEWS] == 3 * ["87.5"]
    assert [other[f"{view}°"] for view in VIEWS] == 3 * ["93.8"]
    assert (other["mean"], other["range"]) == ("93.8", "93.8-93.8")
    # The floor: those who are not recognized without any anonymization.
    assert chosen(lines, GEI, "not anonymized", "same view")["mean"] == "12.5"


def test_whether_a_few_are_recognized_or_all_is_told(tmp_path: Path) -> None:
    shares = ((81, 0.0), (82, 1.0), (83, 0.0), (84, 0.5), (85, 0.25), (86, 0.125))
    found = results(outcome("T0", 0.5, 0.25, by_subject=shares))
    text = section(report(found, tmp_path), "Success rate by view")
    line = chosen(rows(text.split("person by person", 1)[1]), GEI)
    assert (line["all"], line["median person"]) == ("31.2", "18.8")
    assert line["without those 3"] == "4.2"
    assert line["the 3 most often"] == "082 (100.0), 084 (50.0), 085 (25.0)"
    # Where it was not kept, nothing is said.
    without = report(results(outcome("T0", 0.5, 0.25)), tmp_path)
    assert "person by person" not in without


def test_published_figures_are_beside_ours_and_labelled(full: Path) -> None:
    text = section(full.read_text(), "Recognition of walks as they are")
    assert chosen(rows(text), GEI, "nm")["mean"] == "43.8"
    lines = rows(text.split("The same beside what was published", 1)[1])
    recalled = chosen(lines, "GEI matching, Yu et al., ICPR 2006")
    assert (recalled["nm"], recalled["bg"], recalled["cl"]) == ("97.6", "52.0", "33.0")
    assert "recalled" in recalled["source"] and "people" in recalled["walkers"]
    assert chosen(lines, GEI)["nm"] == "87.5"
    quoted = chosen(lines, "GaitSet, Chao et al., AAAI 2019")
    assert (quoted["nm"], quoted["bg"], quoted["cl"]) == ("95.0", "87.2", "70.4")
    assert "to be checked" in quoted["source"]


def test_recognition_falls_with_the_gap_of_views(full: Path) -> None:
    text = section(full.read_text(), "Recognition of walks as they are")
    [gaps] = rows(text.split("by how far the views are apart:", 1)[1])
    assert gaps == {
        "views apart by": "rank-1", "0°": "87.5", "18°": "43.8", "36°": "-", "54°": "-",
        "90°": "43.8",
    }  # fmt: skip


def test_every_picture_is_there(full: Path) -> None:
    assert shown(full.read_text()) == PICTURES
    for name in PICTURES:
        picture = cv2.imread(str(full.parent / name))
        assert picture is not None and picture.std() > 5


def test_a_picture_without_data_is_not_drawn(tmp_path: Path) -> None:
    lone = results(outcome("T0", 0.5, 0.25, recognizer="gaitset"))
    assert shown(report(lone, tmp_path)) == {"success_by_view.png", "threats.png"}
    assert {path.name for path in tmp_path.glob("*.png")} == {"success_by_view.png", "threats.png"}


def test_the_picture_of_pairs_is_shown_if_it_is_there(tmp_path: Path) -> None:
    before = np.zeros((16, 16), np.float32)
    after = np.pad(np.ones((8, 8), np.float32), 4)
    sizes = []
    for count in (1, 3, 4):
        pairs = [("081-nm-05-090", before, after)] * count
        gei_pairs(pairs, tmp_path / "gei_pairs.png")
        sizes.append(cv2.imread(str(tmp_path / "gei_pairs.png")).shape[:2])
    assert sizes[1][1] > 2 * sizes[0][1] and sizes[2][0] > 1.5 * sizes[1][0]
    assert shown(report(results(), tmp_path)) == {"gei_pairs.png"}


def test_notes_are_told_once(full: Path) -> None:
    told = section(full.read_text(), "What was left out").strip().splitlines()
    assert told == [
        "- Left out: the recognizer 'gaitset_deform'.",
        "- Left out: 2 comparisons at views where the subject is not enrolled.",
    ]


def test_the_head_says_what_was_evaluated(full: Path) -> None:
    head = full.read_text().split("## ")[0]
    facts = dict(tuple(line.values()) for line in rows(head))
    assert facts["recognizers trained on subjects"] == "031-080, 083"
    assert facts["looked for were subjects"] == "081-082"
    assert facts["default of the tool"] == "deform at strength 0.7"
    assert facts["command"] == "a &#124; b"  # A bar would end the cell.


def test_a_check_that_does_not_hold_stands_out(full: Path) -> None:
    lines = rows(section(full.read_text(), "Checks of the machinery"))
    assert [line["holds"] for line in lines] == ["yes", "**NO**"]
    assert (lines[1]["expected"], lines[1]["seen"]) == ("2.5 ± 5.0", "12.5")


def test_curve_and_distances_are_told_in_figures(full: Path) -> None:
    text = full.read_text()
    last = rows(section(text, "Privacy against quality"))[-1]
    assert (last["strength"], last[f"rank-1, {GEI}"], last["GEI change"]) == ("1", "6.2", "12.0")
    assert (last["PSNR overlap (dB)"], last["PSNR crop (dB)"]) == ("20.0", "25.0")
    medians = [line["median distance"] for line in rows(section(text, "How far gaits move"))]
    assert medians == ["2.00", "5.00", "6.25"]


def test_the_strongest_attacker_is_named(full: Path) -> None:
    text = section(full.read_text(), "In short")
    assert f"{GEI} under T3 recognizes most, 18.8 % of the walks; guessing gives 2.5 %" in text


def test_the_tables_of_colors_come_as_they_are(full: Path) -> None:
    assert section(full.read_text(), "Colors").endswith("\n\n**PSNR**\n\n| color |\n| --- |\n")


@pytest.mark.parametrize(
    "found",
    [
        results(),
        results(outcome("clean", 1, 0.5)),  # nothing was attacked
        results(outcome("T1", 1, 0.5, silhouettes="re-extracted", condition="cl")),
        results(outcome("T0", 0, 0, rank1=3 * (3 * (None,),), cross_view=None, same_view=None,
                        interval=None, equal_error=None)),  # nothing could be compared
    ],
)  # fmt: skip
def test_there_is_a_report_on_little(found: PrivacyResults, tmp_path: Path) -> None:
    text = report(found, tmp_path)
    assert "## Colors" not in text
    assert "not covered" in text and "nan" not in text
    assert all((tmp_path / name).is_file() for name in shown(text))
    if not any(row.threat != "clean" for row in found.outcomes):
        assert headline(found) == "No anonymized walk was attacked."
        assert headline(found) in text
