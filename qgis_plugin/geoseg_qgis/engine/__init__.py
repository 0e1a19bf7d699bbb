"""Starts the `geoseg` command in another Python and follows it; knows neither Qt nor QGIS."""
