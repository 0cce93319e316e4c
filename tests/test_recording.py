"""Recordings: what is saved comes back bit by bit, and no file, however damaged or hostile, does more than fail."""

import io
import os
import pickle
import zipfile
from dataclasses import fields, replace

import numpy as np
import pytest

from relu_anim.errors import FileError
from relu_anim.recording import ARRAYS, Recording, Snapshot, load, stack, to_bytes

NAMES = [*ARRAYS, "stopped", "format"]


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


def columns(recording):
    """The members of the file that this recording is saved as."""
    arrays = {field.name: np.asarray(getattr(recording, field.name)) for field in fields(Recording)}
    return {**arrays, "format": np.array(2)}


def npz(members, compressed=False):
    buffer = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(buffer, **members)
    return buffer.getvalue()


def with_member(name, content):
    """A valid file in which one member has these bytes instead of its own."""
    buffer = io.BytesIO()
    valid = zipfile.ZipFile(io.BytesIO(to_bytes(stack(snapshots(5)))))
    with zipfile.ZipFile(buffer, "w") as archive:
        for member in valid.namelist():
            archive.writestr(member, content if member == f"{name}.npy" else valid.read(member))
    return buffer.getvalue()


def header(shape, dtype="'<f8'"):
    text = f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def assert_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(FileError) as caught:
        load(path)
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
    recording = stack(snapshots(count))
    file.write_bytes(to_bytes(recording))
    assert_equal(load(file), recording)
    assert len(load(file)) == count


def test_values_that_are_no_numbers_come_back_as_they_were(file):
    awkward = np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45, 3.4e38], dtype=np.float32)
    recording = stack([Snapshot(0, 0, awkward, float("inf"), float("nan"), awkward[:2], -0.0, float("nan"))])
    file.write_bytes(to_bytes(recording))
    assert_equal(load(file), recording)


@pytest.mark.parametrize(
    "stopped", ["", "diverged at epoch 3", "Verlust ∞ — größer als 学習 🔥", "two\nlines", "x" * 5000]
)
def test_why_a_run_stopped_comes_back_in_any_script(stopped, file):
    file.write_bytes(to_bytes(stack(snapshots(3), stopped)))
    assert load(file).stopped == stopped


def test_equal_recordings_are_equal_bytes():
    recording = stack(snapshots(9), "stopped")
    assert to_bytes(recording) == to_bytes(stack(snapshots(9), "stopped"))
    assert to_bytes(recording) == to_bytes(replace(recording, parameters=np.asfortranarray(recording.parameters)))
    assert to_bytes(recording) != to_bytes(stack(snapshots(9, seed=1), "stopped"))


def test_a_file_is_hardly_larger_than_its_parameters():
    recording = stack(snapshots(1000, parameters=61))
    assert len(to_bytes(recording)) < recording.parameters.nbytes + 1000 * 56 + 5000


def test_a_recording_gives_its_snapshots_back():
    rows = list(snapshots(4))
    recording = stack(iter(rows))
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
    recording = stack([Snapshot(0, 0, np.ones(3, np.float32), 0.5, 0.5, np.ones(1, np.float32))])
    assert np.isnan([recording[0].accuracy, recording[0].test_accuracy]).all()


def test_a_stacked_recording_is_a_copy_of_its_snapshots():
    rows = list(snapshots(2))
    recording = stack(rows)
    rows[0].parameters[:] = 0
    assert recording.parameters[0].any()


def test_a_file_cut_off_anywhere_is_refused(file):
    content = to_bytes(stack(snapshots(2)))
    for length in range(len(content)):
        file.write_bytes(content[:length])
        with pytest.raises(FileError):
            load(file)


def test_a_changed_byte_is_refused_or_changes_nothing(file):
    recording = stack(snapshots(2), "stopped")
    content = to_bytes(recording)
    refused = 0
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        file.write_bytes(damaged)
        try:
            assert_equal(load(file), recording)
        except FileError:
            refused += 1
    assert refused > len(content) / 2


class Trap:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return os.mkdir, (str(self.trace),)


@pytest.mark.parametrize("name", NAMES)
def test_a_pickle_in_any_member_is_refused_and_not_run(name, file, tmp_path):
    trace = tmp_path / "trace"
    members = columns(stack(snapshots(1)))
    members[name] = np.array([Trap(trace)], dtype=object)
    assert_refused(file, npz(members))
    assert_refused(file, with_member(name, pickle.dumps(Trap(trace))))
    assert not trace.exists()
    np.load(io.BytesIO(npz(members)), allow_pickle=True)[name]
    assert trace.exists()  # the trap does work


def test_a_bare_pickle_and_a_bare_array_are_refused(file, tmp_path):
    assert_refused(file, pickle.dumps(Trap(tmp_path / "trace")))
    assert not (tmp_path / "trace").exists()
    array = io.BytesIO()
    np.save(array, np.zeros(3))
    assert_refused(file, array.getvalue())


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"not a recording", bytes(1000)])
def test_a_file_of_something_else_is_refused(content, file):
    assert_refused(file, content)


def test_a_file_that_is_missing_or_a_folder_is_refused(tmp_path):
    with pytest.raises(FileError, match="No such file"):
        load(tmp_path / "missing.npz")
    with pytest.raises(FileError):
        load(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_member_is_refused(name, file):
    members = columns(stack(snapshots(2)))
    del members[name]
    assert_refused(file, npz(members))


@pytest.mark.parametrize("value", [np.array(1), np.array(2), np.array("3"), np.array([3]), np.arange(3), np.array(2.5)])
def test_another_format_is_refused(value, file):
    assert_refused(file, npz({**columns(stack(snapshots(2))), "format": value}))


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_of_another_type_length_or_shape_is_refused(name, file):
    members = columns(stack(snapshots(4)))
    array = members[name]
    other = np.float64 if array.dtype != np.float64 else np.float32
    for wrong in (
        array.astype(other),
        array[:-1],
        array[..., None],
        array[0],
        array.astype(array.dtype.newbyteorder()),
    ):
        assert_refused(file, npz({**members, name: wrong}))


@pytest.mark.parametrize("stopped", [np.array(3), np.array(["a"]), np.array(b"a"), np.arange(3)])
def test_a_reason_that_is_no_text_is_refused(stopped, file):
    assert_refused(file, npz({**columns(stack(snapshots(2))), "stopped": stopped}))


def test_a_recording_without_snapshots_is_refused(file):
    members = columns(stack(snapshots(2)))
    assert_refused(file, npz({**members, **{name: members[name][:0] for name in ARRAYS}}))


@pytest.mark.parametrize(
    "shape", ["(10**12,)", "(1000000000000,)", "(10000000000,)", "(99999999999999999999999,)", "(-1,)"]
)
def test_a_header_that_promises_too_much_is_refused(shape, file):
    assert_refused(file, with_member("loss", header(shape)))


@pytest.mark.parametrize(
    "junk", [b"", b"junk", header("(" * 4000), header("(5,)", "'zz'"), header("(5,)", "[('a', 'O')]")]
)
def test_a_header_that_makes_no_sense_is_refused(junk, file):
    assert_refused(file, with_member("loss", junk))


def test_a_compressed_file_is_refused_before_it_unfolds(file):
    members = columns(stack(snapshots(2)))
    assert_refused(file, npz(members, compressed=True))
    assert_refused(file, npz({**members, "parameters": np.zeros((2, 10_000_000), dtype=np.float32)}, compressed=True))
    assert file.stat().st_size < 200_000
