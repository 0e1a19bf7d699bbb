"""Where a run that was interrupted is kept, so that the same request goes on with it."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from geoseg_qgis.extraction_request import ExtractionRequest

_MAX_AGE_S = 14 * 24 * 3600


def choose_job(request: ExtractionRequest) -> Path | None:
    """The job folder of a request: the same one for the same request, however often it is made.

    So a request that differs begins anew, instead of being refused because it differs from what
    was interrupted.

    Returns:
        None where nothing is kept: for results in memory; and for what is copied from a service,
        because the next copy may be another one.
    """
    if request.jobs_folder is None or not request.outputs or request.raster.must_be_copied:
        return None
    facts: Sequence[object] = (
        request.raster.source,
        request.raster.given_crs,
        None if request.area is None else request.area.digest(),
        request.options.words(),
        [str(path) for path in request.outputs],
    )
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    return request.jobs_folder / digest[:16]


def open_jobs_folder(jobs_folder: Path) -> bool:
    """Make the folder of all jobs if it is absent, and remove what nobody went on with.

    Jobs that did not change for two weeks are removed; one that is in use changes.

    Returns:
        Whether jobs can be kept there.
    """
    try:
        jobs_folder.mkdir(parents=True, exist_ok=True)
        for job in jobs_folder.iterdir():
            if job.is_dir() and time.time() - _find_last_change(job) > _MAX_AGE_S:
                shutil.rmtree(job, ignore_errors=True)
    except OSError:
        # A disk that is full or may not be written; or another QGIS has just removed the same.
        return jobs_folder.is_dir()
    return True


def _find_last_change(job: Path) -> float:
    return max(path.stat().st_mtime for path in (job, *job.iterdir()))
