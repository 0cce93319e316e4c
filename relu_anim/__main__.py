"""`python -m relu_anim` is `relu-anim`."""

import os
import signal
import sys
from typing import NoReturn

from relu_anim import kernels


def main() -> NoReturn:
    """The `relu-anim` command. Ctrl-C ends it without a word even while its modules are being loaded."""
    signal.signal(signal.SIGINT, lambda signum, frame: os._exit(130))
    kernels.pin()
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # which it looks for in every installed package
    from relu_anim.cli import main as run

    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = run()
    sys.stderr.flush()
    os._exit(code)  # everything is written and closed; taking torch down piece by piece would cost half a second


if __name__ == "__main__":
    main()
