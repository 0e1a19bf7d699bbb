"""Training on several devices at once: each takes a part of every batch."""

from __future__ import annotations

from geoseg.errors import DeviceError


def share_batches(num_devices: int | None, batch_size: int) -> None:
    """Let Keras spread every batch over devices; called before a network is built.

    The loss is that of the whole batch, so that a run on several devices takes the steps of a
    run on one. Keras does this on the JAX backend alone.

    Args:
        num_devices: devices to use, GPUs where there are any; None changes nothing.
        batch_size: samples per step.

    Raises:
        DeviceError: the backend cannot do it, there are not so many devices, or they don't
            divide the batch.
    """
    if num_devices is None or num_devices == 1:
        return
    if batch_size % num_devices:
        raise DeviceError(
            f"batch_size must be a multiple of the devices; got {batch_size} for {num_devices}."
        )
    import keras

    backend = keras.backend.backend()
    if backend != "jax":
        raise DeviceError(
            f"Training on several devices takes the JAX backend (KERAS_BACKEND=jax); got {backend}."
        )
    devices = keras.distribution.list_devices()
    if len(devices) < num_devices:
        raise DeviceError(
            f"There must be {num_devices} devices; the backend sees {', '.join(devices)}."
        )
    parallel = keras.distribution.DataParallel(
        devices=devices[:num_devices], auto_shard_dataset=False
    )
    keras.distribution.set_distribution(parallel)
