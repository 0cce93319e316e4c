"""Which kernels NumPy and torch take for their arithmetic. They are chosen before either is loaded, so that a config
gives the same bytes on every x86-64 processor with AVX2. Only the standard library is imported here.

Libraries look at the processor and take kernels that add up in another order, or round once where others round twice;
training amplifies the difference. Products of matrices go through NumPy's OpenBLAS, whose Haswell kernels are the same
code on all makers' processors. Torch does what is elementwise, and what it leaves to MKL takes the branch that MKL
promises to be the same everywhere; it is slow, and little is left to it.
"""

from __future__ import annotations

import os
import platform
import sys
from functools import cache
from pathlib import Path

PINNED = "pinned"
# A thread for each core costs more time than it saves for matrices this small, and may add up in another order.
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
KERNELS = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_CBWR": "COMPATIBLE",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",  # all that NumPy has beyond AVX2
}
CORE = "OPENBLAS_CORETYPE"  # some machines set it for a reason of their own
OUR_CORE = "Haswell"
CPUINFO = Path("/proc/cpuinfo")
OTHERS = ("ATEN_", "DNNL_", "MKL_", "NPY_", "ONEDNN_")  # what else the environment may say of kernels


def pin() -> None:
    """Choose the kernels in this process and those that it starts, unless NumPy or torch is loaded already."""
    if _loaded():
        return
    for name in [name for name in os.environ if name.startswith(OTHERS)]:
        del os.environ[name]
    os.environ |= THREADS
    if not _missing():
        os.environ |= KERNELS
        if not os.environ.get(CORE):
            os.environ[CORE] = OUR_CORE


def chosen() -> str:
    """`pinned`, or in words what else decides how last digits are rounded here."""
    if missing := _missing():
        return f"not pinned: {missing}"
    if any(os.environ.get(name) != value for name, value in KERNELS.items()):
        return "not pinned: NumPy or torch was loaded before"
    core = os.environ.get(CORE, "")
    return PINNED if core.lower() == OUR_CORE.lower() else f"{CORE}={core}"


def _loaded() -> bool:
    return "numpy" in sys.modules or "torch" in sys.modules


@cache
def _missing() -> str:
    """What this processor lacks for the kernels that we choose; nothing where it has them."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return f"the processor is {platform.machine()}, not x86-64"
    try:
        with CPUINFO.open("rb") as file:
            flags = file.read(8192).split()  # those of the first core
    except OSError:
        flags = []
    return "" if b"avx2" in flags and b"fma" in flags else "no AVX2 is found on this processor"
