"""What an audit found, as text for people and as plain values for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import geoseg
from geoseg.datasets.audit.duplicates import Duplicate
from geoseg.datasets.audit.records import NUM_EXAMPLES
from geoseg.datasets.audit.run import Audit
from geoseg.datasets.audit.transforms import PHRASES

REPORT_VERSION = 1
KINDS = {"bytes": "same bytes", "pixels": "same pixels", "near": "nearly the same"}


def format_audit(audit: Audit) -> str:
    """The report as text: a table of each dataset, and what is there twice."""
    lines: list[str] = []
    for row in range(len(audit.sets)):
        lines += _format_set(audit, row)
    lines += _format_duplicates(audit)
    return "\n".join(lines)


def _format_set(audit: Audit, row: int) -> Iterator[str]:
    one = audit.sets[row]
    objects = int(audit.object_counts[row].sum())
    labels = f", {objects:,} objects" if one.images is not None else ""
    yield f"{one.label}: {one.kind}, {len(one.names):,} images{labels} ({one.path})"
    rules = sorted(one.faults.rules.values(), key=lambda rule: (-rule.is_left_out, -rule.count))
    for rule in rules:
        fate = "left out" if rule.is_left_out else "used"
        yield f"  {rule.count:>9,}  {fate:8}  {rule.reason}: {rule.names[0]}"
    if not rules:
        yield "  no faults found"
    yield ""


def _format_duplicates(audit: Audit) -> Iterator[str]:
    """Counts and examples, by the sets that the two images are in."""
    groups: dict[tuple[int, int], list[Duplicate]] = {}
    for one in audit.duplicates:
        pair = audit.place(one.image)[0], audit.place(one.original)[0]
        groups.setdefault(pair, []).append(one)
    if not groups:
        yield f"no duplicates (similarity {audit.similarity:.2f} or more)"
    for (row, original_row), found in sorted(groups.items()):
        label, original = audit.sets[row].label, audit.sets[original_row].label
        share = len(found) / len(audit.sets[row].names)
        relation = "are copies of others" if row == original_row else f"are in {original} too"
        yield f"{label}: {len(found):,} images ({share:.1%}) {relation}"
        kinds = Counter(one.kind for one in found)
        parts = [f"{kinds[kind]:,} {words}" for kind, words in KINDS.items() if kinds[kind]]
        yield f"  {', '.join(parts)}"
        num_other = sum(not audit.is_labelled_alike(one) for one in found)
        if num_other:
            yield f"  {num_other:,} have another number of objects than their original"
        for one in found[:NUM_EXAMPLES]:
            yield f"    {describe_duplicate(audit, one)}"
    for row, one_set in enumerate(audit.sets):
        kept = len(audit.kept_names(row))
        yield f"{one_set.label}: {kept:,} of {len(one_set.names):,} images are usable and first"


def describe_duplicate(audit: Audit, one: Duplicate) -> str:
    """Such as `val/7.jpg is train/3.jpg mirrored left to right (nearly the same, 0.98)`."""
    image, original = (
        f"{audit.sets[audit.place(number)[0]].label}/{audit.name(number)}"
        for number in (one.image, one.original)
    )
    grade = f", {one.similarity:.2f}" if one.kind == "near" else ""
    return f"{image} is {original} {PHRASES[one.transform]} ({KINDS[one.kind]}{grade})"


def audit_to_dict(audit: Audit) -> dict[str, Any]:
    """The report as plain values; docs/audit.md describes it."""
    return {
        "version": REPORT_VERSION,
        "geoseg": geoseg.__version__,
        "similarity": audit.similarity,
        "datasets": [_set_to_dict(audit, row) for row in range(len(audit.sets))],
        "duplicates": [_duplicate_to_dict(audit, one) for one in audit.duplicates],
    }


def _set_to_dict(audit: Audit, row: int) -> dict[str, Any]:
    one = audit.sets[row]
    return {
        "label": one.label,
        "path": str(one.path),
        "kind": one.kind,
        "images": len(one.names),
        "objects": int(audit.object_counts[row].sum()),
        "kept": len(audit.kept_names(row)),
        "faults": [
            {
                "rule": rule.reason,
                "left_out": rule.is_left_out,
                "count": rule.count,
                "examples": rule.names,
            }
            for rule in one.faults.rules.values()
        ],
    }


def _duplicate_to_dict(audit: Audit, one: Duplicate) -> dict[str, Any]:
    return {
        "dataset": audit.sets[audit.place(one.image)[0]].label,
        "image": audit.name(one.image),
        "original_dataset": audit.sets[audit.place(one.original)[0]].label,
        "original": audit.name(one.original),
        "kind": one.kind,
        "transform": one.transform,
        "similarity": round(one.similarity, 4),
        "same_number_of_objects": audit.is_labelled_alike(one),
    }


def describe_list(audit: Audit, row: int) -> list[str]:
    """Notes at the top of a list of the images of a set that are kept."""
    one = audit.sets[row]
    names = " ".join(str(other.path) for other in audit.sets)
    kept = len(audit.kept_names(row))
    return [
        f"geoseg {geoseg.__version__}: geoseg audit {names} --similarity {audit.similarity:g}",
        f"{kept:,} of {len(one.names):,} images of {one.path}: without those that cannot be used, "
        "and of those that show the same only the first.",
    ]
