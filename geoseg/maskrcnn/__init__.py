"""The Mask R-CNN network by stage: tensors in, tensors out; it knows no geography.

The way of an image: backbones -> fpn -> rpn -> proposals -> roi_align -> heads -> detect.
Written with `keras.ops` alone, so that it runs on TensorFlow, JAX and PyTorch. All boxes are
float32 (y1, x1, y2, x2) in pixels of the tile, half-open.
"""
