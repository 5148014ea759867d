from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaitcolor_core.datasets.mocap import JOINTS, read_take
from gaitcolor_core.structures import InputError


def take(*, spin_deg: float = 0.0, prefix: str = "CC_Base_") -> str:
    """A skeleton of 1 m high legs, y up, that walks 10 cm toward z; its left thigh is turned."""
    limbs = ""
    for side, x in (("L", 10), ("R", -10)):
        for chain in (("Thigh", "Calf", "Foot", "ToeBase"), ("Upperarm", "Forearm", "Hand")):
            for depth, name in enumerate(chain):
                offset = f"0 {-50 if depth else 0} 0" if depth else f"{x} 0 0"
                limbs += f"JOINT {prefix}{side}_{name}\n{{\nOFFSET {offset}\n"
                limbs += "CHANNELS 3 Zrotation Yrotation Xrotation\n"
            limbs += "End Site\n{\nOFFSET 0 0 5\n}\n" + "}\n" * len(chain)
    root = "CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation"
    head = f"HIERARCHY\nROOT {prefix}Hip\n{{\nOFFSET 0 0 0\n{root}\n{limbs}}}\n"
    turns = [0.0] * (3 * 2 * len(JOINTS))
    turns[2] = spin_deg
    rows = [" ".join(map(str, [0, 100, 10 * frame, 0, 0, 0, *turns])) for frame in (0, 1, 2)]
    return head + "MOTION\nFrames: 3\nFrame Time: 0.02\n" + "\n".join(rows) + "\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "take.bvh"
    path.write_text(text)
    return path


def test_joints_are_in_metres_with_z_up_without_the_first_frame(tmp_path: Path) -> None:
    motion = read_take(written(tmp_path, take()))
    assert motion.fps == pytest.approx(50)
    assert len(motion.joints) == 2 * len(JOINTS) + 1
    np.testing.assert_allclose(motion.joints["pelvis"], [[0, -0.1, 1], [0, -0.2, 1]])
    np.testing.assert_allclose(motion.joints["foot.L"], [[0.1, -0.1, 0], [0.1, -0.2, 0]], atol=1e-9)


def test_what_hangs_on_a_joint_turns_with_it(tmp_path: Path) -> None:
    # about x, so that the leg that hung down along -y points toward -z, which is back
    motion = read_take(written(tmp_path, take(spin_deg=90)))
    np.testing.assert_allclose(motion.joints["foot.L"][0], [0.1, -0.1 + 1, 1], atol=1e-9)
    np.testing.assert_allclose(motion.joints["foot.R"][0], [-0.1, -0.1, 0], atol=1e-9)


def test_another_skeleton(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="CC_Base_L_Thigh"):
        read_take(written(tmp_path, take(prefix="mixamo:")))


@pytest.mark.parametrize("text", ["", "no motion", "HIERARCHY\nMOTION\n", take()[:-20]])
def test_no_take(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"take\.bvh"):
        read_take(written(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_take(tmp_path / "none.bvh")
