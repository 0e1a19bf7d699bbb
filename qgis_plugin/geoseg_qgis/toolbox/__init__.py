"""The algorithms of geoseg in QGIS's toolbox, models, batches and `qgis_process`."""
