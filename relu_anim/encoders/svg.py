"""SVG, which the figure writes itself; here it is read."""

from relu_anim.encoders import markup
from relu_anim.encoders.encoder import Encoder


def _begins(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<svg", b"<!--"))


ENCODER = Encoder(_begins, markup.description)
