"""What a gallery shows of a folder: its outputs, what is known of each, and which are stale."""

from relu_anim.gallery.gather import Gallery, gather

__all__ = ["Gallery", "gather"]
