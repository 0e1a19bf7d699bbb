"""What is set for a prediction, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from geoseg.config.toml import require, to_dict


@dataclass(frozen=True)
class RasterConfig:
    """How a raster is opened and turned into RGB at the model's GSD.

    Attributes:
        gsd_m: ground metres per pixel to read at; None reads at the model's own.
        bands: 1-based bands for red, green, blue, or one band; None goes by colour
            interpretation.
        scale: raster values that become 0 and 255; None takes percentiles 2 and 98 for
            anything but 8-bit.
        crs: CRS to assume when the raster has none, e.g. "EPSG:32645".
    """

    gsd_m: float | None = None
    bands: tuple[int, ...] | None = None
    scale: tuple[float, float] | None = None
    crs: str | None = None

    def __post_init__(self) -> None:
        if self.gsd_m is not None:
            require(0 < self.gsd_m < 1000, "gsd_m must be above 0 and below 1000", self.gsd_m)
        if self.bands is not None:
            require(len(self.bands) in (1, 3), "bands must be one or three", self.bands)
            require(min(self.bands) >= 1, "bands are counted from 1", self.bands)
        if self.scale is not None:
            require(self.scale[0] < self.scale[1], "scale must be LO,HI with LO < HI", self.scale)


@dataclass(frozen=True)
class TileConfig:
    """How the model grid is cut.

    Attributes:
        tile_size_px: side of a tile.
        overlap_px: pixels shared by two neighbours.
        min_valid_share: tiles with a smaller share of valid pixels are skipped.
    """

    tile_size_px: int = 300
    overlap_px: int = 64
    min_valid_share: float = 0.01

    def __post_init__(self) -> None:
        require(self.tile_size_px >= 32, "tile_size_px must be at least 32", self.tile_size_px)
        require(
            0 <= self.overlap_px < self.tile_size_px,
            "overlap_px must be at least 0 and below tile_size_px",
            f"{self.overlap_px} and {self.tile_size_px}",
        )
        require(
            0 <= self.min_valid_share <= 1, "min_valid_share must be in 0..1", self.min_valid_share
        )

    @property
    def stride_px(self) -> int:
        """Distance between two neighbouring tiles."""
        return self.tile_size_px - self.overlap_px


@dataclass(frozen=True)
class DetectConfig:
    """What is kept of the model's output.

    Attributes:
        score: detections below are dropped; None takes the model's own threshold.
        batch_size: tiles per step; None finds it.
        min_valid_share: detections with a smaller share of valid pixels are dropped.
        views: how often each tile is looked at, mirrored and turned: 1, 2, 4 or 8.
    """

    score: float | None = None
    batch_size: int | None = None
    min_valid_share: float = 0.5
    views: int = 1

    def __post_init__(self) -> None:
        if self.score is not None:
            require(0 <= self.score <= 1, "score must be in 0..1", self.score)
        if self.batch_size is not None:
            require(self.batch_size >= 1, "batch_size must be at least 1", self.batch_size)
        require(self.views in (1, 2, 4, 8), "views must be 1, 2, 4 or 8", self.views)


@dataclass(frozen=True)
class FootprintConfig:
    """How masks become polygons.

    Attributes:
        tolerance_m: farthest that a simplified outline may be from the contour, ground metres.
        min_area_m2: smaller footprints and smaller holes are dropped.
    """

    tolerance_m: float = 0.5
    min_area_m2: float = 4.0

    def __post_init__(self) -> None:
        require(self.tolerance_m >= 0, "tolerance_m must be at least 0", self.tolerance_m)
        require(self.min_area_m2 >= 0, "min_area_m2 must be at least 0", self.min_area_m2)


@dataclass(frozen=True)
class PredictConfig:
    """All settings of a prediction."""

    raster: RasterConfig = field(default_factory=RasterConfig)
    tiles: TileConfig = field(default_factory=TileConfig)
    detect: DetectConfig = field(default_factory=DetectConfig)
    footprints: FootprintConfig = field(default_factory=FootprintConfig)

    def fit_tiles(self, tile_size_px: int) -> PredictConfig:
        """The settings with the tiles that a model takes.

        Raises:
            ConfigError: the overlap is not below the tile size.
        """
        return replace(self, tiles=replace(self.tiles, tile_size_px=tile_size_px))


def list_settings(config: PredictConfig) -> dict[str, object]:
    """All settings that decide the result, by flat names such as `detect.score`.

    Those that are not set are absent, and so is the batch size, which changes no result.
    """
    return {
        f"{stage}.{name}": value
        for stage, values in to_dict(config).items()
        for name, value in values.items()
        if (stage, name) != ("detect", "batch_size")
    }
