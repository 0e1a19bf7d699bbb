"""The settings of every stage: one frozen dataclass each, read from and written to TOML."""

from geoseg.config.dataset import DatasetConfig
from geoseg.config.model import MaskRCNNConfig
from geoseg.config.predict import (
    DetectConfig,
    FootprintConfig,
    PredictConfig,
    RasterConfig,
    TileConfig,
)
from geoseg.config.toml import dump_toml, from_dict, load_toml, to_dict
from geoseg.config.train import TrainConfig

__all__ = [
    "DatasetConfig",
    "DetectConfig",
    "FootprintConfig",
    "MaskRCNNConfig",
    "PredictConfig",
    "RasterConfig",
    "TileConfig",
    "TrainConfig",
    "dump_toml",
    "from_dict",
    "load_toml",
    "to_dict",
]
