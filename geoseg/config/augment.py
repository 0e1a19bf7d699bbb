"""What is set for the changes that training samples go through."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from geoseg.config.toml import require

MOST_PASTED = 50


@dataclass(frozen=True)
class AugmentConfig:
    """How samples differ from the images that they are cut from.

    A `..._probability` is the share of samples that a change happens to, 0 for never. Scale is
    drawn from each dataset's own `gsd_range_m`.

    Attributes:
        enabled: False leaves only the cutting at random places and scales.
        flip_probability: mirrored left to right; with a turn, in any direction.
        quarter_turns: turned by 0, 90, 180 or 270 degrees.
        any_angle_probability: turned by any angle; the others only by about `tilt_deg`.
        tilt_deg: standard deviation of that small turn.
        gamma, contrast: standard deviations of the logarithm of exposure's exponent and gain.
        brightness: standard deviation of what is added, 1 for black to white.
        cast: standard deviation of the logarithm of each channel's gain.
        colour_probability: other saturation and hue.
        saturation: standard deviation of the logarithm of the gain.
        hue_deg: hues turn by at most this.
        grey_probability: no colour at all, among the samples with other colour.
        haze_probability, haze: a veil of light, which hides at most this share of the contrast.
        blur_probability, blur_px: standard deviation of a Gaussian blur, least and most.
        noise_probability, noise_levels: standard deviation of grain, least and most, of 255.
        jpeg_probability, jpeg_quality: compressed with this quality, least and most.
        shadow_probability: buildings cast shadows on the ground round them.
        shadow_length_m: least and most length of a shadow.
        shadow_darkness: share of the light that shadows of buildings and clouds take, least and
            most.
        cloud_probability: shadows of clouds lie on the sample.
        paste_probability: buildings of another image are pasted in.
        paste_most: most buildings that are.
        empty_probability: tiles without a building that are kept; another is drawn for the rest.
    """

    enabled: bool = True
    flip_probability: float = 0.5
    quarter_turns: bool = True
    any_angle_probability: float = 0.5
    tilt_deg: float = 3.5
    gamma: float = 0.25
    contrast: float = 0.2
    brightness: float = 0.08
    cast: float = 0.06
    colour_probability: float = 0.6
    saturation: float = 0.3
    hue_deg: float = 12.0
    grey_probability: float = 0.08
    haze_probability: float = 0.2
    haze: float = 0.3
    blur_probability: float = 0.25
    blur_px: tuple[float, float] = (0.3, 1.1)
    noise_probability: float = 0.25
    noise_levels: tuple[float, float] = (1.0, 8.0)
    jpeg_probability: float = 0.3
    jpeg_quality: tuple[int, int] = (35, 90)
    shadow_probability: float = 0.15
    shadow_length_m: tuple[float, float] = (1.0, 6.0)
    shadow_darkness: tuple[float, float] = (0.25, 0.6)
    cloud_probability: float = 0.08
    paste_probability: float = 0.25
    paste_most: int = 8
    empty_probability: float = 1.0

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name.endswith("_probability"):
                require(0 <= value <= 1, f"{item.name} must be between 0 and 1", value)
        for name in ("tilt_deg", "gamma", "contrast", "brightness", "cast", "saturation"):
            value = getattr(self, name)
            require(value >= 0, f"{name} must be at least 0", value)
        require(0 <= self.hue_deg <= 180, "hue_deg must be between 0 and 180", self.hue_deg)
        require(0 <= self.haze < 1, "haze must be at least 0 and below 1", self.haze)
        self._check_ranges()
        require(
            1 <= self.paste_most <= MOST_PASTED,
            f"paste_most must be between 1 and {MOST_PASTED}",
            self.paste_most,
        )

    @property
    def in_force(self) -> AugmentConfig:
        """These settings; where they are not enabled, those that change nothing."""
        if self.enabled:
            return self
        never = {one.name: 0.0 for one in fields(self) if one.name.endswith("_probability")}
        never["empty_probability"] = self.empty_probability
        return replace(
            self,
            **never,  # type: ignore[arg-type]
            quarter_turns=False,
            **dict.fromkeys(("tilt_deg", "gamma", "contrast", "brightness", "cast"), 0.0),  # type: ignore[arg-type]
        )

    def _check_ranges(self) -> None:
        limits: dict[str, tuple[float, float]] = {
            "blur_px": (0.1, 10),
            "noise_levels": (0, 128),
            "jpeg_quality": (1, 100),
            "shadow_length_m": (0, 100),
            "shadow_darkness": (0, 1),
        }
        for name, (least, most) in limits.items():
            low, high = getattr(self, name)
            require(
                least <= low <= high <= most,
                f"{name} must be LOW, HIGH between {least} and {most}",
                getattr(self, name),
            )
