"""What keys and names are called elsewhere, in Keras, PyTorch, scikit-learn and Matplotlib: ours, then theirs.

Capitals, lines and spaces do not matter: `hidden_layers` stands for HiddenLayers and hidden-layers too. Keys behind a |
mean this only inside of its section.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from relu_anim.facts import FORMATS, LOSSES, METRICS, PANELS, THEMES, Format, Loss, Metric, Panel, Theme
from relu_anim.spelling import closest, plain

KEYS = {
    "title": "caption heading | name",
    "seed": "random_state random_seed manual_seed rng_seed rng seeds",
    "target.function": "func formula fn expression",
    "target.dataset": "data_set dataset_name | name",
    "target.csv": "csv_file data_file csv_path | file path filename",
    "target.domain": "x_range xrange x_domain xlim | range interval bounds",
    "data.samples": "n_samples num_samples n_points num_points | points n size train_size",
    "data.noise": "noise_std noise_level | sigma std stddev",
    "data.test_fraction": "validation_split validation_fraction val_split test_size test_split validation_size",
    "data.classes": "n_classes num_classes | centers",
    "data.standardize": "normalize normalise normalization scaler | scale",
    "model.layer_sizes": (
        "layers hidden_layers hidden_layer_sizes hidden_sizes hidden_units hidden units n_units neurons num_layers"
        " layer_widths hidden_dims hidden_size hidden_dim dims architecture input_dim input_shape in_features"
        " | sizes width depth"
    ),
    "model.activation": "activations activation_function activation_fn hidden_activation nonlinearity | act",
    "model.activation.negative_slope": "| alpha slope leak",
    "model.output_activation": "final_activation last_activation out_activation activation_output",
    "model.init": (
        "initializer kernel_initializer weight_initializer initialization initialisation weight_init init_weights"
        " weights_init bias_initializer"
    ),
    "model.init.bias": "use_bias bias_init init_bias | biases",
    "training.optimizer": "optim solver | opt",
    "training.optimizer.lr": "learning_rate learningrate learning_rate_init initial_lr base_lr eta",
    "training.optimizer.momentum": "nesterov_momentum | beta",
    "training.optimizer.nesterov": "nesterovs_momentum use_nesterov",
    "training.optimizer.weight_decay": "l2 l2_reg l2_regularization kernel_regularizer | decay wd",
    "training.optimizer.betas": "beta1 beta2 beta_1 beta_2",
    "training.optimizer.eps": "epsilon",
    "training.optimizer.alpha": "rho",
    "training.loss": "criterion objective loss_function loss_fn cost cost_function",
    "training.l1": "l1_reg l1_regularization",
    "training.epochs": "n_epochs num_epochs nb_epoch max_epochs max_iter n_iter iterations num_iterations",
    "training.snapshots": "checkpoints snapshot_every save_every log_every record | frames",
    "training.snapshots.every": "| each interval period stride n epochs epoch",
    "training.batch_size": "batch minibatch minibatch_size mini_batch_size | bs",
    "animation.domain": "xlim x_range xrange x_domain",
    "animation.ylim": "y_range yrange y_domain",
    "animation.size": "figsize figure_size resolution | width height dimensions pixels",
    "animation.scale": "dpi pixel_ratio device_pixel_ratio retina | zoom",
    "animation.text_scale": "font_size fontsize font_scale text_size",
    "animation.fps": "frame_rate framerate frames_per_second | speed",
    "animation.max_frames": "frames n_frames num_frames",
    "animation.epochs": "epoch_range | epochs range part",
    "animation.captions": "annotations subtitles caption | text notes",
    "animation.highlight": "highlights highlighted | emphasis",
    "animation.hold": "hold_last | pause",
    "animation.hold_first": "hold_start start_hold first_hold initial_hold",
    "animation.epoch_axis": "epoch_scale log_epochs | xscale x_axis log_axis log_x log_scale",
    "animation.loop": "loops | repeat",
    "animation.theme": "color_scheme colour_scheme dark_mode | style mode dark light",
    "animation.transparent": "transparency clear | alpha opaque",
    "animation.font": "fonts typeface font_family fontfamily | family",
    "animation.colors": "colours palette color_palette color colour",
    "animation.panels": "plots subplots layout mosaic",
    "output.formats": "format output_format file_type | extension",
    "variants": "variations experiments runs",
    "functions": "function activation activations",  # of kind: activation
    "networks": "n_networks num_networks samples",  # of kind: born_dead
    "widths": "width units neurons layer_sizes",
}
NAMES = {  # of what has no row in the tables of `facts`, which say what they are called elsewhere
    # optimisers
    "sgd": "stochastic_gradient_descent gradient_descent gd momentum nesterov",
    "rmsprop": "rms",
    # activations
    "identity": "linear none",
    "elu": "selu celu",
    "leaky_relu": "lrelu",
    "prelu": "parametric_relu",
    "silu": "swish sil",
    "sigmoid": "logistic expit",
    "tanh": "hyperbolic_tangent tanhyp",
    # first weights
    "default": "torch pytorch lecun_uniform random_uniform",
    "xavier_uniform": "glorot_uniform glorot xavier",
    "xavier_normal": "glorot_normal",
    "he_uniform": "kaiming_uniform",
    "he_normal": "kaiming_normal kaiming he",
    # functions to learn, and data sets
    "quadratic": "square squared parabola",
    "cubic": "cube",
    "absolute": "abs absolute_value",
    "sine": "sin sinus",
    "cosine": "cos cosinus",
    "square_root": "sqrt root",
    "bump": "gaussian gauss bell",
    "moons": "make_moons two_moons half_moons",
    "circle": "make_circles two_circles rings disc",
    "gauss": "blobs make_blobs gaussian gaussians",
    "spiral": "two_spirals make_spirals",
    "digits": "load_digits",
    # how it is shown
    "even": "linear uniform constant",
    "log": "logarithmic exponential symlog",
    "linear": "even lin",
    "motion": "adaptive automatic curve",
    "step": "heaviside sign iteration batch update",
    "epoch": "all each always",
    "columns": "rows side_by_side stacked separate",
    "overlay": "overlaid overlapping together",
    "ink": "text foreground fg black",
    "background": "bg ground facecolor white",
    "forever": "infinite always endless",
}
NOT_HERE = {  # what has no name here, with what to do instead
    "lbfgs": "lbfgs does not fit: it calls the loss several times a step, and wants the same full batch each time",
    "softmax": "the loss cross_entropy has its own softmax; leave this identity",
}


def _by_theirs(table: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for ours, theirs in table.items():
        for word in theirs.replace("|", " ").split():
            found.setdefault(plain(word), []).append(ours)
    return found


def _names() -> dict[str, list[str]]:
    """The names of all tables, by what they are called elsewhere."""
    found = _by_theirs(NAMES)
    tables: tuple[Mapping[str, Panel | Format | Loss | Metric | Theme], ...] = (
        LOSSES,
        METRICS,
        PANELS,
        THEMES,
        FORMATS,
    )
    for table in tables:
        for word, ours in _by_theirs({name: row.also for name, row in table.items()}).items():
            found.setdefault(word, []).extend(ours)
    return found


_KEYS, _NAMES = _by_theirs(KEYS), _names()
_INSIDE = _by_theirs({ours: theirs.partition("|")[2] for ours, theirs in KEYS.items()})


def name_meant(given: str, names: Iterable[str]) -> str | None:
    """The one of `names` that is called so elsewhere, or else is spelled alike; None where none is likely."""
    names, word = list(names), plain(given)
    same = (name for name in names if plain(name) == word)
    called = (name for name in _NAMES.get(word, ()) if name in names)
    return next(same, None) or next(called, None) or closest(given, names)


def keys_meant(given: str, section: str, paths: Iterable[str]) -> list[str]:
    """The keys among `paths`, dotted, that somebody may mean who writes `given` in a section: those that are called so
    in the section, or else anywhere, or else one of the section that is spelled alike."""
    word, paths = plain(given), list(paths)
    called = [path for path in paths if plain(_last(path)) == word or path in _KEYS.get(word, ())]
    inside = [path for path in called if path.startswith(f"{section}.")]
    own = {_last(path): path for path in paths if path == f"{section}.{_last(path)}".lstrip(".")}
    name = closest(given, own)
    is_deeper = all(path not in own.values() and path in _INSIDE.get(word, ()) for path in inside)
    if inside and is_deeper and name is not None:
        return [own[name]]
    if meant := inside or [path for path in called if path not in _INSIDE.get(word, ())]:
        return meant
    return [own[name]] if name is not None else []


def _last(path: str) -> str:
    return path.rpartition(".")[2]
