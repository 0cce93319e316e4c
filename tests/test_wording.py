"""The words of pictures: which there are, in every language, and those of the user in their places."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from conftest import experiment

from relu_anim import config, figures
from relu_anim.config import ConfigProblems
from relu_anim.config.glyphs import ADVICE
from relu_anim.drawing.shapes import Words
from relu_anim.errors import TrainingDiverged
from relu_anim.films import Film
from relu_anim.numbers import decimal_sign
from relu_anim.training import train
from relu_anim.words import LANGUAGES, WORDS, Wording, wrong

PACKAGE = Path(__file__).parent.parent / "relu_anim"
CONFIG = "target: {function: x**2}\nmodel: {layer_sizes: [1, 2, 1]}\n"
DERIVED = ("loss_", "metric_", "page_", "reason_")  # keys that are put together, or found by what they begin with


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
    rooms = ("panels", "films", "figures", "drawing", "config")
    for path in [*(path for room in rooms for path in (PACKAGE / room).rglob("*.py")), PACKAGE / "cli" / "embed.py"]:
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


def test_a_config_with_words_can_be_hashed_and_is_read_back_equal():
    loaded = config.loads(CONFIG + "animation: {words: {epoch: Zeit}}")
    again = config.loads(config.dump(loaded))
    assert (again, hash(again)) == (loaded, hash(loaded))


def test_a_file_of_words_may_be_incomplete_and_counts_in_variants_too(tmp_path):
    (tmp_path / "words.fr.yaml").write_text("epoch: époque\n")
    variants = [{"label": label, "set": {"model.activation": label}} for label in ("tanh", "relu")]
    mapping = yaml.safe_load(CONFIG) | {"animation": {"language": "words.fr.yaml"}, "variants": variants}
    loaded = config.of(mapping, tmp_path)
    words = [e.animation.wording for e in (loaded, *(member for _, member in loaded.members))]
    assert [(own("epoch"), own("loss")) for own in words] == [("époque", "loss")] * 3


# ---------------------------------------------------------------- mistakes

NO_SIGN = "needs one sign that nothing else in a number has, such as a comma"


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
        *((f"{{decimal_sign: '{sign}'}}", f"decimal_sign: {NO_SIGN}") for sign in ("5", "-", "·", "xx", "")),
        ("{epoch: 漢}", f"epoch: the font has no sign for 漢; {ADVICE}"),
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


# ---------------------------------------------------------------- what is drawn

MARKED = {
    key: {form: f"⟦{text}⟧" for form, text in word.text.items()} if isinstance(word.text, dict) else f"⟦{word.text}⟧"
    for key, word in WORDS.items()
    if key != "decimal_sign"  # which is one sign
}
# What stands beside words: numbers, formulas of marks, names of activation functions, classes and variants.
NO_WORDS = re.compile(r"ReLU|tanh|PReLU|ELU|alpha|f\(|MSE|first|second|[\d\W_]", re.ASCII)


def unmarked(texts):
    """What is no word of the marked language in these texts, and no number or name."""
    inside = re.compile("⟦[^⟦⟧]*⟧")
    left = " ".join(texts)  # of which each line is one
    while inside.search(left):
        left = inside.sub("", left)
    return NO_WORDS.sub("", left)


def marked_film(text, fake_recording, stopped=""):
    given = yaml.safe_load(text)
    given["animation"] = {"max_frames": 3, "words": MARKED, **given["animation"]}
    loaded = config.of({"target": {"function": "x**2"}, "training": {"epochs": 4}, **given})
    recordings = [fake_recording(member, 3, stopped) for _, member in loaded.members]
    return Film(loaded, recordings)


ONE_INPUT = """
model: {layer_sizes: [1, 3, 2, 1]}
data: {samples: 40, resample: false, test_fraction: 0.5}
animation:
  size: [1200, 1100]
  domain: [-9, 5]
  metrics: [dead_units, knots]
  panels:
  - [prediction, layers, activation_map]
  - [contributions, layers, network]
  - [loss, metrics, {activation_function: {pair: 2}}]
  - [gradients, metrics, profile]
"""
VARIANTS = """
model: {layer_sizes: [1, 3, 1]}
animation: {size: [1600, 900], arrange: overlay, panels: [[prediction, {profile: {of: activations}}, loss]]}
variants: [{label: first, set: {seed: 1}}, {label: second, set: {seed: 2}}]
"""
BEST = """
model: {layer_sizes: [1, 1]}
animation: {size: [600, 400], panels: [{prediction: {best: true}}]}
"""
TWO_INPUTS = """
target: {dataset: moons}
model: {layer_sizes: [2, 3, 1]}
data: {test_fraction: 0.2}
animation: {size: [900, 700], metrics: [accuracy], panels: [[decision, accuracy], [activation_map, metrics]]}
"""


@pytest.mark.parametrize(
    "text", [ONE_INPUT, VARIANTS, TWO_INPUTS, BEST], ids=["one input", "variants", "two inputs", "best"]
)
def test_every_word_of_a_film_is_one_of_its_language(text, fake_recording):
    film = marked_film(text, fake_recording, "it broke: at 3" if text is VARIANTS else "")
    drawn = [shape.text for shape in film.drawing().shapes if isinstance(shape, Words)]
    assert len(drawn) > 10
    assert unmarked([*drawn, film.alt.replace("x**2", "")]) == ""


@pytest.mark.parametrize(
    "text",
    [
        "{kind: activation, functions: [relu, {name: elu, alpha: 2}, tanh], marks: [1]}",
        "{kind: data, target: {dataset: moons}}",
        "{kind: data, target: {dataset: cosine}}",
        "{kind: born_dead, networks: 20, depth: 5}",
    ],
)
def test_every_word_of_a_figure_is_one_of_its_language(text):
    figure = config.of({**yaml.safe_load(text), "animation": {"size": [900, 600], "words": MARKED}})
    still = figures.Still(figures.of(figure, lambda *_: None))
    drawn = [shape.text for shape in still.drawing().shapes if isinstance(shape, Words)]
    assert unmarked([*drawn, still.alt.replace("cosine", "").replace("moons", "")]) == ""


@pytest.mark.parametrize("language", ["en", "de"])
def test_numbers_of_pictures_have_the_decimal_sign_of_their_language(language, fake_recording):
    given = yaml.safe_load("""
        target: {function: x**2, domain: [-0.5, 0.75]}
        model: {layer_sizes: [1, 3, 1], activation: prelu}
        training: {epochs: 4}
        animation: {size: [900, 500], metrics: [slopes], panels: [[prediction, metrics, loss]]}
    """)
    given["animation"]["language"] = language
    loaded = config.of(given)
    film = Film(loaded, [fake_recording(loaded)])
    drawn = [shape.text for shape in film.drawing().shapes if isinstance(shape, Words)]
    signs = {sign for text in [*drawn, film.alt] for sign in re.findall(r"\d([.,])\d", text)}
    assert signs == {"en": {"."}, "de": {","}}[language]
    assert len([text for text in drawn if re.search(r"\d[.,]\d", text)]) > 4


@pytest.mark.parametrize(
    ("setting", "english", "german"),
    [
        ("training.optimizer.lr=30", "the loss went from 129 to 1.18·10¹⁰", "mit der Lernrate 30"),
        ("model.activation=sqrt(x)", "the activation sqrt(x) is not finite at −", "die Aktivierung sqrt(x) ist nicht"),
        ("model.activation=exp(exp(x))", "the untrained network's loss is too large", "Netzes ist eine zu große Zahl"),
    ],
)
def test_why_a_training_broke_off_is_told_in_the_language_and_without_advice(setting, english, german):
    with pytest.raises(TrainingDiverged) as error:
        list(train(experiment(setting)))
    said = Wording({}).reason(str(error.value))
    assert english in said
    assert "lower" not in said
    with decimal_sign(","):
        assert german in Wording(LANGUAGES["de"]).reason(str(error.value))


def test_a_reason_of_somebody_elses_stays_as_it_is():
    assert Wording(LANGUAGES["de"]).reason("my own: stopped at 1e-7") == "stopped at 10⁻⁷"


def test_a_description_of_the_author_takes_the_place_of_that_of_the_run(fake_recording):
    film = marked_film(VARIANTS + "alt: A parabola.\n", fake_recording)
    assert film.alt == film.drawing().alt == "A parabola."
