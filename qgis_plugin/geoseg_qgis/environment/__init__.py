"""Finds Pythons; plans, makes, repairs and removes geoseg's environment; knows no QGIS."""
