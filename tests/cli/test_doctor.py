from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from geoseg import doctor
from geoseg.cli.main import cli
from geoseg.doctor import Fact

GOOD = [Fact("geoseg", "0.1.0"), Fact("GPUs", "none")]
BROKEN = [*GOOD, Fact("self-test", "failed: WeightsError: no.", is_good=False)]


def test_a_good_installation_is_a_table_and_exit_code_0(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: GOOD)
    result = CliRunner().invoke(cli, ["doctor"])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["geoseg  0.1.0", "GPUs    none", "result  good"]


def test_a_broken_part_is_named_and_gives_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: BROKEN)
    result = CliRunner().invoke(cli, ["doctor"])
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1].split() == ["result", "broken:", "self-test"]


def test_the_report_can_be_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: BROKEN)
    result = CliRunner().invoke(cli, ["doctor", "--json"])
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["ok"] is False
    assert report["broken"] == ["self-test"]
    assert report["geoseg"] == "0.1.0"
