"""What the stages of a command are called on the screen."""

from __future__ import annotations

from geoseg_qgis.translation import tr

# The one before the command runs: QGIS copies a service into a file.
FETCH_STAGE = "fetch"


def describe_stage(stage: str) -> str:
    """A stage in the user's language.

    Args:
        stage: as in the events; one that is not known is given back.
    """
    names = {
        FETCH_STAGE: tr("Fetching the imagery"),
        "tiles": tr("Looking at the imagery"),
        "train": tr("Training"),
    }
    return names.get(stage, stage)
