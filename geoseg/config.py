"""The settings of every stage: one frozen dataclass each, read from and written to TOML."""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from geoseg.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ConfigT = TypeVar("ConfigT")


def _require(condition: bool, rule: str, value: object) -> None:
    if not condition:
        raise ConfigError(f"{rule}; got {value}.")


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
            _require(0 < self.gsd_m < 1000, "gsd_m must be above 0 and below 1000", self.gsd_m)
        if self.bands is not None:
            _require(len(self.bands) in (1, 3), "bands must be one or three", self.bands)
            _require(min(self.bands) >= 1, "bands are counted from 1", self.bands)
        if self.scale is not None:
            _require(self.scale[0] < self.scale[1], "scale must be LO,HI with LO < HI", self.scale)


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
        _require(self.tile_size_px >= 32, "tile_size_px must be at least 32", self.tile_size_px)
        _require(
            0 <= self.overlap_px < self.tile_size_px,
            "overlap_px must be at least 0 and below tile_size_px",
            f"{self.overlap_px} and {self.tile_size_px}",
        )
        _require(
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
    """

    score: float | None = None
    batch_size: int | None = None
    min_valid_share: float = 0.5

    def __post_init__(self) -> None:
        if self.score is not None:
            _require(0 <= self.score <= 1, "score must be in 0..1", self.score)
        if self.batch_size is not None:
            _require(self.batch_size >= 1, "batch_size must be at least 1", self.batch_size)


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
        _require(self.tolerance_m >= 0, "tolerance_m must be at least 0", self.tolerance_m)
        _require(self.min_area_m2 >= 0, "min_area_m2 must be at least 0", self.min_area_m2)


@dataclass(frozen=True)
class MaskRCNNConfig:
    """The network, by stage. Saved with the weights.

    Attributes:
        backbone: "mobilenet_v2", "resnet50" or "resnet101".
        class_names: classes without background, in order of `Detection.class_index`.
        tile_size_px: side of the square input.
        gsd_m: ground metres per pixel the weights work best at.
        score: detections below this score are left out by default.
        pyramid_channels: width of the feature pyramid and of the heads' convolutions.
        anchor_scales_px: square root of the anchor area, one per pyramid level P2..P6.
        anchor_ratios: height / width.
        pre_nms_per_level: best anchors kept per level before NMS.
        num_proposals: boxes handed to the heads.
        rpn_nms_iou: proposals overlapping a better one by more are dropped.
        box_pool_px: side of the features pooled for the box head.
        box_units: width of the two dense layers of the box head.
        mask_pool_px: side of the features pooled for the mask head; masks are twice as wide.
        mask_convs: convolutions of the mask head before upsampling.
        detection_nms_iou: detections overlapping a better one by more are dropped.
        max_detections: most detections of a tile.
    """

    backbone: str = "mobilenet_v2"
    class_names: tuple[str, ...] = ("building",)
    tile_size_px: int = 300
    gsd_m: float = 0.3
    score: float = 0.5
    pyramid_channels: int = 128
    anchor_scales_px: tuple[float, ...] = (16.0, 32.0, 64.0, 128.0, 256.0)
    anchor_ratios: tuple[float, ...] = (0.5, 1.0, 2.0)
    pre_nms_per_level: int = 256
    num_proposals: int = 200
    rpn_nms_iou: float = 0.7
    box_pool_px: int = 7
    box_units: int = 512
    mask_pool_px: int = 14
    mask_convs: int = 2
    detection_nms_iou: float = 0.4
    max_detections: int = 150

    def __post_init__(self) -> None:
        known = ("mobilenet_v2", "resnet50", "resnet101")
        _require(
            self.backbone in known, f"backbone must be one of {', '.join(known)}", self.backbone
        )
        _require(len(self.class_names) >= 1, "class_names must name a class", self.class_names)
        _require(self.tile_size_px >= 64, "tile_size_px must be at least 64", self.tile_size_px)
        _require(
            len(self.anchor_scales_px) == 5,
            "anchor_scales_px must have five values, for P2 to P6",
            self.anchor_scales_px,
        )

    @property
    def num_classes(self) -> int:
        """Number of classes without background."""
        return len(self.class_names)


@dataclass(frozen=True)
class DatasetConfig:
    """One source of training images.

    Attributes:
        path: a folder with `images/` and `annotation.json` (COCO).
        weight: how often it is drawn, against the other sources.
        gsd_m: ground metres per pixel of images whose annotation doesn't say.
        gsd_range_m: finest and coarsest GSD that samples are drawn at.
    """

    path: str
    weight: float = 1.0
    gsd_m: float = 0.3
    gsd_range_m: tuple[float, float] = (0.15, 0.42)

    def __post_init__(self) -> None:
        _require(self.weight >= 0, "weight must be at least 0", self.weight)
        low, high = self.gsd_range_m
        _require(0 < low <= high, "gsd_range_m must be LOW, HIGH above 0", self.gsd_range_m)


@dataclass(frozen=True)
class TrainConfig:
    """A training run.

    Attributes:
        datasets: where samples come from.
        model: the network.
        start: weights to start from: a file of ours, or ImageNet weights as
            `<layer>/kernel` and `<layer>/bias` in an npz; None starts from nothing.
        steps: optimiser steps.
        batch_size: samples per step.
        learning_rate: highest learning rate, reached after `warmup_steps`.
        warmup_steps: steps of linear growth; a cosine brings the rate to 0 afterwards.
        weight_decay: of AdamW.
        clip_norm: gradients are scaled down to this norm.
        ema_momentum: of the moving average of the weights, which is what is saved.
        checkpoint_steps: steps between two checkpoints.
        max_objects: objects of a sample that are learned.
        seed: of everything random.
        mixed_precision: compute in bfloat16.
    """

    datasets: tuple[DatasetConfig, ...] = ()
    model: MaskRCNNConfig = field(default_factory=MaskRCNNConfig)
    start: str | None = None
    steps: int = 10_000
    batch_size: int = 4
    learning_rate: float = 3e-4
    warmup_steps: int = 300
    weight_decay: float = 0.02
    clip_norm: float = 1.0
    ema_momentum: float = 0.998
    checkpoint_steps: int = 500
    max_objects: int = 100
    seed: int = 0
    mixed_precision: bool = True

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "checkpoint_steps", "max_objects"):
            _require(getattr(self, name) >= 1, f"{name} must be at least 1", getattr(self, name))
        _require(self.learning_rate > 0, "learning_rate must be above 0", self.learning_rate)
        _require(self.warmup_steps >= 0, "warmup_steps must be at least 0", self.warmup_steps)


@dataclass(frozen=True)
class PredictConfig:
    """All settings of a prediction."""

    raster: RasterConfig = field(default_factory=RasterConfig)
    tiles: TileConfig = field(default_factory=TileConfig)
    detect: DetectConfig = field(default_factory=DetectConfig)
    footprints: FootprintConfig = field(default_factory=FootprintConfig)


def to_dict(config: Any) -> dict[str, Any]:
    """Plain nested dict of a config; None values are left out, as TOML has no null."""
    result: dict[str, Any] = {}
    for item in dataclasses.fields(config):
        value = getattr(config, item.name)
        if dataclasses.is_dataclass(value):
            result[item.name] = to_dict(value)
        elif isinstance(value, tuple):
            result[item.name] = [
                to_dict(one) if dataclasses.is_dataclass(one) else one for one in value
            ]
        elif value is not None:
            result[item.name] = value
    return result


def from_dict(cls: type[ConfigT], values: dict[str, Any]) -> ConfigT:
    """Build a config from a plain nested dict.

    Raises:
        ConfigError: a key is unknown, or a value is of the wrong type or out of range.
    """
    hints = typing.get_type_hints(cls)
    known = {item.name for item in dataclasses.fields(cls)}  # type: ignore[arg-type]
    unknown = sorted(set(values) - known)
    if unknown:
        raise ConfigError(
            f"{cls.__name__} knows {', '.join(sorted(known))}; got {', '.join(unknown)}."
        )
    return cls(**{key: _convert(key, value, hints[key]) for key, value in values.items()})


def _convert(key: str, value: Any, hint: Any) -> Any:
    if dataclasses.is_dataclass(hint):
        _require(isinstance(value, dict), f"{key} must be a table", value)
        return from_dict(hint, value)  # type: ignore[arg-type]
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        options = [option for option in typing.get_args(hint) if option is not type(None)]
        return None if value is None else _convert(key, value, options[0])
    if origin is tuple:
        _require(isinstance(value, list | tuple), f"{key} must be a list", value)
        inner = typing.get_args(hint)
        if inner[-1] is Ellipsis:
            return tuple(_convert(key, one, inner[0]) for one in value)
        _require(len(value) == len(inner), f"{key} must have {len(inner)} values", value)
        return tuple(_convert(key, one, kind) for one, kind in zip(value, inner, strict=True))
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    good = isinstance(value, hint) and (hint is bool or not isinstance(value, bool))
    _require(good, f"{key} must be a {hint.__name__}", repr(value))
    return value


def load_toml(cls: type[ConfigT], path: Path) -> ConfigT:
    """Read a config from a TOML file.

    Raises:
        ConfigError: the file cannot be read, is not TOML, or has wrong keys or values.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path.name}: cannot be read as TOML: {error}") from error
    return from_dict(cls, values)


def dump_toml(config: Any) -> str:
    """The config as TOML text; `load_toml` gives an equal config back."""
    import tomli_w

    return tomli_w.dumps(to_dict(config))
