"""Texts that are mangled: read or refused with words, never a traceback."""

import json

import numpy as np
import pytest
from helpers.configs import (
    CATALOGUE,
    CSV_CONFIG,
)
from helpers.hostile import EVERYTHING, SETTINGS, WORDS, mangled, refused_or_read_back
from hypothesis import given, settings
from hypothesis import strategies as st

from relu_anim import config
from relu_anim.config import ConfigProblems


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(CATALOGUE), st.data())
def test_a_catalogue_file_with_typing_errors_is_read_or_refused(path, data):
    text = path.read_text()
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(text)))
        typed = data.draw(st.text("[]{}:,&*!|>'\"%@`#-? \n\t09.eEx\r\x00\x0c\u2028é\\<=~", max_size=2))
        text = text[:place] + typed + text[place + data.draw(st.integers(0, 2)) :]
    refused_or_read_back(text)


@settings(deadline=None, max_examples=50)
@given(mangled())
def test_a_config_with_mangled_values_is_read_or_refused(whole):
    refused_or_read_back(json.dumps(whole))


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(EVERYTHING), st.lists(SETTINGS | st.sampled_from(WORDS), min_size=1, max_size=3))
def test_any_settings_are_taken_or_refused(whole, settings):
    refused_or_read_back(json.dumps(whole), settings)


@pytest.mark.parametrize("whole", EVERYTHING, ids=lambda whole: whole.get("kind", ""))
def test_what_is_mangled_is_right_before(whole):
    config.loads(json.dumps(whole))


HOSTILE_LINES = st.lists(
    st.sampled_from(
        ["x,y", "x,y,label", "0,1", "1,2,a", "3,", ",", ";", '"', "x;y", "nan,1", "1e400,1", "\t", "\xff", ""]
    )
    | st.text(st.characters(max_codepoint=0x2FF), max_size=8),
    max_size=6,
)


@settings(deadline=None, max_examples=40)
@given(HOSTILE_LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["utf-8", "latin-1", "utf-16"]))
def test_any_file_of_points_is_read_or_refused(tmp_path_factory, lines, end, encoding):
    folder = tmp_path_factory.getbasetemp()
    (folder / "points.csv").write_bytes(end.join(lines).encode(encoding, "replace"))
    (folder / "c.yaml").write_text(CSV_CONFIG)
    try:
        loaded = config.load(folder / "c.yaml")
    except ConfigProblems:
        return
    points = loaded.target.table.points
    assert len(points) >= 2
    assert np.isfinite(points.x).all()
    assert np.isfinite(points.y).all()
