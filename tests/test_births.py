"""Networks that are dead before any training: how many, against what is published, and their figure."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.pictures import overlapping
from typer.testing import CliRunner

from relu_anim import config, figures
from relu_anim.cli import app
from relu_anim.figures import Still, born_dead
from relu_anim.figures.born_dead import BornDead

KIND = "kind: born_dead\n"
SMALL = KIND + "networks: 200\nwidths: [2, 3]\ndepth: 6\nanimation: {size: [340, 220]}\n"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder of one's own, with a small config."""
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(SMALL)


def picture(*settings, text=KIND):
    return figures.of(config.loads(text, settings=settings), lambda *said: None)


def shares(*settings, text=KIND):
    return picture(*settings, text=text).shares


def call(*arguments):
    return CliRunner().invoke(app, list(arguments))


# ---------------------------------------------------------------- how many


@pytest.mark.parametrize("weights", ["he_normal", "he_uniform", "xavier_normal"])
def test_with_two_hidden_layers_as_many_are_dead_as_theory_says(weights):
    widths, networks = (1, 2, 3, 4, 8), 10_000
    found = shares("depth=2", f"widths={list(widths)}", f"init={weights}")
    assert found.shape == (len(widths), 2)
    assert (found[:, 0] == 0).all()  # of two inputs of either sign one gets through each unit
    for width, share in zip(widths, found[:, 1], strict=True):
        exact = 2 ** (1 - 2 * width) + (1 - 2 ** (1 - width)) * 4**-width
        assert abs(share - exact) <= 4 * np.sqrt(exact * (1 - exact) / networks)


def test_with_ten_hidden_layers_as_many_are_dead_as_was_published():
    np.testing.assert_allclose(shares("depth=10", "widths=[2, 3, 5]")[:, -1], [0.91, 0.63, 0.154], atol=0.02)


def test_on_one_side_of_0_a_layer_dies_if_all_its_weights_point_to_the_other():
    found = shares("depth=3", "widths=[1, 2]", "domain=[0, 5]")
    for width, row in zip((1, 2), found, strict=True):
        alive = (1 - 0.5**width) ** np.arange(1, 4)
        assert (np.abs(1 - row - alive) <= 4 * np.sqrt(alive * (1 - alive) / 10_000)).all()


def test_more_are_dead_the_deeper_and_the_narrower():
    found = shares("networks=2000", "depth=20")
    assert (np.diff(found, axis=1) >= 0).all()
    assert (np.diff(found, axis=0)[:, 1:] < 0).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_a_deeper_figure_begins_as_a_shallow_one_and_other_widths_change_nothing():
    deep = shares("depth=12", "networks=500", "widths=[2, 3, 4]")
    np.testing.assert_array_equal(shares("depth=5", "networks=500", "widths=[4, 2]"), deep[[2, 0], :5])


@pytest.mark.parametrize("init", ["he_normal", "default", "{bias: 0.1}"])
def test_in_small_portions_the_numbers_are_those_of_one_piece(init):
    figure = config.loads(KIND, settings=["networks=300", "depth=8", "widths=[3]", f"init={init}"])
    portions = [list(born_dead.chunks(figure, 3, held)) for held in (1, 1000, 10**7)]
    assert [len(portion) for portion in portions][::2] == [300, 1]
    totals = [sum(deaths for _, deaths in portion) for portion in portions]
    assert (totals[0] == totals[1]).all()
    assert (totals[0] == totals[2]).all()
    assert all(sum(networks for networks, _ in portion) == 300 for portion in portions)


@pytest.mark.parametrize("domain", ["[-1, 1]", "[-1e-300, 1e15]", "[2, 3]", "[-3, 0]"])
def test_without_biases_two_inputs_tell_as_much_as_a_grid(domain, monkeypatch):
    settings = ["networks=500", "depth=6", "widths=[2, 3]", f"domain={domain}"]
    two = shares(*settings)
    assert len(born_dead.inputs(config.loads(KIND))) == 2
    monkeypatch.setattr(born_dead, "inputs", lambda figure: np.linspace(*figure.domain, born_dead.GRID_POINTS))
    np.testing.assert_array_equal(shares(*settings), two)


@pytest.mark.parametrize(
    ("init", "one"),
    [
        ("{bias: -0.5}", math.erf(0.25)),  # |weight| <= 0.5, of a normal one with variance 2
        ("{bias: 0.5}", 0.0),  # on at 0
        ("default", 0.25),  # bias <= -|weight|, both uniform on [-1, 1]
    ],
)
def test_with_biases_a_first_layer_can_be_dead_too(init, one):
    found = shares("depth=2", "widths=[1, 2]", f"init={init}")
    for width, row in zip((1, 2), found, strict=True):
        exact = one**width
        assert abs(row[0] - exact) <= 4 * np.sqrt(exact * (1 - exact) / 10_000)
        assert row[1] >= row[0]


def test_with_biases_a_grid_stands_for_the_domain_with_both_its_ends():
    x = born_dead.inputs(config.loads(KIND, settings=["init.bias=0.1", "domain=[-2, 6]"]))
    assert (x[0], x[-1], len(x)) == (-2, 6, 65)


def test_one_network_is_dead_or_not():
    found = shares("networks=1", "widths=[1]", "depth=100")
    assert set(found.ravel()) == {0.0, 1.0}


# ---------------------------------------------------------------- the config


def test_the_figure_has_defaults_of_its_own():
    assert config.loads(KIND).model_dump(mode="json") == {
        "kind": "born_dead",
        "title": "",
        "alt": "",
        "seed": 0,
        "networks": 10_000,
        "widths": [2, 3, 4, 5, 8],
        "depth": 30,
        "init": {"weights": "he_normal", "bias": 0},
        "domain": [-1, 1],
        "animation": {
            "size": [700, 500],
            "scale": 1,
            "text_scale": 1,
            "theme": "auto",
            "colors": {},
            "font": None,
            "ylim": "auto",
            "language": "en",
            "words": {},
            "transparent": False,
        },
        "output": {"formats": ["png", "svg"], "themes": None},
    }


def test_weights_stay_those_of_he_where_only_a_bias_is_written_and_torch_draws_both():
    def init(setting):
        return config.loads(KIND, settings=[setting]).init.model_dump()

    assert init("init.bias=0.1") == {"weights": "he_normal", "bias": 0.1}
    assert init("init=default") == init("init={weights: default}") == {"weights": "default", "bias": "default"}
    assert init("init=xavier_normal") == {"weights": "xavier_normal", "bias": 0}


@pytest.mark.parametrize(
    ("setting", "key", "words"),
    [
        ("networks=0", "networks", "must be at least 1"),
        ("networks=2000000", "networks", "must be at most 1,000,000"),
        ("widths=[2, 3, 2]", "widths.2", "2 is there already"),
        ("widths=[]", "widths", "needs at least 1 value, got 0"),
        ("widths=[1, 2, 3, 4, 5, 6, 7, 8, 9]", "widths", "needs at most 8 values, got 9"),
        ("widths=[257]", "widths.0", "must be at most 256"),
        ("widths=[256]", "networks", "would take many minutes; at most 2,630 do not"),
        ("depth=101", "depth", "must be at most 100"),
        ("depth=0", "depth", "must be at least 1"),
        ("init=he", "init", "expected one of"),
        ("domain=[1, -1]", "domain", "the first number must be below the second"),
        ("animation.size=[300, 200]", "animation.size", "write [340, 220]"),
        ("animation.fps=3", "animation.fps", "unknown key"),
        ("target=x", "target", "unknown key"),
        ("output.formats=[gif]", "output.formats.0", "png"),
    ],
)
def test_what_cannot_be_counted_or_drawn_is_refused(setting, key, words):
    result = call("validate", "small.yaml", "-s", "networks=10000", "-s", "depth=30", "-s", setting)
    assert result.exit_code == 2
    assert f" {key}: " in result.stderr
    assert words in result.stderr


def test_it_has_no_film_and_no_seeds_to_compare():
    result = call("run", "small.yaml", "-f", "gif")
    assert result.exit_code == 2
    assert "a figure that does not move has no gif; write png, svg, html or pdf" in result.stderr
    result = call("seeds", "small.yaml")
    assert result.exit_code == 2
    assert "only configs of kind: training can be surveyed" in result.stderr


# ---------------------------------------------------------------- what comes of it


def test_a_run_gives_the_same_bytes_each_time_and_the_numbers_beside_them():
    def run(*more):
        assert call("run", "small.yaml", "--force", *more).exit_code == 0
        return [Path(f"outputs/small.{suffix}").read_bytes() for suffix in ("png", "svg")]

    first = run()
    summary = json.loads(Path("outputs/small.json").read_text())
    counted = picture(text=SMALL)
    assert summary["metrics"] == counted.measure()
    assert summary["alt"] == counted.describe(summary["metrics"])
    assert summary["metrics"]["networks"] == 200
    assert {width: len(row) for width, row in summary["metrics"]["born_dead"].items()} == {"2": 6, "3": 6}
    assert run() == first
    assert run("-s", "seed=1") != first


def test_the_config_is_inside_the_picture():
    call("run", "small.yaml")
    for name in ("png", "svg"):
        shown = call("show", f"outputs/small.{name}").stdout
        assert shown == call("show", "small.yaml", "-s", f"output.formats=[{name}]").stdout
        assert config.loads(shown) == config.loads(SMALL, settings=[f"output.formats=[{name}]"])


def test_another_title_or_size_is_a_figure_to_make_again_and_a_comment_is_not():
    assert "built" in call("run", "small.yaml").stderr
    Path("small.yaml").write_text("# a comment\n" + SMALL)
    assert "current" in call("run", "small.yaml", "-n").output
    assert "depth 6 → 7" in call("run", "small.yaml", "-n", "-s", "depth=7").output


@pytest.mark.soak
def test_it_is_counted_and_drawn_without_torch():
    code = "import sys; sys.modules['torch'] = None; sys.argv[0] = 'relu-anim'; from relu_anim.cli import app; app()"
    command = [sys.executable, "-c", code, "run", "small.yaml", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_how_far_the_count_has_come_is_told():
    said = []
    figures.of(config.loads(SMALL), lambda *what: said.append(what))
    assert said[-1] == ("counting networks", 400, 400)
    assert [done for _, done, _ in said] == sorted({done for _, done, _ in said})


def test_in_words_it_is_said_what_is_counted_and_how_it_ends():
    figure = config.loads(KIND, settings=["networks=1000", "widths=[2, 8]", "depth=3"])
    counted = BornDead(figure, np.array([[0, 0.1, 0.34], [0, 0, 0.001]]))
    assert counted.describe(counted.measure()) == (
        "Graph of how many of 1\u2009000 untrained ReLU networks of each width are born dead, by depth: "
        "with 3 hidden layers 34\u2009% of those of width 2, 0.1\u2009% of those of width 8."
    )


# ---------------------------------------------------------------- the picture


def still(*settings, text=SMALL):
    return Still(picture(*settings, text=text)).figure


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
@pytest.mark.parametrize("size", [(340, 220), (700, 500), (1200, 900), (340, 900), (1200, 220)])
@pytest.mark.parametrize(("depth", "widths"), [(1, [2]), (30, [2, 3, 4, 5, 8]), (100, [1, 2, 3, 4, 5, 6, 7, 256])])
def test_no_text_lies_over_another_or_is_cut_off(theme, size, depth, widths):
    settings = [f"animation.theme={theme}", f"animation.size={list(size)}", f"depth={depth}", f"widths={widths}"]
    figure = config.loads(KIND, settings=["title=Born dead", "networks=1", *settings])
    drawn = Still(BornDead(figure, np.linspace(0, 1, len(widths) * depth).reshape(len(widths), depth))).figure
    assert list(overlapping(drawn)) == []
    (axes,) = drawn.axes
    assert axes.get_legend().get_window_extent().y0 >= 0
    assert axes.get_legend().get_window_extent().x0 >= axes.bbox.x1 - 1
    assert axes.bbox.width >= 100


def test_each_line_has_a_colour_and_a_marker_of_its_own_and_its_shares():
    drawn = still("widths=[1, 2, 3, 4, 5, 6, 7, 8]")
    lines = drawn.axes[0].get_lines()
    assert len({line.get_color() for line in lines}) == len({line.get_marker() for line in lines}) == 8
    assert [text.get_text() for text in drawn.axes[0].get_legend().get_texts()] == list("12345678")
    found = shares("widths=[1, 2, 3, 4, 5, 6, 7, 8]", text=SMALL)
    np.testing.assert_array_equal([line.get_ydata() for line in lines], found)
    assert lines[0].get_xdata().tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("depth", [1, 2, 6, 30, 100])
@pytest.mark.parametrize("width", [340, 700, 1600])
def test_depths_are_whole_numbers_from_1_on(depth, width):
    ticks = still(f"depth={depth}", f"animation.size=[{width}, 220]", "networks=20").axes[0].get_xticks()
    assert ticks[0] == 1
    assert all(tick == int(tick) <= depth for tick in ticks)
    assert depth == 1 or len(ticks) > 1


def test_the_shares_go_to_100_percent_or_as_far_as_the_config_says():
    def labels(*settings):
        drawn = still(*settings, "animation.size=[700, 500]")
        return [label.get_text().replace("\u2009", " ") for label in drawn.axes[0].get_yticklabels()]

    assert labels() == ["0 %", "25 %", "50 %", "75 %", "100 %"]
    assert labels("animation.ylim=[0, 0.2]") == ["0 %", "4 %", "8 %", "12 %", "16 %", "20 %"]
