"""A run that survives being killed: what is finished is kept in a job folder until all is done.

The folder holds a manifest of what decides the result, one file for each finished shard, and the
final footprints on their way to the outputs. A run goes like this:

    run = describe_run(config, weights_sha256=..., engine=..., raster=..., area=..., shape_hw=...,
                       num_shards=len(plan))
    with JobFolder(choose_place(outputs[0], job), outputs[0], run) as job:
        job.check(resume=resume, overwrite=overwrite)
        check_outputs(outputs, overwrite or job.is_publishing)
        shards = job.open_shards(crs)             # or ShardMemory(), where nothing is kept
        for result in runner.run(work, (one for one in plan if one.index not in shards)):
            shards.put(result)
        spool = job.open_spool(crs)               # or MemorySpool(crs)
        for footprints in join(shards.take(index) for index in range(num_shards)):
            spool.append(footprints)
        for path in outputs:
            job.publish(path, lambda path: write_footprints(path, spool, ...), overwrite=overwrite)
        job.finish()

`job.created` is the time for the origin, and `job.describe_interruption()` the text of the
KeyboardInterrupt that leaves the `with` block.
"""

from geoseg.jobs.folder import JobFolder, choose_place
from geoseg.jobs.manifest import describe_run, digest_area, find_run_time
from geoseg.jobs.memory import MemorySpool, ShardMemory
from geoseg.jobs.shard_files import ShardFiles
from geoseg.jobs.spool import FootprintSpool

__all__ = [
    "FootprintSpool",
    "JobFolder",
    "MemorySpool",
    "ShardFiles",
    "ShardMemory",
    "choose_place",
    "describe_run",
    "digest_area",
    "find_run_time",
]
