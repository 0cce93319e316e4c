"""The commands with their options, in the order of `--help`. Heavy rooms are imported inside of them."""
