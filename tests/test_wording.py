"""The words of pictures: which there are, in every language, and those of the user in their places."""

import ast
from pathlib import Path

import pytest
import yaml

from relu_anim import config
from relu_anim.config import ConfigProblems
from relu_anim.words import LANGUAGES, WORDS, Wording, wrong

PACKAGE = Path(__file__).parent.parent / "relu_anim"
CONFIG = "target: {function: x**2}\nmodel: {layer_sizes: [1, 2, 1]}\n"
DERIVED = ("loss_", "metric_")  # keys that are put together from the names of facts


def problems(text, folder=None):
    with pytest.raises(ConfigProblems) as caught:
        config.of(yaml.safe_load(CONFIG) | yaml.safe_load(text), folder or Path())
    return [f"{problem.key}: {problem.message}" for problem in caught.value.problems]


# ---------------------------------------------------------------- the tables


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_language_has_every_word_with_its_fields(language):
    texts = LANGUAGES[language]
    assert list(texts) == list(WORDS)
    assert [f"{key}: {message}" for key, text in texts.items() if (message := wrong(key, text))] == []


def strings():
    """Every text in the sources of what draws, or writes alternative texts."""
    for room in ("panels", "film", "figures", "drawing", "config"):
        for path in (PACKAGE / room).rglob("*.py"):
            yield from (n.value for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant))


def test_every_word_is_used_somewhere():
    used = set(strings()) | {"best_of", "median_of", "worst_of"}  # the keys of a choice are those of its words
    assert [key for key in WORDS if key not in used and not key.startswith(DERIVED)] == []


# ---------------------------------------------------------------- one picture's words


def test_a_number_chooses_the_form_and_has_its_thousands_apart():
    words = Wording({"seeds": {"one": "ein Startwert", "other": "{n} Startwerte"}})
    assert [words("seeds", n=n) for n in (0, 1, 2000)] == ["0 Startwerte", "ein Startwert", "2\u2009000 Startwerte"]
    assert Wording({"seeds": "Startwerte: {n}"})("seeds", n=1) == "Startwerte: 1"


def test_a_text_fills_in_its_fields_and_nothing_else():
    words = Wording({"seed": "{seed}/{seed} {x.__class__}"})
    with pytest.raises(KeyError):  # such a text is refused before
        words("seed", seed="7")
    assert Wording({})("class_name", name="{name}") == "class {name}"


def test_own_words_lie_over_the_language():
    loaded = config.loads(CONFIG + "animation: {language: de, words: {epoch: Zeit}}")
    words = loaded.animation.wording
    assert (words("epoch"), words("step"), loaded.members[0][1].animation.wording("epoch")) == (
        "Zeit",
        "Schritt",
        "Zeit",
    )


def test_a_file_of_words_may_be_incomplete_and_counts_in_variants_too(tmp_path):
    (tmp_path / "words.fr.yaml").write_text("epoch: époque\n")
    variants = [{"label": label, "set": {"model.activation": label}} for label in ("tanh", "relu")]
    mapping = yaml.safe_load(CONFIG) | {"animation": {"language": "words.fr.yaml"}, "variants": variants}
    loaded = config.of(mapping, tmp_path)
    words = [e.animation.wording for e in (loaded, *(member for _, member in loaded.members))]
    assert [(own("epoch"), own("loss")) for own in words] == [("époque", "loss")] * 3


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("{epoc: Zeit}", "epoc: there is no such word; did you mean epoch?"),
        ("{seed: Saat}", "seed: lacks {seed}, which the picture fills in"),
        ("{seed: '{seed} {n}'}", "seed: has no {n}; its fields are {seed}"),
        ("{epoch: '{n}'}", "epoch: has no {n}"),
        ("{epoch: 3}", "epoch: expected a text, got the number 3; put it in quotes"),
        ("{epoch: {one: a, other: b}}", "epoch: has one form in any number; write a text"),
        ("{seeds: {one: a}}", "seeds: write a text, or its forms: {one: …, other: …}"),
        ("{epoch: ' '}", "epoch: needs 1 to 200 characters"),
        ('{epoch: "a\\e[31m"}', "epoch: must be one line of printable characters"),
        ("{epoch: 漢}", "epoch: the font has no sign for 漢; write it without"),
    ],
)
def test_a_word_that_cannot_be_drawn_is_refused(words, message):
    assert problems(f"animation: {{words: {words}}}") == [f"animation.words.{message}"]


def test_a_language_that_is_none_is_refused_with_those_there_are():
    (message,) = problems("animation: {language: German}")
    assert "expected en, de or the name of a .yaml file of words" in message
    assert message.endswith("did you mean de?")


def test_mistakes_in_a_file_of_words_have_their_places_there(tmp_path):
    (tmp_path / "words.fr.yaml").write_text("epoch: époque\nnetwrok: réseau\nseed: graine\n")
    found = problems("animation: {language: words.fr.yaml}", tmp_path)
    assert found == [
        "netwrok: there is no such word; did you mean network?",
        "seed: lacks {seed}, which the picture fills in",
    ]


def test_a_file_of_words_that_is_missing_or_none_is_refused(tmp_path):
    (tmp_path / "words.fr.yaml").write_text("- epoch\n")
    (message,) = problems("animation: {language: words.fr.yaml}", tmp_path)
    assert "a file of words is a mapping" in message
    (message,) = problems("animation: {language: words.fe.yaml}", tmp_path)
    assert "did you mean words.fr.yaml?" in message


def test_words_of_a_file_that_is_extended_are_taken_one_by_one(tmp_path):
    (tmp_path / "house.yaml").write_text("animation: {words: {epoch: Zeit, x: Druck}}\n")
    (tmp_path / "own.yaml").write_text(f"extends: house.yaml\n{CONFIG}animation: {{words: {{x: Kraft}}}}\n")
    assert config.load(tmp_path / "own.yaml").animation.words == {"epoch": "Zeit", "x": "Kraft"}
