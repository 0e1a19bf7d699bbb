"""Evaluations for people: outlines of masks drawn as a prediction draws them, and HTML reports."""

from geoseg.reporting.image_report import report_images
from geoseg.reporting.outlines import outline_as_predicted, score_outlines
from geoseg.reporting.vector_report import report_vectors

__all__ = ["outline_as_predicted", "report_images", "report_vectors", "score_outlines"]
