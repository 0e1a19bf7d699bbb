"""The network as an ONNX graph, node by node, from a config and arrays; needs no Keras.

One file a stage, as in `geoseg.maskrcnn`, whose numbers and names it shares. Maps are (B, C, H, W),
as ONNX has them. The weights stay in the graph under their own names and in the layout of
Keras; a runtime transposes them once, when it loads the graph.
"""
