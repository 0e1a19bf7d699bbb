"""Time and memory of scoring: python -m tests.benchmarks.bench_evaluation FOLDER [IMAGES].

Writes an annotation of the size of crowdAI's validation set into FOLDER, 60,317 images and about
516,000 polygons, and as many predictions as runs; scores them with one and with two processes,
each in a process of its own; says how long each part took; and deletes the files.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NUM_IMAGES = 60_317
SIZE_PX = 300


def write_files(folder: Path, num_images: int) -> None:
    """Write annotation.json, and predictions.json: most labels moved a little, and false ones."""
    from pycocotools import mask as coco_mask

    from geoseg.json_stream import stream_members
    from tests.benchmarks.bench_datasets import write_annotation

    truth, pred = folder / "annotation.json", folder / "predictions.json"
    num_truth = write_annotation(truth, num_images)
    random = np.random.default_rng(1)
    num_pred = 0
    with pred.open("w", encoding="utf-8") as file:
        for key, record in stream_members(truth):
            if key != "annotations" or record is None or random.random() < 0.1:
                continue
            ring = np.reshape(record["segmentation"], (-1, 2)) + random.normal(0, 2, 2)
            if random.random() < 0.1:
                ring = SIZE_PX - ring
            rle = coco_mask.frPyObjects([ring.clip(0, SIZE_PX).ravel()], SIZE_PX, SIZE_PX)[0]
            entry = {
                "image_id": record["image_id"],
                "category_id": 100,
                "score": round(float(random.random()), 6),
                "bbox": coco_mask.toBbox(rle).tolist(),
                "segmentation": {"size": rle["size"], "counts": rle["counts"].decode()},
            }
            file.write(("[" if not num_pred else ",\n") + json.dumps(entry))
            num_pred += 1
        file.write("]")
    sizes = " and ".join(f"{path.stat().st_size / 1e6:.0f} MB" for path in (truth, pred))
    print(f"{num_images:,} images, {num_truth:,} labels, {num_pred:,} predictions: {sizes}")


class Clock:
    """Prints the time of each part: as it passes, and that of all processors together."""

    def __init__(self) -> None:
        self._started = self._last = read_clocks()

    def tick(self, part: str) -> None:
        """Say how long the part has taken that ends here."""
        now = read_clocks()
        wall_s, cpu_s = now - self._last
        print(f"  {part:<34}{wall_s:8.1f} s{cpu_s:8.1f} s of processors")
        self._last = now

    def finish(self) -> None:
        """Say how long all parts took, and the highest memory."""
        own, children = (
            resource.getrusage(who).ru_maxrss / 1024
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        self._last = self._started
        self.tick("total")
        print(f"  memory: {own:.0f} MB, the largest other process {children:.0f} MB")


def read_clocks() -> NDArray[np.float64]:
    """Seconds: passed, and of processors, other processes that have ended included."""
    times = os.times()
    cpu_s = times.user + times.system + times.children_user + times.children_system
    return np.array([times.elapsed, cpu_s])


def measure(folder: Path, num_processes: int) -> None:
    """Score once, and print time by part."""
    from geoseg.evaluation.coco import score_matches
    from geoseg.evaluation.coco_files import read_predictions, read_truth
    from geoseg.evaluation.coco_matches import CocoMatches, match_sorted
    from geoseg.evaluation.coco_matching import sort_cells

    print(f"{num_processes} processes:")
    clock = Clock()
    truth = read_truth(folder / "annotation.json", num_processes=num_processes)
    clock.tick("labels: JSON and polygons to runs")
    pred = read_predictions(folder / "predictions.json", truth, num_processes=num_processes)
    clock.tick("predictions: JSON and runs")
    cells = sort_cells(pred, truth.masks)
    clock.tick("sorting")
    found = CocoMatches(truth, cells, match_sorted(cells, num_processes), pred.image_ids)
    clock.tick("IoU and matching")
    scores = score_matches(found)
    clock.tick("adding up")
    clock.finish()
    # The first label of the set has the id 0, which pycocotools overlooks.
    official = scores.official or scores.coco
    assert official is not None
    print(f"  official AP@0.5 {official.ap50!r}, AR@0.5 {official.ar50!r}")


def measure_parts(folder: Path) -> None:
    """Print what reading and intersecting take alone, in one process."""
    from pycocotools import mask as coco_mask

    from geoseg.evaluation.coco_files import read_predictions, read_truth
    from geoseg.evaluation.coco_matching import match_cells, sort_cells
    from geoseg.json_stream import stream_array, stream_members

    print("alone:")
    clock = Clock()
    for _ in stream_members(folder / "annotation.json"):
        pass
    clock.tick("JSON of the labels")
    for _ in stream_array(folder / "predictions.json"):
        pass
    clock.tick("JSON of the predictions")
    truth = read_truth(folder / "annotation.json")
    cells = sort_cells(read_predictions(folder / "predictions.json", truth), truth.masks)
    clock.tick("all of reading")
    pred_rles, truth_rles = cells.pred.to_rles(), cells.truth.to_rles()
    for cell in range(len(cells)):
        pred = pred_rles[cells.pred_ends[cell] : cells.pred_ends[cell + 1]]
        labels = truth_rles[cells.truth_ends[cell] : cells.truth_ends[cell + 1]]
        if pred and labels:
            coco_mask.iou(pred, labels, [0] * len(labels))
    clock.tick("IoU")
    match_cells(cells)
    clock.tick("IoU and matching")
    clock.finish()


def measure_pycocotools(folder: Path) -> None:
    """Print what plain pycocotools takes, for comparison."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    clock = Clock()
    truth = COCO(str(folder / "annotation.json"))
    evaluation = COCOeval(truth, truth.loadRes(str(folder / "predictions.json")), "segm")
    clock.tick("pycocotools: reading")
    evaluation.evaluate()
    clock.tick("pycocotools: evaluate")
    evaluation.accumulate()
    clock.tick("pycocotools: accumulate")
    evaluation.summarize()
    recall = evaluation.eval["recall"][0, 0, 0, 2]
    clock.finish()
    print(f"  AP@0.5 {float(evaluation.stats[1])!r}, AR@0.5 {float(recall)!r}")


def main() -> None:
    """Measure one way, if told which; else write the files and measure all."""
    folder = Path(sys.argv[1])
    if len(sys.argv) > 3:
        way = sys.argv[3]
        if way == "parts":
            measure_parts(folder)
        elif way == "pycocotools":
            measure_pycocotools(folder)
        else:
            measure(folder, int(way))
        return
    num_images = int(sys.argv[2]) if len(sys.argv) > 2 else NUM_IMAGES
    write_files(folder, num_images)
    for way in ("1", "2", "parts", "pycocotools"):
        command = [sys.executable, "-m", "tests.benchmarks.bench_evaluation", str(folder)]
        subprocess.run([*command, str(num_images), way], check=True)
    for name in ("annotation.json", "predictions.json"):
        (folder / name).unlink()


if __name__ == "__main__":
    main()
