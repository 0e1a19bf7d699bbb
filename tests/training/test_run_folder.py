"""Whether a run may begin or go on in a folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from geoseg.config import TrainConfig, to_dict
from geoseg.training.run_folder import find_differences


def test_a_used_folder_is_noticed_before_keras_is_loaded(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch()
    (tmp_path / "train.toml").write_text('[[datasets]]\npath = "none"\n')
    code = (
        "import sys; from geoseg.cli.main import cli\n"
        f"cli(['train', {str(tmp_path / 'train.toml')!r}, '-o', {str(tmp_path)!r}],"
        " standalone_mode=False)\n"
        "print(sorted({'keras', 'tensorflow', 'cv2'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
    assert "it holds a run already, which --resume goes on with" in result.stderr


def test_differences_are_named_with_their_place() -> None:
    before = to_dict(TrainConfig())
    wanted = {**before, "steps": 5, "start": "bundled", "workers": 7}
    wanted["model"] = {**before["model"], "score": 0.7}
    assert find_differences(before, wanted) == [
        "model.score 0.7 instead of 0.5",
        "start bundled instead of none",
        "steps 5 instead of 10000",
    ]
    assert find_differences(before, before) == []
