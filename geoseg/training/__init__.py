"""Samples, augmentation, targets and the training loop, on any Keras backend."""
