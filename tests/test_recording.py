"""Recordings: what is saved comes back bit by bit, and no file, however damaged or hostile, does more than fail."""

import hashlib
import io
import json
import os
import pickle
import zipfile
import zlib
from dataclasses import replace

import numpy as np
import pytest

from relu_anim.activations import from_formula, named
from relu_anim.errors import FileError
from relu_anim.expressions import parse
from relu_anim.network import Network
from relu_anim.recording import Ensemble, Recording, Snapshot, stack
from relu_anim.recording.snapshots import ARRAYS

NETWORK = Network((1, 2, 1), (named("relu"), named("identity")))  # of 7 parameters in 2 layers
HEADER = "recording.json"


def snapshots(count, parameters=7, layers=2, seed=0):
    random = np.random.default_rng(seed)
    for epoch in range(count):
        yield Snapshot(
            epoch,
            10 * epoch,
            random.normal(size=parameters).astype(np.float32),
            float(random.random()),
            float("nan") if epoch % 2 else 0.25,
            random.random(layers).astype(np.float32),
            float("nan") if epoch % 3 else 0.75,
            float(random.random()),
        )


def recording_of(count, stopped="", seed=0):
    return stack(NETWORK, snapshots(count, seed=seed), stopped, seed, "pinned", "a hash")


def ensemble_of(networks, epochs, kept=None):
    random = np.random.default_rng(networks)
    kept = epochs if kept is None else kept
    numbers = [random.random((networks, kept)) for _ in range(3)]
    return Ensemble(
        NETWORK,
        *(random.random((networks, 1)) for _ in range(2)),
        *(random.random(networks) for _ in range(2)),
        np.arange(networks),
        np.arange(epochs),
        10 * np.arange(epochs),
        random.random((networks, kept, 7), dtype=np.float32),
        random.random((networks, epochs)),
        numbers[0],
        random.random((networks, kept, 2), dtype=np.float32),
        *numbers[1:],
    )


def members(recording):
    """The members of the file that this recording is saved as, by name: the header as JSON, arrays as bytes."""
    with zipfile.ZipFile(io.BytesIO(recording.to_bytes())) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(found.pop(HEADER)), found


def file_of(header, arrays, compression=zipfile.ZIP_STORED):
    """A file with a header and these members, whose digest is right."""
    header = {key: value for key, value in header.items() if key != "digest"}
    sums = sorted([name, len(content), zlib.crc32(content)] for name, content in arrays.items())
    digest = hashlib.sha256(json.dumps([header, sums], sort_keys=True).encode()).hexdigest()[:32]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in {**arrays, HEADER: json.dumps({**header, "digest": digest})}.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def with_member(name, content):
    """A file in which one array has these bytes instead of its own; all else is right."""
    header, arrays = members(recording_of(5))
    return file_of(header, {**arrays, f"{name}.npy": content})


def with_header(**changes):
    header, arrays = members(recording_of(3))
    return file_of({**header, **changes}, arrays)


def header(shape, dtype="'<f8'"):
    text = f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def assert_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(FileError) as caught:
        Recording.load(path)
    assert str(caught.value).startswith(f"{path}: not a usable recording: ")
    assert "\n" not in str(caught.value)


def assert_equal(one, other):
    for name, (dtype, dimensions) in ARRAYS.items():
        a, b = getattr(one, name), getattr(other, name)
        assert (a.dtype, a.ndim) == (b.dtype, b.ndim) == (dtype, dimensions)
        assert a.tobytes() == b.tobytes()
        assert a.shape == b.shape
    assert one.stopped == other.stopped


@pytest.fixture
def file(tmp_path):
    return tmp_path / "run.npz"


@pytest.mark.parametrize("count", [1, 2, 501])
def test_a_recording_comes_back_bit_by_bit(count, file):
    recording = recording_of(count)
    recording.save(file)
    assert_equal(Recording.load(file), recording)
    assert len(Recording.load(file)) == count


def test_a_recording_says_without_its_config_what_it_is_and_of_which_network(file):
    activations = named("leaky_relu", negative_slope=0.1), named("prelu"), from_formula(parse("sin(2*x) + x/3"))
    network = Network((2, 3, 4, 1), (*activations,), (0.1, 1e-300), (3.0, 2 / 3), -4.5, 1e15)
    rows = list(snapshots(3, network.parameter_count, 3))
    stack(network, rows, "diverged", 2**63 - 1, "pinned", "5f1d").save(file)
    found = Recording.load(file)
    assert (found.stopped, found.seed, found.kernels, found.source) == ("diverged", 2**63 - 1, "pinned", "5f1d")
    x = np.random.default_rng(0).normal(size=(5, 2))
    expected = network.output(rows[-1].parameters.astype(float), x)
    np.testing.assert_array_equal(found.network.output(found.parameters[-1].astype(float), x), expected)
    assert found.network.as_json() == network.as_json()
    with zipfile.ZipFile(file) as archive:
        header = json.loads(archive.read(HEADER))
    assert (header["format"], header["version"]) == ("relu-anim recording", 4)
    assert header["network"]["activations"][2] == {"formula": "sin(2*x) + x/3"}
    np.testing.assert_array_equal(np.load(file)["parameters"], found.parameters)  # NumPy alone reads it


def test_an_ensemble_comes_back_bit_by_bit_whole_or_with_last_snapshots_alone():
    for kept in (4, 1):
        ensemble = ensemble_of(3, 4, kept)
        found = Ensemble.from_bytes(ensemble.to_bytes())
        assert found.to_bytes() == ensemble.to_bytes()
        assert found.is_whole is (kept == 4)
        scaled = replace(NETWORK, center=tuple(ensemble.center[1]), spread=tuple(ensemble.spread[1]))
        scaled = replace(scaled, output_center=ensemble.output_center[1], output_spread=ensemble.output_spread[1])
        assert found.last(1).network == scaled


def test_values_that_are_no_numbers_come_back_as_they_were(file):
    awkward = np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45, 3.4e38, 0.0], dtype=np.float32)
    snapshot = Snapshot(0, 0, awkward, float("inf"), float("nan"), awkward[:2], -0.0, float("nan"))
    recording = stack(NETWORK, [snapshot])
    recording.save(file)
    assert_equal(Recording.load(file), recording)


@pytest.mark.parametrize(
    "stopped", ["", "diverged at epoch 3", "Verlust ∞ — größer als 学習 🔥", "two\nlines", "x" * 5000]
)
def test_why_a_run_stopped_comes_back_in_any_script(stopped, file):
    recording_of(3, stopped).save(file)
    assert Recording.load(file).stopped == stopped


def test_equal_recordings_are_equal_bytes():
    recording = recording_of(9, "stopped")
    assert recording.to_bytes() == recording_of(9, "stopped").to_bytes()
    turned = replace(recording, parameters=np.asfortranarray(recording.parameters))
    assert recording.to_bytes() == turned.to_bytes()
    assert recording.to_bytes() != recording_of(9, "stopped", seed=1).to_bytes()


def test_a_file_is_hardly_larger_than_its_parameters():
    network = Network((1, 20, 1), (named("relu"), named("identity")))
    recording = stack(network, snapshots(1000, parameters=61))
    assert len(recording.to_bytes()) < recording.parameters.nbytes + 1000 * 56 + 5000


def test_what_is_read_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        Recording.from_bytes(recording_of(3).to_bytes()).parameters[0] = 1


def test_a_recording_that_cannot_be_written_leaves_what_was_there(file, tmp_path):
    file.mkdir()
    with pytest.raises(FileError, match="is a folder"):
        recording_of(2).save(file)
    assert list(tmp_path.iterdir()) == [file]


def test_a_recording_gives_its_snapshots_back():
    rows = list(snapshots(4))
    recording = stack(NETWORK, iter(rows))
    for index in (0, 3, -1):
        got, row = recording[index], rows[index]
        assert (got.epoch, got.step, got.loss) == (row.epoch, row.step, row.loss)
        assert type(got.epoch) is int
        assert type(got.loss) is float
        np.testing.assert_array_equal(got.parameters, row.parameters)
        np.testing.assert_array_equal(got.gradient_norms, row.gradient_norms)
        np.testing.assert_equal(got.test_loss, row.test_loss)
        np.testing.assert_equal((got.accuracy, got.test_accuracy), (row.accuracy, row.test_accuracy))
    with pytest.raises(IndexError):
        recording[4]


def test_a_snapshot_without_classes_has_no_accuracy():
    recording = stack(NETWORK, [Snapshot(0, 0, np.ones(7, np.float32), 0.5, 0.5, np.ones(2, np.float32))])
    assert np.isnan([recording[0].accuracy, recording[0].test_accuracy]).all()


def test_a_stacked_recording_is_a_copy_of_its_snapshots():
    rows = list(snapshots(2))
    recording = stack(NETWORK, rows)
    rows[0].parameters[:] = 0
    assert recording.parameters[0].any()


# ---------------------------------------------------------------- damaged and hostile files


def test_a_file_cut_off_anywhere_is_refused(file):
    content = recording_of(2).to_bytes()
    for length in range(len(content)):
        with pytest.raises(FileError):
            Recording.from_bytes(content[:length])


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("found", [recording_of(2, "stopped"), ensemble_of(2, 3), ensemble_of(2, 3, 1)])
def test_a_changed_byte_is_refused_or_changes_nothing(found, step):
    content = found.to_bytes()
    refused = 0
    for place in range(0, len(content), step):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        try:
            assert type(found).from_bytes(bytes(damaged)).to_bytes() == content
        except FileError:
            refused += 1
    assert refused > len(content) / step / 2


def test_a_changed_header_or_an_array_of_another_recording_is_noticed_by_the_digest():
    header, arrays = members(recording_of(3))
    _, others = members(recording_of(3, seed=1))
    for said, found in (({**header, "seed": 5}, arrays), (header, {**arrays, "loss.npy": others["loss.npy"]})):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in {**found, HEADER: json.dumps(said)}.items():
                archive.writestr(name, content)
        with pytest.raises(FileError, match="its content is not what its digest says"):
            Recording.from_bytes(buffer.getvalue())
    Recording.from_bytes(file_of(header, arrays))  # the digest alone was wrong


class Trap:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return os.mkdir, (str(self.trace),)


@pytest.mark.parametrize("name", ARRAYS)
def test_a_pickle_in_any_member_is_refused_and_not_run(name, file, tmp_path):
    trace = tmp_path / "trace"
    objects = npy(np.array([Trap(trace)], dtype=object))
    assert_refused(file, with_member(name, objects))
    assert_refused(file, with_member(name, pickle.dumps(Trap(trace))))
    assert not trace.exists()
    np.load(io.BytesIO(objects), allow_pickle=True)
    assert trace.exists()  # the trap does work


def test_a_bare_pickle_and_a_bare_array_are_refused(file, tmp_path):
    assert_refused(file, pickle.dumps(Trap(tmp_path / "trace")))
    assert not (tmp_path / "trace").exists()
    assert_refused(file, npy(np.zeros(3)))


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"not a recording", bytes(1000)])
def test_a_file_of_something_else_is_refused(content, file):
    assert_refused(file, content)


def test_a_file_of_an_earlier_version_says_so(file):
    buffer = io.BytesIO()
    np.savez(buffer, format=np.array(3), **{name: getattr(recording_of(3), name) for name in ARRAYS})
    with pytest.raises(FileError, match=r"it is no recording of version 4$"):
        Recording.from_bytes(buffer.getvalue())


def test_a_recording_is_no_ensemble_and_an_ensemble_no_recording():
    with pytest.raises(FileError, match="it is no ensemble of version 4"):
        Ensemble.from_bytes(recording_of(2).to_bytes())
    with pytest.raises(FileError, match="it is no recording of version 4"):
        Recording.from_bytes(ensemble_of(2, 3).to_bytes())


def test_a_file_that_is_missing_or_a_folder_is_refused(tmp_path):
    with pytest.raises(FileError, match="No such file"):
        Recording.load(tmp_path / "missing.npz")
    with pytest.raises(FileError):
        Recording.load(tmp_path)


@pytest.mark.parametrize("name", [*(f"{name}.npy" for name in ARRAYS), HEADER])
def test_a_missing_member_is_refused(name, file):
    header, arrays = members(recording_of(2))
    with zipfile.ZipFile(io.BytesIO(file_of(header, arrays))) as whole:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for member in whole.namelist():
                if member != name:
                    archive.writestr(member, whole.read(member))
    assert_refused(file, buffer.getvalue())


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 3},
        {"version": "4"},
        {"version": None},
        {"format": "relu-anim ensemble"},
        {"format": 4},
        {"stopped": 3},
        {"stopped": None},
        {"seed": 1.5},
        {"seed": "1"},
        {"seed": True},
        {"source": ["a"]},
        {"network": None},
        {"network": []},
        {"network": {}},
    ],
)
def test_a_header_that_says_something_else_is_refused(changes, file):
    assert_refused(file, with_header(**changes))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("layer_sizes", [1, 3, 1]),
        ("layer_sizes", [1, 2]),
        ("layer_sizes", [7]),
        ("layer_sizes", []),
        ("layer_sizes", [1, -2, 1]),
        ("layer_sizes", [1, 2.0, 1]),
        ("layer_sizes", [True, 2, True]),
        ("layer_sizes", [1, 10**30, 1]),
        ("layer_sizes", [2**40, 2**40, 2**40]),
        ("layer_sizes", "121"),
        ("layer_sizes", None),
        ("activations", [{"name": "relu"}]),
        ("activations", [{"name": "relu"}, {"name": "nothing"}]),
        ("activations", [{"name": "relu", "slope": 1}, {"name": "identity"}]),
        ("activations", [{"name": "leaky_relu", "negative_slope": "steep"}, {"name": "identity"}]),
        ("activations", [{"name": "prelu"}, {"name": "identity"}]),
        ("activations", [{"formula": "__import__('os')"}, {"name": "identity"}]),
        ("activations", [{"formula": "(" * 10_000}, {"name": "identity"}]),
        ("activations", [{"formula": 3}, {"name": "identity"}]),
        ("activations", ["relu", "identity"]),
        ("center", [0.5]),
        ("center", [0.5, 0.5]),
        ("center", 3),
        ("output_center", None),
        ("output_spread", "1"),
        ("output_spread", float("nan")),
        ("output_spread", 10**400),
    ],
)
def test_a_network_that_is_none_or_does_not_fit_the_arrays_is_refused(key, value, file):
    assert_refused(file, with_header(network={**NETWORK.as_json(), key: value}))


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_of_another_type_length_or_shape_is_refused(name, file):
    array = getattr(recording_of(5), name)
    other = np.float64 if array.dtype != np.float64 else np.float32
    wrong = [array.astype(other), array[:-1], array[:0], array[..., None], array[0]]
    wrong += [array.astype(array.dtype.newbyteorder())]
    wrong += [array[:, :-1], np.asfortranarray(array)] if array.ndim == 2 else []
    for content in map(npy, wrong):
        assert_refused(file, with_member(name, content))


def test_a_recording_without_snapshots_is_refused(file):
    header, _ = members(recording_of(2))
    empty = {f"{name}.npy": npy(getattr(recording_of(2), name)[:0]) for name in ARRAYS}
    assert_refused(file, file_of(header, empty))


@pytest.mark.parametrize("name", ["center", "spread", "output_center", "output_spread"])
def test_an_ensemble_that_scales_by_no_finite_number_is_refused(name):
    ensemble = ensemble_of(3, 4)
    wrong = getattr(ensemble, name).copy()
    wrong[1] = np.nan
    with pytest.raises(FileError, match="are finite numbers"):
        Ensemble.from_bytes(replace(ensemble, **{name: wrong}).to_bytes())


@pytest.mark.parametrize("name", ["center", "seeds", "epoch", "parameters", "loss", "accuracy", "gradient_norms"])
def test_an_ensemble_whose_arrays_do_not_fit_together_is_refused(name):
    ensemble = ensemble_of(3, 4)
    for wrong in (getattr(ensemble, name)[:-1], getattr(ensemble, name)[:0]):
        with pytest.raises(FileError, match="not a usable recording: its arrays do not fit"):
            Ensemble.from_bytes(replace(ensemble, **{name: wrong}).to_bytes())


@pytest.mark.parametrize(
    "shape", ["(10**12,)", "(1000000000000,)", "(10000000000,)", "(99999999999999999999999,)", "(-1,)", "(5, 0)"]
)
def test_a_header_that_promises_too_much_is_refused(shape, file):
    assert_refused(file, with_member("loss", header(shape)))


@pytest.mark.parametrize(
    "junk",
    [b"", b"junk", header("(" * 4000), header("(5,)", "'zz'"), header("(5,)", "[('a', 'O')]"), header("(5,)", "'O'")],
)
def test_a_header_that_makes_no_sense_is_refused(junk, file):
    assert_refused(file, with_member("loss", junk))


@pytest.mark.parametrize("depth", [10, 100_000])
def test_a_header_of_nothing_but_brackets_is_refused(depth, file):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(HEADER, "[" * depth + "]" * depth)
    assert_refused(file, buffer.getvalue())


def test_a_compressed_file_is_refused_before_it_unfolds(file):
    header, arrays = members(recording_of(2))
    assert_refused(file, file_of(header, arrays, zipfile.ZIP_DEFLATED))
    bomb = npy(np.zeros((2, 10_000_000), dtype=np.float32))
    assert_refused(file, file_of(header, {**arrays, "parameters.npy": bomb}, zipfile.ZIP_DEFLATED))
    assert file.stat().st_size < 200_000
