"""Keys that had another name, which is still read."""

from pathlib import Path

import pytest
from helpers.configs import SMALLEST, experiment, the_problem
from typer.testing import CliRunner

from relu_anim import config
from relu_anim.cli import app

TWO = "variants: [{label: a, set: {seed: 1}}, {label: b, set: {seed: 2}}]\n"
OLD = TWO + "animation:\n  variants: {loss: overlay}\n  panels: [[prediction], [loss]]\n"


def test_the_old_name_means_the_same_and_the_new_one_is_resolved():
    old, new = experiment(OLD), experiment(OLD.replace("  variants:", "  arrange:"))
    assert old == new
    assert old.animation.arrange == {"loss": "overlay"}
    assert config.dump(old) == config.dump(new)
    assert "arrange:" in config.dump(old)
    assert (list(config.notices(new, Path())), len(list(config.notices(old, Path())))) == ([], 1)


def test_a_setting_may_have_the_old_name_beside_either_in_the_file():
    for text in (OLD, OLD.replace("  variants:", "  arrange:")):
        for key in ("animation.variants", "animation.arrange"):
            assert experiment(text, f"{key}=columns").animation.arrange == "columns"
            assert experiment(text, f"{key}.loss=columns").animation.arrange == {"loss": "columns"}
    assert experiment(OLD, "animation={variants: columns}").animation.arrange == "columns"


def test_both_names_at_once_are_refused():
    problem = the_problem(SMALLEST + OLD + "  arrange: columns\n")
    assert (problem.key, problem.mark.line) == ("animation.variants", 5)
    assert problem.message == "is called animation.arrange now, which is written too; remove one"


@pytest.mark.parametrize(("value", "place"), [("{los: overlay}", (5, 19)), ("over", (5, 13))])
def test_what_is_wrong_with_its_value_is_reported_where_it_is_written(value, place):
    problem = the_problem(SMALLEST + OLD.replace("{loss: overlay}", value))
    assert (problem.mark.line, problem.mark.column) == place


@pytest.mark.parametrize("call", [["validate"], ["run", "-n"]])
def test_validate_and_run_say_the_new_name_with_its_place(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text(SMALLEST + OLD)
    result = CliRunner().invoke(app, [*call, "c.yaml"])
    said = "c.yaml:5:3: animation.variants is called animation.arrange now; the old name is still read\n"
    assert (result.exit_code, result.stderr) == (0, said)
    CliRunner().invoke(app, [*call, "c.yaml", "-s", "animation.variants=columns"])
    Path("c.yaml").write_text(SMALLEST + OLD.replace("  variants:", "  arrange:"))
    assert CliRunner().invoke(app, [*call, "c.yaml"]).stderr == ""
