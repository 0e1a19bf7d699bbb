"""What geoseg does, as functions: each joins the stages the way the command of its name does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geoseg.config import PredictConfig, TrainConfig
from geoseg.types import NoProgress, Progress, join_footprints

if TYPE_CHECKING:
    import geopandas

    from geoseg.evaluation import VectorScores
    from geoseg.scenes import Scene


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

    from geoseg.jobs import ShardMemory, find_run_time
    from geoseg.maskrcnn.named_weights import find_weights
    from geoseg.prediction import PredictionRequest, PredictionRun
    from geoseg.runners.in_process import InProcessRunner

    request = PredictionRequest(
        str(raster),
        config or PredictConfig(),
        weights=None if weights is None else find_weights(weights),
        engine=engine,
        device=device,
        aoi=None if aoi is None else Path(aoi),
        bbox=bbox,
    )
    with PredictionRun(request) as run:
        batches = run.scan(
            runner=InProcessRunner(), store=ShardMemory(), progress=progress or NoProgress()
        )
        footprints = join_footprints(list(batches), run.metric_crs)
        raster_crs, origin = run.source.crs, run.make_origin(find_run_time())
    table = geopandas.GeoDataFrame(
        {
            "id": np.arange(1, len(footprints) + 1),
            "score": footprints.scores,
            "area_m2": footprints.areas_m2,
        },
        geometry=footprints.polygons,
        crs=footprints.crs,
    ).to_crs(raster_crs)
    # A plain dict: what cannot be written as JSON in `attrs` keeps pandas from writing Parquet.
    table.attrs["origin"] = asdict(origin)
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
    from geoseg.detections.engines import choose_engine, load_gdal_before_keras
    from geoseg.plain_images import predict_images
    from geoseg.runners.data_parallel import share_batches
    from geoseg.training.run_folder import RunFolder

    # Only Keras trains.
    choose_engine("keras")
    run = RunFolder(Path(folder))
    # Before the seconds that Keras takes to load.
    config = run.check(config, resume=resume)
    load_gdal_before_keras()
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
