"""`python -m relu_anim` is `relu-anim`."""

import os
import signal


def main() -> None:
    """The `relu-anim` command. Ctrl-C ends it without a word even while its modules are being loaded."""
    signal.signal(signal.SIGINT, lambda signum, frame: os._exit(130))
    from relu_anim.cli import main as run

    signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
