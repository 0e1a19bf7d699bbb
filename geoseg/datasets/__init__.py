"""Labelled images for training and evaluation: readers, writers and checks."""
