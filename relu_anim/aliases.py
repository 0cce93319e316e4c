"""Names for types that many rooms use."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]  # numbers, in float32 or float64
Report = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much there is
