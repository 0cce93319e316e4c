"""A torch `nn.Sequential` as a network. Torch is not imported here: a model's author has done that."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from relu_anim.activations import Activation, named
from relu_anim.errors import ConfigError
from relu_anim.facts import joined
from relu_anim.network import Network

ANEW = "make a new Recorder"
COMPUTED = "one that a hook computes, as for weight_norm or pruning, cannot be recorded"
PASSED = ("Flatten", "Dropout", "Identity")
FIXED = {"ReLU": "relu", "SiLU": "silu", "Sigmoid": "sigmoid", "Tanh": "tanh", "GELU": "gelu", "Softplus": "softplus"}
WITH_PARAMETERS = {"LeakyReLU": ("leaky_relu", "negative_slope"), "ELU": ("elu", "alpha")}
KNOWN = ("Linear", *FIXED, *WITH_PARAMETERS, "PReLU", *PASSED)
USUAL: Mapping[str, Mapping[str, Any]] = {
    "GELU": {"approximate": "none"},
    "Softplus": {"beta": 1},
}
LEAST_THRESHOLD = 20  # of Softplus, from which on it is a straight line
OF_ARRAYS = ("keras", "tf_keras", "tensorflow", "sklearn", "flax", "equinox")  # packages; Keras' may be torch's too


class Tensor:
    """A tensor of a model, read as an array. Where it lies in memory that NumPy can read, the array is a view, which is
    kept for as long as the tensor stays there: to make it takes longer than to copy it."""

    def __init__(self, module: Any, name: str, place: str) -> None:
        self._module, self._name, self._place = module, name, place
        self._view: Any = None
        self._seen: Any = None  # the tensor and the address of which that is a view

    def array(self) -> Any:
        """Its numbers as they are now; None where there is none. ConfigError where it has no real numbers."""
        try:
            return self._array(self._module._parameters[self._name])
        except KeyError:
            raise ConfigError(f"{self._place}.{self._name}: is no parameter; {COMPUTED}") from None
        except (RuntimeError, TypeError) as error:  # of a tensor without memory, a sparse one, …
            raise ConfigError(f"{self._place}.{self._name}: cannot be read: {error}") from None

    def _array(self, value: Any) -> Any:
        if value is None:
            return None
        if (value.data_ptr(), value.shape, value.stride()) != self._seen:
            if value.is_complex():
                raise TypeError("its numbers are complex")
            detached = value.detach()
            array = detached.cpu().float().numpy()
            if array.ctypes.data != value.data_ptr():
                return array
            self._view, self._seen = array, (value.data_ptr(), value.shape, value.stride())
        return self._view


class Model:
    """A model of torch: its `network`, and its `tensors` in the order of our parameters. ConfigError that names the
    module which is none of ours."""

    def __init__(self, model: Any) -> None:
        layers = _layers(model)
        sizes = (layers[0].linear.in_features, *(layer.linear.out_features for layer in layers))
        self.network = Network(sizes, tuple(layer.activation for layer in layers))
        self.tensors = [tensor for layer in layers for tensor in layer.tensors()]
        self._model, self._modules = model, _flat(model)
        self._options = [option for layer in layers for option in layer.options()]

    def check(self) -> None:
        """ConfigError where it is no longer the network that it was."""
        if _flat(self._model) != self._modules:  # which are equal where they are the same
            raise ConfigError(f"model: holds other modules than at first; {ANEW}")
        for place, module, key, value in self._options:
            if (now := getattr(module, key)) != value:
                raise ConfigError(f"{place}: {key} is {now} now, it was {value}; {ANEW}")


@dataclass
class _Layer:
    """A Linear, and the activation after it, each with how it is reached."""

    name: str
    linear: Any
    activation: Activation
    after: str = ""
    module: Any = None  # of the activation

    def tensors(self) -> Iterator[Tensor]:
        """Its parameters in our order."""
        yield Tensor(self.linear, "weight", self.name)
        yield Tensor(self.linear, "bias", self.name)
        if type(self.module).__name__ == "PReLU":
            yield Tensor(self.module, "weight", self.after)

    def options(self) -> Iterator[tuple[str, Any, str, Any]]:
        """What its activation has, and does not learn."""
        if found := WITH_PARAMETERS.get(type(self.module).__name__):
            yield self.after, self.module, found[1], getattr(self.module, found[1])


def _layers(model: Any) -> list[_Layer]:
    """The layers of a model, one at least."""
    torch = _torch_of(model)
    layers: list[_Layer] = []
    for name, module in _modules(model):
        kind = type(module).__name__
        if type(module) is not getattr(torch.nn, kind, None) or kind not in KNOWN:
            whole = f"{type(module).__module__}.{kind}" if kind in KNOWN else kind
            raise ConfigError(f"{name}: {whole} cannot be recorded; only {joined(KNOWN, 'and')} can")
        if kind == "Linear":
            _check_linear(name, module, layers)
            layers.append(_Layer(name, module, named("identity")))
        elif kind not in PASSED:
            if not layers:
                raise ConfigError(f"{name}: {kind} stands before the first Linear; it must follow one")
            if layers[-1].module is not None:
                before = type(layers[-1].module).__name__
                raise ConfigError(f"{name}: {kind} follows {before}; a Linear has one activation at most")
            layers[-1] = replace(layers[-1], activation=_activation(name, module), after=name, module=module)
    if not layers:
        raise ConfigError("model: holds no Linear, so that there is nothing to record")
    return layers


def _torch_of(model: Any) -> Any:
    """The torch that a model is of; ConfigError unless it is an nn.Sequential, or a Linear alone."""
    torch, kind = sys.modules.get("torch"), type(model).__name__
    package = type(model).__module__.partition(".")[0]
    if package in OF_ARRAYS:
        write = 'activations=[…] and weights="in_out" in its place, and snap(params=…)'
        raise ConfigError(f"model: a {kind} of {package} is recorded by its arrays: write {write}")
    if torch is None or not isinstance(model, torch.nn.Module):
        raise ConfigError(f"model: expected an nn.Sequential of torch, got {kind}; for arrays write activations=[…]")
    if type(model) is not torch.nn.Sequential and type(model) is not torch.nn.Linear:
        raise ConfigError(f"model: {kind} is no nn.Sequential{_inside(model, torch)}")
    return torch


def _modules(model: Any, name: str = "model") -> Iterator[tuple[str, Any]]:
    """All modules in their order, each with how it is reached."""
    if type(model) is not sys.modules["torch"].nn.Sequential:
        yield name, model
        return
    for index, module in enumerate(model):
        yield from _modules(module, f"{name}[{index}]")


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


def _flat(model: Any) -> list[Any]:
    """The same without how they are reached, which takes a fifth of the time."""
    if type(model) is not sys.modules["torch"].nn.Sequential:
        return [model]
    found = []
    for module in model._modules.values():
        if module._modules:
            found += _flat(module)
        else:
            found.append(module)
    return found


def _check_linear(name: str, module: Any, layers: list[_Layer]) -> None:
    if not module.in_features or not module.out_features:
        raise ConfigError(f"{name}: Linear has no {'outputs' if module.in_features else 'inputs'}")
    if layers and layers[-1].linear.out_features != module.in_features:
        wide = layers[-1].linear.out_features
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
        value = getattr(module, key)
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ConfigError(f"{name}: {kind} with {key}={value!r} cannot be recorded; a finite number can")
        return named(ours, **{key: float(value)})
    if kind != "PReLU":
        return named(FIXED[kind])
    if module.num_parameters != 1:
        raise ConfigError(f"{name}: PReLU with {module.num_parameters} slopes cannot be recorded; one with 1 can")
    return named("prelu", init=float(module.weight.detach()))
