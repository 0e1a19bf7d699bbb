"""Write procedural scenes as a training set: images/ and annotation.json (COCO).

    python scripts/make_scenes.py scenes/ --count 500 --seed 50000

Nearly half of them are suburbs at about 0.3 m, as satellites see them; the others are of all
styles, from 0.15 to 0.4 m.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import cv2
import numpy as np

from geoseg.datasets.coco_writer import CocoWriter
from geoseg.errors import GeosegError, OutputExistsError
from geoseg.scenes import Scene, make_scene

SIZE_PX = 512
JPEG_QUALITY = 92
MIN_AREA_PX = 10.0
SUBURB_SHARE = 0.45
# Of the other scenes.
STYLE_SHARES = {
    "suburb": 0.06,
    "estate": 0.12,
    "town": 0.28,
    "urban": 0.22,
    "industry": 0.08,
    "rural": 0.12,
    "empty": 0.12,
}


def main() -> int:
    """Parse the arguments and write the scenes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="new folder")
    parser.add_argument("--count", type=int, default=500, help="number of scenes")
    parser.add_argument("--seed", type=int, default=50_000, help="seed of the first scene")
    arguments = parser.parse_args()
    try:
        num_buildings = write_scenes(arguments.folder, arguments.count, arguments.seed)
    except (GeosegError, OSError) as error:
        sys.stderr.write(f"make_scenes: error: {error}\n")
        return 1
    sys.stderr.write(f"{arguments.count} scenes, {num_buildings} buildings\n")
    return 0


def write_scenes(folder: Path, count: int, seed: int) -> int:
    """Write the scenes `seed` to `seed + count - 1`.

    Returns:
        The number of labels.

    Raises:
        OutputExistsError: the folder holds a dataset already.
    """
    if (folder / "annotation.json").exists():
        raise OutputExistsError(f"{folder} holds a dataset already; choose a new folder.")
    (folder / "images").mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    writer = CocoWriter()
    for number in range(count):
        style, gsd_m = draw_place(random)
        scene = make_scene(seed + number, size_px=SIZE_PX, gsd_m=gsd_m, style=style)
        add_scene(writer, folder, f"scene_{number:05d}.jpg", scene)
    # Written last: a folder with an annotation is whole.
    writer.write(folder / "annotation.json")
    return len(writer.annotations)


def draw_place(random: np.random.Generator) -> tuple[str, float]:
    """A style and a GSD in metres."""
    if random.random() < SUBURB_SHARE:
        return "suburb", float(random.uniform(0.25, 0.35))
    style = random.choice(list(STYLE_SHARES), p=list(STYLE_SHARES.values()))
    return str(style), math.exp(random.uniform(math.log(0.15), math.log(0.4)))


def add_scene(writer: CocoWriter, folder: Path, name: str, scene: Scene) -> None:
    """Write the image and add its labels."""
    path = folder / "images" / name
    quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    if not cv2.imwrite(str(path), scene.image[..., ::-1], quality):
        raise OSError(f"{path} cannot be written.")
    writer.add_image(name, scene.image.shape[:2], scene.gsd_m)
    for polygon in scene.footprints:
        if polygon.area >= MIN_AREA_PX:
            writer.add_building(np.array([polygon], dtype=object))


if __name__ == "__main__":
    sys.exit(main())
