"""A theme from a file beside the config."""

import json

import pytest
from helpers.configs import SMALLEST
from typer.testing import CliRunner

from relu_anim import config
from relu_anim.cli import app
from relu_anim.config.places import ConfigProblems
from relu_anim.themes import THEMES, theme_of

BRAND = """\
colors: {network: "#1b9e77", target: tomato}
light: {ink: "#073642"}
dark: {network: "#66c2a5", ink: "#eee8d5"}
"""
FIGURE = "kind: activation\nfunctions: [tanh]\nanimation: {theme: brand.yaml}\n"


@pytest.fixture
def load(here):
    """A function that loads a config with this theme file beside it."""

    def write_and_load(brand=BRAND, text=SMALLEST + "animation: {theme: brand.yaml}\n", settings=()):
        (here / "brand.yaml").write_text(brand)
        (here / "c.yaml").write_text(text)
        return config.load(here / "c.yaml", settings)

    return write_and_load


def refused(load, *arguments, **options):
    with pytest.raises(ConfigProblems) as caught:
        load(*arguments, **options)
    return str(caught.value)


def theme(loaded):
    return theme_of(*loaded.animation.look)


def test_its_base_and_colours_are_those_of_the_config(load):
    own = theme(load())
    assert (own.output, own.target, own.ink) == ("#1b9e77", "#ff6347", "#073642")
    own = theme(load("base: dark\n" + BRAND))
    assert (own.output, own.ink, own.background) == ("#66c2a5", "#eee8d5", THEMES["dark"].background)


def test_a_figure_in_two_themes_has_each_part_of_the_file(load):
    loaded = load(text=FIGURE + "output: {formats: [png], themes: [light, dark]}\n")
    outputs = {theme(config.themed(loaded, file.theme)).output for file in config.files(loaded).values()}
    assert outputs == {"#1b9e77", "#66c2a5"}
    assert list(config.files(loaded)) == [".png", "-dark.png"]


def test_the_colours_of_the_config_go_before_those_of_the_file(load):
    text = SMALLEST + "animation: {theme: brand.yaml, colors: {network: blue}}\n"
    assert theme(load(text=text)).output == theme(load("base: dark\n" + BRAND, text)).output == "#0000ff"


def test_the_resolved_config_holds_all_of_it_and_needs_no_file(load):
    loaded = load("base: dark\n" + BRAND)
    assert config.loads(config.dump(loaded)) == loaded
    assert loaded.animation.theme == "dark"


def test_a_setting_and_a_shared_config_may_name_it(load, here):
    assert theme(load(text=SMALLEST, settings=["animation.theme=brand.yaml"])).output == "#1b9e77"
    (here / "house.yaml").write_text("animation: {theme: brand.yaml}")
    assert theme(load(text=f"extends: house.yaml\n{SMALLEST}")).output == "#1b9e77"


@pytest.mark.parametrize(
    ("brand", "message"),
    [
        ("colors: {network: stealblue}", "brand.yaml:1:19: animation.colors.network: expected a colour"),
        ("base: drak", "brand.yaml:1:7: animation.theme: expected one of auto, light, dark, paper"),
        ("\ndrak: {}", "brand.yaml:2:1: drak: unknown key; did you mean dark?"),
        ("rcParams: {backend: x}", "brand.yaml:1:1: rcParams: unknown key; one of base, colors, light, dark"),
        ("colors: {dark: {}}", "brand.yaml:1:10: colors.dark: stands at the top of the file, beside colors"),
        ("colors: [red]", "brand.yaml:1:9: animation.colors: expected a mapping of keys, got a list"),
        ("- red", "brand.yaml:1:1: the file holds a list; a file of a theme is a mapping such as"),
        ("a: !!python/object/apply:os.system [ls]", "brand.yaml:1:"),
    ],
)
def test_a_mistake_has_its_place_in_the_file(load, brand, message):
    assert message in refused(load, brand)


def test_a_theme_that_is_taken_for_a_config_is_told_alone(load):
    message = "c.yaml:1:1: colors: this file is a theme, which a config takes: animation: {theme: c.yaml}"
    assert refused(load, text=BRAND).splitlines()[0].endswith(message)


def test_a_file_that_is_not_there_is_refused_where_it_is_named(load):
    said = refused(load, text=SMALLEST + "animation: {theme: bran.yaml}")
    assert "c.yaml:3:20: animation.theme: there is no file" in said
    assert "did you mean brand.yaml?" in said
    assert "a theme of your own is a file" in refused(load, text=SMALLEST + "animation: {theme: brand}")


def test_a_figure_is_made_anew_when_its_theme_changes_and_only_then(load, here):
    def run(*more):
        result = CliRunner().invoke(app, ["run", "c.yaml", "--json", "-q", "-f", "png", *more])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)["status"]

    load(text=FIGURE + "title: A title\n")
    assert [run("--deps", "c.d"), run()] == ["built", "current"]
    assert "outputs/c.png: c.yaml brand.yaml" in (here / "c.d").read_text()
    (here / "brand.yaml").write_text(BRAND + "# a comment\n")
    assert run() == "current"
    (here / "brand.yaml").write_text(BRAND.replace("073642", "000000"))
    assert run() == "built"
