"""Files of the format safetensors: eight bytes with the length of a header in JSON, that header, and raw numbers.

https://github.com/huggingface/safetensors: the header has for each tensor its dtype, its shape and where it lies.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_HEADER = 100_000_000  # bytes, as the format says
DTYPES: dict[str, Any] = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}


def read_safetensors(content: bytes) -> dict[str, NDArray[Any]]:
    """The tensors of a file by their names; ValueError for what is none, or holds other numbers than floating ones."""
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(MOST_HEADER, len(content) - 8):
        raise ValueError("its header is cut off, so that it is no safetensors file")
    try:
        header = json.loads(content[8 : 8 + length])
    except (ValueError, RecursionError):
        raise ValueError("its header is no JSON, so that it is no safetensors file") from None
    if not isinstance(header, dict):
        raise ValueError("its header is no mapping, so that it is no safetensors file")
    header.pop("__metadata__", None)
    return {name: _tensor(name, said, memoryview(content)[8 + length :]) for name, said in header.items()}


def _tensor(name: str, said: Any, data: memoryview) -> NDArray[Any]:
    """One tensor, whose shape and place are what its bytes can hold."""
    try:
        dtype, shape, (start, end) = said["dtype"], said["shape"], said["data_offsets"]
        is_right = isinstance(dtype, str) and all(
            type(number) is int and number >= 0 for number in (*shape, start, end)
        )
    except (TypeError, KeyError, ValueError):
        is_right, dtype = False, ""
    if not is_right:
        raise ValueError(f"its header says of {name!r} what no tensor has")
    if dtype not in DTYPES:
        raise ValueError(f"{name!r} holds numbers of type {dtype}; only {', '.join(DTYPES)} can be read")
    size = math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize
    if end - start != size or end > len(data):
        raise ValueError(f"{name!r} is cut off, or not as long as its shape")
    found = np.frombuffer(data[start:end], DTYPES[dtype]).reshape(shape)
    return (found.astype(np.uint32) << 16).view(np.float32) if dtype == "BF16" else found
