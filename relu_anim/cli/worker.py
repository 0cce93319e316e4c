"""The `worker` command: a worker of a Dask cluster that makes the same bytes as every other one."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from relu_anim.errors import ConfigError

LAST_PORT = 65535
DEFAULTS = {"--nthreads": "1", "--death-timeout": "60"}  # drawing is done by one thread at a time


def start_worker(arguments: Sequence[str]) -> NoReturn:
    """Become `dask worker`, in whose processes the kernels are those of this one; ConfigError where it cannot."""
    address = arguments[0]
    given = {argument.partition("=")[0] for argument in arguments}
    port = re.fullmatch(r"(?:tcp|tls)://.+:(\d{1,5})", address)
    if "--scheduler-file" not in given and not (port and int(port[1]) <= LAST_PORT):
        raise ConfigError(f"{address}: write the scheduler's address first, such as tcp://127.0.0.1:8786")
    if importlib.util.find_spec("distributed") is None:
        raise ConfigError("workers come with an extra: pip install 'relu-anim[cluster]'")
    extra = [word for option in DEFAULTS.items() if option[0] not in given for word in option]
    # Dask loads NumPy before any code of ours, so the kernels have to be chosen before Dask is started.
    os.execve(sys.executable, [sys.executable, "-m", "dask", "worker", *arguments, *extra], dict(os.environ))
