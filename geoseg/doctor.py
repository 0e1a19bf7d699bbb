"""Examines an installation: what is there, and whether it works.

The report may be pasted into a public bug report: it holds no home folder, user or host name.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import geoseg

# What the network's matrix products gain from.
_USEFUL_CPU_FLAGS = (
    "avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16",
    "amx_int8", "asimd", "sve",
)  # fmt: skip
_PATH_VARIABLES = ("GDAL_DATA", "GDAL_DRIVER_PATH", "PROJ_DATA", "PROJ_LIB", "PYTHONPATH")
_GIB = 2**30


@dataclass(frozen=True)
class Fact:
    """One line of the report.

    Attributes:
        name: what it is about, e.g. "GDAL".
        text: what was found.
        is_good: False when geoseg cannot work like this.
    """

    name: str
    text: str
    is_good: bool = True


def examine() -> list[Fact]:
    """Look at the installation and try it out; takes some seconds, most of them for imports.

    Returns:
        Facts in the order of the report. Nothing is raised: what fails is a fact, too.
    """
    return [examine_one(name, find_out) for name, find_out in _QUESTIONS.items()]


def examine_one(name: str, find_out: Callable[[], str]) -> Fact:
    """Answer one question; a failure becomes a fact that is not good.

    Args:
        name: what it is about.
        find_out: gives the text, or raises.
    """
    try:
        return Fact(name, scrub(find_out()))
    except Exception as error:  # A broken library may raise anything; the report must go on.
        reason = " ".join(str(error).split()) or "no reason given"
        return Fact(name, scrub(f"failed: {type(error).__name__}: {reason}"), is_good=False)


def scrub(text: str) -> str:
    """Replace home folders and the host name, which do not belong into a public report.

    Example:
        >>> scrub("cannot read /home/alice/maps/a.tif")
        'cannot read ~/maps/a.tif'
    """
    home = str(Path.home())
    if len(home) > 1:
        text = text.replace(home, "~")
    text = re.sub(r"(/home/|/Users/|[A-Za-z]:\\Users\\)[^/\\\s]+", "~", text)
    host = platform.node()
    return re.sub(rf"\b{re.escape(host)}\b", "<host>", text) if len(host) > 2 else text


def get_version(package: str) -> str:
    """Version of an installed package, or "absent"."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "absent"


def describe_python() -> str:
    """Version of Python, and whether it runs in a virtual environment."""
    place = "virtual environment" if sys.prefix != sys.base_prefix else "no virtual environment"
    return f"{platform.python_version()} ({platform.python_implementation()}, {place})"


def describe_cpu() -> str:
    """Model of the CPU, its cores that may be used, and its features that matter."""
    model, flags = read_cpuinfo(Path("/proc/cpuinfo"))
    features = " ".join(flag for flag in _USEFUL_CPU_FLAGS if flag in flags) or "features unknown"
    return f"{model or platform.machine()}, {count_cores()} cores usable; {features}"


def read_cpuinfo(path: Path) -> tuple[str, set[str]]:
    """Model name and flags from Linux's file.

    Returns:
        Both empty where there is no such file, as on macOS and Windows.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "", set()
    fields = dict(re.findall(r"^([^\t:]+?)\s*:[ \t]*(.*)$", text, flags=re.MULTILINE))
    flags = fields.get("flags") or fields.get("Features", "")
    return fields.get("model name", ""), set(flags.split())


def count_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe_memory() -> str:
    """Free and whole memory."""
    import psutil

    memory = psutil.virtual_memory()
    return f"{memory.available / _GIB:.1f} GiB free of {memory.total / _GIB:.1f}"


def describe_disk() -> str:
    """Free space where the command was started."""
    usage = shutil.disk_usage(Path.cwd())
    return f"{usage.free / _GIB:.1f} GiB free of {usage.total / _GIB:.1f} in the current folder"


def describe_gdal() -> str:
    """Versions of GDAL in each package that brings its own, tried with a small raster."""
    # fiona before anything that loads TensorFlow: the other order breaks its GeoPackage driver.
    import fiona
    import pyogrio
    import rasterio

    with rasterio.MemoryFile() as file:
        size = {"width": 2, "height": 2, "count": 1, "dtype": "uint8"}
        with file.open(driver="GTiff", transform=rasterio.Affine.scale(2), **size) as raster:
            raster.write(np.full((1, 2, 2), 7, np.uint8))
        with file.open() as raster:
            if int(raster.read(1).sum()) != 28:
                raise RuntimeError("a raster does not read back as it was written")
    return (
        f"{rasterio.__gdal_version__} in rasterio {rasterio.__version__}, "
        f"{fiona.__gdal_version__} in fiona {fiona.__version__}, "
        f"{pyogrio.__gdal_version_string__} in pyogrio {pyogrio.__version__}"
    )


def describe_proj() -> str:
    """Versions of PROJ, tried with a point: its data files are what most often is amiss."""
    import pyproj
    import rasterio.crs
    import rasterio.warp

    to_utm = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32645", always_xy=True)
    x, y = to_utm.transform(87.0, 0.0)
    utm = rasterio.crs.CRS.from_epsg(32645)
    xs, ys = rasterio.warp.transform(rasterio.crs.CRS.from_epsg(4326), utm, [87.0], [0.0])
    if max(abs(x - 500_000), abs(y), abs(xs[0] - 500_000), abs(ys[0])) > 0.01:
        raise RuntimeError("a point on the central meridian does not land at 500000, 0")
    return f"{pyproj.proj_version_str} in pyproj {pyproj.__version__}"


def describe_vectors() -> str:
    """Versions of the libraries for geometries and tables."""
    import shapely

    names = ("geopandas", "pyarrow", "numpy")
    versions = ", ".join(f"{name} {get_version(name)}" for name in names)
    return f"shapely {shapely.__version__} with GEOS {shapely.geos_version_string}, {versions}"


def describe_engines() -> str:
    """What can run the network, the preferred engine first.

    Raises:
        MissingDependencyError: nothing can.
    """
    from geoseg.detections.engines import choose_engine, list_engines

    choose_engine("auto")
    return ", ".join(list_engines())


def describe_keras() -> str:
    """Version of Keras and its backend."""
    from geoseg.detections.engines import list_missing

    missing = list_missing("keras")
    if missing:
        return f"absent ({' and '.join(missing)})"
    import keras

    backend = keras.backend.backend()
    return f"{keras.__version__} on {backend} {get_version(backend)}"


def describe_onnx() -> str:
    """Version of ONNX Runtime and what it can compute on."""
    from geoseg.detections.engines import list_missing

    missing = list_missing("onnx")
    if missing:
        return f"absent ({' and '.join(missing)})"
    import onnxruntime

    providers = [
        name.removesuffix("ExecutionProvider") for name in onnxruntime.get_available_providers()
    ]
    return f"{onnxruntime.__version__} on {', '.join(providers)}, onnx {get_version('onnx')}"


def describe_gpus() -> str:
    """GPUs that the preferred engine sees."""
    from geoseg.detections.device import list_gpus, list_onnx_gpus
    from geoseg.detections.engines import choose_engine

    if choose_engine("auto") == "onnx":
        return ", ".join(list_onnx_gpus()) or "none"
    import keras

    if keras.backend.backend() != "tensorflow":
        return ", ".join(list_gpus()) or "none"
    import tensorflow as tf

    details = [
        tf.config.experimental.get_device_details(device)
        for device in tf.config.list_physical_devices("GPU")
    ]
    return ", ".join(str(one.get("device_name", "unnamed")) for one in details) or "none"


def describe_environment() -> str:
    """Variables that send libraries to other data files than their own."""
    return ", ".join(name for name in _PATH_VARIABLES if os.environ.get(name)) or "none"


def describe_bundled_model() -> str:
    """Whether the weights that come with geoseg are whole."""
    from geoseg.maskrcnn.bundled import BUNDLED_PATH, BUNDLED_SHA256, check_bundled

    check_bundled()
    return f"{BUNDLED_PATH.name}, sha256 {BUNDLED_SHA256[:12]}, intact"


def make_test_tile(size_px: int) -> NDArray[np.uint8]:
    """Four bright roofs with shadows on rough ground.

    Args:
        size_px: side of the tile.

    Returns:
        uint8 (size_px, size_px, 3), RGB; the same on every machine.
    """
    random = np.random.default_rng(0)
    tile = random.normal((96, 104, 74), 9, (size_px, size_px, 3))
    side = size_px // 6
    for row in (size_px // 6, 3 * size_px // 5):
        for col in (size_px // 6, 3 * size_px // 5):
            tile[row + 5 : row + side + 5, col + 5 : col + side + 5] *= 0.4
            tile[row : row + side, col : col + side] = (190, 120, 95)
            tile[row : row + side // 2, col : col + side] += 25
    return tile.clip(0, 255).astype(np.uint8)


def run_self_test() -> str:
    """Send a made-up tile through the bundled model, by every engine that is there.

    Returns:
        What was found, and the seconds for loading, the first tile and the next one.
    """
    from geoseg.detections.engines import choose_engine, list_engines

    choose_engine("auto")
    return "; ".join(_test_engine(engine) for engine in list_engines())


def _test_engine(engine: str) -> str:
    from geoseg.detections.detector import load_detector

    times_s = [time.perf_counter()]
    detector = load_detector(engine=engine)
    times_s.append(time.perf_counter())
    images = make_test_tile(detector.tile_size_px)[np.newaxis]
    counts = []
    for _ in range(2):
        counts.append(len(detector.detect(images)[0]))
        times_s.append(time.perf_counter())
    if counts[0] != counts[1]:
        raise RuntimeError(f"the same tile gave {counts[0]} and then {counts[1]} buildings")
    load_s, first_s, next_s = np.diff(times_s)
    return (
        f"{engine}: {counts[0]} buildings in a made-up tile, model loaded in {load_s:.1f} s, "
        f"first tile {first_s:.1f} s, next tile {next_s:.2f} s"
    )


_QUESTIONS: dict[str, Callable[[], str]] = {
    "geoseg": lambda: geoseg.__version__,
    "Python": describe_python,
    "system": platform.platform,
    "CPU": describe_cpu,
    "memory": describe_memory,
    "disk": describe_disk,
    "GDAL": describe_gdal,
    "PROJ": describe_proj,
    "vectors": describe_vectors,
    "path variables set": describe_environment,
    "engines": describe_engines,
    "Keras": describe_keras,
    "ONNX Runtime": describe_onnx,
    "GPUs": describe_gpus,
    "bundled model": describe_bundled_model,
    "self-test": run_self_test,
}
