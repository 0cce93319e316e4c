"""What changes a fingerprint, and what does not."""

import pytest

from relu_anim import config
from relu_anim.making.build import fingerprint, training_fingerprint

FULL = """\
seed: 1
target: {function: sin(x), domain: [0, 1]}
data: {samples: 32, noise: 0.5, resample: false}
model: {layer_sizes: [1, 3, 1], activation: tanh}
training: {optimizer: {name: adam, lr: 0.02}, epochs: 1000}
animation: {fps: 20}
"""


REWRITTEN = """\
# The same, by another hand.
training:
    epochs: 1e3
    optimizer: {lr: 2e-2, name: adam}
model: {activation: [{name: 'tanh'}], layer_sizes: [1, 0x3, 1.0]}
data: {resample: False, noise: .5, samples: +32}
target: {domain: [0.0, 1.0], function: "sin(x)"}
"""


def test_comments_the_order_of_keys_and_the_spelling_of_numbers_do_not_change_a_fingerprint():
    seeded = REWRITTEN + "seed: 01\n"
    assert training_fingerprint(config.loads(seeded)) == training_fingerprint(config.loads(FULL))
    assert fingerprint(config.loads(seeded)) == fingerprint(config.loads(FULL))


@pytest.mark.parametrize(
    "setting",
    [
        "seed=2",
        "target.function=cos(x)",
        "target.domain=[0, 2]",
        "data.samples=33",
        "data.noise=0.4",
        "data.resample=true",
        "data.test_fraction=0.25",
        "model.layer_sizes.1=4",
        "model.activation=relu",
        "model.output_activation=tanh",
        "model.init=he_normal",
        "model.init.bias=1",
        "training.optimizer.lr=0.03",
        "training.optimizer=sgd",
        "training.optimizer.betas=[0.8, 0.9]",
        "training.loss=mae",
        "training.epochs=999",
        "training.batch_size=31",
        "training.on_divergence=keep",
        "training.l1=0.01",
    ],
)
def test_any_change_of_the_training_changes_its_fingerprint(setting):
    before, after = config.loads(FULL), config.loads(FULL, settings=[setting])
    assert training_fingerprint(after) != training_fingerprint(before)
    assert fingerprint(after) != fingerprint(before)


@pytest.mark.parametrize(
    "setting",
    [
        "title=x",
        "animation.fps=10",
        "animation.theme=dark",
        "animation.domain=[-1, 2]",
        "animation.knots=false",
        "animation.metrics=[loss]",
    ],
)
def test_a_change_of_the_looks_does_not_change_the_training_fingerprint(setting):
    before, after = config.loads(FULL), config.loads(FULL, settings=[setting])
    assert training_fingerprint(after) == training_fingerprint(before)
    assert fingerprint(after) != fingerprint(before)
