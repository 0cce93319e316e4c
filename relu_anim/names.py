"""The names that a config may use, with what `relu-anim list` says of each. Plain text: nothing is imported for it.

Activations, targets, data sets and the functions of formulas have tables of their own, where they are defined.
"""

FORMATS = {
    "gif": "animated, plays everywhere; at most 50 frames a second",
    "mp4": "H.264 film, even sizes",
    "webp": "animated, smaller than a GIF, in true colour",
    "png": "the last frame",
    "svg": "the last frame, as lines",
}
STILL_FORMATS = ("png", "svg")  # of what does not move
PANELS = {
    "prediction": "the network's output against the target",
    "layers": "every unit's curve before and after its activation, one row a stage",
    "contributions": "each unit of the last hidden layer times its weight, the bias, and their sum",
    "activation_map": "which units are on at which input, dead ones greyed and counted",
    "network": "units and weights as a diagram",
    "decision": "the output over the plane of two inputs, with the points and where units switch",
    "loss": "the loss up to the epoch that is shown",
    "accuracy": "the share of points classified right up to the epoch that is shown",
    "gradients": "the norm of the gradient of each layer up to the epoch that is shown",
    "metrics": "the numbers that animation.metrics names",
}
METRICS = {
    "loss": "on the evaluation points",
    "test_loss": "on held-out points",
    "accuracy": "share of points classified right",
    "test_accuracy": "the same of held-out points",
    "dead_units": "ReLU units that are off at every point, by layer",
    "sparsity": "share of activations that are 0, by layer",
    "knots": "places where the output's slope changes",
    "linear_regions": "pieces on each of which the output is a plane",
    "gradient_norms": "norm of the loss's gradient, by layer",
    "weight_norms": "norm of the weights, by layer",
    "slopes": "learned slopes of PReLU layers",
}
LOSSES = {
    "mse": "mean squared error",
    "mae": "mean absolute error",
    "huber": "Huber loss with delta 1",
    "bce": "binary cross-entropy: two classes, one output, which is a logit or goes through a sigmoid",
    "cross_entropy": "for two or more classes, with one output each",
}
ARRANGEMENTS = {"columns": "each panel once for each variant, side by side", "overlay": "all variants in one panel"}
INITS = {
    "default": "torch's: uniform within 1/sqrt(inputs), biases too",
    "xavier_uniform": "Glorot: uniform within sqrt(6 / (inputs + outputs)); biases 0, as for those below",
    "xavier_normal": "Glorot: normal, variance 2 / (inputs + outputs)",
    "he_uniform": "He: uniform within sqrt(6 / inputs)",
    "he_normal": "He: normal, variance 2 / inputs",
}
OPTIMIZERS = {
    "sgd": "lr: 0.01, momentum: 0.0, dampening: 0.0, weight_decay: 0.0, nesterov: false",
    "adam": "lr: 0.001, betas: [0.9, 0.999], eps: 1e-08, amsgrad: false, weight_decay: 0.0",
    "adamw": "lr: 0.001, betas: [0.9, 0.999], eps: 1e-08, amsgrad: false, weight_decay: 0.01",
    "rmsprop": "lr: 0.01, alpha: 0.99, eps: 1e-08, weight_decay: 0.0, momentum: 0.0, centered: false",
    "adagrad": "lr: 0.01, lr_decay: 0.0, weight_decay: 0.0, initial_accumulator_value: 0.0, eps: 1e-10",
}
PACINGS = {
    "even": "as many epochs between one frame and the next, all along",
    "log": "as many times the epochs: the start slowly, the end quickly",
    "motion": "the curve moves about equally far between two frames",
}
THEMES = {"light": "on white", "dark": "on near-black"}
KINDS = {
    "training": "a network that learns, as a film; what a config is that names no kind",
    "activation": "activation functions and their derivatives, as a picture",
    "data": "the training points alone, as a picture",
    "born_dead": "how many untrained ReLU networks are dead, by depth and width, as a picture",
}
