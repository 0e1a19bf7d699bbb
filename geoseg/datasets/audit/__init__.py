"""What is in a labelled dataset: faults, duplicates, and images that several sets share."""
