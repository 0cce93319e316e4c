"""Pictures that formats made of shapes are tried with."""

from relu_anim import config, figures

HOSTILE = '<b>&amp; "it\'s" ]]> 😀 ₃² −·⁻ x שלום'
FILMS = {
    "curves": ["animation.panels=[[prediction, loss]]", "title=Two units", "data={resample: false, samples: 50}"],
    "layers": ["animation.panels=[[layers, contributions]]", "animation.theme=dark"],
    "map": ["animation.panels=[[activation_map, network]]", "model.layer_sizes=[1, 6, 4, 1]"],
    "classes": ["target={dataset: circle}", "model.layer_sizes=[2, 8, 1]", "data={test_fraction: 0.25, samples: 80}"],
    "numbers": ["target={function: x*y}", "model.layer_sizes=[2, 8, 1]", "animation.domain=[-6, 6]"],
}
ACTIVATIONS = "kind: activation\ntitle: Sigmoid\nfunctions: [sigmoid]\nmarks: [0]\nderivative: true"


def still(text):
    """A figure of this config."""
    return figures.Still(figures.of(config.loads(text), lambda *said: None))
