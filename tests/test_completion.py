"""What the Tab key offers, asked as bash, zsh and fish ask."""

import json
import subprocess
import sys

import pytest

from relu_anim import config, facts
from relu_anim.cli import _exit_code, completion
from relu_anim.config.extends import KEY as EXTENDS
from relu_anim.config.kinds import KINDS


@pytest.fixture
def bash(monkeypatch, capsys):
    """What bash is offered at the end of a line of words, which it takes apart at each `=`."""

    def offered(line, at=None):
        words = line.replace("=", " = ").split(" ") if at is None else line.split(" ")
        words = [word for number, word in enumerate(words) if word or number == len(words) - 1]
        if line.endswith("="):
            words.pop()  # the word at the cursor is the mark itself
        monkeypatch.setattr(sys, "argv", ["relu-anim"])
        monkeypatch.setenv("COMP_WORDS", "\n".join(words))
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1) if at is None else at)
        monkeypatch.setenv(completion.ASKED, "complete_bash")
        assert completion.answer(_exit_code) == 0
        said = capsys.readouterr()
        assert said.err == ""
        return said.out.split()

    return offered


def test_commands_and_options_are_offered(bash):
    assert bash("relu-anim va") == ["validate"]
    assert bash("relu-anim run --fo") == ["--formats", "--force"]


def test_formats_are_offered_after_each_comma_once(bash):
    assert bash("relu-anim run x.yaml -f ") == list(facts.FORMATS)
    assert bash("relu-anim run x.yaml -f mp4,png,m") == []
    assert bash("relu-anim run x.yaml -f png,m") == ["png,mp4"]


def test_keys_are_offered_after_s_and_their_values_after_the_mark(bash):
    assert bash("relu-anim run -s animation.t") == ["animation.text_scale", "animation.theme", "animation.transparent"]
    assert bash("relu-anim run x.yaml -s animation.theme=") == list(facts.THEMES)
    assert bash("relu-anim run x.yaml -s animation.theme=d") == ["dark"]
    assert bash("relu-anim run x.yaml --set=animation.theme=d") == ["dark"]
    assert bash("relu-anim run -s seed=3 -s animation.panels=pr") == ["prediction", "profile"]
    assert bash("relu-anim seeds x.yaml -s data.resam") == ["data.resample=true", "data.resample=false"]
    assert bash("relu-anim run -s animation.fp") == ["animation.fps=20"]


def test_every_key_that_is_offered_can_be_set():
    offered = completion.settings("")
    assert {"animation.pacing", "training.optimizer.lr", "networks"} <= set(offered)
    assert EXTENDS not in offered
    smallest = "target: {function: x}\nmodel: {layer_sizes: [1, 2, 1]}"
    for theme in completion.settings("animation.pacing="):
        assert config.loads(smallest, settings=[theme]).animation.pacing == theme.partition("=")[2]


def test_names_are_offered_where_a_command_takes_one(bash):
    assert bash("relu-anim new x --like quadratic_") == [f"quadratic_{n}neuron" for n in (1, 20, 2)]
    assert bash("relu-anim new x --kind ") == list(KINDS)
    assert bash("relu-anim list act") == ["activations"]
    options = [f"prediction.{name}" for name in facts.PANELS["prediction"].options]
    assert bash("relu-anim help prediction") == ["prediction", *options]


def test_files_are_left_to_the_shell(bash):
    assert bash("relu-anim run wa") == []
    assert bash("relu-anim new x --like ./") == []


def test_what_cannot_be_understood_offers_nothing_and_says_nothing(bash):
    assert bash("relu-anim run -s 'a", at="x") == []
    assert bash("relu-anim run -s nothing=") == []


def test_zsh_and_fish_are_given_whole_words(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["relu-anim"])
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "relu-anim run -s animation.theme=d")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    for shell, said in (("zsh", "_arguments '*: :((\"animation.theme=dark\"))'"), ("fish", "animation.theme=dark")):
        monkeypatch.setenv(completion.ASKED, f"complete_{shell}")
        assert completion.answer(_exit_code) == 0
        assert capsys.readouterr().out == f"{said}\n"


def test_completion_loads_nothing_heavy():
    code = (
        "import sys, json; from relu_anim.cli import app, completion; light = set(sys.modules);"
        "list(completion.formats('')); completion.settings('animation.');"
        "print(json.dumps([sorted({'numpy', 'pydantic'} & light), sorted({'torch', 'matplotlib'} & set(sys.modules))]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[], []]
