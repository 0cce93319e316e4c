"""HTML and Markdown for films, read by a strict parser; tests/test_site.py looks at them in a browser."""

import re
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.configs import DATA_FIGURE
from typer.testing import CliRunner

from relu_anim.cli import app
from relu_anim.cli.embed import DARK, OURS, Figure, in_html, in_markdown

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of what html5lib itself imports
    import html5lib

ALT = 'Film of "a" <b> & {{ c }}'
FILM = Figure({"gif": "x.gif", "png": "x.png"}, {"gif": "x-dark.gif", "png": "x-dark.png"}, DARK, (700, 500), ALT)
VIDEO = replace(FILM, files={**FILM.files, "mp4": "x.mp4"}, others={"mp4": "x-dark.mp4"})


def parsed(text):
    """The element that a figure is; html5lib refuses what is no HTML."""
    page = f"<!DOCTYPE html><html><head><title>x</title></head><body>{text}</body></html>"
    body = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page).find("body")
    (element,) = list(body)
    return element


def sources(element):
    return [(own.get("media"), own.get("srcset") or own.get("src")) for own in element.iter("source")]


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_a_film_is_a_picture_with_sources_for_dark_pages_and_for_those_who_want_no_motion():
    picture = parsed(in_html(FILM))
    assert picture.tag == "picture"
    assert sources(picture) == [
        ("(prefers-reduced-motion: reduce) and (prefers-color-scheme: dark)", "x-dark.png"),
        ("(prefers-reduced-motion: reduce)", "x.png"),
        ("(prefers-color-scheme: dark)", "x-dark.gif"),
    ]
    image = picture.find("img").attrib
    assert (image["src"], image["width"], image["height"], image["alt"]) == ("x.gif", "700", "500", ALT)
    assert (image["loading"], image["decoding"]) == ("lazy", "async")


def test_a_video_plays_by_itself_with_a_poster_and_a_picture_inside():
    video = parsed(in_html(VIDEO))
    assert video.tag == "video"
    assert {"autoplay", "muted", "loop", "playsinline"} <= video.attrib.keys()
    assert (video.get("poster"), video.get("aria-label")) == ("x.png", ALT)
    assert [address for _, address in sources(video)] == ["x-dark.mp4", "x.mp4"]
    assert all("no-preference" in media for media, _ in sources(video))
    assert video.find("img").get("src") == "x.gif"


def test_a_video_without_a_still_moves_for_everybody():
    assert sources(parsed(in_html(Figure({"mp4": "x.mp4"}, {}, DARK, (9, 9), "")))) == [(None, "x.mp4")]


def test_a_film_alone_is_an_image_alone():
    assert parsed(in_html(Figure({"gif": "x.gif"}, {}, DARK, (9, 9), ""))).tag == "img"


def test_the_html_has_no_braces_that_a_template_reads_and_no_empty_line_that_ends_it_in_markdown():
    for figure in (FILM, VIDEO):
        assert not re.search(r"[{}]|\n\s*\n", in_html(figure))


def test_in_markdown_a_film_is_an_image_and_a_video_alone_a_link():
    assert in_markdown(FILM) == '![Film of "a" \\<b\\> \\& \\{\\{ c \\}\\}](x.gif)\n'
    video = replace(FILM, files={"mp4": "x.mp4", "png": "x.png"}, alt="a [b]")
    assert in_markdown(video) == "[![a \\[b\\]](x.png)](x.mp4)\n"


@pytest.fixture(name="made")
def _made(here):
    Path("my figure.yaml").write_text(f"{DATA_FIGURE}output: {{formats: [png], themes: [dark, light]}}\n")
    assert run("run", "my figure.yaml", "-o", "static/{name}-{theme}.png", "--summaries", "notes", "-q").exit_code == 0
    return ["embed", "my figure.yaml", "--films", "static/{name}-{theme}.png", "--summaries", "notes"]


def test_what_was_made_is_embedded_and_a_stale_film_is_refused_with_the_command_that_makes_it(made):
    found = run(*made, "--base", "https://example.org/a b")
    assert found.exit_code == 0, found.output
    picture = parsed(found.output)
    assert picture.find("img").get("src") == "https://example.org/a%20b/my%20figure-dark.png"
    assert sources(picture) == [("(prefers-color-scheme: light)", "https://example.org/a%20b/my%20figure-light.png")]

    assert run(*made, "-o", "pages/{name}.html").exit_code == 0
    page = Path("pages/my figure.html").read_text()
    assert page.startswith(OURS)
    assert parsed(page.removeprefix(OURS)).find("img").get("src") == "../static/my%20figure-dark.png"
    Path("mine.html").write_text("<p>mine</p>")
    refused = run(*made, "-o", "mine.html")
    assert (refused.exit_code, Path("mine.html").read_text()) == (2, "<p>mine</p>")

    stale = run(*made, "-s", "title=Another")
    assert stale.exit_code == 2
    (command,) = re.findall(r"make it first: relu-anim (.*)", stale.output)
    assert command == "run 'my figure.yaml' -s title=Another -o 'static/{name}-{theme}.png' --summaries notes"


def test_several_configs_go_into_one_file_or_none_if_one_is_not_made(made):
    Path("b.yaml").write_text(Path("my figure.yaml").read_text())
    Path("c.yaml").write_text("kind: dat\n")
    options = made[2:]
    refused = run(*made[:2], "b.yaml", "c.yaml", *options, "-o", "page.html")
    assert refused.exit_code == 2
    assert "b.yaml: there is no summary" in refused.output
    assert "c.yaml:1:7" in refused.output
    assert not Path("page.html").exists()

    assert run("run", "b.yaml", "-o", options[1], *options[2:], "-q").exit_code == 0
    assert run(*made[:2], "b.yaml", *options, "-o", "page.html").exit_code == 0
    assert re.findall(r'<img src="(.*?)"', Path("page.html").read_text()) == [
        "static/my%20figure-dark.png",
        "static/b-dark.png",
    ]


def test_a_figure_that_no_page_shows_is_refused(here):
    Path("a.yaml").write_text(f"{DATA_FIGURE}output: {{formats: [pdf]}}\n")
    assert run("run", "a.yaml", "-q").exit_code == 0
    found = run("embed", "a.yaml")
    assert (found.exit_code, found.output) == (
        2,
        "a.yaml: a page shows no pdf; add one of animated-svg, webp, gif, svg, png to output.formats\n",
    )


def test_stills_of_a_figure_that_does_not_move_and_two_choices_at_once_are_refused(made):
    assert run(*made, "--strip").output == "my figure.yaml: has no strip, since it does not move\n"
    assert "a figure that does not move has no moments" in run(*made, "--at", "5").output
    both = run(*made, "--at", "5", "--strip")
    assert (both.exit_code, both.output) == (2, "--at: names stills; leave --strip out, or call embed for each\n")


def test_a_name_with_a_format_in_it_is_one_file_for_each(here):
    Path("a.yaml").write_text(f"{DATA_FIGURE}output: {{formats: [png, svg]}}\n")
    assert run("run", "a.yaml", "-o", "{name}.{format}", "-q").output.split() == ["a.png", "a.svg"]
    assert run("run", "a.yaml", "-o", "b/{name}-{theme}.{format}", "-f", "svg", "-q").output == "b/a-auto.svg\n"
    (shown,) = re.findall(r'<img src="(.*?)"', run("embed", "a.yaml", "--films", "{name}.{format}").output)
    assert shown == "a.svg"
    assert "write a.{format}" in run("run", "a.yaml", "-o", "a.png", "-f", "svg").output
