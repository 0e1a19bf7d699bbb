from __future__ import annotations

import inspect

import pytest

from geoseg import errors

ALL_ERRORS = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and value.__module__ == errors.__name__
]


@pytest.mark.parametrize("error", ALL_ERRORS)
def test_every_error_is_a_geoseg_error_with_one_sentence(error: type[Exception]) -> None:
    assert issubclass(error, errors.GeosegError)
    assert len((error.__doc__ or "").splitlines()) == 1


@pytest.mark.parametrize("error", ALL_ERRORS)
def test_the_tree_in_the_docstring_names_every_error(error: type[Exception]) -> None:
    tree = (errors.__doc__ or "").splitlines()
    assert any(error.__name__ in line.split() or line.endswith(error.__name__) for line in tree)


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.ConfigError, ValueError),
        (errors.MissingCRSError, OSError),
        (errors.OutputExistsError, OSError),
        (errors.TrainingError, RuntimeError),
        (errors.MissingDependencyError, ImportError),
    ],
)
def test_errors_are_the_builtins_that_a_caller_expects(
    error: type[Exception], builtin: type[Exception]
) -> None:
    with pytest.raises(builtin, match="the rule"):
        raise error("the rule; got 1.")


def test_an_oserror_keeps_its_message_whole() -> None:
    assert str(errors.RasterError("a.tif: cannot be opened.")) == "a.tif: cannot be opened."


class ResourceExhaustedError(Exception):
    """Named like TensorFlow's."""


class OutOfMemoryError(RuntimeError):
    """Named like PyTorch's."""


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ResourceExhaustedError("when allocating tensor"),
        OutOfMemoryError("CUDA out of memory"),
        RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 12 bytes"),
    ],
)
def test_lack_of_memory_is_recognised(error: Exception) -> None:
    assert errors.is_out_of_memory(error)


@pytest.mark.parametrize("error", [RuntimeError("bad shape"), ValueError(), KeyError("memory")])
def test_other_errors_are_not_lack_of_memory(error: Exception) -> None:
    assert not errors.is_out_of_memory(error)
