"""Invented aerial scenes with true footprints: samples, demonstrations, extra training data."""

from geoseg.scenes.scene import STYLES, Scene, make_scene

__all__ = ["STYLES", "Scene", "make_scene"]
