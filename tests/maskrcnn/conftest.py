"""A small network with fixed weights."""

from __future__ import annotations

import pytest

from geoseg.maskrcnn.model import MaskRCNN
from geoseg.maskrcnn.weights import fill_weights
from tests.maskrcnn.samples import SMALL, seeded_weights


@pytest.fixture(scope="session")
def small_model() -> MaskRCNN:
    """A network that tests read but do not change."""
    model = MaskRCNN(SMALL, num_rois=16, num_positive=6)
    fill_weights(model, seeded_weights(model), "the test")
    return model
