from gaitcolor_core.datasets.gait_set import VIEWS, SequenceKey
from gaitcolor_core.datasets.presets import PRESETS
from gaitcolor_core.datasets.splits import PAPER


def test_the_bench_is_casia_b_in_full() -> None:
    bench = PRESETS["bench"]
    keys = {
        key
        for subject in bench.subjects
        for condition, number in bench.walks
        for key in bench.keys(subject, condition, number)
    }
    assert len(keys) == 124 * 10 * 11
    assert {key.view for key in keys} == set(VIEWS)
    assert SequenceKey(124, "cl", 2, 180) in keys


def test_the_bench_is_colored_where_a_gait_model_trains_and_is_tested() -> None:
    bench = PRESETS["bench"]
    colored = {
        (subject, condition, number)
        for subject in bench.subjects
        for condition, number in bench.walks
        if bench.has_color(subject, condition, number)
    }
    assert len(colored) == 30 * 4 + 44 * 4
    assert {subject for subject, _, _ in colored} == {*PAPER.gait_model, *PAPER.test}
    assert (1, "nm", 1) in colored and (1, "nm", 5) not in colored
    assert (81, "nm", 5) in colored and (81, "nm", 1) not in colored


def test_every_preset_has_a_gallery_and_probes_of_all_conditions() -> None:
    for preset in PRESETS.values():
        assert ("nm", 1) in preset.walks
        assert {("nm", 5), ("bg", 1), ("cl", 1)} <= set(preset.walks)
        assert set(preset.views) <= set(VIEWS)
