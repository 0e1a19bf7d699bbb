"""Colours and materials that several styles share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geoseg.scenes.buildings import Finish
from geoseg.scenes.canvas import Colour

ASPHALTS: tuple[Colour, ...] = (
    (0.27, 0.27, 0.28),
    (0.34, 0.34, 0.35),
    (0.43, 0.42, 0.41),
    (0.5, 0.49, 0.47),
)
DIRTS: tuple[Colour, ...] = (
    (0.55, 0.44, 0.33),
    (0.6, 0.5, 0.4),
    (0.5, 0.36, 0.26),
    (0.62, 0.56, 0.48),
    (0.52, 0.32, 0.2),
    (0.45, 0.4, 0.34),
)
GRASSES: tuple[Colour, ...] = (
    (0.3, 0.38, 0.2),
    (0.37, 0.42, 0.24),
    (0.45, 0.46, 0.3),
    (0.25, 0.33, 0.2),
    (0.5, 0.47, 0.33),
)
GRAVELS: tuple[Colour, ...] = (
    (0.55, 0.48, 0.41),
    (0.5, 0.45, 0.4),
    (0.6, 0.53, 0.46),
    (0.46, 0.4, 0.35),
    (0.56, 0.44, 0.37),
)
PAVINGS: tuple[Colour, ...] = ((0.62, 0.6, 0.57), (0.55, 0.54, 0.52), (0.66, 0.62, 0.55))
WATERS: tuple[Colour, ...] = ((0.2, 0.27, 0.27), (0.33, 0.32, 0.26), (0.14, 0.2, 0.22))
TILES: tuple[Colour, ...] = (
    (0.62, 0.36, 0.26),
    (0.66, 0.47, 0.37),
    (0.68, 0.56, 0.48),
    (0.5, 0.31, 0.26),
    (0.44, 0.36, 0.32),
    (0.5, 0.45, 0.42),
    (0.4, 0.39, 0.4),
    (0.58, 0.55, 0.53),
    (0.3, 0.28, 0.28),
    (0.57, 0.28, 0.22),
    (0.74, 0.66, 0.58),
)
STUCCO: tuple[Colour, ...] = ((0.86, 0.81, 0.72), (0.8, 0.74, 0.66), (0.9, 0.88, 0.84))
METALS: tuple[Colour, ...] = (
    (0.82, 0.82, 0.8),
    (0.68, 0.69, 0.7),
    (0.55, 0.56, 0.57),
    (0.46, 0.27, 0.19),
    (0.38, 0.21, 0.16),
    (0.56, 0.4, 0.3),
    (0.66, 0.55, 0.42),
    (0.6, 0.46, 0.3),
)
PAINTED: tuple[Colour, ...] = (
    (0.3, 0.5, 0.7),
    (0.22, 0.36, 0.62),
    (0.6, 0.2, 0.18),
    (0.55, 0.25, 0.3),
    (0.28, 0.42, 0.33),
    (0.35, 0.37, 0.42),
    (0.45, 0.62, 0.72),
    (0.72, 0.42, 0.3),
)
CONCRETES: tuple[Colour, ...] = (
    (0.6, 0.58, 0.54),
    (0.52, 0.5, 0.47),
    (0.7, 0.68, 0.64),
    (0.44, 0.42, 0.4),
    (0.62, 0.52, 0.46),
    (0.58, 0.36, 0.3),
    (0.78, 0.77, 0.75),
)
MEMBRANES: tuple[Colour, ...] = (
    (0.85, 0.85, 0.84),
    (0.72, 0.72, 0.71),
    (0.58, 0.58, 0.58),
    (0.42, 0.42, 0.43),
    (0.66, 0.62, 0.55),
)
PARAPETS: tuple[Colour, ...] = (
    (0.75, 0.73, 0.7),
    (0.6, 0.3, 0.26),
    (0.55, 0.53, 0.5),
    (0.82, 0.76, 0.62),
    (0.6, 0.64, 0.66),
)
THATCHES: tuple[Colour, ...] = ((0.48, 0.42, 0.33), (0.4, 0.36, 0.3), (0.55, 0.48, 0.36))


def pick(rng: np.random.Generator, colours: Sequence[Colour], jitter: float = 0.04) -> Colour:
    """One of the colours, a little changed in brightness and hue."""
    base = np.asarray(colours[int(rng.integers(len(colours)))])
    base = base * rng.uniform(1 - 2 * jitter, 1 + 2 * jitter)
    base += rng.uniform(-jitter, jitter, 3) * 0.5
    red, green, blue = np.clip(base, 0.02, 1.0).tolist()
    return red, green, blue


def pick_metal(rng: np.random.Generator, metals: tuple[Colour, ...], painted: float) -> Finish:
    """A roof of metal sheets: painted, plain, or patched from several kinds.

    Args:
        rng: where the choice comes from.
        metals: kinds of bare metal at this place.
        painted: share of painted roofs.
    """
    if rng.random() < painted:
        return Finish("metal", pick(rng, PAINTED), wear=float(rng.uniform(0, 0.3)))
    share = float(rng.uniform(0.1, 0.7)) if rng.random() < 0.6 else 0.0
    wear = float(rng.uniform(0, 0.75))
    return Finish("metal", pick(rng, metals), (0.6, 0.54, 0.46), metals, share, wear)
