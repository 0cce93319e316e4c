"""How colours look to readers: contrast after WCAG 2.1, differences in CIE Lab, and sight without the green cones.

Written from the standards, with nothing of the package: colours are hex texts or RGB from 0 to 1.
"""

import numpy as np
from matplotlib.colors import to_rgb

# Machado, Oliveira and Fernandes 2009, deuteranopia in full, for linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)  # D65


def linear(color):
    """sRGB without its gamma."""
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, two):
    """From 1 (alike) to 21 (black on white)."""
    light, dark = sorted((0.05 + float(linear(color) @ (0.2126, 0.7152, 0.0722)) for color in (one, two)), reverse=True)
    return light / dark


def lab(color, deuteranopia=False):
    """CIE L*, a*, b*."""
    rgb = linear(color)
    if deuteranopia:
        rgb = np.clip(DEUTERANOPIA @ rgb, 0, 1)
    share = TO_XYZ @ rgb / WHITE
    x, y, z = np.where(share > (6 / 29) ** 3, np.cbrt(share), share / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one, two, deuteranopia=False):
    """ΔE of 1976: about 2.3 can just be told apart."""
    return float(np.linalg.norm(lab(one, deuteranopia) - lab(two, deuteranopia)))


def lightness(color):
    """L*, all that a greyscale print keeps: from 0 to 100."""
    return float(lab(color)[0])
