from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from gaitcolor_core.datasets.gait_set import CONDITIONS, NUMBERS, VIEWS, SequenceKey
from gaitcolor_core.datasets.splits import COMMON, PAPER, Split, gallery, probes
from gaitcolor_core.structures import InputError

PARTS = ("gait_model", "recognizer", "test")


@dataclass
class NamesOnly:
    """A set of which nothing but the names of its sequences is wanted."""

    held: list[SequenceKey]
    root: Path = Path("walks")

    def keys(self) -> list[SequenceKey]:
        return sorted(self.held)

    def silhouettes(self, key: SequenceKey) -> np.ndarray:
        raise NotImplementedError

    def crops(self, key: SequenceKey) -> np.ndarray:
        raise NotImplementedError


def walks(*subjects: int, views: tuple[int, ...] = (90,)) -> NamesOnly:
    """All walks of `subjects`."""
    return NamesOnly(
        [
            SequenceKey(subject, condition, number, view)
            for subject in subjects
            for condition in CONDITIONS
            for number in NUMBERS[condition]
            for view in views
        ]
    )


def names(keys: list[SequenceKey]) -> list[str]:
    return [str(key) for key in keys]


@pytest.mark.parametrize(
    ("split", "sizes"),
    [
        (PAPER, (30, 50, 44)),  # APSIPA 2020: 3300 sequences, 5500, the rest
        (COMMON, (74, 74, 50)),
    ],
)
def test_sizes_on_all_of_casia_b(split: Split, sizes: tuple[int, ...]) -> None:
    everybody = walks(*range(1, 125), views=VIEWS)
    for part, size in zip(PARTS, sizes, strict=True):
        keys = split.select(everybody, part)
        assert len(keys) == 110 * size
        assert keys == sorted(keys)


@pytest.mark.parametrize("split", [PAPER, COMMON])
def test_nobody_who_is_tested_was_trained_on(split: Split) -> None:
    assert set(split.test).isdisjoint([*split.gait_model, *split.recognizer])
    assert {*split.gait_model, *split.recognizer, *split.test} == set(range(1, 125))


def test_the_paper_trains_its_recognizer_on_other_people() -> None:
    assert set(PAPER.gait_model).isdisjoint(PAPER.recognizer)


def test_a_smaller_set_gives_whom_it_has() -> None:
    few = walks(30, 31, 80, 81)
    chosen = [{key.subject for key in PAPER.select(few, part)} for part in PARTS]
    assert chosen == [{30}, {31, 80}, {81}]


def test_an_empty_part_is_refused_with_whom_the_set_has() -> None:
    sentence = (
        r"^'walks' has nobody for the part 'test', which takes the subjects 081-124; "
        r"it holds 001-003, 007, 031-032\.$"
    )
    with pytest.raises(InputError, match=sentence):
        PAPER.select(walks(1, 2, 3, 7, 31, 32), "test")


def test_an_empty_set_is_said_to_be_empty() -> None:
    with pytest.raises(InputError, match=r"the subjects 001-030; it is empty\.$"):
        PAPER.select(NamesOnly([]), "gait_model")


def test_gallery_and_probes_of_a_subject() -> None:
    keys = walks(1).keys()
    assert names(gallery(keys)) == [f"001-nm-{number:02d}-090" for number in (1, 2, 3, 4)]
    assert names(probes(keys, "nm")) == ["001-nm-05-090", "001-nm-06-090"]
    assert names(probes(keys, "bg")) == ["001-bg-01-090", "001-bg-02-090"]
    assert names(probes(keys, "cl")) == ["001-cl-01-090", "001-cl-02-090"]


def test_every_sequence_is_either_enrolled_or_a_probe() -> None:
    keys = walks(1, 2, views=VIEWS).keys()
    taken = gallery(keys) + [key for condition in CONDITIONS for key in probes(keys, condition)]
    assert sorted(taken) == keys


def test_without_gallery_or_probes_there_is_nothing_to_compare() -> None:
    with pytest.raises(InputError, match=r"the gallery needs nm-01 to nm-04, and the set holds"):
        gallery([SequenceKey(1, "nm", 5, 90)])
    with pytest.raises(InputError, match=r"'nm' need nm-05 or nm-06, and the set holds none"):
        probes([SequenceKey(1, "nm", 4, 90)], "nm")
