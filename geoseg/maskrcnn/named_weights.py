"""Weights by name: the bundled ones, and those that the user has imported."""

from __future__ import annotations

import math
import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geoseg.config import MaskRCNNConfig
from geoseg.errors import OutputError, OutputExistsError, WeightsError
from geoseg.maskrcnn.bundled import BUNDLED_NAME, BUNDLED_PATH, BUNDLED_SHA256
from geoseg.maskrcnn.matterport.h5_file import MatterportWeights, is_matterport, read_matterport
from geoseg.maskrcnn.matterport.whole_network import as_network
from geoseg.maskrcnn.weights_file import (
    SUFFIXES,
    Arrays,
    file_sha256,
    read_weights,
    write_weights,
)

# Overrides the user's folder of weights.
FOLDER_VARIABLE = "GEOSEG_WEIGHTS_DIR"

BUNDLED_LICENCE = "Apache-2.0"
UNKNOWN_LICENCE = "not stated"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class WeightsFacts:
    """What is known of a weights file.

    Attributes:
        name: to ask for it by; of a file that was not imported the file name.
        path: of the file.
        size_bytes: of the file.
        sha256: hex digest of the file.
        config: of the network.
        shapes: shape of each array by name, `<layer>/<variable>`, in the order of the file.
        dtypes: dtypes of the arrays, sorted, e.g. ("float16",).
        licence: SPDX identifier, or that none is stated.
        is_bundled: whether it came with geoseg.
        is_intact: whether a bundled file has the hash that it was released with; None for
            other files, whose hash nobody has stated.
    """

    name: str
    path: Path
    size_bytes: int
    sha256: str
    config: MaskRCNNConfig
    shapes: dict[str, tuple[int, ...]]
    dtypes: tuple[str, ...]
    licence: str
    is_bundled: bool
    is_intact: bool | None

    @property
    def num_parameters(self) -> int:
        """Numbers in all arrays."""
        return sum(math.prod(shape) for shape in self.shapes.values())


def get_weights_folder() -> Path:
    """Folder of the user's imported weights; it may not exist yet.

    GEOSEG_WEIGHTS_DIR names it; else it lies where programs keep a user's data: XDG_DATA_HOME on
    Linux, Application Support on macOS, LOCALAPPDATA on Windows.
    """
    wanted = os.environ.get(FOLDER_VARIABLE)
    if wanted:
        return Path(wanted)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "geoseg" / "weights"


def list_weights() -> list[Path]:
    """Files of the library: the bundled one, then the imported ones by name."""
    folder = get_weights_folder()
    imported = sorted(
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.name.endswith(SUFFIXES) and not path.name.startswith(".")
    )
    return [BUNDLED_PATH, *imported]


def find_weights(name: str | Path) -> Path | None:
    """The file that a path or a name stands for.

    Args:
        name: a path, which ends as weights files do or exists, or a name of an imported one.

    Returns:
        A path, which need not exist; None for the bundled model.

    Raises:
        WeightsError: there is no such name.
    """
    text = str(name)
    if text == BUNDLED_NAME:
        return None
    if text.endswith(SUFFIXES) or Path(text).exists() or not _NAME.fullmatch(text):
        return Path(text)
    for path in list_weights()[1:]:
        if get_name(path) == text:
            return path
    known = ", ".join(get_name(path) for path in list_weights())
    raise WeightsError(f"weights must be a file or one of {known}; got {text}.")


def get_name(path: Path) -> str:
    """Name of a weights file: its own without the ending.

    Example:
        >>> get_name(Path("runs/town.weights.h5"))
        'town'
    """
    ending = next((one for one in SUFFIXES if path.name.endswith(one)), "")
    return path.name[: len(path.name) - len(ending)]


def examine_weights(
    path: Path | None, found: MatterportWeights | None = None
) -> tuple[WeightsFacts, Arrays]:
    """What is in a weights file, and its arrays.

    Args:
        path: of the file; None for the bundled model.
        found: what was read of it, if it is matterport's and was read before.

    Raises:
        WeightsError: the file is missing, damaged or of another program.
    """
    is_bundled = path is None
    file = BUNDLED_PATH if path is None else path
    arrays, config = read_weights(file) if found is None else as_network(found, file.name)
    digest = file_sha256(file)
    facts = WeightsFacts(
        name=get_name(file) if file in list_weights() else file.name,
        path=file,
        size_bytes=file.stat().st_size,
        sha256=digest,
        config=config,
        shapes={name: array.shape for name, array in arrays.items()},
        dtypes=tuple(sorted({array.dtype.name for array in arrays.values()})),
        licence=BUNDLED_LICENCE if is_bundled else UNKNOWN_LICENCE,
        is_bundled=is_bundled,
        is_intact=digest == BUNDLED_SHA256 if is_bundled else None,
    )
    return facts, arrays


def import_weights(
    path: Path,
    name: str | None = None,
    *,
    overwrite: bool = False,
    class_names: tuple[str, ...] | None = None,
    tile_size_px: int | None = None,
    gsd_m: float | None = None,
) -> Path:
    """Copy a weights file into the library, after a look at what is in it.

    A file of matterport's becomes an .npz, with the config that it lacks.

    Args:
        path: of the file.
        name: to ask for it by; None takes the file's.
        overwrite: replace a file of that name.
        class_names: of a file of matterport's, without background; None takes the usual ones, see
            `geoseg.maskrcnn.matterport.class_names`.
        tile_size_px: side of the square input of such a file's network; None takes the usual one.
        gsd_m: ground metres per pixel of that input; None takes the usual one.

    Returns:
        The copy.

    Raises:
        WeightsError: the file is missing, damaged, of another program, or does not make a
            network; or the name is no name; or a setting is given for a file that has its own.
        OutputExistsError: the name is taken.
        OutputError: the copy cannot be written.
    """
    from geoseg.maskrcnn.onnx.model import check_fit

    settings = {"class_names": class_names, "tile_size_px": tile_size_px, "gsd_m": gsd_m}
    found = read_matterport(path) if is_matterport(path) else None
    if found is None:
        arrays, config = _read_with_config(path, settings)
    else:
        arrays, config = as_network(found, path.name, **settings)  # type: ignore[arg-type]
    check_fit(arrays, config, path.name)
    wanted = get_name(path) if name is None else name
    taken = _list_taken(wanted, overwrite=overwrite)
    ending = ".npz" if found else next(one for one in SUFFIXES if path.name.endswith(one))
    target = get_weights_folder() / (wanted + ending)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if found is None:
            _copy(path, target)
        else:
            write_weights(target, arrays, config, compress=False)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error}.") from error
    for other in taken:
        if other != target:
            other.unlink()
    return target


def _read_with_config(path: Path, settings: Mapping[str, object]) -> tuple[Arrays, MaskRCNNConfig]:
    given = [name for name, value in settings.items() if value is not None]
    arrays, config = read_weights(path)
    if given:
        raise WeightsError(
            f"{path.name} says itself what its {given[0]} must be: {getattr(config, given[0])}."
        )
    return arrays, config


def _list_taken(name: str, *, overwrite: bool) -> list[Path]:
    """Imported files of a name, if it may be given to another."""
    if not _NAME.fullmatch(name) or name.endswith(SUFFIXES):
        raise WeightsError(
            "a name must be letters, digits, dots, dashes and underscores, without the ending of "
            f"a file; got {name}."
        )
    if name == BUNDLED_NAME:
        raise OutputExistsError(f"{name} is the name of the bundled model; choose another.")
    taken = [one for one in list_weights()[1:] if get_name(one) == name]
    if taken and not overwrite:
        raise OutputExistsError(f"{name} exists; ask to overwrite it, or choose another name.")
    return taken


def _copy(path: Path, target: Path) -> None:
    temporary = target.with_name(f".{os.getpid()}.{target.name}")
    try:
        shutil.copyfile(path, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
