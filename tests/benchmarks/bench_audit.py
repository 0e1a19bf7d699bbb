"""Speed, precision and recall of the audit: python tests/benchmarks/bench_audit.py FOLDER [IMAGES].

Cuts distinct 300 x 300 crops from the imagery in GEOSEG_SHARED, writes them as JPEG into FOLDER
with known copies of some (the same bytes; flipped and turned; recompressed; brightened; all of
it) and with crops that are shifted by a few pixels, audits the folder and deletes it.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from geoseg.datasets.audit.report import describe_duplicate
from geoseg.datasets.audit.run import Audit, audit_datasets
from geoseg.datasets.audit.transforms import TRANSFORMS, transform_picture

SIZE_PX, CROP_PX, SHIFT_PX = 300, 150, 20
QUALITY = 90
# Left out are crops without data, of which all are the same.
MIN_CONTRAST = 2.0
# Every so many crops have a copy of some kind, or a shifted neighbour.
COPY_EVERY, SHIFT_EVERY = 3, 10
KINDS = ("bytes", "turned", "recompressed", "brightened", "all of it")
Pixels = NDArray[np.uint8]


def cut_crops(shared: Path, count: int) -> Iterator[Pixels]:
    """Distinct places, with a border for shifting: uint8 (320, 320, 3), BGR."""
    side = SIZE_PX + SHIFT_PX
    cut = CROP_PX * side // SIZE_PX
    files = sorted(shared.glob("data/*/*/images/*.jpg"))
    number = 0
    for path in files:
        image = np.asarray(cv2.imread(str(path)), np.uint8)
        for top in range(0, image.shape[0] - cut + 1, cut):
            for left in range(0, image.shape[1] - cut + 1, cut):
                part = image[top : top + cut, left : left + cut]
                if part.std() < MIN_CONTRAST:
                    continue
                large = cv2.resize(part, (side, side), interpolation=cv2.INTER_CUBIC)
                yield np.asarray(large, np.uint8)
                number += 1
                if number == count:
                    return


def write_images(folder: Path, shared: Path, count: int) -> tuple[dict[str, tuple[str, str]], int]:
    """Write the set; returns original and kind of each copy by name, and the number of files."""
    random = np.random.default_rng(0)
    copies: dict[str, tuple[str, str]] = {}
    for number, crop in enumerate(cut_crops(shared, count)):
        name, picture = f"{number:06d}.jpg", crop[:SIZE_PX, :SIZE_PX]
        save(folder / name, picture)
        if number % COPY_EVERY == 0:
            kind = KINDS[number // COPY_EVERY % len(KINDS)]
            copies[f"c{name}"] = (name, kind)
            if kind == "bytes":
                shutil.copy(folder / name, folder / f"c{name}")
            else:
                save(folder / f"c{name}", *change(picture, kind, random))
        if number % SHIFT_EVERY == 1:
            right, down = random.integers(8, SHIFT_PX + 1), random.integers(0, SHIFT_PX + 1)
            save(folder / f"s{name}", crop[down : down + SIZE_PX, right : right + SIZE_PX])
    return copies, len(list(folder.iterdir()))


def change(picture: Pixels, kind: str, random: np.random.Generator) -> tuple[Pixels, int]:
    """A changed copy, and the JPEG quality to write it with."""
    changed, quality = picture, QUALITY
    if kind in ("turned", "all of it"):
        changed = transform_picture(changed, TRANSFORMS[random.integers(1, 8)])
    if kind in ("brightened", "all of it"):
        gain, shift = random.uniform(0.85, 1.15), random.uniform(-15, 15)
        changed = np.clip(changed * gain + shift, 0, 255).astype(np.uint8)
    if kind in ("recompressed", "all of it"):
        quality = int(random.integers(30, 80))
    return np.ascontiguousarray(changed), quality


def save(path: Path, picture: Pixels, quality: int = QUALITY) -> None:
    """Write a JPEG."""
    assert cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, quality])


def grade(audit: Audit, copies: dict[str, tuple[str, str]]) -> None:
    """Print how many copies were found, by kind, and what was found besides."""
    found = {audit.name(one.image): audit.name(one.original) for one in audit.duplicates}
    wanted, right = Counter[str](), Counter[str]()
    for name, (original, kind) in copies.items():
        wanted[kind] += 1
        # Both may be copies of a third, where crops show nothing but one colour.
        right[kind] += found.get(name, name) == found.get(original, original)
    for kind in KINDS:
        print(f"{kind:13s} {right[kind]:5d} of {wanted[kind]:5d} found")
    others = [one for one in audit.duplicates if audit.name(one.image) not in copies]
    shifted = sum(audit.name(one.image).startswith("s") for one in others)
    total = right.total() + len(others)
    print(
        f"recall {right.total() / wanted.total():.4f}, precision {right.total() / total:.4f}: "
        f"{len(others)} not planted, {shifted} of them shifted crops"
    )
    for one in others:
        print(" ", describe_duplicate(audit, one))


def main() -> None:
    """Write, audit, print and delete."""
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    shared = Path(os.environ.get("GEOSEG_SHARED", "../shared"))
    with tempfile.TemporaryDirectory(dir=sys.argv[1]) as name:
        copies, num_files = write_images(Path(name), shared, count)
        started, cpu = time.perf_counter(), time.process_time()
        audit = audit_datasets([Path(name)])
        wall_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{num_files:,} images: {wall_s:.1f} s, {num_files / wall_s:,.0f} images/s; CPU "
            f"{cpu_s:.1f} s, {cpu_s / num_files * 1e3:.2f} ms an image; peak {peak_mb:,.0f} MB"
        )
        grade(audit, copies)


if __name__ == "__main__":
    main()
