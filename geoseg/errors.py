"""Every error that geoseg raises on purpose.

The command line prints the message of a `GeosegError` as one line and exits with code 1.

    GeosegError
    |-- ConfigError             (ValueError)   an option or a TOML key is wrong
    |-- CRSError                (ValueError)   a coordinate reference system is unknown or unfit
    |-- RasterError             (OSError)      a raster cannot be opened or read
    |   `-- MissingCRSError                    the raster says nothing about where it lies
    |-- AoiError                (ValueError)   the area of interest is empty or elsewhere
    |-- VectorError             (OSError)      a vector file cannot be read
    |-- DatasetError            (ValueError)   labels or images of a dataset are wrong
    |-- WeightsError            (ValueError)   a weights file is damaged or of another model
    |-- TrainingError           (RuntimeError) training cannot go on
    |-- DeviceError             (RuntimeError) the wished device is absent or out of memory
    |-- RunnerError             (RuntimeError) workers cannot be reached, or were lost
    |-- OutputError             (OSError)      a result cannot be written
    |   `-- OutputExistsError                  a result is there already
    `-- MissingDependencyError  (ImportError)  an optional package is not installed
"""


class GeosegError(Exception):
    """Root of all errors that geoseg raises on purpose."""


class ConfigError(GeosegError, ValueError):
    """An option or a configuration key is unknown or out of range."""


class CRSError(GeosegError, ValueError):
    """A coordinate reference system is unknown or cannot be used."""


class RasterError(GeosegError, OSError):
    """A raster cannot be opened or read."""


class MissingCRSError(RasterError):
    """A raster has no coordinate reference system."""


class AoiError(GeosegError, ValueError):
    """The area of interest is empty or does not touch the raster."""


class VectorError(GeosegError, OSError):
    """A vector file cannot be read."""


class DatasetError(GeosegError, ValueError):
    """The labels or the images of a dataset are wrong."""


class WeightsError(GeosegError, ValueError):
    """A weights file is damaged or belongs to another model."""


class TrainingError(GeosegError, RuntimeError):
    """Training cannot go on."""


class DeviceError(GeosegError, RuntimeError):
    """The wished device is absent or has run out of memory."""


class RunnerError(GeosegError, RuntimeError):
    """Processes or machines that share the work cannot be reached, or were lost."""


class OutputError(GeosegError, OSError):
    """A result cannot be written."""


class OutputExistsError(OutputError):
    """A result is there already and was not to be overwritten."""


class MissingDependencyError(GeosegError, ImportError):
    """An optional package is not installed."""


OUT_OF_MEMORY_TYPES = ("ResourceExhaustedError", "OutOfMemoryError", "MemoryError")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a backend failed because memory ran out."""
    names = [kind.__name__ for kind in type(error).__mro__]
    return any(name in OUT_OF_MEMORY_TYPES for name in names) or "RESOURCE_EXHAUSTED" in str(error)
