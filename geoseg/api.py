"""What geoseg does, as functions: each joins the stages the way the command of its name does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import geoseg
from geoseg.config import PredictConfig, TrainConfig, to_dict
from geoseg.types import Footprints, NoProgress, Origin, Progress

if TYPE_CHECKING:
    import geopandas
    from pyproj import CRS

    from geoseg.config import MaskRCNNConfig
    from geoseg.evaluation import VectorScores
    from geoseg.raster import Overview
    from geoseg.scenes import Scene

OVERVIEW_SIDE_PX = 1600


@dataclass(frozen=True)
class Prediction:
    """The result of a run.

    Attributes:
        footprints: the buildings, in a local metric CRS.
        origin: where they come from.
        raster_crs: CRS of the raster.
        overview: a small picture of the raster; None when none was asked for.
        num_tiles: tiles that were looked at.
        area_km2: ground that was looked at.
        seconds: from the first tile to the last footprint.
    """

    footprints: Footprints
    origin: Origin
    raster_crs: CRS
    overview: Overview | None
    num_tiles: int
    area_km2: float
    seconds: float


def run_prediction(
    raster: str,
    config: PredictConfig,
    *,
    weights: Path | None = None,
    engine: str = "auto",
    device: str = "auto",
    aoi: Path | None = None,
    bbox: Sequence[float] | None = None,
    with_overview: bool = False,
    progress: Progress | None = None,
) -> Prediction:
    """Find the buildings of a raster.

    Args:
        raster: whatever GDAL opens: a path, an address, a description file.
        config: all settings; the size of the tiles is the model's.
        weights: a weights file; None takes the bundled model.
        engine: "auto", "keras" or "onnx", see `geoseg.detections.engines`.
        device: "auto", "cpu", "gpu" or "gpu:N".
        aoi: a vector file; only what lies inside is looked at.
        bbox: the same as west, south, east, north in degrees.
        with_overview: also read a small picture of the raster.
        progress: is told of every tile.

    Raises:
        GeosegError: the subclass says what is wrong with raster, area, weights or device.
    """
    from geoseg.detections.engines import choose_engine
    from geoseg.detections.views import load_views
    from geoseg.pipeline import scan_raster, vectorize
    from geoseg.raster import open_raster, warn_of_gsd_range
    from geoseg.raster.aoi import find_area_centre, read_area_px
    from geoseg.raster.gdal import short_name
    from geoseg.runners.in_process import InProcessRunner

    # What can be wrong is found before the seconds that it takes to load the network.
    engine = choose_engine(engine)
    model, name, digest = describe_weights(weights)
    config = config.fit_tiles(model.tile_size_px)
    centre = find_area_centre(aoi, bbox)
    with open_raster(raster, config.raster, model_gsd_m=model.gsd_m, at_lonlat=centre) as source:
        area_px = read_area_px(source, aoi, bbox)
        overview = source.read_overview(OVERVIEW_SIDE_PX) if with_overview else None
        warn_of_gsd_range(source.gsd_m, short_name(raster), model.gsd_range_m)
        detector = load_views(config.detect, weights, engine=engine, device=device)
        started = time.monotonic()
        scan = scan_raster(
            source,
            detector,
            config,
            runner=InProcessRunner(),
            progress=progress or NoProgress(),
            area_px=area_px,
            batch_size=detector.batch_size,
        )
        footprints = vectorize(scan, source, config, area_px)
        seconds = time.monotonic() - started
        origin = make_origin(
            config,
            model=name,
            weights_sha256=digest,
            raster=short_name(raster),
            raster_date=source.facts.date,
        )
        return Prediction(
            footprints, origin, source.crs, overview, scan.num_tiles, scan.area_m2 / 1e6, seconds
        )


def predict(
    raster: str | Path,
    *,
    config: PredictConfig | None = None,
    weights: str | Path | None = None,
    engine: str = "auto",
    device: str = "auto",
    aoi: str | Path | None = None,
    bbox: Sequence[float] | None = None,
    progress: Progress | None = None,
) -> geopandas.GeoDataFrame:
    """Find the buildings of a raster.

    Args:
        raster: whatever GDAL opens: a path, an address, a description file.
        config: all settings; None takes the defaults.
        weights: a weights file, or the name of an imported one; None takes the bundled model.
        engine: "auto", "keras" or "onnx"; "auto" takes Keras only for a GPU.
        device: "auto", "cpu", "gpu" or "gpu:N".
        aoi: a vector file; only what lies inside is looked at.
        bbox: the same as west, south, east, north in degrees.
        progress: is told of every tile.

    Returns:
        Columns `id`, `score`, `area_m2` and `geometry`, in the CRS of the raster; the fields
        of the `geoseg.types.Origin` are in `attrs["origin"]`. No rows when there is no building.

    Raises:
        GeosegError: the subclass says what is wrong with raster, area, weights or device.

    Example:
        >>> import geoseg
        >>> buildings = geoseg.predict("raster.tif")  # doctest: +SKIP
        >>> buildings[buildings.score > 0.8].to_file("sure.gpkg")  # doctest: +SKIP
    """
    import geopandas

    from geoseg.maskrcnn.named_weights import find_weights

    prediction = run_prediction(
        str(raster),
        config or PredictConfig(),
        weights=None if weights is None else find_weights(weights),
        engine=engine,
        device=device,
        aoi=None if aoi is None else Path(aoi),
        bbox=bbox,
        progress=progress,
    )
    footprints = prediction.footprints
    table = geopandas.GeoDataFrame(
        {
            "id": np.arange(1, len(footprints) + 1),
            "score": footprints.scores,
            "area_m2": footprints.areas_m2,
        },
        geometry=footprints.polygons,
        crs=footprints.crs,
    ).to_crs(prediction.raster_crs)
    # A plain dict: what cannot be written as JSON in `attrs` keeps pandas from writing Parquet.
    table.attrs["origin"] = asdict(prediction.origin)
    return table


def evaluate(
    predicted: str | Path, truth: str | Path, *, aoi: str | Path | None = None, iou: float = 0.5
) -> VectorScores:
    """Score predicted buildings against true ones, see `geoseg.evaluation.evaluate_vectors`."""
    from geoseg.evaluation import evaluate_vectors

    area = None if aoi is None else Path(aoi)
    return evaluate_vectors(Path(predicted), Path(truth), area, iou=iou)


def train(
    config: TrainConfig | None,
    folder: str | Path,
    *,
    resume: bool = False,
    num_devices: int | None = None,
    progress: Progress | None = None,
) -> Path:
    """Train a model, see `geoseg.training.train.train_model`. Returns the weights file.

    Args:
        config: the run, with its `validation` datasets; None only with `resume`.
        folder: a new folder, or with `resume` that of a run that was interrupted.
        resume: go on from the last checkpoint.
        num_devices: devices that share each batch, see `geoseg.runners.data_parallel`; None
            for one.
        progress: is told of every step.
    """
    from geoseg.detections.engines import choose_engine
    from geoseg.plain_images import predict_images
    from geoseg.runners.data_parallel import share_batches
    from geoseg.training.run_folder import RunFolder

    # Only Keras trains.
    choose_engine("keras")
    run = RunFolder(Path(folder))
    # Before the seconds that Keras takes to load.
    config = run.check(config, resume=resume)
    share_batches(num_devices, config.batch_size)
    from geoseg.training.train import train_model
    from geoseg.validation import make_scorer

    score = make_scorer(config, predict_images)
    return train_model(config, run.path, resume=resume, score=score, progress=progress)


def make_sample(
    seed: int = 1, *, size_px: int = 1200, gsd_m: float = 0.3, style: str | None = None
) -> Scene:
    """Invent an aerial scene with true footprints, see `geoseg.scenes.make_scene`."""
    from geoseg.scenes import make_scene

    return make_scene(seed, size_px=size_px, gsd_m=gsd_m, style=style)


def describe_weights(weights: Path | None) -> tuple[MaskRCNNConfig, str, str]:
    """Config, name and sha256 of a weights file, or of the bundled model; needs no Keras.

    Raises:
        WeightsError: the file is missing, damaged or of another program.
    """
    from geoseg.maskrcnn.bundled import BUNDLED_NAME, BUNDLED_PATH, check_bundled
    from geoseg.maskrcnn.weights_file import file_sha256, read_weights

    if weights is None:
        check_bundled()
    path = BUNDLED_PATH if weights is None else weights
    _, config = read_weights(path)
    return config, BUNDLED_NAME if weights is None else weights.name, file_sha256(path)


def make_origin(
    config: PredictConfig, *, model: str, weights_sha256: str, raster: str, raster_date: str
) -> Origin:
    """The origin of a result that is made now."""
    flat = {
        f"{stage}.{name}": value
        for stage, values in to_dict(config).items()
        for name, value in values.items()
    }
    return Origin(
        geoseg_version=geoseg.__version__,
        model=model,
        weights_sha256=weights_sha256,
        raster=raster,
        raster_date=raster_date,
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        config=flat,
    )
