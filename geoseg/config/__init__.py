"""The settings of every stage: one frozen dataclass each, read from and written to TOML."""

from geoseg.config.augment import AugmentConfig
from geoseg.config.dataset import DatasetConfig
from geoseg.config.model import MaskRCNNConfig
from geoseg.config.predict import (
    DetectConfig,
    FootprintConfig,
    PredictConfig,
    RasterConfig,
    TileConfig,
    list_settings,
)
from geoseg.config.recipes import RECIPES, fill_train_config
from geoseg.config.toml import dump_toml, from_dict, load_toml, to_dict
from geoseg.config.train import StageConfig, TrainConfig

__all__ = [
    "RECIPES",
    "AugmentConfig",
    "DatasetConfig",
    "DetectConfig",
    "FootprintConfig",
    "MaskRCNNConfig",
    "PredictConfig",
    "RasterConfig",
    "StageConfig",
    "TileConfig",
    "TrainConfig",
    "dump_toml",
    "fill_train_config",
    "from_dict",
    "list_settings",
    "load_toml",
    "to_dict",
]
