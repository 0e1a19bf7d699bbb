"""Stage 3: objects on the model grid, from tiles to whole buildings."""
