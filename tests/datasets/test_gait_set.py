from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.datasets.gait_set import CONDITIONS, NUMBERS, VIEWS, SequenceKey
from gaitcolor_core.structures import InputError

keys = st.sampled_from(CONDITIONS).flatmap(
    lambda condition: st.builds(
        SequenceKey,
        st.integers(1, 999),
        st.just(condition),
        st.sampled_from(NUMBERS[condition]),
        st.sampled_from(VIEWS),
    )
)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1-nm-01-090",  # subjects have three digits
        "001-nm-1-090",  # walks two
        "001-nm-01-90",  # views three
        "001-NM-01-090",
        "001-nm-01-090 ",
        "001-nm-01-090\n",
        "001-nm-01-090.avi",
        "001-nm-01",
        "\u0660\u0660\u0661-nm-01-090",  # digits, but of another script
    ],
)
def test_a_name_of_another_form_is_no_sequence(name: str) -> None:
    with pytest.raises(InputError, match=r"no name of a sequence; they look like 001-nm-01-090"):
        SequenceKey.parse(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("000-nm-01-090", "from 1 to 999, not 0"),
        ("001-xx-01-090", "nm, bg or cl, not 'xx'"),
        ("001-nm-00-090", "nm are numbered from 1 to 6, not 0"),
        ("001-nm-07-090", "nm are numbered from 1 to 6, not 7"),
        ("001-bg-03-090", "bg are numbered from 1 to 2, not 3"),
        ("001-cl-03-090", "cl are numbered from 1 to 2, not 3"),
        ("001-nm-01-091", "0, 18, 36 ... 180 degrees, not 91"),
        ("001-nm-01-198", "0, 18, 36 ... 180 degrees, not 198"),
    ],
)
def test_what_casia_b_cannot_hold_is_refused(name: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        SequenceKey.parse(name)


def test_a_subject_has_110_sequences() -> None:
    assert len(VIEWS) * sum(len(numbers) for numbers in NUMBERS.values()) == 110


def test_where_a_walk_is_kept() -> None:
    assert SequenceKey(7, "bg", 2, 0).folder == Path("007") / "bg-02"


@given(keys)
def test_a_name_is_read_back(key: SequenceKey) -> None:
    assert SequenceKey.parse(str(key)) == key


@given(st.lists(keys))
def test_keys_sort_like_their_names(some: list[SequenceKey]) -> None:
    assert [str(key) for key in sorted(some)] == sorted(str(key) for key in some)
