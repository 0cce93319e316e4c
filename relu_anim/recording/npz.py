"""Recordings as files: npz, uncompressed, which NumPy opens too, with a header in JSON beside the arrays.

The header says what the file is, and holds a digest of all that is in it: of the header itself, and of the CRC-32 of
each array, which zip computes and checks in any case. A hash of the arrays' bytes would take longer than reading them.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relu_anim.errors import FileError

VERSION = 4  # a recording of another version is made anew
HEADER = "recording.json"
Layout = Mapping[str, tuple[Any, int]]  # the dtype and the number of dimensions of each array


def packed(kind: str, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """A file of this kind; equal headers and arrays give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asarray(array, order="C"), allow_pickle=False)
        said = {"format": f"relu-anim {kind}", "version": VERSION, **header}
        text = json.dumps({**said, "digest": _digest(said, archive)}, allow_nan=False)
        archive.writestr(zipfile.ZipInfo(HEADER), text)
    return buffer.getvalue()


def unpacked(
    data: bytes, kind: str, layout: Layout, optional: Layout | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the arrays of a file of this kind, which nobody can change; the `optional` ones where they are
    there. A damaged file raises nearly anything, and takes no more memory than it is long."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        header = json.loads(_content(archive, HEADER)) if HEADER in archive.namelist() else {}
        said = (header.get("format"), header.get("version")) if isinstance(header, dict) else ()
        if said != (f"relu-anim {kind}", VERSION):
            raise ValueError(f"it is no {kind} of version {VERSION}")
        if header.pop("digest") != _digest(header, archive):
            raise ValueError("its content is not what its digest says")
        there = {name: own for name, own in (optional or {}).items() if f"{name}.npy" in archive.namelist()}
        layout = {**layout, **there}
        return header, {name: _array(_content(archive, f"{name}.npy"), name, *kind) for name, kind in layout.items()}


@contextmanager
def readable(name: str | os.PathLike[str]) -> Iterator[None]:
    """Turn whatever a damaged file raises into a FileError that names it: in zipfile and NumPy that is nearly
    anything."""
    try:
        yield
    except Exception as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise FileError(f"{os.fspath(name)}: not a usable recording: {' '.join(reason.split())}") from None


def _digest(header: Mapping[str, Any], archive: zipfile.ZipFile) -> str:
    members = sorted((info.filename, info.file_size, info.CRC) for info in archive.infolist())
    text = json.dumps([header, [member for member in members if member[0] != HEADER]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _content(archive: zipfile.ZipFile, name: str) -> bytes:
    """One member of a file; compressed ones are refused, since a small file could unfold to any size."""
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{name} is compressed")
    return archive.read(info)


def _array(content: bytes, name: str, dtype: Any, dimensions: int) -> NDArray[Any]:
    """The array in the bytes of an npy file; ValueError unless it has this type and number of dimensions. Unlike
    NumPy's own reader it asks for no memory before it knows that the array is there."""
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError(f"{name} is of another version")
    shape, is_fortran, found = np.lib.format.read_array_header_1_0(file)
    if found != dtype or len(shape) != dimensions or is_fortran:
        raise ValueError(f"{name} is of another type")
    return np.frombuffer(content, found, offset=file.tell()).reshape(shape)
