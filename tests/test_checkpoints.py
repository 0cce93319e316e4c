"""`relu-anim import`: files of weights become a recording, and nothing in them is run."""

import io
import json
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from relu_anim.cli import app
from relu_anim.interface.safetensors import read_safetensors
from relu_anim.recording import Recording

CODES = {"<f8": "F64", "<f4": "F32", "<f2": "F16"}
RNG = np.random.default_rng(1)
TORCH = {"0.weight": (3, 1), "0.bias": (3,), "2.weight": (1, 3), "2.bias": (1,)}
KERAS = {"dense/kernel": (1, 3), "dense/bias": (3,), "dense_1/kernel": (3, 1), "dense_1/bias": (1,)}


def packed(tensors, **header):
    """A safetensors file as its page says, written here."""
    body, said = b"", dict(header)
    for name, (code, array) in tensors.items():
        said[name] = {"dtype": code, "shape": list(array.shape), "data_offsets": [len(body), len(body) + array.nbytes]}
        body += array.tobytes()
    text = json.dumps(said).encode()
    return struct.pack("<Q", len(text)) + text + body


def weights(shapes, number=0):
    return {name: RNG.normal(size=shape) + number for name, shape in shapes.items()}


def write(name, arrays, dtype="<f4"):
    path = Path("ckpt") / name
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".npz":
        np.savez(path, **arrays)
    else:
        typed = {key: (CODES[dtype], array.astype(dtype)) for key, array in arrays.items()}
        path.write_bytes(packed(typed, __metadata__={"format": "pt"}))


def run(*arguments):
    return CliRunner().invoke(app, ["import", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("suffix", "shapes", "order"), [("safetensors", TORCH, "out_in"), ("npz", KERAS, "in_out")])
def test_a_folder_is_read_in_the_natural_order_of_its_names(suffix, shapes, order):
    each = [weights(shapes, number) for number in range(11)]
    for number, arrays in enumerate(each):
        write(f"net{number}.{suffix}", {name.replace("/", "_"): array for name, array in arrays.items()})
    result = run("ckpt", "-o", "mine.npz", "--activations", "relu, identity")
    assert (result.exit_code, result.stdout) == (0, "mine.npz\n")
    assert result.stderr == f"11 snapshots of a 1-3-1 network, epochs 0 to 10; weights are {order}\n"
    recording = Recording.load("mine.npz")
    assert recording.epoch.tolist() == list(range(11))
    first, bias = list(shapes)[:2]
    wanted = np.stack([arrays[first] if order == "out_in" else arrays[first].T for arrays in each])
    np.testing.assert_allclose(recording.weights(0), wanted, rtol=1e-6)
    np.testing.assert_allclose(recording.biases(0), np.stack([arrays[bias] for arrays in each]), rtol=1e-6)


@pytest.mark.parametrize("formula", ["max(x, 0.1*x)", "min(max(x, 0), 6)"])
def test_a_formula_with_commas_is_one_activation(formula):
    write("a.npz", weights(TORCH))
    result = run("ckpt", "-o", "mine.npz", "--activations", f"{formula}, identity")
    assert result.exit_code == 0, result.stderr
    assert [a.name for a in Recording.load("mine.npz").network.activations] == [formula, "identity"]


@pytest.mark.parametrize(
    ("names", "epochs", "steps"),
    [
        (["epoch-20", "epoch-3", "epoch-100"], [3, 20, 100], [3, 20, 100]),
        (["step_40", "step_5"], [0, 0], [5, 40]),
        (["epoch1-step10", "epoch2_step20"], [1, 2], [10, 20]),
        (["epoch-7", "last"], [0, 1], [0, 1]),
        (["timestep9", "timestep10"], [0, 1], [0, 1]),
    ],
)
def test_epochs_and_steps_in_all_names_are_those_of_the_snapshots(names, epochs, steps):
    for name in names:
        write(f"{name}.npz", weights(TORCH))
    assert run("ckpt", "--activations", "relu,identity").exit_code == 0
    recording = Recording.load("ckpt.npz")
    assert (recording.epoch.tolist(), recording.step.tolist()) == (epochs, steps)


@pytest.mark.parametrize("dtype", CODES)
def test_numbers_of_every_width_are_read(dtype):
    arrays = weights(TORCH)
    write("a.safetensors", arrays, dtype)
    found = read_safetensors(Path("ckpt/a.safetensors").read_bytes())
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array.astype(dtype))


def test_bfloat16_is_read_as_torch_reads_it():
    import torch

    tensor = torch.randn(4, 5).bfloat16()
    content = packed({"a": ("BF16", tensor.view(torch.uint16).numpy())})
    np.testing.assert_array_equal(read_safetensors(content)["a"], tensor.float().numpy())


@pytest.mark.parametrize(
    ("arrays", "activations", "message"),
    [
        ({"w": (3, 1), "conv": (1, 1, 3)}, "relu", "'conv' has the shape (1, 1, 3); only dense layers"),
        ({**TORCH, "1.running_mean": (3,)}, "relu,identity", "'1.running_mean' is the bias of no matrix"),
        (TORCH, "relu", "params: 2 layers of weights, and 1 activation"),
        (TORCH, "relu,idenity", "did you mean identity?"),
        ({"a": (3, 2), "b": (5, 4)}, "relu,identity", "the layer before gives"),
        ({"a.weight": (2, 2), "b.weight": (2, 2)}, "relu,identity", "fit together either way; say --weights out_in"),
    ],
)
def test_what_is_no_network_is_refused_with_its_file(arrays, activations, message):
    write("one.npz", weights(arrays))
    result = run("ckpt", "--activations", activations)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("ckpt/one.npz: ")
    assert message in result.stderr
    assert not Path("ckpt.npz").exists()


def test_a_square_network_is_read_in_the_order_that_is_said():
    arrays = weights({"a.weight": (2, 2), "b.weight": (2, 2)})
    write("one.npz", arrays)
    assert run("ckpt", "--activations", "prelu,identity", "--weights", "in_out").exit_code == 2  # no slope
    assert run("ckpt", "--activations", "relu,identity", "--weights", "in_out").exit_code == 0
    np.testing.assert_allclose(Recording.load("ckpt.npz").weights(0)[0], arrays["a.weight"].T, rtol=1e-6)


def test_a_learned_slope_of_torch_is_found():
    write(
        "one.npz", weights({"0.weight": (3, 1), "0.bias": (3,), "1.weight": (1,), "2.weight": (1, 3), "2.bias": (1,)})
    )
    assert run("ckpt", "--activations", "prelu,identity").exit_code == 0
    recording = Recording.load("ckpt.npz")
    assert recording.network.slopes(recording.parameters[0]) == pytest.approx([np.load("ckpt/one.npz")["1.weight"][0]])


class Trap:
    def __reduce__(self):
        return Path.touch, (Path("trapped"),)


def test_nothing_is_unpickled():
    Path("ckpt").mkdir()
    for name in ("a.pt", "b.pth", "c.pkl"):
        Path("ckpt", name).write_bytes(pickle.dumps(Trap()))
    result = run("ckpt", "--activations", "relu")
    assert (result.exit_code, "holds pickled files" in result.stderr) == (2, True)
    assert "safetensors.torch.save_file" in result.stderr
    np.savez("ckpt/d.npz", w=np.array([Trap()], dtype=object))
    Path("ckpt/e.safetensors").write_bytes(pickle.dumps(Trap()))
    assert run("ckpt", "--activations", "relu").exit_code == 4
    Path("ckpt/d.npz").write_bytes(pickle.dumps(Trap()))
    assert run("ckpt", "--activations", "relu").exit_code == 4
    Path("ckpt/d.npz").unlink()
    assert run("ckpt", "--activations", "relu").exit_code == 4
    assert not Path("trapped").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 40,
        struct.pack("<Q", 2**62) + b"{}",
        struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", 1) + b"{",
        struct.pack("<Q", 100_000) + b"[" * 100_000,
        packed({"a": ("F32", np.ones((2, 2), "<f4"))})[:-1],
        packed({"a": ("I64", np.ones((2, 2), "<i8"))}),
        packed({}, a={"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 4]}),
        packed({}, a={"dtype": "F32", "shape": [-1, -1], "data_offsets": [0, 4]}),
        packed({}, a={"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}),
        packed({}, a={"dtype": ["F32"], "shape": [1], "data_offsets": [0, 4]}),
        packed({}, a={"shape": [1]}),
        packed({}, a=[1]),
    ],
)
def test_damaged_files_are_refused_with_words(content):
    with pytest.raises(ValueError, match=r"\w"):
        read_safetensors(content)
    Path("ckpt").mkdir()
    Path("ckpt/a.safetensors").write_bytes(content)
    result = run("ckpt", "--activations", "relu")
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.startswith("ckpt/a.safetensors: cannot be read: ")


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def npy(said=b""):
    buffer = io.BytesIO()
    np.save(buffer, np.ones(2))
    return buffer.getvalue().replace(b"(2,)", said or b"(2,)")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npy(), "it is no npz file, or not all of one"),
        (b"", "it is no npz file"),
        (zipped(a=npy())[:-9], "it is no npz file, or not all of one"),
        (zipped(**{"archive/data.pkl": pickle.dumps([1])}), "'archive/data.pkl' in it is no array"),
        (zipped(**{"a.npy": pickle.dumps([1])}), "'a' in it is no array"),
        (zipped(**{"a.npy": npy(said=b"(99999999999999,)")}), ""),  # more memory than there is
        (zipped(**{"a.npy": npy(said=b"(2,")}), ""),
        (zipped(**{"recording.json": "{}"}), "it is a recording already; name it in a config of kind: recorded"),
    ],
    ids=["array", "empty", "cut", "torch", "pickle", "huge", "shape", "recording"],
)
def test_an_npz_file_that_lies_is_refused_with_words(content, message):
    Path("ckpt").mkdir()
    Path("ckpt/a.npz").write_bytes(content)
    result = run("ckpt", "--activations", "relu")
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.startswith("ckpt/a.npz: cannot be read: ")
    assert message in result.stderr


def test_an_npz_file_that_unfolds_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("relu_anim.interface.checkpoints.MOST_BYTES", 100)
    Path("ckpt").mkdir()
    np.savez_compressed("ckpt/a.npz", a=np.zeros((40, 40)))
    assert "it holds 12.9 kB; at most 100 bytes are read" in run("ckpt", "--activations", "relu").stderr


def test_an_epoch_that_no_number_holds_is_refused():
    write(f"epoch-{10**40}.npz", weights(TORCH))
    result = run("ckpt", "--activations", "relu,identity")
    assert (result.exit_code, "epoch: must be at most 1e+15" in result.stderr) == (2, True)


def test_what_lies_at_the_output_is_not_lost():
    write("a.npz", weights(TORCH))
    np.savez("other.npz", a=np.ones(2))
    before = Path("other.npz").read_bytes()
    for output in ("other.npz", "ckpt/a.npz", "mine.gif"):
        assert run("ckpt", "-o", output, "--activations", "relu,identity").exit_code == 2
    assert Path("other.npz").read_bytes() == before
    assert run("ckpt", "--activations", "relu,identity").exit_code == 0
    assert run("ckpt", "--activations", "relu,identity").exit_code == 0  # a recording is replaced
    assert "is required" in run("ckpt").stderr
    assert run("none", "--activations", "relu").exit_code == 4
    Path("empty").mkdir()
    assert "holds no file of weights" in run("empty", "--activations", "relu").stderr
