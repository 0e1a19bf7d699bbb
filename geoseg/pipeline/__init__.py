"""The stages in order: raster, tiles, detections, footprints.

A raster is cut into shards. `ShardWork` turns each into what no other shard can change and what
others may have a part in, in any order and on any machine; `SeamJoiner` takes the results in the
order of the shards and finishes what lies between them. `Scan` does both at once.
"""

from geoseg.pipeline.frame import Frame, make_frame
from geoseg.pipeline.images import find_detections
from geoseg.pipeline.joining import SeamJoiner
from geoseg.pipeline.scan import ResultStore, Scan
from geoseg.pipeline.shard_work import ShardWork

__all__ = [
    "Frame",
    "ResultStore",
    "Scan",
    "SeamJoiner",
    "ShardWork",
    "find_detections",
    "make_frame",
]
