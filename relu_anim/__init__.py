"""Films of small neural networks learning, from YAML configs."""

__version__ = "0.4.0"
