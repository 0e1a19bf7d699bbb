"""Settings from dicts and TOML files, and back."""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

from geoseg.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ConfigT = TypeVar("ConfigT")


def require(condition: bool, rule: str, value: object) -> None:
    """Hold a value against a rule.

    Raises:
        ConfigError: the condition is false.
    """
    if not condition:
        raise ConfigError(f"{rule}; got {value}.")


def to_dict(config: Any) -> dict[str, Any]:
    """Plain nested dict of a config; None values are left out, as TOML has no null."""
    result: dict[str, Any] = {}
    for item in dataclasses.fields(config):
        value = getattr(config, item.name)
        if dataclasses.is_dataclass(value):
            result[item.name] = to_dict(value)
        elif isinstance(value, tuple):
            result[item.name] = [
                to_dict(one) if dataclasses.is_dataclass(one) else one for one in value
            ]
        elif value is not None:
            result[item.name] = value
    return result


def from_dict(cls: type[ConfigT], values: dict[str, Any]) -> ConfigT:
    """Build a config from a plain nested dict.

    Raises:
        ConfigError: a key is unknown, or a value is of the wrong type or out of range.
    """
    hints = typing.get_type_hints(cls)
    known = {item.name for item in dataclasses.fields(cls)}  # type: ignore[arg-type]
    unknown = sorted(set(values) - known)
    if unknown:
        raise ConfigError(
            f"{cls.__name__} knows {', '.join(sorted(known))}; got {', '.join(unknown)}."
        )
    return cls(**{key: _convert(key, value, hints[key]) for key, value in values.items()})


def _convert(key: str, value: Any, hint: Any) -> Any:
    if dataclasses.is_dataclass(hint):
        require(isinstance(value, dict), f"{key} must be a table", value)
        return from_dict(hint, value)  # type: ignore[arg-type]
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        options = [option for option in typing.get_args(hint) if option is not type(None)]
        return None if value is None else _convert(key, value, options[0])
    if origin is tuple:
        require(isinstance(value, list | tuple), f"{key} must be a list", value)
        inner = typing.get_args(hint)
        if inner[-1] is Ellipsis:
            return tuple(_convert(key, one, inner[0]) for one in value)
        require(len(value) == len(inner), f"{key} must have {len(inner)} values", value)
        return tuple(_convert(key, one, kind) for one, kind in zip(value, inner, strict=True))
    if origin is dict:
        require(isinstance(value, dict), f"{key} must be a table", repr(value))
        inner = typing.get_args(hint)[1]
        return {name: _convert(f"{key}.{name}", one, inner) for name, one in value.items()}
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    good = isinstance(value, hint) and (hint is bool or not isinstance(value, bool))
    require(good, f"{key} must be a {hint.__name__}", repr(value))
    return value


def load_toml(cls: type[ConfigT], path: Path) -> ConfigT:
    """Read a config from a TOML file.

    Raises:
        ConfigError: the file cannot be read, is not TOML, or has wrong keys or values.
    """
    return from_dict(cls, read_toml(path))


def read_toml(path: Path) -> dict[str, Any]:
    """The plain nested dict of a TOML file.

    Raises:
        ConfigError: the file cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path.name}: cannot be read as TOML: {error}") from error


def dump_toml(config: Any) -> str:
    """The config as TOML text; `load_toml` gives an equal config back."""
    import tomli_w

    return tomli_w.dumps(to_dict(config))
