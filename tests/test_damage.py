"""Whatever happened to a summary, every later call ends in words, and makes what is right."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relu_anim.cli import app
from relu_anim.errors import ConfigError
from relu_anim.making import executors, results
from relu_anim.making.results import read_summary

TINY = """\
title: A parabola
target: {csv: points.csv}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 2}
animation: {size: [200, 150], max_frames: 2, hold: 0}
"""
SUMMARY = Path("outputs/tiny.json")
DEEP = "[" * 100_000 + "]" * 100_000
DELETE = object()
DAMAGES = {
    "deleted": DELETE,
    "null": None,
    "number": 5,
    "list": [1, "x"],
    "empty": {},
    "text": "text",
    "nested": {"a": {"b": [None]}},
    "huge": "x" * 1_000_000,
    "half": "\ud800",
    "name": {"../\0": "\0", "": ""},
    "deep": "<deep>",
    "less deep": "<less deep>",
    "nan": float("nan"),
    "infinite": "<infinite>",
}
KEYS = [
    *("format", "config", "source", "fingerprints", "versions", "kernels", "orders", "inputs", "files", "recordings"),
    *("status", "outputs", "metrics", "alt", "seconds"),
    *("config.kind", "config.seed", "config.animation", "config.title", "config.target.csv", "config.output.formats"),
    *("fingerprints.training", "fingerprints.animation", "fingerprints.files", "fingerprints.files.*", "versions.*"),
    *("orders.*", "orders.*.0", "inputs.*", "files.*", "recordings.*", "metrics.loss", "outputs.0"),
]


@pytest.fixture(autouse=True)
def whole(tmp_path, monkeypatch, worker):
    """The text of a summary that holds, and the film beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(executors, "run_job", worker)
    Path("points.csv").write_text("x,y\n" + "".join(f"{n},{n * n}\n" for n in range(12)))
    Path("tiny.yaml").write_text(TINY)
    assert run().exit_code == 0
    return SUMMARY.read_bytes()


def run(*arguments, command="run"):
    """A call that ends without a traceback."""
    result = CliRunner().invoke(app, [command, "tiny.yaml", "-q", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def damaged(content, path, damage):
    """The text of a summary in which something else stands at a path; `*` is the first key there."""
    data = json.loads(content)
    inside, parts = data, path.split(".")
    for depth, part in enumerate(parts, 1):
        key = int(part) if part.isdecimal() else next(iter(inside)) if part == "*" else part
        if depth < len(parts):
            inside = inside[key]
    if damage is DELETE:
        del inside[key]
    else:
        inside[key] = damage
    text = json.dumps(data).replace('"<deep>"', DEEP).replace('"<less deep>"', "[" * 400 + "]" * 400)
    return text.replace('"<infinite>"', "1e999").encode()


def assert_all_goes_on(content, whole):
    """Each call ends in words after this damage, and a run makes the right film and a summary that holds; one that
    carries no config any more is not ours, and stays."""
    film = Path("outputs/tiny.gif").read_bytes()
    is_ours = b'"kind": "training"' in content or whole.startswith(content)
    for more in (["-n"], ["--check"]):
        SUMMARY.write_bytes(content)
        assert run(*more).exit_code in ((0, 5) if is_ours else (2,))
        assert SUMMARY.read_bytes() == content
    for more in (["--json"], ["--force", "--deps", "figures.d"]):
        SUMMARY.write_bytes(content)
        result = run(*more)
        assert result.exit_code == (0 if is_ours else 2), result.stderr
        if is_ours:
            assert Path("outputs/tiny.gif").read_bytes() == film
            assert read_summary(SUMMARY) is not None
        else:
            assert result.stderr.endswith("which is no summary; move that file\n")
            assert SUMMARY.read_bytes() == content
    Path("outputs/tiny_seeds.json").write_bytes(content)
    assert run("-n", "2", "--film", command="seeds").exit_code == 2
    SUMMARY.write_bytes(whole)


@pytest.fixture(autouse=True)
def no_survey(monkeypatch):
    """A survey ends where its files have been checked."""

    def end(*_):
        raise ConfigError("all files were checked")

    monkeypatch.setattr("relu_anim.making.surveys.make_survey", end)


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("number", range(len(KEYS)), ids=KEYS)
def test_a_damaged_key_of_a_summary_harms_nothing(number, step, whole):
    for other, damage in enumerate(DAMAGES.values()):
        content = damaged(whole, KEYS[number], damage)
        if (number + other) % step == 0:
            assert_all_goes_on(content, whole)
        SUMMARY.write_bytes(content)
        run("-n", "--json")
        SUMMARY.write_bytes(whole)


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.soak) for part in (1, 2, 3))])
def test_a_summary_that_ends_anywhere_harms_nothing(part, whole):
    for length in range(part * 101, len(whole), 808):
        assert_all_goes_on(whole[:length], whole)


NONE = [b"\xff\xfe\x00", b"\xef\xbb\xbf", b"null", b'"config"', b"[[]]", DEEP.encode(), b"NaN"]


@pytest.mark.parametrize("content", NONE, ids=map(str, range(len(NONE))))
def test_what_is_no_summary_at_all_is_none(content, tmp_path):
    SUMMARY.write_bytes(content)
    assert read_summary(SUMMARY) is None


def test_a_summary_is_read_as_it_was_written(whole):
    summary = read_summary(SUMMARY)
    assert summary.content() == whole
    assert summary.files.keys() == {"tiny.gif"}
    assert read_summary(Path("none.json")) is None


def test_a_summary_that_is_too_long_is_none(whole, monkeypatch):
    monkeypatch.setattr(results, "MOST_BYTES", len(whole.decode()) - 1)
    assert read_summary(SUMMARY) is None
