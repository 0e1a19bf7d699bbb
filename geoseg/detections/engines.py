"""The engines that can run the network, and which of them are installed."""

from __future__ import annotations

import importlib.util
import os
import shutil

from geoseg.errors import ConfigError, MissingDependencyError

# The packages of each. Keras also needs its backend.
ENGINES = {"keras": ("keras",), "onnx": ("onnx", "onnxruntime")}

INSTALL_HINT = 'pip install "geoseg[onnx]" (small) or "geoseg[tensorflow]" (large, also trains)'


def list_engines() -> list[str]:
    """Names of the engines that are installed, the preferred one first."""
    installed = [name for name in ENGINES if not list_missing(name)]
    return installed if _is_keras_better() else installed[::-1]


def _is_keras_better() -> bool:
    """Whether there may be a GPU, or somebody has chosen a backend of Keras.

    On a CPU ONNX Runtime starts sooner, takes half the memory and is no slower
    (docs/weights.md). To ask Keras for its GPUs would take the seconds that are to be saved.
    """
    return bool(os.environ.get("KERAS_BACKEND")) or shutil.which("nvidia-smi") is not None


def list_missing(engine: str) -> list[str]:
    """Packages that an engine lacks."""
    packages = ENGINES[engine]
    if engine == "keras":
        packages = (*packages, os.environ.get("KERAS_BACKEND") or "tensorflow")
    return [name for name in packages if importlib.util.find_spec(name) is None]


def choose_engine(name: str) -> str:
    """Turn "auto", "keras" or "onnx" into an engine that is installed.

    "auto" takes ONNX Runtime where it is there, and else Keras; the other way round where an
    NVIDIA GPU seems to be there or KERAS_BACKEND is set.

    Raises:
        ConfigError: there is no such engine.
        MissingDependencyError: it is not installed; the message says how to.
    """
    if name == "auto":
        installed = list_engines()
        if not installed:
            raise MissingDependencyError(f"Running the network needs an engine: {INSTALL_HINT}.")
        return installed[0]
    if name not in ENGINES:
        raise ConfigError(f"engine must be auto, {' or '.join(ENGINES)}; got {name}.")
    missing = list_missing(name)
    if missing:
        extra = "tensorflow" if name == "keras" else name
        raise MissingDependencyError(
            f"The engine {name} needs {' and '.join(missing)}, not installed here: "
            f'pip install "geoseg[{extra}]".'
        )
    return name


def load_gdal_before_keras() -> None:
    """Load the GDAL of vector files; call it before anything that imports Keras.

    TensorFlow brings an SQLite without R-trees. A GDAL that is loaded after it takes that one: it
    can't open GeoPackages with a spatial index, and writes them without.
    """
    import pyogrio  # noqa: F401
