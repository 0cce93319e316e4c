"""`python -m relu_anim` is `relu-anim`."""

from relu_anim.cli import main

if __name__ == "__main__":
    main()
