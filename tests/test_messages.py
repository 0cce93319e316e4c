"""What is said to people who come from Keras, PyTorch or scikit-learn, and to those who mistype."""

import math
from itertools import product

import jsonschema
import pytest

from relu_anim import config, facts
from relu_anim.activations import ACTIVATIONS
from relu_anim.cli.catalogue import LISTS as OF_COMMAND
from relu_anim.config import ConfigProblems, kinds, synonyms
from relu_anim.config.colors import Palette
from relu_anim.config.messages import _keys_of
from relu_anim.config.optimizers import OPTIMIZERS
from relu_anim.expressions import FUNCTIONS
from relu_anim.making.build import fingerprint
from relu_anim.spelling import closest, numbers_meant, plain
from relu_anim.targets import DATASETS, TARGETS

SMALLEST = "target: {function: x**2}\nmodel: {layer_sizes: [1, 4, 1]}\n"


def messages(text, *settings):
    """Key and message of all that is wrong."""
    with pytest.raises(ConfigProblems) as caught:
        config.loads(text, "c.yaml", settings)
    return [(problem.key, problem.message) for problem in caught.value.problems]


def message(*settings, text=SMALLEST):
    ((_, found),) = messages(text, *settings)
    return found


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("setting", "others"),
    [
        ("training.optimizer.alpha=0.9", "rmsprop"),
        ("training.optimizer={name: adam, momentum: 0.9}", "sgd and rmsprop"),
        ("training.optimizer.amsgrad=true", "adam and adamw"),
        ("model.activation={name: elu, negative_slope: 0.1}", "leaky_relu"),
    ],
)
def test_an_option_of_another_is_led_to_those_that_have_it(setting, others):
    assert message(setting) == f"unknown key; it is an option of {others}"


@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        ("training.lr=0.1", "training.optimizer.lr"),
        ("training.learning_rate=0.1", "training.optimizer.lr"),
        ("learning_rate_init=0.1", "training.optimizer.lr"),
        ("lr=0.1", "training.optimizer.lr"),
        ("training.optimizer.learning_rate=0.1", "lr"),
        ("training.optimizer={name: adam, beta_1: 0.9}", "betas"),
        ("training.momentum=0.9", "training.optimizer.momentum"),
        ("epochs=5", "training.epochs"),
        ("n_epochs=5", "training.epochs"),
        ("max_iter=5", "training.epochs"),
        ("training.batchSize=5", "batch_size"),
        ("batch-size=5", "training.batch_size"),
        ("solver=adam", "training.optimizer"),
        ("criterion=mse", "training.loss"),
        ("Training={epochs: 3}", "training"),
        ("activation=relu", "model.activation"),
        ("model.activations=relu", "activation"),
        ("activation_function=relu", "model.activation"),
        ("model.kernel_initializer=he_normal", "init"),
        ("model.use_bias=true", "model.init.bias"),
        ("model.init.biases=0", "bias"),
        ("model.activation={name: leaky_relu, alpha: 0.3}", "negative_slope"),
        ("target.noise=0.1", "data.noise"),
        ("n_samples=100", "data.samples"),
        ("training.validation_split=0.2", "data.test_fraction"),
        ("training.seed=1", "seed"),
        ("random_state=1", "seed"),
        ("dataset=moons", "target.dataset"),
        ("target.name=moons", "dataset"),
        ("target.path=x.csv", "csv"),
        ("animation.title=x", "title"),
        ("animation.formats=[gif]", "output.formats"),
        ("animation.xlim=[0, 1]", "domain"),
        ("xlim=[0, 1]", "target.domain or animation.domain"),
        ("domain=[0, 1]", "target.domain or animation.domain"),
        ("animation.width=700", "size"),
        ("figsize=[7, 5]", "animation.size"),
        ("animation.dpi=200", "scale"),
        ("animation.font_size=12", "text_scale"),
        ("animation.first_hold=2", "hold_first"),
        ("animation.xscale=log", "epoch_axis"),
        ("animation.dark=true", "theme"),
        ("training.checkpoints=step", "snapshots"),
        ("training.metrics=[loss]", "animation.metrics"),
        ("output.fps=10", "animation.fps"),
        ("best_of=64", "seed.best_of"),
        ("animation.caption=x", "captions"),
        ("caption=x", "title or animation.captions"),
        ("color=teal", "animation.colors"),
    ],
)
def test_a_key_of_another_library_or_section_leads_to_ours(setting, meant):
    assert message(setting) == f"unknown key; did you mean {meant}?"


@pytest.mark.parametrize(
    "key", ["layers", "model.hidden_layers", "hidden_layer_sizes", "model.units", "model.layer_size"]
)
def test_who_means_layer_sizes_is_told_that_it_has_all_of_them(key):
    said = message(f"{key}=[1, 2, 1]")
    ours = "layer_sizes" if "." in key else "model.layer_sizes"
    assert said == f"unknown key; did you mean {ours}, all widths from input to output, as in [1, 20, 1]?"


@pytest.mark.parametrize("key", ["labels", "legend", "grid", "margins", "quality"])
def test_a_key_that_is_like_none_gets_the_list_and_no_guess(key):
    assert message(f"animation.{key}=1").startswith("unknown key; one of size, scale, text_scale, theme, ")


def test_a_key_is_never_led_to_itself_or_to_one_that_is_not_there():
    assert "mean" not in message("training.optimizer={name: adam, momentum: 1}")
    assert "mean" not in message("training.optimizer={name: adam, rho: 1}")
    assert "mean" not in message("output.path=a.gif")  # -o names it
    figure = "kind: activation\nfunctions: [relu]\n"
    assert message("epochs=3", text=figure).startswith("unknown key; one of extends, kind")
    assert message("activation=tanh", text=figure) == "unknown key; did you mean functions?"


def test_the_keys_of_variants_are_led_on_too():
    for key, meant in (("epochs", "training.epochs"), ("lr", "training.optimizer.lr"), ("training.lr", None)):
        said = message(f"variants=[{{label: a, set: {{{key}: 1}}}}]")
        assert said.endswith(f"did you mean {meant or 'training.optimizer.lr'}?")
    assert message("variants=[{label: a, set: {animation.theme: dark}}]").endswith(", such as model.activation")


def test_every_key_of_the_table_of_synonyms_is_one():
    known = set()
    for kind in kinds.KINDS.values():
        schema = kind.model_json_schema()
        known |= set(_keys_of(schema, schema))
    assert set(synonyms.KEYS) <= known


def test_every_name_of_the_table_of_synonyms_is_one():
    tables = (facts.INITS, facts.PACINGS, facts.ARRANGEMENTS, OPTIMIZERS, ACTIVATIONS, TARGETS, DATASETS)
    tables = (*tables, facts.SNAPSHOTS, facts.EPOCH_AXES, ("forever", "once"), Palette.model_fields)
    assert set(synonyms.NAMES) <= {name for table in tables for name in table}


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        ("training.loss=mean_squared_error", "mse"),
        ("training.loss=MSE", "mse"),
        ("training.loss=MSELoss", "mse"),
        ("training.loss=L1Loss", "mae"),
        ("training.loss=SmoothL1Loss", "huber"),
        ("training.loss=binary_crossentropy", "bce"),
        ("training.loss=BCEWithLogitsLoss", "bce"),
        ("training.loss=categorical_crossentropy", "cross_entropy"),
        ("training.loss=CrossEntropyLoss", "cross_entropy"),
        ("training.optimizer=Adam", "adam"),
        ("training.optimizer=RMSProp", "rmsprop"),
        ("training.optimizer=SGD", "sgd"),
        ("model.activation=ReLU", "relu"),
        ("model.activation=LeakyReLU", "leaky_relu"),
        ("model.activation=swish", "silu"),
        ("model.activation=linear", "identity"),
        ("model.init=Glorot_uniform", "xavier_uniform"),
        ("model.init=HeNormal", "he_normal"),
        ("model.init=kaiming_uniform", "he_uniform"),
        ("target.function=square", "quadratic"),
        ("target.dataset=make_moons", "moons"),
        ("animation.metrics=[val_loss]", "test_loss"),
        ("animation.theme=Dark", "dark"),
        ("animation.pacing=linear", "even"),
        ("animation.loop=infinite", "forever"),
        ("animation.epoch_axis=symlog", "log"),
        ("animation.epoch_axis=even", "linear"),
        ("animation.panels=[gradient_profile]", "profile"),
        ("output.formats=[tikz]", "pdf"),
        ("output.formats=[GIF]", "gif"),
        ("output.formats=[jpg]", "png"),
    ],
)
def test_a_name_of_another_library_leads_to_ours(setting, meant):
    assert message(setting).endswith(f"; did you mean {meant}?")


def test_softmax_and_lbfgs_get_an_answer_of_their_own():
    assert "cross_entropy has its own softmax" in message("model.output_activation=softmax")
    assert all("lbfgs does not fit" in message(f"training.optimizer={name}") for name in ("lbfgs", "L-BFGS"))
    assert "lbfgs does not fit" in message("training.optimizer={name: LBFGS}")


def test_a_wrong_name_and_a_wrong_key_beside_it_are_reported_at_once():
    found = dict(messages(SMALLEST, "training.optimizer={name: Adam, betas: [0.9, 0.99], learning_rate: 0.1}"))
    assert set(found) == {"training.optimizer.name", "training.optimizer.learning_rate"}
    assert found["training.optimizer.learning_rate"] == "unknown key; did you mean lr?"
    found = dict(messages(SMALLEST, "model.activation={name: LeakyReLU, alpha: 0.1}", "seed=x"))
    assert set(found) == {"model.activation.name", "model.activation.alpha", "seed"}


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("setting", "instead"),
    [
        ("target.domain=-5..5", "[-5, 5]"),
        ("target.domain=(-5, 5)", "[-5, 5]"),
        ("target.domain=-5 to 5", "[-5, 5]"),
        ("target.domain=-5 - 5", "[-5, 5]"),
        ("target.domain=0..2*pi", "[0, 2*pi]"),
        ("target.domain=5", "[-5, 5], say"),
        ("animation.ylim=wide", "[0, 1], say"),
        ("animation.size=a x b", "[700, 500], say"),
        ("animation.size=700x500", "[700, 500]"),
        ("animation.size=700×500", "[700, 500]"),
        ("animation.size=700 500", "[700, 500]"),
        ("animation.size=700", "[700, 500], say"),
        ("animation.ylim=-1:1", "[-1, 1]"),
        ("model.layer_sizes=1-20-1", "[1, 20, 1]"),
        ("model.layer_sizes='1, 20, 1'", "[1, 20, 1]"),
        ("model.activation=relu, tanh", "[relu, tanh]"),
        ("animation.panels=prediction, loss", "[prediction, loss]"),
        ("output.formats=gif, mp4", "[gif, mp4]"),
        ("output.formats=gif+mp4", "[gif, mp4]"),
        ("training.optimizer.lr=0,01", "0.01, with a point"),
        ("training.optimizer.lr=1/100", "0.01"),
        ("training.epochs=1,000", "1000"),
        ("training.epochs=1'000", "1000"),
        ("training.epochs=1_000", "1000"),
        ("animation.hold=1,500", "1500 or 1.5"),
        ("data.resample=yes", "true"),
        ("data.resample=off", "false"),
        ("animation.knots=yes", "true"),
        ("seed=random", "a number, or {best_of: 64}"),
        ("seed=None", "a number, or {best_of: 64}"),
    ],
)
def test_a_value_that_is_nearly_right_comes_with_the_right_one(setting, instead):
    assert message(setting).endswith(f"; write {instead}")


CLASSES = "target: {dataset: circle}\nmodel: {layer_sizes: [2, 4, 1]}\n"


@pytest.mark.parametrize(
    ("setting", "end"),
    [
        ("training.snapshots=5", "; write {every: 5}"),
        ("training.snapshots=every 5 epochs", "; write {every: 5}"),
        ("training.snapshots=true", "; for each n-th epoch write {every: 50}, say"),
        ("training.snapshots=all", "; did you mean epoch?"),
        ("training.snapshots=iteration", "; did you mean step?"),
        ("animation.panels=[{accuracy: 80%}]", "; write {above: 0.8}"),
        ("animation.panels=[{accuracy: 0.8}]", "; write {above: 0.8}"),
        ("animation.panels=[{accuracy: {above: 80}}]", "; write 0.8"),
        ("animation.panels=[{accuracy: {above: 80 %}}]", "; write 0.8"),
        ("animation.panels=[{activation_function: {pair: -2}}]", "; write 2, which is marked on both sides of 0"),
        ("animation.panels=[{activation_function: {pair: [-2, 2]}}]", "one number, which is marked on both sides of 0"),
        ("animation.panels=[{activation_function: -2}]", "; write {pair: 2}"),
        ("animation.panels=[{profile: activations}]", "; write {of: activations}"),
        ("animation.panels=[{profile: {activations: true}}]", "; write {of: activations}"),
        ("animation.panels=[{profile: null}]", "; write {of: activations}, or the name alone"),
        ("animation.panels={profile: {of: gradients}}", "; put it in [ ], as a list of one"),
        ("animation.panels.0=loss", "; set the whole list"),
        ("data={resample: false, test_fraction: 20}", "; write 0.2"),
        ("data={resample: false, test_fraction: 20%}", "; write 0.2"),
        ("animation.hold_first=2 s", "; write 2"),
        ("animation.hold=800ms", "; write 0.8"),
        ("animation.hold=800", "; it is in seconds, write 0.8"),
        ("animation.hold_first=none", "; write 0, or leave this key out"),
        ("animation.hold_first=null", "; write 0, or leave this key out"),
        ("animation.scale=2x", "; write 2"),
        ("animation.text_scale=150%", "; write 1.5"),
        ("animation.fps=30fps", "; write 30"),
        ("animation.size=[3.3in, 300]", "; write 317"),
        ("animation.size=[3.3, 300]", "; it is in pixels, 96 an inch"),
        ("animation.size=[7, 300]", "; it is in pixels, 96 an inch"),
        ("animation.theme=null", "; leave this key out"),
        ("animation=null", "; write its keys below it, further in"),
        ("target=x**2", "; write {function: x**2}, say"),
        ("model=[1, 20, 1]", "; write {layer_sizes: [1, 20, 1]}, say"),
        ("training.optimizer=0.1", "; write {name: sgd, lr: 0.01}, say"),
        ("variants=[a]", "; write {label: tanh, set: {model.activation: tanh}}, say"),
        ("variants={a: {seed: 1}}", "; write [{label: tanh, set: {model.activation: tanh}}], say"),
        ("animation.metrics={loss: true}", "; write [loss], say"),
        ("animation.ylim=none", "; leave this key out"),
        ("animation.loop=0", "; write forever"),
    ],
)
def test_a_value_in_another_unit_or_form_comes_with_the_right_one(setting, end):
    assert message(setting, text=CLASSES).endswith(end)


@pytest.mark.parametrize(
    "setting", ["model.layer_sizes=[2, null, 1]", "variants=[{label: null, set: {seed: 1}}]", "training.epochs=5 s"]
)
def test_what_is_required_or_has_no_unit_gets_no_such_advice(setting):
    assert not {"leave", "write"} & set(message(setting, text=CLASSES).split())


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        ("animation.panels=[early]", "training.snapshots"),
        ("animation.panels=[knots]", "animation.metrics"),
        ("animation.panels=[dark]", "animation.theme"),
        ("animation.metrics=[prediction]", "animation.panels"),
        ("animation.pacing=early", "training.snapshots"),
        ("training.snapshots=motion", "animation.pacing"),
        ("target.function=moons", "target.dataset"),
        ("animation.prediction={best: true}", "animation.panels"),
    ],
)
def test_a_value_of_another_key_leads_there(setting, key):
    assert f" is a value of {key}" in message(setting)


@pytest.mark.parametrize("value", ["9**9**9", "7/2", "x", "5 px", "' '", "','", "(", "''"])
def test_what_may_mean_nothing_gets_no_advice(value):
    said = message(f"training.epochs={value}")
    assert said.startswith("expected a whole number, got the text ")
    assert "write" not in said


LONG_FOR = ["model.activation", "training.loss", "training.epochs", "animation.size", "seed"]
LONG = list(product(LONG_FOR, [" ", ", ", "1 ", "e"]))
FEW = LONG[::5]  # each part once


@pytest.mark.parametrize(
    ("key", "part"), [*FEW, *(pytest.param(*case, marks=pytest.mark.soak) for case in LONG if case not in FEW)]
)
def test_a_text_of_a_hundred_thousand_characters_is_answered_at_once(key, part):
    said = message(f"{key}='{part * (100_000 // len(part))}e'")
    assert len(said) < 500


def test_what_is_offered_is_accepted():
    for setting in ("target.domain=[-5, 5]", "animation.size=[700, 500]", "seed={best_of: 64}", "data.classes=null"):
        config.loads(SMALLEST, settings=[setting])


def test_pythons_none_leaves_a_key_out():
    for key in ("data.classes", "training.epochs", "training.optimizer.lr"):
        assert message(f"{key}=None").endswith("got the text 'None'; leave this key out")


def test_a_comma_that_makes_two_of_a_number_is_said():
    (found,) = messages(SMALLEST, "training={optimizer: {lr: 0,01}}")
    assert found == ("training.optimizer.01", "unknown key; decimals are written with a point, as in 0.01")
    torn = "variants=[{label: a, set: {model.activation: max(x, 0)}}]"
    assert message(torn).endswith("model, training; put a value with a comma in quotes")
    assert message("animation={theme:dark}") == "unknown key; write a space behind the colon"
    assert message("target.domain=[0,5, 1,5]") == "needs two values, got 4; decimals are written with a point"


def test_texts_are_counted_in_characters_and_lists_in_values():
    assert message(f"title={'a' * 121}") == "needs at most 120 characters, got 121"
    variants = f"variants=[{{label: {'a' * 41}, set: {{seed: 1}}}}]"
    assert message(variants) == "needs at most 40 characters, got 41"
    assert message("model.layer_sizes=[1]") == "needs at least 2 values, got 1"


# ---------------------------------------------------------------- YAML


def test_merge_keys_are_said_not_to_be_read():
    text = SMALLEST + "training: &a {epochs: 3}\nanimation:\n  <<: *a\n"
    assert messages(text) == [("animation.<<", "merge keys are not read; write the keys themselves here")]
    config.loads(SMALLEST + "title: '<<'\n")


@pytest.mark.parametrize("style", [">", "|", ">-", "|-", ">+", "> # a comment"])
def test_a_title_may_stand_in_the_line_below(style):
    assert config.loads(f"{SMALLEST}title: {style}\n  A long title\n").title == "A long title"


def test_the_lines_of_a_title_are_joined_and_two_lines_are_refused_with_how_to_join_them():
    assert config.loads(f"{SMALLEST}title: >\n  A long\n  title\n").title == "A long title"
    assert message(text=f"{SMALLEST}title: |\n  A long\n  title\n").endswith("; > in place of | joins lines")


@pytest.mark.parametrize("text", ["title: > my title\n", "title: > 50 % are dead\n", "title: | a\n"])
def test_a_text_that_begins_with_a_sign_of_yaml_is_explained(text):
    assert "put it in quotes, or begin it in the next line" in message(text=SMALLEST + text)


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("title: {loss} in the end", 'title: "{loss} in the end"'),
        ("title: {loss}, {knots}  # counted", 'title: "{loss}, {knots}"'),
        ("title: [a] b", 'title: "[a] b"'),
        ('title: "a" b', "title: '\"a\" b'"),
        ("title: {loss}: a", 'title: "{loss}: a", or indent the line as its neighbours are'),
        ("title: @home", 'title: "@home"'),
        ("title: - 2", 'title: "- 2"'),
        ("title: ]", 'title: "]"'),
        ("title: {loss}", 'title: "{loss}"'),
        ("variants:\n  - label: {x} a\n    set: {seed: 1}", 'label: "{x} a"'),
        ("animation:\n  panels: [loss], [network]", "panels: [[loss], [network]]"),
        ("animation: {fps: 3\nseed: 2", "is missing here; the one that opens in line 3 is not closed before"),
        ("animation: {\n  fps: 3\n  hold: 2}", "is missing here; the one that opens in line 3 is not closed before"),
        ("variants: [{label: {loss} x, set: {seed: 1}}]", "stands in quotes"),
        ("animation:\n    fps: 3\n  hold: 1", "indent this line as its neighbours are"),
    ],
)
def test_what_yaml_takes_for_something_else_comes_with_what_to_write(line, right):
    assert message(text=f"{SMALLEST}{line}\nseed: 1\n").endswith(right)


@pytest.mark.parametrize(
    ("setting", "right"),
    [
        ("title={loss} in the end", "-s 'title=\"{loss} in the end\"'"),
        ("title={loss}", "-s 'title=\"{loss}\"'"),
        ("title=Loss: {loss}", "-s 'title=\"Loss: {loss}\"'"),
        ("animation.panels=[loss], [network]", "animation.panels=[[loss], [network]]"),
    ],
)
def test_the_same_on_the_command_line(setting, right):
    assert message(setting).endswith(f"; write {right}")


def test_a_line_that_is_no_key_is_pointed_at_itself():
    with pytest.raises(ConfigProblems) as caught:
        config.loads(f"{SMALLEST}title: >\nnot indented\nseed: 1\n", "c.yaml")
    assert str(caught.value).startswith("c.yaml:4:1: not YAML: a key without `: `; a text of several lines is indented")


@pytest.mark.parametrize("around", ["{}", "training: {{epochs: [\n{}]}}\n"])
def test_a_merge_conflict_is_named_at_each_of_its_lines(around):
    text = SMALLEST + around.format("<<<<<<< HEAD\nseed: 1\n||||||| base\n=======\nseed: 2\n>>>>>>> other\n")
    with pytest.raises(ConfigProblems) as caught:
        config.loads(text)
    found = [(p.mark.line, p.message) for p in caught.value.problems]
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line[:1] in "<|=>"]
    assert [line for line, _ in found] == lines
    assert all("a merge conflict" in said and "remove this line" in said for _, said in found)


def test_signs_as_in_a_merge_conflict_are_no_conflict_in_a_right_config():
    title = '"a\n=======\n  b"'
    assert config.loads(f"{SMALLEST}title: {title}\n").title == "a ======= b"


# ---------------------------------------------------------------- formulas in domains


def test_the_ends_of_every_domain_may_be_formulas():
    loaded = config.loads("target: {function: sin(x), domain: [0, 2*pi]}\nmodel: {layer_sizes: [1, 1]}\n")
    assert loaded.target.domain == (0, 2 * math.pi)
    other = config.loads(SMALLEST, settings=["animation.domain=[-sqrt(50), 3*pi]", "animation.ylim=[-e, e]"])
    assert other.animation.domain == pytest.approx((-math.sqrt(50), 3 * math.pi), abs=1e-15)
    assert other.animation.ylim == (-math.e, math.e)
    plane = config.loads(
        "target: {function: x*y, domain: [[-pi, pi], [0, 1/4]]}\nmodel: {layer_sizes: [2, 1]}\n",
    )
    assert plane.target.domain == ((-math.pi, math.pi), (0, 0.25))
    figure = config.loads("kind: activation\nfunctions: [tanh]\ndomain: [-2*pi, 2*pi]\nmarks: [pi/2]\n")
    assert (figure.domain, figure.marks) == ((-2 * math.pi, 2 * math.pi), (math.pi / 2,))
    assert config.loads("kind: born_dead\ndomain: [-pi, pi]\n").domain == (-math.pi, math.pi)
    data = "kind: data\ntarget: {function: sin(x), domain: [0, 2*pi]}\n"
    assert config.loads(data).target.domain[1] == 2 * math.pi


def test_a_domain_of_points_in_a_file_may_have_formulas():
    tables = {"p.csv": b"x,y\n0,0\n1,1\n2,3\n"}
    text = "target: {csv: p.csv, domain: [-pi, pi]}\nmodel: {layer_sizes: [1, 1]}\n"
    assert config.loads(text, tables=tables).target.domain == (-math.pi, math.pi)


def test_a_config_with_formulas_is_written_with_numbers_that_read_back_the_same():
    text = "target: {function: sin(x), domain: [-pi/3, 2*pi]}\nmodel: {layer_sizes: [1, 1]}\n"
    loaded = config.loads(text)
    written = config.dump(loaded)
    assert "6.283185307179586]" in written
    assert config.dump(config.loads(written)) == written
    assert fingerprint(config.loads(written)) == fingerprint(loaded)
    by_hand = text.replace("-pi/3", repr(-math.pi / 3)).replace("2*pi", repr(2 * math.pi))
    assert fingerprint(config.loads(by_hand)) == fingerprint(loaded)


@pytest.mark.parametrize(
    ("domain", "caret", "said"),
    [
        ("[0, 2*x]", "x]", "unknown name x; a number here can use pi, e and functions such as sin"),
        ("[0, sin]", "sin]", "sin is a function: write sin(2)"),
        ("[0, 2π]", "π]", "write pi"),
        ("[0, 2*]", "]", "a number or a function is missing at the end"),
        ("[0, 1/0]", "1/0]", "expected a finite number, got inf"),
        ("[0, 1_000]", "1_000]", "expected a number, got the text '1_000'; write 1000"),
        ("[0, __import__('os')]", "__import__", "unknown name __import__"),
        ("[2*pi, pi]", "[2*pi", "the first number must be below the second"),
    ],
)
def test_a_wrong_formula_in_a_domain_is_pointed_at(domain, caret, said):
    with pytest.raises(ConfigProblems) as caught:
        config.loads(SMALLEST, settings=[f"target.domain={domain}"])
    (problem,) = caught.value.problems
    assert problem.message.startswith(said)
    assert problem.mark.text[problem.mark.column - 1 :].startswith(caret)


def test_the_schema_allows_formulas_in_domains_and_nowhere_else():
    validator = jsonschema.Draft202012Validator(config.json_schema())
    model = {"model": {"layer_sizes": [1, 1]}}
    assert validator.is_valid({"target": {"function": "x", "domain": [0, "2*pi"]}, **model})
    assert not validator.is_valid({"target": {"function": "x", "domain": "2*pi"}, **model})
    assert not validator.is_valid({"target": {"function": "x"}, "data": {"noise": "pi"}, **model})


# ---------------------------------------------------------------- likely and unlikely names

LISTS = {
    "top": [*kinds.TrainedExperiment.model_fields],
    **{
        section: [*kinds.TrainedExperiment.model_fields[section].annotation.model_fields]
        for section in ("target", "data", "model", "training", "animation")
    },
    "activations": [*ACTIVATIONS],
    "losses": [*facts.LOSSES],
    "optimizers": [*OPTIMIZERS],
    "panels": [*facts.PANELS],
    "metrics": [*facts.METRICS],
    "inits": [*facts.INITS],
    "targets": [*TARGETS],
    "datasets": [*DATASETS],
    "kinds": [*OF_COMMAND],
    "functions": [*FUNCTIONS],
}
SLIPS = {
    "top": "titel:title tilte:title varients:variants traning:training train:training tarhet:target animaton:animation",
    "data": "sampels:samples smaples:samples nosie:noise test_fracton:test_fraction standardise:standardize",
    "model": "layersizes:layer_sizes layer_size:layer_sizes activaton:activation activatoin:activation",
    "training": "optimiser:optimizer optim:optimizer epocs:epochs epoch:epochs batchsize:batch_size batch:batch_size",
    "animation": "pannels:panels panles:panels sise:size domian:domain yilm:ylim maxframes:max_frames metric:metrics",
    "activations": "ReLU:relu rlu:relu leaky:leaky_relu sigmoyd:sigmoid tahn:tanh idenity:identity",
    "losses": "bse:mse crossentropy:cross_entropy hubber:huber",
    "optimizers": "adm:adam rmspop:rmsprop SDG:sgd",
    "panels": "los:loss predicton:prediction activationmap:activation_map descision:decision acuracy:accuracy",
    "inits": "he_norml:he_normal xavier_unifrom:xavier_uniform",
    "targets": "quadratc:quadratic cosin:cosine squareroot:square_root",
    "datasets": "moon:moons spirals:spiral guass:gauss",
    "kinds": "activation:activations functoins:functions",
    "functions": "snh:sinh sqr:sqrt Max:max",
}
OTHERS = {
    "top": "colour name style dataset layers network labels figure film panels",
    "animation": "labels legend frames title speed grid width height dpi formats quality duration",
    "training": "seed lr noise metrics verbose shuffle patience steps callbacks clip",
    "data": "batch_size seed domain path columns points split",
    "model": "units dropout depth width name",
    "activations": "swish mish softmax maxout sin cube hardtanh",
    "losses": "hinge l2 kl nll",
    "optimizers": "lion lbfgs adadelta rprop ftrl muon",
    "panels": "weights title labels space neurons units",
    "targets": "linear gaussian tangent sawtooth",
    "datasets": "iris blobs rings wine",
    "kinds": "foo colors keys sounds",
    "functions": "foo mod sec arg power",
}


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_leads_to_the_name_that_was_meant(kind):
    pairs = [pair.split(":") for pair in SLIPS[kind].split()]
    assert [(slip, closest(slip, LISTS[kind])) for slip, _ in pairs] == [(slip, name) for slip, name in pairs]


@pytest.mark.parametrize("kind", OTHERS)
def test_another_word_leads_nowhere(kind):
    assert {word: found for word in OTHERS[kind].split() if (found := closest(word, LISTS[kind]))} == {}


def test_a_very_long_text_is_compared_with_nothing():
    assert closest("e" * 1_000_000, ["e" * 1_000_000]) is None


def test_two_names_never_look_the_same_but_for_capitals_and_lines():
    for known in LISTS.values():
        assert len({plain(name) for name in known}) == len(known)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0,01", ["0.01"]),
        ("-1,5e-3", ["-1.5e-3"]),
        ("0,125", ["0.125"]),
        ("1,000", ["1000", "1.0"]),
        ("1,234,567", ["1234567"]),
        ("1,234.5", ["1234.5"]),
        ("1.234,5", ["1234.5"]),
        ("1.000.000", ["1000000"]),
        ("1 000", ["1000"]),
        ("12\u202f000,5", ["12000.5"]),
        ("1'000", ["1000"]),
        ("−3", ["-3"]),
        ("1,2,3", []),
        ("1,000,5", []),
        ("x", []),
        ("", []),
    ],
)
def test_the_numbers_that_a_text_may_mean(text, meant):
    assert numbers_meant(text) == meant
