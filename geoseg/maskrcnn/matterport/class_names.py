"""Names for the classes of a file, which holds none."""

from __future__ import annotations

from geoseg.errors import WeightsError

# The things of COCO 2017 in the order of their ids, as matterport's COCO weights number them.
COCO_CLASS_NAMES = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat",
    "traffic light", "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog",
    "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella",
    "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard", "sports ball", "kite",
    "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
    "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich",
    "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
    "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote",
    "keyboard", "cell phone", "microwave", "oven", "toaster", "sink", "refrigerator", "book",
    "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
)  # fmt: skip


def name_classes(num_classes: int) -> tuple[str, ...]:
    """Names for so many classes, background not counted.

    One is "building", as in the crowdAI mapping challenge, and 80 are COCO's; others are numbered.

    Example:
        >>> name_classes(1), name_classes(3)
        (('building',), ('class_1', 'class_2', 'class_3'))
    """
    if num_classes == 1:
        return ("building",)
    if num_classes == len(COCO_CLASS_NAMES):
        return COCO_CLASS_NAMES
    return tuple(f"class_{index}" for index in range(1, num_classes + 1))


def check_class_names(names: tuple[str, ...], num_classes: int, source: str) -> None:
    """Make sure that names fit a file.

    Args:
        names: of the classes, background not counted.
        num_classes: of the file, background not counted.
        source: name of the file, for the message.

    Raises:
        WeightsError: there are more or fewer, one is empty, or one comes twice.
    """
    if len(names) != num_classes or len(set(names)) != len(names) or not all(names):
        raise WeightsError(
            f"{source} needs {num_classes} different names of classes, without background; "
            f"got {', '.join(names)}."
        )
