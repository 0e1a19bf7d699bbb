"""Long work as tasks of QGIS."""
