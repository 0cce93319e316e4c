"""`python -m relu_anim` is `relu-anim`."""

import os
import signal
import sys
from typing import NoReturn

# Libraries of linear algebra would start a thread for each core, which for matrices this small costs more time than
# it saves, and may add numbers up in another order on another machine.
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def main() -> NoReturn:
    """The `relu-anim` command. Ctrl-C ends it without a word even while its modules are being loaded."""
    signal.signal(signal.SIGINT, lambda signum, frame: os._exit(130))
    os.environ |= THREADS
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # which it looks for in every installed package
    from relu_anim.cli import main as run

    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = run()
    sys.stderr.flush()
    os._exit(code)  # everything is written and closed; taking torch down piece by piece would cost half a second


if __name__ == "__main__":
    main()
