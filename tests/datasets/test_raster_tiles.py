from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from affine import Affine
from pyproj import CRS

from geoseg.config import TileConfig
from geoseg.crs import WGS84, transform_polygons
from geoseg.datasets.coco_writer import CocoWriter, encode_rle
from geoseg.datasets.raster_tiles import TileOptions, TilesWritten, make_stem, write_tiles
from geoseg.errors import DatasetError, OutputError, OutputExistsError, RasterError
from geoseg.types import ImageBlock, Window

UTM = CRS.from_epsg(32645)
TILES = TileConfig(tile_size_px=64, overlap_px=16)


class MemorySource:
    """Noise of 1 m pixels, upper left corner at 500000, 3000000; the left part has no data."""

    name = "a/my town.tif"
    crs = UTM
    transform = Affine(1, 0, 500_000, 0, -1, 3_000_000)
    gsd_m = 1.0

    def __init__(self, shape_hw: tuple[int, int] = (100, 150), num_empty_cols: int = 0) -> None:
        self.shape_hw = shape_hw
        rng = np.random.default_rng(5)
        self.image = rng.integers(0, 256, (*shape_hw, 3), dtype=np.uint8)
        self.num_empty_cols = num_empty_cols

    def read(self, window: Window) -> ImageBlock:
        y1, x1, y2, x2 = window.box_yx
        valid = np.broadcast_to(np.arange(x1, x2) >= self.num_empty_cols, (y2 - y1, x2 - x1))
        return ImageBlock(window, self.image[y1:y2, x1:x2], valid)

    def close(self) -> None:
        """Nothing is open."""


WriteLabels = Callable[..., Path]


@pytest.fixture
def write_labels(tmp_path: Path) -> WriteLabels:
    """Write polygons given in pixels of `MemorySource` as WGS 84 GeoJSON."""

    def write(*polygons: shapely.Polygon) -> Path:
        metres = shapely.transform(
            np.array(polygons, dtype=object), lambda xy: xy * (1, -1) + (500_000, 3_000_000)
        )
        degrees = transform_polygons(metres, UTM, WGS84)
        path = tmp_path / "labels.geojson"
        path.write_text(shapely.to_geojson(shapely.GeometryCollection(list(degrees))))
        return path

    return write


def _annotation(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "annotation.json").read_text())
    return content


def test_tiles_hold_the_pixels_of_their_place(tmp_path: Path) -> None:
    source, folder = MemorySource(), tmp_path / "tiles"
    written = write_tiles(source, folder, TileOptions(TILES))
    assert written == TilesWritten(num_tiles=6, num_skipped=0, num_labels=0)
    assert sorted(path.name for path in folder.iterdir()) == [
        "annotation.json", "images", "tiles.gpkg",
    ]  # fmt: skip
    with rasterio.open(folder / "images" / "my_town_0001_0002.tif") as tile:
        assert tile.transform == Affine(1, 0, 500_086, 0, -1, 2_999_964)
        assert tile.crs.to_epsg() == 32645
        assert np.array_equal(np.moveaxis(tile.read(), 0, -1), source.image[36:100, 86:150])


def test_index_outlines_the_tiles(tmp_path: Path) -> None:
    write_tiles(MemorySource(num_empty_cols=32), tmp_path / "tiles", TileOptions(TILES))
    meta, _, wkb, fields = pyogrio.raw.read(tmp_path / "tiles" / "tiles.gpkg")
    columns = dict(zip(meta["fields"], fields, strict=True))
    assert columns["name"][0] == "my_town_0000_0000.tif"
    assert columns["valid_share"].tolist() == [0.5, 1, 1, 0.5, 1, 1]
    assert columns["row"].tolist() == [0, 0, 0, 1, 1, 1]
    outline = shapely.from_wkb(wkb)[1]
    assert outline.equals(shapely.box(500_048, 2_999_936, 500_112, 3_000_000))


def test_images_carry_size_and_gsd(tmp_path: Path) -> None:
    write_tiles(MemorySource((40, 50)), tmp_path / "tiles", TileOptions(TILES))
    content = _annotation(tmp_path / "tiles")
    assert content["categories"] == [{"id": 100, "name": "building", "supercategory": "building"}]
    # Cut to the raster, which is smaller than a tile.
    assert content["images"] == [
        {
            "id": 1,
            "file_name": "my_town_0000_0000.tif",
            "width": 50,
            "height": 40,
            "gsd_m": 1.0,
        }
    ]


def test_building_is_moved_to_its_tile(tmp_path: Path, write_labels: WriteLabels) -> None:
    labels = write_labels(shapely.box(70, 10, 80, 30))
    write_tiles(MemorySource(), tmp_path / "tiles", TileOptions(TILES, labels=labels))
    content = _annotation(tmp_path / "tiles")
    (found,) = content["annotations"]
    assert content["images"][found["image_id"] - 1]["file_name"] == "my_town_0000_0001.tif"
    assert found["bbox"] == pytest.approx([70 - 48, 10, 10, 20], abs=0.02)
    assert found["area"] == pytest.approx(200, abs=0.1)
    assert found["category_id"] == 100
    assert found["iscrowd"] == 0


@pytest.mark.parametrize(("min_visible_share", "areas"), [(0.0, [10, 190]), (0.1, [190])])
def test_slivers_are_left_out(
    tmp_path: Path, write_labels: WriteLabels, min_visible_share: float, areas: list[float]
) -> None:
    labels = write_labels(shapely.box(63, 10, 83, 20))
    config = TileConfig(tile_size_px=64, overlap_px=0)
    options = TileOptions(config, labels=labels, min_visible_share=min_visible_share)
    write_tiles(MemorySource((64, 128)), tmp_path / "tiles", options)
    found = _annotation(tmp_path / "tiles")["annotations"]
    assert [one["area"] for one in found] == pytest.approx(areas, abs=0.2)


# pycocotools 2.0.8 hands NumPy 2 an array without the copy keyword.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_pycocotools_reads_polygons_and_holes(tmp_path: Path, write_labels: WriteLabels) -> None:
    from pycocotools.coco import COCO

    court = shapely.box(10, 10, 50, 50).difference(shapely.box(20, 20, 40, 40))
    labels = write_labels(court, shapely.box(5, 52, 15, 60))
    write_tiles(MemorySource((64, 64)), tmp_path / "tiles", TileOptions(TILES, labels=labels))
    coco = COCO(tmp_path / "tiles" / "annotation.json")
    with_hole, plain = coco.loadAnns(coco.getAnnIds(imgIds=[1]))
    assert isinstance(with_hole["segmentation"], dict)
    assert isinstance(plain["segmentation"], list)
    mask = coco.annToMask(with_hole)
    assert mask.sum() == pytest.approx(1200, abs=40)
    assert mask[30, 30] == 0
    assert mask[12, 12] == 1
    assert coco.annToMask(plain).sum() == pytest.approx(80, abs=10)


def test_building_cut_in_two_is_one_annotation(tmp_path: Path, write_labels: WriteLabels) -> None:
    horseshoe = shapely.box(40, 10, 80, 40).difference(shapely.box(40, 20, 66, 30))
    labels = write_labels(horseshoe)
    config = TileConfig(tile_size_px=64, overlap_px=0)
    write_tiles(MemorySource((64, 128)), tmp_path / "tiles", TileOptions(config, labels=labels))
    left, right = _annotation(tmp_path / "tiles")["annotations"]
    assert (len(left["segmentation"]), len(right["segmentation"])) == (2, 1)


def test_rle_of_a_hole_at_the_edge_has_the_right_area() -> None:
    from pycocotools import mask as mask_api

    polygon = shapely.box(0, 0, 30, 17).difference(shapely.box(3, 5, 9, 11))
    rle = encode_rle(np.array([polygon], dtype=object), (17, 31))
    assert int(mask_api.area(rle)) == 30 * 17 - 36
    assert json.loads(json.dumps(rle))["size"] == [17, 31]


def test_polygons_are_closed_as_crowdai_has_them() -> None:
    writer = CocoWriter()
    writer.add_image("a.tif", (10, 10), 0.3)
    writer.add_building(np.array([shapely.box(1, 2, 3, 5)], dtype=object))
    (flat,) = writer.annotations[0]["segmentation"]
    assert flat[:2] == flat[-2:]
    assert writer.annotations[0]["bbox"] == [1, 2, 2, 3]


def test_only_tiles_that_touch_the_area_are_written(tmp_path: Path) -> None:
    area = shapely.box(0, 0, 10, 10)
    written = write_tiles(MemorySource(), tmp_path / "tiles", TileOptions(TILES), area_px=area)
    assert written.num_tiles == 1


def test_tiles_without_data_are_skipped(tmp_path: Path) -> None:
    source = MemorySource(num_empty_cols=64)
    written = write_tiles(source, tmp_path / "tiles", TileOptions(TILES))
    assert (written.num_tiles, written.num_skipped) == (4, 2)


def test_raster_without_data_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"my town\.tif: tiles must have at least 1%"):
        write_tiles(MemorySource(num_empty_cols=999), tmp_path / "tiles", TileOptions(TILES))
    assert list(tmp_path.iterdir()) == []


def test_failed_read_leaves_nothing_behind(tmp_path: Path) -> None:
    class Broken(MemorySource):
        def read(self, window: Window) -> ImageBlock:
            raise RasterError("town.tif: window cannot be read.")

    with pytest.raises(RasterError, match="window cannot be read"):
        write_tiles(Broken(), tmp_path / "tiles", TileOptions(TILES))
    assert list(tmp_path.iterdir()) == []


def test_labels_elsewhere_are_an_error(tmp_path: Path, write_labels: WriteLabels) -> None:
    labels = write_labels(shapely.box(9000, 9000, 9010, 9010))
    with pytest.raises(DatasetError, match=r"labels\.geojson: .*my town\.tif"):
        write_tiles(MemorySource(), tmp_path / "tiles", TileOptions(TILES, labels=labels))
    assert not (tmp_path / "tiles").exists()


def test_folder_with_tiles_is_kept_unless_overwriting(tmp_path: Path) -> None:
    folder = tmp_path / "tiles"
    write_tiles(MemorySource(), folder, TileOptions(TILES))
    before = _annotation(folder)
    with pytest.raises(OutputExistsError, match="new or empty"):
        write_tiles(MemorySource((64, 64)), folder, TileOptions(TILES))
    assert _annotation(folder) == before
    write_tiles(MemorySource((64, 64)), folder, TileOptions(TILES, overwrite=True))
    assert len(_annotation(folder)["images"]) == 1
    assert len(list((folder / "images").iterdir())) == 1
    assert list(tmp_path.iterdir()) == [folder]


def test_folder_with_other_things_is_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match=r"thesis\.txt"):
        write_tiles(MemorySource(), folder, TileOptions(TILES, overwrite=True))
    assert (folder / "thesis.txt").exists()


def test_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "tiles").mkdir()
    assert write_tiles(MemorySource(), tmp_path / "tiles", TileOptions(TILES)).num_tiles == 6


@pytest.mark.parametrize(
    ("name", "stem"), [("/a/b c.tif", "b_c"), ("C:\\x\\y.vrt", "y"), ("https://h/?q=1", "h")]
)
def test_stem_is_a_plain_file_name(name: str, stem: str) -> None:
    assert make_stem(name) == stem
