"""How the C library keeps what Python and its libraries have given back."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

_KEEP_BYTES = 128 * 1024

# Of malloc.h: above the first size the end of the heap goes back to the system, and from the
# second on a piece has pages of its own, which go back when it is freed.
_OPTIONS = {"MALLOC_TRIM_THRESHOLD_": -1, "MALLOC_MMAP_THRESHOLD_": -3}


def return_freed_memory() -> None:
    """Let freed memory go back to the system, in this process and in those that it starts.

    The C library of most Linux systems begins with these thresholds, and raises them to 32 MB
    when pieces of such a size are freed. Blocks of pixels and tensors of many sizes then leave
    holes: a run takes half as much memory again. Thresholds that are set stay where they are. What
    the environment sets goes first; elsewhere than on Linux with glibc nothing is done. See
    https://man7.org/linux/man-pages/man3/mallopt.3.html.
    """
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        for name, option in _OPTIONS.items():
            if name not in os.environ:
                library.mallopt(option, _KEEP_BYTES)
                os.environ[name] = str(_KEEP_BYTES)
