"""Pictures that formats made of shapes are tried with."""

import functools

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from relu_anim import config, figures

HOSTILE = '<b>&amp; "it\'s" ]]> 😀 ₃² −·⁻ x שלום'
FILMS = {
    "curves": ["animation.panels=[[prediction, loss]]", "title=Two units", "data={resample: false, samples: 50}"],
    "layers": ["animation.panels=[[layers, contributions]]", "animation.theme=dark"],
    "map": ["animation.panels=[[activation_map, network]]", "model.layer_sizes=[1, 6, 4, 1]"],
    "classes": ["target={dataset: circle}", "model.layer_sizes=[2, 8, 1]", "data={test_fraction: 0.25, samples: 80}"],
    "numbers": ["target={function: x*y}", "model.layer_sizes=[2, 8, 1]", "animation.domain=[-6, 6]"],
}
KINDS = [*(pytest.param(kind, marks=[pytest.mark.soak] * (kind in ("curves", "numbers"))) for kind in FILMS), "still"]
SCALES = [  # scale, text_scale
    pytest.param(2, 1, marks=pytest.mark.soak),
    pytest.param(0.7, 1, marks=pytest.mark.soak),
    (1, 0.7),
    (1.5, 2),
]
SCALED = [
    "animation.size=[900, 700]",
    "animation.panels=[[prediction], [loss]]",
    "data={test_fraction: 0.2, resample: false}",
]
ACTIVATIONS = "kind: activation\ntitle: Sigmoid\nfunctions: [sigmoid]\nmarks: [0]\nderivative: true"


@functools.cache
def still(text):
    """A figure of this config."""
    return figures.Still(figures.of(config.loads(text), lambda *said: None))


def stripes_in_the_key(film, picture):
    """How much of each pixel stripes cover, from 0 to 1, in the swatch «dead» of a film's map, in a picture of it."""
    (panel,) = (placed for placed in film.panels if placed.cell.name == "activation_map")
    legend = panel.axes[0].get_legend()
    names = [text.get_text() for text in legend.get_texts()]
    box = legend.legend_handles[names.index("dead")].get_window_extent().get_points().round().astype(int)
    (left, bottom), (right, top) = box.tolist()
    height = len(picture)
    swatch = picture[height - top : height - bottom, left:right, :3] / 255
    off, stripe = np.array(to_rgb(film.theme.off)), np.array(to_rgb(film.theme.muted))
    return ((off - swatch) / (off - stripe)).mean(axis=2)


def are_hatched(stripes):
    """Whether a quarter is covered by stripes, four pixels apart, that go up to the right."""
    risen, fallen = np.abs(stripes[1:, :-1] - stripes[:-1, 1:]), np.abs(stripes[1:, 1:] - stripes[:-1, :-1])
    repeated = np.abs(stripes[:, 4:] - stripes[:, :-4])
    is_striped = risen.mean() < 0.1 and repeated.mean() < 0.1 and fallen.mean() > 0.2
    return is_striped and 0.15 < stripes.mean() < 0.35
