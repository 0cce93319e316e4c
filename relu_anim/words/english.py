"""Every word that is drawn, or stands in an alternative text: its English text, and where it is shown.

A field in braces is a number or a name that the picture fills in. A text that has another form for one of something
gives both, and the field `n` says which is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relu_anim.facts import LOSSES, METRICS

Text = str | Mapping[str, str]  # a text, or its forms: {one: «{n} seed», other: «{n} seeds»}
ONE, OTHER = FORMS = ("one", "other")

STAMP, AXES, ENDS = "stamp", "axes of epochs", "names at the ends of lines"
ALT, KEY, WHY = "alternative texts", "legend", "prediction: why a variant diverged"
PAGES = "html"


@dataclass(frozen=True)
class Word:
    """A text of a picture, and where it is shown."""

    text: Text
    places: str


def _counted(one: str, other: str, places: str) -> Word:
    return Word({ONE: one, OTHER: other}, places)


def _named_by_facts() -> dict[str, Word]:
    """The names of losses and of metrics, which stand in the rows of those."""
    found = {f"loss_{name}": Word(row.name, "loss: y axis") for name, row in LOSSES.items()}
    for name, row in METRICS.items():
        found[f"metric_{name}"] = Word(row.title, "metrics: title")
        if row.short:
            found[f"metric_{name}_short"] = Word(row.short, "metrics: title, where narrow")
    return found


WORDS: dict[str, Word] = dict(
    decimal_sign=Word(".", "numbers"),
    epoch=Word("epoch", f"{STAMP}, {AXES}"),
    step=Word("step", f"{STAMP}, {AXES}"),
    draft=Word("draft", f"{STAMP}, with --draft"),
    loss=Word("loss", f"{STAMP}; loss: y axis, where low"),
    seed=Word("seed {seed}", f"{STAMP}, {KEY}, contact sheets"),
    best_of=Word("best of {n}", f"{STAMP}, {ALT}"),
    median_of=Word("median of {n}", f"{STAMP}, {ALT}"),
    worst_of=Word("worst of {n}", f"{STAMP}, {ALT}"),
    each_choice=Word("each the {choice}", STAMP),
    then_diverged=Word("then diverged", STAMP),
    stopped_at=Word("stopped at {moment}", f"names of variants, {KEY}"),
    reason_grew=Word("the loss went from {first} to {last} with a learning rate of {rate}", WHY),
    reason_one_step=Word("one update after a loss of {last} was too large, with a learning rate of {rate}", WHY),
    reason_activation=Word("the activation {name} is not finite at {x}, which layer {layer} gives it", WHY),
    reason_slope=Word("the slope of {name} is not finite at {x}, which layer {layer} gives it", WHY),
    reason_untrained=Word("the untrained network's loss is too large a number", WHY),
    every_seed_diverged=Word("the training of every seed diverged", "contact sheets"),
    # what several panels have
    network=Word("network", f"prediction: {ENDS}, {KEY}"),
    target=Word("target", f"prediction, layers, contributions, decision: {ENDS}, {KEY}"),
    data=Word("data", f"training points: {KEY}"),
    held_out=Word("held out", f"held-out points: {KEY}"),
    training=Word("training", f"loss, accuracy: {ENDS}, {KEY}"),
    test=Word("test", f"loss, accuracy: {ENDS}, {KEY}"),
    x=Word("x", "x axes"),
    y=Word("y", "y axes"),
    value=Word("value", "data: scale of colours"),
    output=Word("output", "network, profile: last layer; decision: scale of colours"),
    input=Word("input", "network: first layer"),
    layer=Word("layer", "profile: x axis"),
    layer_number=Word("layer {number}", f"gradients, metrics, network, activation_map: {ENDS}, {KEY}, rows"),
    layer_function=Word("layer {number}: {function}", f"activation_function: {KEY}"),
    first_layer=Word("layer {number} (input side)", f"gradients: {KEY}"),
    unit_number=Word("unit {number}", "activation_map: rows"),
    class_name=Word("class {name}", f"decision, data: {KEY}"),
    more_classes=Word("… {n} more", f"decision: {KEY}"),
    class_axis=Word("class", "data: y axis"),
    not_trained_here=Word("not trained here", "shaded regions of prediction, layers, contributions"),
    **{"and": Word("and", f"lists in titles, {ALT}")},
    # prediction
    knots=Word("knots", f"prediction: {KEY}"),
    best_line=Word("best line", f"prediction: {KEY}"),
    best_pieces=Word("best pieces", f"prediction: {KEY}"),
    line=Word("line", "prediction: title"),
    pieces=_counted("{n} piece", "{n} pieces", "prediction: title"),
    best_error=Word("best {pieces}: mean squared error {best}; the network ends at {own}", "prediction: title"),
    best_error_short=Word("best {pieces}: MSE {best}; in the end {own}", "prediction: title, where narrow"),
    best_error_shorter=Word("MSE in the end {own}, best {best}", "prediction: title, where narrow"),
    best_error_shortest=Word("best MSE {best}", "prediction: title, where narrow"),
    epochs=Word("epochs {numbers}", f"prediction with ghosts: {KEY}"),
    mean_distance=Word("mean distance {number}", "prediction with error: title"),
    distance=Word("distance {number}", "prediction with error: title, where narrow"),
    probability=Word("probability", "prediction: y axis"),
    probability_of=Word("probability of {name}", "prediction: y axis"),
    # many seeds
    seeds=_counted("{n} seed", "{n} seeds", f"{KEY} of many networks"),
    some_seeds=_counted("{shown} of {n} seed", "{shown} of {n} seeds", f"{KEY} of many networks"),
    diverged=Word("{n} diverged", f"{KEY} of many networks"),
    median=Word("median", f"{KEY} of many networks"),
    # contributions
    bias=Word("bias", f"contributions: {KEY}"),
    sum=Word("sum", f"contributions: {KEY}"),
    contributions=Word("pieces", f"contributions: {KEY}"),
    log_odds=Word("log-odds", "contributions: y axis"),
    # layers
    linear=Word("Linear {inputs}→{outputs}", "layers: titles"),
    # activation_function
    preactivation=Word("preactivation", "activation_function: x axis"),
    activation=Word("activation", "activation_function: y axis"),
    of_preactivations=Word("{share} % of preactivations", f"activation_function: {KEY}"),
    are_here=Word("{share} % are here", f"activation_function: {KEY}, where narrow"),
    not_defined=Word("not defined", "activation_function: shaded region"),
    is_not_defined=Word("{value} is not defined", "activation_function: title"),
    are_not_defined=Word("{values} are not defined", "activation_function: title"),
    # activation_map
    value_of_each_unit=Word("value of each unit", "activation_map: title"),
    values_of_units=Word("values of units", "activation_map: title, where narrow"),
    values=Word("values", "activation_map: title, where narrow"),
    units_on=_counted("{on} of {n} unit on", "{on} of {n} units on", "activation_map: title"),
    units_on_short=Word("{on} of {n} on", "activation_map: title, where narrow"),
    units_on_shortest=Word("{on}/{n} on", "activation_map: title, where narrow"),
    units_dead=_counted(
        "{on} of {n} unit on, {dead} dead", "{on} of {n} units on, {dead} dead", "activation_map: title"
    ),
    units_dead_short=Word("{on} of {n} on, {dead} dead", "activation_map: title, where narrow"),
    units_dead_shortest=Word("{on}/{n} on, {dead} dead", "activation_map: title, where narrow"),
    died=Word("died", "activation_map: title"),
    came_back=Word("came back", "activation_map: title"),
    on=Word("on", f"activation_map: {KEY}"),
    off=Word("off", f"activation_map: {KEY}, title"),
    dead=Word("dead", f"activation_map: {KEY}"),
    value_number=Word("value {number}", f"activation_map: {KEY}"),
    some_units=Word("{shown} of {n} units", "activation_map: y axis"),
    points_by_class=Word("points, by class", "activation_map: x axis"),
    by_class=Word("by class", "activation_map: x axis, where narrow"),
    points_by_what_is_learned=Word("points, by what is learned", "activation_map: x axis"),
    points_by_value=Word("points, by value", "activation_map: x axis, where narrow"),
    by_value=Word("by value", "activation_map: x axis, where narrow"),
    # network
    weight_above_0=Word("weight > 0", f"network: {KEY}"),
    weight_below_0=Word("weight < 0", f"network: {KEY}"),
    dead_unit=Word("dead unit", f"network: {KEY}"),
    # decision
    boundary=Word("boundary", f"decision: {KEY}"),
    the_paler=Word("the paler, the less sure", f"decision: {KEY}"),
    where_a_unit_switches=Word("where a unit switches", f"decision: {KEY}"),
    unit_switches=Word("unit switches", f"decision: {KEY}, where narrow"),
    # numbers over the training
    accuracy=Word("accuracy", "accuracy: y axis"),
    gradient_norm=Word("gradient norm", "gradients, profile: y axis"),
    gradient=Word("gradient", "gradients, profile: y axis, where low"),
    spread_of_activations=Word("spread of activations", "profile: y axis"),
    spread=Word("spread", "profile: y axis, where low"),
    now=Word("now", f"profile: {KEY}"),
    untrained=Word("untrained", f"profile: {KEY}"),
    too_small=Word("0 or too small", f"profile: {KEY}"),
    start=Word("start {value}", "metrics: where learned slopes start"),
    **_named_by_facts(),
    # pages
    page_language=Word("en", "html: the language that the page says it is in"),
    page_play=Word("Play", PAGES),
    page_pause=Word("Pause", PAGES),
    page_moment=Word("Moment", PAGES),
    page_speed=Word("Speed", PAGES),
    page_captions=Word("Captions", PAGES),
    page_knot=Word("knots", PAGES),
    page_switch=Word("where units switch", PAGES),
    page_ghost=Word("earlier curves", PAGES),
    page_at=Word("{y} at {x}", f"{PAGES}, values"),
    page_bias=Word("bias {number}", f"{PAGES}, values"),
    page_weight=Word("weight from {first} to {second}", f"{PAGES}, names"),
    page_keys=Word("Space plays and pauses, left and right step, Home and End jump.", f"{PAGES}, help"),
    page_reading=Word(
        "Tab goes to what is shown, up and down to the next of its kind; Shift with left and right reads along it.",
        f"{PAGES}, help",
    ),
    page_try_it=Word("Try it", PAGES),
    page_variant=Word("Variant", PAGES),
    page_unit_choice=Word("Unit", PAGES),
    page_back=Word("Back to what was learned", PAGES),
    page_error=Word("mean squared error {value}", PAGES),
    page_right=Word("{value} of the points are right", PAGES),
    page_beside=Word("{now}; learned: {learned}", PAGES),
    page_unit=Word("unit {number}", PAGES),
    page_unit_of_layer=Word("layer {layer}, unit {number}", PAGES),
    page_output=Word("output", PAGES),
    page_output_number=Word("output {number}", PAGES),
    page_from=Word("weight from {first}", PAGES),
    page_to=Word("weight to {second}", PAGES),
    page_bias_alone=Word("bias", PAGES),
    page_slope_left=Word("slope below 0", PAGES),
    page_knot_of=Word("where {unit} switches", PAGES),
    page_no_script=Word("Without scripts, this is the last frame.", PAGES),
    page_figure_reading=Word(
        "Tab goes to what is shown, up and down to the next of its kind; left and right read along it, faster with "
        "Shift.",
        f"{PAGES}, help of figures",
    ),
    page_figure_no_script=Word("Without scripts, this is a picture alone.", f"{PAGES}, figures"),
    page_function=Word("f({x})", f"{PAGES}, activation: values"),
    page_slope=Word("f′({x})", f"{PAGES}, activation: values"),
    page_width=_counted("{n} unit a layer", "{n} units a layer", f"{PAGES}, born_dead: names"),
    # figures
    slope_number=Word("slope {value}", "activation: names of functions"),
    derivative_of=Word("derivative of {function}", f"activation: {KEY}"),
    derivatives=Word("derivatives", f"activation: {KEY}"),
    slope=Word("slope {slope}", "activation: marks"),
    slope_of=Word("slope of {function}: {slope}", "activation: marks"),
    greatest_slope=Word("greatest slope {slope}", "activation: marks"),
    greatest_slope_of=Word("greatest slope of {function}: {slope}", "activation: marks"),
    at_x=Word("at x = {x}", "activation: marks"),
    hidden_layers=Word("hidden layers", "born_dead: x axis"),
    born_dead=Word("born dead", "born_dead: y axis"),
    units_a_layer=Word("units a layer", f"born_dead: {KEY}"),
    # alternative texts
    alt_film=Word("Film of a {network} learning {learned}{choice}: {outcome}.", ALT),
    alt_network=Word("{sizes} network", ALT),
    alt_network_of=Word("{sizes} network with {units} units", ALT),
    alt_films=Word("Film of {n} networks learning {learned}. {outcomes}.", ALT),
    alt_films_each=Word("Film of {n} networks, each {each}, learning {learned}. {outcomes}.", ALT),
    alt_each_of=Word("{sizes} with {units} units", ALT),
    alt_caption=Word("At {moment}: {text}.", ALT),
    alt_still=Word("{alt} Shown: {moments}.", "alternative texts of stills, in embed"),
    alt_csv=Word("a CSV file", ALT),
    alt_points_of_csv=Word("the points of a CSV file", ALT),
    alt_data_set=Word("the data set {name}", ALT),
    alt_points=Word("points of its own", ALT),
    alt_unsaid=Word("what its recording does not say", ALT),
    alt_choice=Word(", the {choice} seeds ({seed})", ALT),
    alt_epochs=_counted("after {n} epoch", "after {n} epochs", ALT),
    alt_steps=_counted("{n} step", "{n} steps", ALT),
    alt_after_steps=Word("after {steps}", ALT),
    alt_epochs_and_steps=Word("{epochs} ({steps})", ALT),
    alt_loss=Word("{when} its loss is {loss}", ALT),
    alt_no_number=Word("not a number", ALT),
    alt_right=Word("{when} it classifies {share} of the points right", ALT),
    alt_right_held_out=Word("{when} it classifies {share} of the points right and {held_out} of those held out", ALT),
    alt_diverged=Word(", before the training diverges", ALT),
    alt_graph=Word("Graph of {functions} from {low} to {high}.", ALT),
    alt_graph_derivative=Word("Graph of {functions} with its derivative from {low} to {high}.", ALT),
    alt_scatter=_counted("Scatter plot of {n} point of {source}.", "Scatter plot of {n} points of {source}.", ALT),
    alt_scatter_classes=_counted(
        "Scatter plot of {n} point of {source} in {classes} classes.",
        "Scatter plot of {n} points of {source} in {classes} classes.",
        ALT,
    ),
    alt_born_dead=_counted(
        "Graph of how many of {n} untrained ReLU network of each width are born dead, by depth: {ends}.",
        "Graph of how many of {n} untrained ReLU networks of each width are born dead, by depth: {ends}.",
        ALT,
    ),
    alt_hidden_layers=_counted("with {n} hidden layer {shares}", "with {n} hidden layers {shares}", ALT),
    alt_share_of_width=Word("{share} of those of width {width}", ALT),
)
