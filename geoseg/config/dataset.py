"""What is set for a source of training images."""

from __future__ import annotations

from dataclasses import dataclass

from geoseg.config.toml import require

KINDS = ("coco", "via", "masks", "spacenet", "scene", "scenes")

IGNORE = "ignore"
LEAVE_OUT = "-"


@dataclass(frozen=True)
class DatasetConfig:
    """One source of training images: one of `path`, `scene` and `scenes` is given.

    Attributes:
        path: a folder or a file of labelled images: COCO, VIA, masks or SpaceNet.
        weight: how often it is drawn, against the other sources.
        gsd_m: ground metres per pixel of images whose labels don't say.
        gsd_range_m: finest and coarsest GSD that samples are drawn at.
        kind: "coco", "via", "masks", "spacenet", "scene" or "scenes"; None goes by what is
            there.
        images: folder of the images, where it is not beside the labels.
        only: list of the images of `path` to take, one file name a line; see `geoseg audit`.
        classes: class of the model for a class of the labels; "ignore" learns nothing where
            such objects are, "-" takes them for ground. Others keep their names.
        class_attribute: VIA region attribute that names the class.
        scene: a raster to cut samples from.
        labels: vector file of the buildings of `scene`.
        aoi: vector file of the area of `scene` in which `labels` are complete; None for all.
        scenes: style of invented scenes, or "all".
        num_images: invented scenes, or places of `scene`, that there are; None finds it.
        seed: of invented scenes, and of places.
        bands: 1-based bands for red, green, blue, or one band; None goes by colour
            interpretation.
        scale: image values that become 0 and 255; None takes percentiles 2 and 98 of an image
            for anything but 8-bit.
    """

    path: str | None = None
    weight: float = 1.0
    gsd_m: float = 0.3
    gsd_range_m: tuple[float, float] = (0.15, 0.42)
    kind: str | None = None
    images: str | None = None
    only: str | None = None
    classes: dict[str, str] | None = None
    class_attribute: str | None = None
    scene: str | None = None
    labels: str | None = None
    aoi: str | None = None
    scenes: str | None = None
    num_images: int | None = None
    seed: int = 0
    bands: tuple[int, ...] | None = None
    scale: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        require(self.weight >= 0, "weight must be at least 0", self.weight)
        require(self.gsd_m > 0, "gsd_m must be above 0", self.gsd_m)
        low, high = self.gsd_range_m
        require(0 < low <= high, "gsd_range_m must be LOW, HIGH above 0", self.gsd_range_m)
        origins = [name for name in ("path", "scene", "scenes") if getattr(self, name) is not None]
        require(
            len(origins) == 1,
            "A dataset must have one of path, scene and scenes",
            " and ".join(origins) or "none",
        )
        require(
            (self.labels is not None) == (self.scene is not None),
            "scene and labels must be given together",
            self.scene or self.labels,
        )
        require(self.aoi is None or self.scene is not None, "aoi must go with scene", self.aoi)
        require(self.only is None or self.path is not None, "only must go with path", self.only)
        if self.kind is not None:
            fitting = KINDS[:4] if self.path is not None else (origins[0],)
            require(
                self.kind in fitting, f"kind must be one of {', '.join(fitting)}", repr(self.kind)
            )
        if self.num_images is not None:
            require(self.num_images >= 1, "num_images must be at least 1", self.num_images)
        require(self.seed >= 0, "seed must be at least 0", self.seed)
        if self.bands is not None:
            require(len(self.bands) in (1, 3), "bands must be one or three", self.bands)
            require(min(self.bands) >= 1, "bands are counted from 1", self.bands)
        if self.scale is not None:
            require(self.scale[0] < self.scale[1], "scale must be LO,HI with LO < HI", self.scale)
