"""What is said of a film in words, from its config and its numbers."""

from types import SimpleNamespace

from relu_anim import config
from relu_anim.films.alt import describe


def experiment(model="layer_sizes: [1, 3, 1]"):
    return config.loads(f"target: {{function: x**2, domain: [-5, 5]}}\nmodel: {{{model}}}\n")


def ended(**numbers):
    """The numbers of a run that ends after seven epochs."""
    return {"loss": 0.5, "epoch": 7, "step": 70, **numbers}


def test_alternative_text_says_what_is_learned_and_how_well():
    loaded = experiment()
    text = describe(loaded, ended(loss=0.12345))
    assert text == "Film of a 1-3-1 network with ReLU units learning x**2: after 7 epochs its loss is 0.123."
    linear = experiment(model="layer_sizes: [1, 1]")
    assert "with" not in describe(linear, ended())
    mixed = experiment(model="layer_sizes: [1, 1, 1, 1], activation: [relu, tanh]")
    assert "with ReLU and tanh units" in describe(mixed, ended())


def test_alternative_text_tells_of_classes_how_many_points_are_right():
    loaded = experiment()
    found = ended(accuracy=0.9951)
    assert describe(loaded, found).endswith("after 7 epochs it classifies 99.5\u2009% of the points right.")
    found = ended(accuracy=1.0, test_accuracy=0.9, stopped="diverged")
    ending = "classifies 100\u2009% of the points right and 90\u2009% of those held out, before the training diverges."
    assert describe(loaded, found).endswith(ending)


def test_alternative_text_has_words_for_a_loss_that_is_no_number():
    loaded = experiment()
    found = ended(loss=None, stopped="not a number at epoch 7")
    assert describe(loaded, found).endswith("its loss is not a number, before the training diverges.")


def test_alternative_text_does_not_name_the_file_of_a_table():
    target = SimpleNamespace(csv="home/me/points.csv", function=None, dataset=None)
    film = experiment().model_copy(update={"target": target})
    text = describe(film, ended())
    assert "learning the points of a CSV file: after" in text


def test_alternative_text_of_variants_says_what_they_share_and_what_became_of_each():
    tanh = experiment(model="layer_sizes: [1, 3, 1], activation: tanh")
    wide = experiment(model="layer_sizes: [1, 4, 1]")
    found = {
        "tanh": ended(loss=0.25),
        "ReLU": ended(accuracy=0.5),
    }
    outcome = "tanh: after 7 epochs its loss is 0.25; ReLU: after 7 epochs it classifies 50\u2009% of the points right."
    members = (("tanh", tanh), ("ReLU", experiment()))
    pair = SimpleNamespace(variants=(1, 2), members=members, animation=tanh.animation)
    assert describe(pair, found) == f"Film of 2 networks, each 1-3-1, learning x**2. {outcome}"
    same = SimpleNamespace(variants=(1, 2), members=(("tanh", tanh), ("ReLU", tanh)), animation=tanh.animation)
    assert describe(same, found).startswith("Film of 2 networks, each 1-3-1 with tanh units, learning x**2. tanh: ")
    other = SimpleNamespace(variants=(1, 2), members=(("tanh", tanh), ("ReLU", wide)), animation=tanh.animation)
    assert describe(other, found) == f"Film of 2 networks learning x**2. {outcome}"
