"""What there is stands in one table, from which everything else follows."""

import ast
from functools import cache
from pathlib import Path

import pytest
import yaml

from relu_anim import facts, initial, metrics
from relu_anim.cli.catalogue import LISTS, lines
from relu_anim.config.optimizers import OPTIMIZERS
from relu_anim.drawing.theme import THEMES
from relu_anim.encoders import Encoder, encoder
from relu_anim.panels import panel_class
from relu_anim.training import losses, stacks, updates

PACKAGE = Path(__file__).parent.parent / "relu_anim"
TABLES = {  # with the most files of the package in which a name of it may stand
    "PANELS": 2,
    "FORMATS": 3,
    "LOSSES": 4,
    "METRICS": 2,
    "KINDS": 3,
}
SUMMARY = "a key of summaries and of what --json prints"
COLUMN = "a part of recordings"
KEY = "a key or a section of configs"
LABEL = "a word in a picture or in what a command prints"
# Files in which the text stands for something else.
HOMONYMS = {
    ("activation", "films/computing.py"): LABEL,
    ("activation", "gallery/page.py"): "a filter of the gallery",
    ("activation", "gallery/traits.py"): KEY,
    ("test_accuracy", "films/alt.py"): SUMMARY,
    ("loss", "cli/progress.py"): "a stage of the bar",
    ("loss", "config/checks/learning.py"): KEY,
    ("loss", "config/kinds/training.py"): KEY,
    ("loss", "films/stamp.py"): LABEL,
    ("loss", "survey.py"): SUMMARY,
    ("loss", "films/alt.py"): SUMMARY,
    ("loss", "recording/snapshots.py"): COLUMN,
    ("gradient_norms", "films/measured.py"): COLUMN,
    ("accuracy", "panels/accuracy.py"): LABEL,
    ("gradients", "panels/profile.py"): "a value of its option",
    ("gradients", "training/gradients.py"): "the module that computes them",
    ("knots", "cli/seeds.py"): LABEL,
    ("knots", "panels/prediction.py"): LABEL,
    ("knots", "survey.py"): SUMMARY,
    ("linear_regions", "survey.py"): SUMMARY,
    ("network", "config/colors.py"): "a key of colours",
    ("network", "themes.py"): "a key of colours",
    ("network", "network/__init__.py"): "the room that knows networks",
    ("network", "panels/prediction.py"): LABEL,
    ("network", "recording/ensembles.py"): COLUMN,
    ("network", "recording/snapshots.py"): COLUMN,
    ("metrics", "cli/catalogue.py"): "the name of a list",
    ("metrics", "config/checks/panels.py"): KEY,
    ("metrics", "making/jobs.py"): SUMMARY,
    ("metrics", "metrics.py"): "the module that measures them",
    ("metrics", "making/results.py"): SUMMARY,
    ("metrics", "making/store.py"): SUMMARY,
    ("activation", "config/checks/learning.py"): KEY,
    ("activation", "config/document.py"): KEY,
    ("activation", "panels/activation_function.py"): LABEL,
    ("activation", "panels/layers.py"): LABEL,
    ("activation", "config/values.py"): "the name of an error of pydantic's",
    ("metrics", "config/hints.py"): KEY,
    ("data", "config/hints.py"): KEY,
    ("training", "config/hints.py"): KEY,
    ("data", "config/checks/learning.py"): KEY,
    ("data", "config/checks/panels.py"): KEY,
    ("data", "config/checks/target.py"): KEY,
    ("data", "config/checks/texts.py"): KEY,
    ("data", "config/defaults.py"): KEY,
    ("data", "config/kinds/recorded.py"): KEY,
    ("loss", "config/kinds/recorded.py"): LABEL,
    ("network", "panels/subjects.py"): LABEL,
    ("activation", "interface/arrays.py"): "a word of messages",
    **{
        (name, "interface/recorder.py"): "what snap is given"
        for name in ("loss", "test_loss", "accuracy", "test_accuracy")
    },
    ("data", "config/variants.py"): KEY,
    ("data", "panels/answers.py"): LABEL,
    ("data", "targets/__init__.py"): "a stream of random numbers",
    ("data", "training/__init__.py"): "a stream of random numbers",
    ("data", "training/ensemble.py"): "a stream of random numbers",
    ("data", "drawing/points.py"): LABEL,
    ("training", "config/checks/learning.py"): KEY,
    ("training", "config/variants.py"): KEY,
    ("training", "making/fingerprints.py"): KEY,
    ("training", "making/recordings.py"): LABEL,
    ("training", "panels/accuracy.py"): LABEL,
    ("training", "panels/loss.py"): LABEL,
    **{
        (name, "words/english.py"): LABEL
        for name in ("network", "training", "accuracy", "activation", "data", "knots", "loss")
    },
    ("training", "training/__init__.py"): "the room that trains",
}


@cache
def places():
    """text → the files of the package in which it is a string or the name of the module, docstrings left out."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        texts = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
        module = path.parent.name if path.stem == "__init__" else path.stem
        for text in (text for text in {*texts, module} if isinstance(text, str)):
            found.setdefault(text, set()).add(name)
    return found


NAMES = sorted({name for table in TABLES for name in getattr(facts, table)})


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stands_in_few_files(name):
    """A name of two tables, as `loss` is a panel and a metric, in as many as both may, of which one is facts.py."""
    most = [count for table, count in TABLES.items() if name in getattr(facts, table)]
    files = {file for file in places()[name] if (name, file) not in HOMONYMS}
    assert len(files) <= sum(most) - (len(most) - 1), sorted(files)


def test_no_homonym_is_listed_that_is_none():
    assert {(name, file) for name, file in HOMONYMS if file not in places().get(name, ())} == set()


def test_every_row_has_what_it_stands_for():
    assert set(metrics.SERIES) == set(facts.METRICS)
    assert set(losses.LOSSES) == set(stacks.MEASURES) == set(facts.LOSSES)
    assert set(initial.INITS) == set(facts.INITS)
    assert set(THEMES) == set(facts.THEMES)
    assert set(OPTIMIZERS) == set(updates.RULES)


@pytest.mark.parametrize("name", facts.PANELS)
def test_every_panel_has_a_class_and_every_module_of_panels_a_row(name):
    assert panel_class(name).__module__ == f"relu_anim.panels.{name}"
    assert panel_class(name).__doc__


@pytest.mark.parametrize("name", facts.FORMATS)
def test_every_format_has_an_encoder_that_knows_its_own_files_alone(name):
    assert isinstance(encoder(name), Encoder)
    heads = {
        "gif": b"GIF89a",
        "mp4": b"\0\0\0\x20ftypisom",
        "webp": b"RIFF\0\0\0\0WEBPVP8X",
        "png": b"\x89PNG\r\n\x1a\n",
        "svg": b"<?xml version='1.0'?>",
        "animated-svg": b'<svg class="animated" xmlns="http://www.w3.org/2000/svg" id="r">',
        "html": b'<!DOCTYPE html>\n<html data-film="relu-anim" lang="en">',
        "pdf": b"%PDF-1.4",
    }
    assert [other for other, head in heads.items() if encoder(name).begins(head)] == [name]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_list_of_optimizers_gives_their_options_with_the_defaults(name):
    listed = yaml.safe_load("{" + LISTS["optimizers"]()[name].replace("1e-", "1.0e-") + "}")
    own = {key: field.default for key, field in OPTIMIZERS[name].model_fields.items() if key != "name"}
    assert {key: tuple(value) if isinstance(value, list) else value for key, value in listed.items()} == own


def test_the_lists_name_every_row_in_its_order():
    for name in ("panels", "formats", "losses", "metrics", "kinds", "themes", "inits", "snapshots", "pacings"):
        assert [line.split()[0] for line in lines(name)] == list(getattr(facts, name.upper()))


def test_the_facts_are_found_by_the_standard_library_alone():
    tree = ast.parse((PACKAGE / "facts.py").read_text())
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules <= {"__future__", "collections.abc", "dataclasses", "typing"}


def test_usual_losses_and_panels_fit_what_they_are_for():
    for classes in (0, 2, 3, 10):
        for outputs in (1, 2, 3, 10):
            loss = facts.LOSSES[facts.usual_loss(classes, outputs)]
            assert loss.fits(classes)
            for inputs in (1, 2, 3, 64):
                assert facts.PANELS[facts.usual_panel(inputs, classes, outputs)].fits(inputs, classes, outputs)
