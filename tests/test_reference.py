"""What is said of each key: in the schema, by `relu-anim help`, and in the page of the docs."""

import json
import runpy
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from relu_anim import config, facts
from relu_anim.cli import app
from relu_anim.cli.reference import explained, overview
from relu_anim.config.kinds import KINDS
from relu_anim.config.schemas import keys_of

DOCS = Path(__file__).parent.parent / "docs"
SCHEMA = config.json_schema()
PAGE = runpy.run_path(str(DOCS / "reference.py"))


def told(*arguments):
    """What `relu-anim help` prints, and its exit code."""
    result = CliRunner().invoke(app, ["help", *arguments])
    return result.stdout or result.stderr, result.exit_code


def nodes(node):
    """Every mapping in the schema, however deep."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(inner)


def test_every_key_of_the_schema_says_what_it_is():
    found = [(name, key) for node in nodes(SCHEMA["$defs"]) for name, key in node.get("properties", {}).items()]
    assert len(found) > 100
    assert [name for name, key in found if "const" not in key and len(key.get("description", "")) < 5] == []


def test_every_name_of_the_schema_that_has_a_row_has_its_summary():
    tables = {tuple(table): list(map(facts.summary, table.values())) for table in (facts.PACINGS, facts.LOSSES)}
    found = {tuple(node["enum"]): node.get("enumDescriptions") for node in nodes(SCHEMA) if "enum" in node}
    assert tables.items() <= {names: rows for names, rows in found.items() if names in tables}.items()


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_is_one_that_the_schema_takes(kind):
    for key in keys_of(KINDS[kind]):
        if "examples" in key.node or not key.is_section:
            validator = jsonschema.Draft202012Validator({**key.node, "$defs": key.schema["$defs"]})
            for example in key.node.get("examples", [key.example()]):
                assert validator.is_valid(example), (key.path, example)


def test_an_editor_finds_a_whole_number_that_is_too_large():
    validator = jsonschema.Draft202012Validator(SCHEMA)
    small = {"target": {"function": "x"}, "model": {"layer_sizes": [1, 1]}}
    assert validator.is_valid(small | {"training": {"epochs": 1_000_000}})
    assert not validator.is_valid(small | {"training": {"epochs": 1_000_001}})


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_shows_a_config_of_each_kind_with_every_key_at_its_default(kind):
    text = "\n".join(PAGE["block"](kind))
    loaded = config.loads(text)
    written = loaded.model_fields_set | {"extends", "kind"}
    assert written == set(KINDS[kind].model_fields)
    assert config.loads(config.dump(loaded)).animation == config.loads(text).animation == type(loaded.animation)()


def test_the_page_says_of_all_keys_what_their_models_say():
    text = (DOCS / "config.md").read_text()
    assert PAGE["page"](text) == text, "run `make reference`"
    assert text.count("<!-- keys of kind: ") == len(KINDS)


def test_help_tells_type_default_names_and_an_example():
    assert told("animation.pacing")[0].splitlines() == [
        "animation.pacing",
        "  which epochs the frames show; or the seconds of each part of the film",
        "  a name or [a mapping of keys, …]; default: even",
        "",
        *[f"  {name:6}  {summary}" for name, summary in facts.PACINGS.items()],
        "",
        "  animation.pacing.until    the moment at which it ends, an epoch or a step",
        "  animation.pacing.seconds  how long it takes",
        "",
        "  in a config:  animation: {pacing: motion}",
        "  for one run:  -s animation.pacing=motion",
    ]


def test_help_knows_a_key_by_its_end_and_options_of_panels():
    assert told("pacing") == told("animation.pacing")
    text, _ = told("prediction.best")
    assert facts.PANELS["prediction"].options["best"].summary in text
    assert "animation: {panels: [{prediction: {best: true}}]}" in text
    assert "a step such as 'step 12' or {step: a whole number}, …]" in told("stills")[0]


def test_help_tells_keys_apart_that_kinds_and_optimizers_have_in_their_own_way():
    text, _ = told("output.formats")
    assert "output.formats, kind: training" in text
    assert "output.formats, kind: activation, data or born_dead" in text
    assert told("output.formats", "--kind", "data")[0].count("output.formats") < text.count("output.formats")
    assert "training.optimizer.lr of adam and adamw" in told("training.optimizer.lr")[0]


def test_help_knows_names_that_are_values():
    text, _ = told("tanh")
    assert text == "tanh\n  hyperbolic tangent\n  a value of model.activation, model.output_activation and functions\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["learning_rate"], "did you mean training.optimizer.lr?"),
        (["animation.pacin"], "did you mean animation.pacing?"),
        (["prediction.bets"], "did you mean prediction.best?"),
        (["max_frame"], "did you mean max_frames?"),
        (["thanh"], "did you mean tanh?"),
        (["a b\x1b"], "there is no key and no name"),
        ([".."], "there is no key and no name '..'\n"),
        (["seed", "--kind", "film"], "there is no kind 'film'"),
    ],
)
def test_help_on_a_key_that_is_none_names_the_nearest(arguments, said):
    text, code = told(*arguments)
    assert said in text
    assert code == 2


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_every_kind_can_be_asked_for(kind):
    assert [line.split()[0] for line in overview(kind) if line.startswith("  ")][: -len(KINDS)] == list(
        KINDS[kind].model_fields
    )
    for path in dict.fromkeys(key.path for key in keys_of(KINDS[kind])):
        lines = list(explained(path, kind))
        assert lines[0].startswith(path)
        assert all(line == line.rstrip() and len(line) < 200 for line in lines)


@pytest.mark.soak
def test_a_built_package_holds_the_catalogue_the_starters_and_the_page(tmp_path):
    root, source = DOCS.parent, tmp_path / "source"
    for folder in ("relu_anim", "configs"):
        shutil.copytree(root / folder, source / folder, symlinks=True)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, source)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        tmp_path,
    ]
    subprocess.run([*pip, source], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        held = {
            name: packed.read(name)
            for name in packed.namelist()
            if not name.endswith((".py", ".typed")) and ".dist-info/" not in name
        }
    sent = [path for path in (root / "relu_anim" / "pages").iterdir() if path.suffix in (".css", ".html", ".js")]
    files = [path for folder in ("catalogue", "starters") for path in (root / "relu_anim" / folder).glob("*.yaml")]
    assert held == {str(path.relative_to(root)): path.read_bytes() for path in files + sent}


def test_help_loads_nothing_heavy_and_needs_no_docstrings():
    code = (
        "import sys, json; from relu_anim.cli.reference import explained;"
        "heavy = [name for name in ('torch', 'matplotlib') if name in sys.modules];"
        "print(json.dumps([list(explained('training', None)), heavy]))"
    )
    done = subprocess.run([sys.executable, "-OO", "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [list(explained("training", None)), []]
