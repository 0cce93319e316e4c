"""The JSON Schema of configs."""

import json

import jsonschema
import pytest
import yaml
from helpers.configs import (
    CATALOGUE,
    problems,
)

from relu_anim import config

SCHEMA = jsonschema.Draft202012Validator(config.json_schema())


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(config.json_schema())
    assert json.loads(json.dumps(config.json_schema())) == config.json_schema()


@pytest.mark.parametrize("path", CATALOGUE, ids=lambda path: path.stem)
def test_an_editor_finds_nothing_wrong_with_the_catalogue(path):
    assert list(SCHEMA.iter_errors(yaml.safe_load(path.read_text()))) == []


SHORT_FORMS = [
    "training: {optimizer: adam}",
    "training: {optimizer: {lr: 0.5}}",
    "training: {optimizer: {name: adam, betas: [0.8, 0.9]}}",
    "animation: {colors: {network: red, units: ['#fff'], dark: {relu: '#123456'}}}",
    "animation: {theme: auto, font: Inter.ttf}",
    "animation: {font: [Inter.ttf, Noto.otf]}",
    "animation: {panels: loss}",
    "animation: {panels: [loss, prediction]}",
    "animation: {panels: [[loss], [prediction]], ylim: [0, 1], loop: 3}",
    "model: {layer_sizes: [1, 2, 1], activation: x*2, output_activation: relu, init: he_normal}",
    "model: {layer_sizes: [1, 2, 2, 1], activation: [relu, {name: elu, alpha: 2}], init: {bias: 0}}",
    "variants: [{label: a, set: {model.activation: tanh}}, {label: b, set: {seed: 1, training: {epochs: 3}}}]",
    "target: {dataset: xor}\nmodel: {layer_sizes: [2, 1]}\ntraining: {loss: bce, l1: 1}",
    "animation: {panels: [[loss], [metrics]], metrics: [loss], knots: true, arrange: columns}",
    "animation: {arrange: {loss: overlay}}\nvariants: [{label: a, set: {seed: 1}}]",
]


MISTAKES = [
    "titel: x",
    "seed: x",
    "training: {optimizer: adm}",
    "training: {optimizer: {name: sgd, betas: [0.8, 0.9]}}",
    "animation: {colors: {netwrok: red}}",
    "animation: {theme: brand}",
    "animation: {font: []}",
    "animation: {panels: los}",
    "model: {layer_sizes: [1, 2, 1], activation: 3}",
    "model: {layer_sizes: [1]}",
    "output: {formats: [jpg]}",
    "variants: [{label: a}]",
    "variants: [{label: a, set: {}}]",
    "variants: {label: a, set: {seed: 1}}",
    "animation: {arrange: {los: overlay}}",
    "animation: {arrange: rows}",
    "animation: {metrics: [los]}",
    "animation: {knots: maybe}",
    "training: {loss: hinge}",
    "target: {dataset: circles}",
]


@pytest.mark.parametrize(("extra", "is_right"), [(e, True) for e in SHORT_FORMS] + [(e, False) for e in MISTAKES])
def test_an_editor_and_the_command_agree_on_what_a_file_may_hold(extra, is_right):
    data = {"target": {"function": "x"}, "model": {"layer_sizes": [1, 1]}, **yaml.safe_load(extra)}
    assert SCHEMA.is_valid(data) == is_right
    if is_right:
        config.loads(yaml.safe_dump(data))
    else:
        problems(yaml.safe_dump(data))
