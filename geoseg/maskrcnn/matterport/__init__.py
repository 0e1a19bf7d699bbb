"""Weights of matterport's Mask R-CNN (github.com/matterport/Mask_RCNN) and of its forks."""
