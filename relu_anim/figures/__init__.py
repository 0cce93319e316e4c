"""Figures that do not move, one file a kind."""
