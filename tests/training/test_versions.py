"""What a run was made with."""

from __future__ import annotations

from types import SimpleNamespace

from geoseg.training.versions import describe_session, fingerprint_datasets, list_devices


def test_datasets_of_one_name_keep_their_own_fingerprints() -> None:
    datasets = [
        SimpleNamespace(name=name, fingerprint=lambda digest=digest: digest)
        for name, digest in [("town", "a"), ("all", "b"), ("town", "c"), ("town", "d")]
    ]
    found = fingerprint_datasets(SimpleNamespace(datasets=datasets))  # type: ignore[arg-type]
    assert found == {"town": "a", "all": "b", "town (2)": "c", "town (3)": "d"}


def test_a_session_names_what_has_a_say_in_its_numbers() -> None:
    session = describe_session(step=3, seed=7, data={"town": "a"})
    assert (session["step"], session["seed"], session["data"]) == (3, 7, {"town": "a"})
    assert {"keras", "numpy", "shapely"} <= set(session["packages"])
    assert session["devices"] == list_devices() != []
