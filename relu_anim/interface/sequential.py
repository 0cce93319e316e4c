"""A torch `nn.Sequential` as a network. Torch is not imported here: a model's author has done that."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from relu_anim.activations import Activation, named
from relu_anim.errors import ConfigError
from relu_anim.facts import joined
from relu_anim.network import Network

PASSED = ("Flatten", "Dropout", "Identity")
FIXED = {"ReLU": "relu", "SiLU": "silu", "Sigmoid": "sigmoid", "Tanh": "tanh", "GELU": "gelu", "Softplus": "softplus"}
WITH_PARAMETERS = {"LeakyReLU": ("leaky_relu", "negative_slope"), "ELU": ("elu", "alpha")}
KNOWN = ("Linear", *FIXED, *WITH_PARAMETERS, "PReLU", *PASSED)
USUAL: Mapping[str, Mapping[str, Any]] = {
    "GELU": {"approximate": "none"},
    "Softplus": {"beta": 1},
}
LEAST_THRESHOLD = 20  # of Softplus, from which on it is a straight line


class Tensor:
    """A tensor of a model, read as an array. Where it lies in memory that NumPy can read, the array is a view, which is
    kept for as long as the tensor stays there: to make it takes longer than to copy it."""

    def __init__(self, module: Any, name: str) -> None:
        self._module, self._name = module, name
        self._view: Any = None
        self._seen: Any = None  # the tensor and the address of which that is a view

    def array(self) -> Any:
        """Its numbers as they are now; None where there is none."""
        parameters = self._module._parameters
        value = parameters[self._name] if self._name in parameters else getattr(self._module, self._name)
        if value is None:
            return None
        if (value.data_ptr(), value.shape) != self._seen:
            detached = value.detach()
            array = detached.cpu().float().numpy()
            if array.ctypes.data != value.data_ptr():
                return array
            self._view, self._seen = array, (value.data_ptr(), value.shape)
        return self._view


def read_model(model: Any) -> tuple[Network, list[Tensor]]:
    """The network that a model is, and its tensors in the order of our parameters; ConfigError that names the module
    which is none of ours."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(model, torch.nn.Module):
        kind = type(model).__name__
        raise ConfigError(f"model: expected an nn.Sequential of torch, got {kind}; for arrays write activations=[…]")
    if type(model) is not torch.nn.Sequential and type(model) is not torch.nn.Linear:
        raise ConfigError(f"model: {type(model).__name__} is no nn.Sequential{_inside(model, torch)}")
    layers: list[tuple[Any, Activation, Any]] = []  # the Linear, its activation, and the module of that
    for name, module in _modules(model, torch):
        kind = type(module).__name__
        if type(module) is not getattr(torch.nn, kind, None) or kind not in KNOWN:
            raise ConfigError(f"{name}: {kind} cannot be recorded; only {joined(KNOWN, 'and')} can")
        if kind == "Linear":
            _check_linear(name, module, layers)
            layers.append((module, named("identity"), None))
        elif kind not in PASSED:
            if not layers:
                raise ConfigError(f"{name}: {kind} stands before the first Linear; it must follow one")
            if layers[-1][2] is not None:
                before = type(layers[-1][2]).__name__
                raise ConfigError(f"{name}: {kind} follows {before}; a Linear has one activation at most")
            layers[-1] = (layers[-1][0], _activation(name, module), module)
    if not layers:
        raise ConfigError("model: holds no Linear, so that there is nothing to record")
    sizes = (layers[0][0].in_features, *(linear.out_features for linear, _, _ in layers))
    return Network(sizes, tuple(activation for _, activation, _ in layers)), list(_tensors(layers))


def _modules(model: Any, torch: Any, name: str = "model") -> Iterator[tuple[str, Any]]:
    """All modules in their order, each with how it is reached."""
    if type(model) is not torch.nn.Sequential:
        yield name, model
        return
    for index, module in enumerate(model):
        yield from _modules(module, torch, f"{name}[{index}]")


def _inside(model: Any, torch: Any) -> str:
    """What to give instead of a module of a class of its author's."""
    found = [f"model.{name}" for name, inner in model.named_modules() if name and type(inner) is torch.nn.Sequential]
    if found:
        return f"; give {joined(found)}"
    linears = [name for name, inner in model.named_modules() if name and type(inner) is torch.nn.Linear]
    if not linears:
        return "; write its layers as one"
    ends = [re.sub(r"\.(\d+)", r"[\1]", f"model.{name}") for name in (linears[0], linears[-1])[: len(linears)]]
    between = ", nn.ReLU(), …, " if len(linears) > 2 else ", nn.ReLU(), "
    return f"; give one of its layers, which shares their weights: nn.Sequential({between.join(ends)}), say"


def _check_linear(name: str, module: Any, layers: list[tuple[Any, Activation, Any]]) -> None:
    if layers and layers[-1][0].out_features != module.in_features:
        wide = layers[-1][0].out_features
        raise ConfigError(f"{name}: Linear takes {module.in_features} inputs, the layer before gives {wide}")


def _activation(name: str, module: Any) -> Activation:
    """The activation that a module is; ConfigError where it has options that ours has not."""
    kind = type(module).__name__
    for key, value in USUAL.get(kind, {}).items():
        if getattr(module, key) != value:
            raise ConfigError(f"{name}: {kind} with {key}={getattr(module, key)} cannot be recorded; {value!r} can")
    if kind == "Softplus" and module.threshold < LEAST_THRESHOLD:
        raise ConfigError(f"{name}: {kind} with threshold={module.threshold} cannot be recorded; 20 can")
    if kind in WITH_PARAMETERS:
        ours, key = WITH_PARAMETERS[kind]
        return named(ours, **{key: float(getattr(module, key))})
    if kind != "PReLU":
        return named(FIXED[kind])
    if module.num_parameters != 1:
        raise ConfigError(f"{name}: PReLU with {module.num_parameters} slopes cannot be recorded; one with 1 can")
    return named("prelu", init=float(module.weight.detach()))


def _tensors(layers: list[tuple[Any, Activation, Any]]) -> Iterator[Tensor]:
    for linear, _, module in layers:
        yield Tensor(linear, "weight")
        yield Tensor(linear, "bias")
        if type(module).__name__ == "PReLU":
            yield Tensor(module, "weight")
