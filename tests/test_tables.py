"""The user's own points from CSV files: what is read, and the exact place of what cannot be."""

import csv
import hashlib
import io
import math
import pickle
import re
import statistics
from fractions import Fraction
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import relu_anim.targets.lines as lines_module
import relu_anim.targets.tables as tables
from relu_anim import config
from relu_anim.targets import TableProblem, Task, read_table
from relu_anim.targets.lines import BLOCK


def read(content):
    return read_table(io.BytesIO(content.encode() if isinstance(content, str) else content))


def problem(content):
    """Line, column and message of what is wrong."""
    with pytest.raises(TableProblem) as caught:
        read(content)
    return caught.value.line, caught.value.column, caught.value.message


def task(table, **changes):
    keys = {"samples": 9, "noise": 1.0, "resample": False, "test_fraction": 0.0, "classes": 0, "seed": 0, **changes}
    return Task(None, None, table, (-1.0, 1.0), **keys)


# ---------------------------------------------------------------- what is read


def test_numbers_of_one_and_of_two_inputs_are_read_in_their_order(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("x,y\n1,2\n-3.5,4e-1\n.5,+6.\n")
    with path.open("rb") as file:
        table = read_table(file)
    assert (table.columns, table.class_names) == (("x", "y"), ())
    assert table.points.x.tolist() == [[1], [-3.5], [0.5]]
    assert table.points.y.tolist() == [[2], [0.4], [6]]
    assert table.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    two = read("a,b,height\n1,2,3\n4,5,6\n").points
    assert (two.x.tolist(), two.y.tolist()) == ([[1, 2], [4, 5]], [[3], [6]])
    assert two.x.dtype == two.y.dtype == np.float64


def test_a_learned_column_of_text_is_a_class_whatever_its_name():
    table = read("x,y,colour\n1,2,red\n3,4,blue\n5,6,red\n")
    assert table.class_names == ("blue", "red")
    assert table.points.y.tolist() == [[1], [0], [1]]


@pytest.mark.parametrize("header", ["class", "label", "Class", "LABEL", '"class"'])
def test_numbers_are_classes_where_the_header_says_so(header):
    table = read(f"x,{header}\n1,10\n2,9\n3,-1\n4,10\n")
    assert table.class_names == ("-1", "9", "10")
    assert table.points.y.tolist() == [[2], [1], [0], [2]]


def test_numbers_stay_numbers_where_the_header_does_not_say_class():
    assert read("x,classes\n1,0\n2,1\n").class_names == ()


def test_class_names_that_are_numbers_come_before_those_that_are_text():
    table = read("x,class\n1,b\n2,10\n3,a\n4,9\n")
    assert table.class_names == ("9", "10", "a", "b")
    assert table.points.y.tolist() == [[3], [1], [2], [0]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n \n", "\ufeff\n"])
def test_line_ends_marks_of_order_and_blank_lines_do_not_matter(start, end):
    text = start + "x, y\n\n1 , 2\n   \n 3,4\n\n"
    table = read(text.replace("\n", end))
    assert table.columns == ("x", "y")
    assert table.points.x.tolist() == [[1], [3]]
    assert table.points.y.tolist() == [[2], [4]]


def test_the_last_line_needs_no_end():
    assert read("x,y\n1,2\n3,4").points.y.tolist() == [[2], [4]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_tells_the_delimiter(delimiter):
    table = read(delimiter.join(["x", "y", "kind"]) + "\n" + "\n".join(delimiter.join(r) for r in ("12a", "34b")))
    assert table.points.x.tolist() == [[1, 2], [3, 4]]
    assert table.class_names == ("a", "b")


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("pressure, bar;volume\n1.5;2\n2;3\n", ("pressure, bar", "volume")),
        ("pressure, bar\tvolume\n1.5\t2\n2\t3", ("pressure, bar", "volume")),
        ("a;b,volume\n1.5,2\n2,3\n", ("a;b", "volume")),
        ("x, m;y, m;z, m\n1;2;3\n2;3;4\n", ("x, m", "y, m", "z, m")),
        ("a, b, c, d, e;volume\n1.5;2\n2;3\n", ("a, b, c, d, e", "volume")),
        ("x, m;kind\n1;a, b\n2;c\n3;d\n", ("x, m", "kind")),
    ],
)
def test_the_separator_is_the_one_that_fits_header_and_rows(text, columns):
    assert read(text).columns == columns


def test_the_separator_is_the_same_however_few_bytes_are_read_at_once(monkeypatch):
    monkeypatch.setattr(lines_module, "BLOCK", 1)
    assert read("pressure, bar;volume\n1.5;2\n2;3").columns == ("pressure, bar", "volume")


def test_a_comma_within_the_quotes_of_a_header_is_no_delimiter():
    assert read('"speed, m/s";y\n1;2\n3;4\n').columns == ("speed, m/s", "y")


def test_quotes_hold_delimiters_and_quotes():
    table = read('x,"the ""kind"""\n"1", "a, b"\n 2 ,"say ""b"""\n3,a"b\n')
    assert table.columns == ("x", 'the "kind"')
    assert table.class_names == ('a"b', "a, b", 'say "b"')
    assert table.points.x.tolist() == [[1], [2], [3]]


def test_names_need_not_be_english():
    assert read("größe,x,Früchte\n1,2,Äpfel\n1,3,left_moon\n").class_names == ("left_moon", "Äpfel")


NUMBERS = st.floats(-1e15, 1e15)
NAMES = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\0"), min_size=1, max_size=9)


@settings(deadline=None)
@given(
    st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=2, max_size=30),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
)
def test_numbers_that_pythons_writer_wrote_come_back_as_they_were(rows, delimiter, end, quoting, is_plain):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(["x", "y", "z"])
    writer.writerows(rows if is_plain else [[f" {n:.17e} " for n in row] for row in rows])
    table = read(file.getvalue())
    np.testing.assert_array_equal(np.hstack([table.points.x, table.points.y]), rows)


@settings(deadline=None)
@given(st.lists(NAMES, min_size=2, max_size=30), st.sampled_from(",;\t"), st.integers(0, 3))
def test_class_names_that_pythons_writer_wrote_come_back_as_they_were(names, delimiter, quoting):
    names = [name for name in names if name.lower().lstrip("+-") not in ("nan", "inf", "infinity")] + ["one", "two"]
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator="\n", escapechar=None)
    if quoting == csv.QUOTE_NONE:
        names = [name for name in names if '"' not in name and delimiter not in name]
        writer = csv.writer(file, delimiter=delimiter, quoting=quoting, quotechar=None, lineterminator="\n")
    writer.writerow(["x", "Class"])
    writer.writerows([number, name] for number, name in enumerate(names))
    table = read(file.getvalue())
    assert [table.class_names[int(index)] for index in table.points.y[:, 0]] == names
    assert len(set(table.class_names)) == len(table.class_names)


@settings(deadline=None)
@given(st.text(st.sampled_from('x,;1.e-"\n\r\t é\ufeff'), max_size=60) | st.binary(max_size=60))
def test_any_file_is_a_table_or_a_problem_at_a_place_in_it(content):
    content = content.encode() if isinstance(content, str) else content
    found = None
    try:
        points = read(content).points
    except TableProblem as problem:
        found = problem
    if found is None:
        assert np.isfinite(points.x).all()
        assert len(points) >= 2
    else:
        lines = content.removeprefix(b"\xef\xbb\xbf").splitlines() or [b""]
        assert 1 <= found.line <= len(lines)
        assert 1 <= found.column <= len(lines[found.line - 1].decode(errors="replace")) + 1


ODD_CELLS = [
    *("", " ", "\u00a0", '"4"', '"4', '"a"', '"a,b"', 'b"', "'1'", "1,", "1;", "1\t", "1\x0b", "\x1c2", "a\x00", "#1"),
    *(" 2", "-3.5 ", "+.5e1", "1e16", "1e999", "nan", "-inf", "1_0", "٣", "0x1", "1j", "1d5", "true", "ä", "a_b"),
]
CELLS = st.sampled_from(["1", "2", "a"]) | st.sampled_from(ODD_CELLS)


def outcome(content):
    try:
        table = read(content)
    except TableProblem as problem:
        return str(problem)
    return table.class_names, table.points.x.tolist(), table.points.y.tolist()


def by_hand(header, rows, delimiter):
    """What the same rows are when each value is looked at by itself; None where something is wrong."""
    number = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
    found = []
    for row in rows:
        values = next(csv.reader([delimiter.join(row)], delimiter=delimiter, skipinitialspace=True))
        found.append([value.strip() for value in values])
    is_class = header.split(delimiter)[-1] in ("class", "label") or not number.fullmatch(found[0][-1])
    inputs = [value for row in found for value in (row[:-1] if is_class else row)]
    if any(len(row) != len(header.split(delimiter)) or "" in row for row in found):
        return None
    if not all(number.fullmatch(value) and abs(float(value)) <= 1e15 for value in inputs):
        return None
    return [[float(value) for value in row[:-1]] for row in found], [row[-1] for row in found], is_class


ODD = given(
    st.sampled_from(["x,y", "x,class", "x;label", "x,y,z", "x\ty\tclass", "x;y"]),
    st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=2, max_size=6),
)


@settings(deadline=None, max_examples=100)
@ODD
def test_odd_values_are_read_as_one_would_by_hand_or_refused(header, rows):
    assert_read_as_by_hand(header, rows)


@pytest.mark.soak
@settings(deadline=None, max_examples=2000)
@ODD
def test_more_odd_values_are_read_as_one_would_by_hand_or_refused(header, rows):
    assert_read_as_by_hand(header, rows)


def assert_read_as_by_hand(header, rows):
    delimiter = next(sign for sign in ",;\t" if sign in header)
    columns = len(header.split(delimiter))
    rows = [[*row, "1"][:columns] for row in rows]
    found = outcome("\n".join([header, *map(delimiter.join, rows)]))
    if isinstance(found, str):
        return  # with its place, else another exception would have come
    expected = by_hand(header, rows, delimiter)
    assert expected is not None
    names, x, y = found
    assert (x, bool(names)) == (expected[0], expected[2])
    learned = [names[int(index)] for (index,) in y] if names else y
    assert learned == (expected[1] if names else [[float(value)] for value in expected[1]])


@pytest.mark.parametrize("size", [1, pytest.param(7, marks=pytest.mark.soak)])
@given(st.lists(st.tuples(CELLS, CELLS), min_size=2, max_size=6))
@settings(deadline=None, max_examples=100)
def test_what_is_found_does_not_depend_on_how_many_bytes_are_read_at_once(size, rows):
    content = "\n".join(["x,y", "1,2", *map(",".join, rows)])
    whole = outcome(content)
    with mock.patch.object(lines_module, "BLOCK", size):
        assert outcome(content) == whole


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_values_do_not_depend_on_how_many_bytes_are_read_at_once(monkeypatch, size, end):
    values = np.random.default_rng(0).normal(size=(300, 2)).round(9)
    lines = [f"{a},{b},{'hot' if a > b else 'cold'}" for a, b in values.tolist()]
    lines[200] = '"1.5",2.5,"cold"\n'
    values[200] = 1.5, 2.5
    monkeypatch.setattr(lines_module, "BLOCK", size)
    table = read("\n".join(["\ufeffx,ÿ,kind", *lines]).replace("\n", end))
    assert table.columns == ("x", "ÿ", "kind")
    np.testing.assert_array_equal(table.points.x, values)
    np.testing.assert_array_equal(table.points.y[:, 0], values[:, 0] > values[:, 1])


# ---------------------------------------------------------------- a task of a table


def test_words_are_the_names_of_columns_and_classes_with_their_places(monkeypatch):
    text = 'x , "ü, v",label\n\n1,2, bird\n2,3,  "a, b"\n3,3,bird\n 4 , 4 ,"bird" \n5,5,ä\n'
    places = [("x", 1, 1), ("ü, v", 1, 5), ("label", 1, 12), ("bird", 3, 6), ("a, b", 4, 7), ("ä", 7, 5)]
    assert list(read(text).words) == places
    plain = "x,class\n" + "".join(f"{n},{'abc'[n % 3]}\n" for n in range(9)) + "9, é\n"
    assert list(read(plain).words)[2:] == [("a", 2, 3), ("b", 3, 3), ("c", 4, 3), ("é", 11, 4)]


@pytest.mark.parametrize(
    ("values", "is_constant"),
    [
        ([0.1] * 100, True),
        ([0.1 + 0.2, 0.3], True),
        ([1e15, 1e15 - 1], False),
        ([0.0, 0.0], True),
        ([0.0, 5e-324], True),
        ([1e-200, 3e-200], True),
        ([1e-155, -1e-155], True),
        ([1e-140, -1e-140], False),
        ([1.0, 1.0 + 1e-12], False),
        ([1e-200, 1.0], False),
    ],
)
def test_a_column_is_constant_where_it_differs_by_rounding_or_by_less_than_squares_can_hold(values, is_constant):
    lines = [f"{value!r},{number},{value!r}" for number, value in enumerate(values)]
    learned = task(read("\n".join(["a,b,y", *lines])), standardize=True)
    if is_constant:
        assert (learned.spread[0], learned.learned_scale[1]) == (1.0, 1.0)
    else:
        exact = math.sqrt(statistics.pvariance(list(map(Fraction, values))))
        assert (learned.spread[0], learned.learned_scale[1]) == pytest.approx((exact, exact), rel=1e-3)


def test_the_points_of_a_table_are_the_same_for_every_seed_and_are_not_drawn_anew():
    table = read("x,y,kind\n" + "\n".join(f"{n},{-n},{'ab'[n % 2]}" for n in range(20)))
    for other in (task(table), task(table, seed=5, resample=True)):
        training, test = other.fixed_points()
        np.testing.assert_array_equal(training.x, table.points.x)
        assert len(test) == 0
        assert other.inputs == 2
        assert other.class_names == ("a", "b")
        np.testing.assert_array_equal(other.evaluation_points().y, table.points.y)
    training, test = task(table, test_fraction=0.25).fixed_points()
    assert (len(training), len(test)) == (15, 5)
    assert sorted(np.concatenate([training.x, test.x])[:, 0]) == list(range(20))


def test_tables_are_equal_where_their_files_are_and_cannot_be_written_to():
    one, same, other = read("x,y\n1,2\n3,4\n"), read("x,y\n1,2\n3,4\n"), read("x,y\n1,2\n3,5\n")
    assert one == same != other
    assert task(one).fixed_points() is task(same).fixed_points()
    assert task(other).fixed_points()[0].y.tolist() == [[2], [5]]
    with pytest.raises(ValueError, match="read-only"):
        one.points.x[0] = 9


# ---------------------------------------------------------------- what cannot be read

LONG = "9" * 201
PROBLEMS = {
    "empty": ("", 1, 1, "the file is empty; it needs a header, such as x,y, and below it one row for each point"),
    "blank": ("\n \r\n\t\n", 1, 1, "the file is empty"),
    "only a byte order mark": ("\ufeff", 1, 1, "the file is empty"),
    "no header": ("1,2\n3,4\n", 1, 1, "'1' is a number: a header is missing"),
    "no header above classes": ("\n1,2,red\n3,4,blue\n", 2, 1, "a header is missing"),
    "one column": ("x\n1\n2\n", 1, 2, "one column only; a header names one or two inputs and then what is learned"),
    "spaces between columns": ("x y\n1 2\n", 1, 4, "one column only"),
    "four columns": ("a,b, c,d\n1,2,3,4\n", 1, 8, "4 columns, where three are the most"),
    "a column without a name": ("x,,y\n1,2,3\n", 1, 3, "column 2 has no name"),
    "two columns of one name": ("x,y, x\n1,2,3\n", 1, 6, "two columns have the name 'x'"),
    "a header alone": ("x,y\n\n", 1, 1, "ends after 0 rows below its header; at least 2 are needed"),
    "one row": ("x,y\n\n1,2\n\n", 3, 1, "ends after 1 row below its header"),
    "missing input": ("x,y\n1,2\n,3\n", 3, 1, "the value of 'x' is missing; write it or remove this row"),
    "missing middle": ("a,b,c\n1,2,3\n44,  ,3\n", 3, 4, "the value of 'b' is missing"),
    "missing target": ("x,y\n1,2\n3,\n", 3, 3, "the value of 'y' is missing"),
    "missing target in the first row": ("x,y\n1,\n3,1\n", 2, 3, "the value of 'y' is missing"),
    "missing class": ("x,class\n1,a\n2,b\n3,\n", 4, 3, "the value of 'class' is missing"),
    "missing in quotes": ('x,y\n1,2\n3,""\n', 3, 3, "the value of 'y' is missing"),
    "too few values": ("x,y,z\n1,2,3\n1,2\n", 3, 4, "this row has 2 values; the header has 3 columns"),
    "one value": ("x,y\n1,2\n3\n", 3, 2, "this row has 1 value; the header has 2 columns"),
    "too many values": ("x,y\n1,2\n3,4, 5,6\n", 3, 6, "this row has 4 values; the header has 2 columns"),
    "another delimiter": ("x,y\n1;2\n3;4\n", 2, 4, "this row has 1 value"),
    "text for an input": ("x,y\n1,2\n  two,3\n", 3, 3, "'two' is text where 'x' needs a number"),
    "text in quotes": ('x,y\n1,2\n "two",3\n', 3, 2, "'two' is text where 'x' needs a number"),
    "text for a number": (
        "x,y\n1,2\n3,four\n",
        3,
        3,
        "(line 2 has the number '2'); if these are classes, call",
    ),
    "a number among text": ("x,y\n\n1,a\n2,b\n3,7\n", 3, 3, "'a' is text where 'y' needs a number (line 5 has the"),
    "decimal comma": ("x;y\n1;2\n1,5;2\n", 3, 1, "'1,5' is text where 'x' needs a number; write 1.5, with a point"),
    "a comma that may be of thousands": ("x;y\n1;2\n1,000;2\n", 3, 1, "needs a number; write 1000 or 1.0"),
    "quoted thousands": ('x,y\n1,2\n"12,345,678",2\n', 3, 1, "needs a number; write 12345678"),
    "German thousands": ("x;y\n1;2\n1;1.234,5\n", 3, 3, "needs a number; write 1234.5"),
    "the minus sign of typesetters": ("x,y\n1,2\n−3,2\n", 3, 1, "needs a number; write -3"),
    "two separators that fit": ("x,my;class\n1,a;b\n2,c;d\n", 1, 1, "commas and semicolons split this header and"),
    "three separators that fit": ("a,b;c\td\n1,2;3\t4\n", 1, 1, "commas and semicolons and tabs split"),
    "a merge conflict": ("x,y\n1,2\n<<<<<<< HEAD\n1,2\n", 3, 1, "a merge conflict begins here"),
    "a merge conflict at the end": ("x,y\n1,2\n2,3\n>>>>>>> a,b\n", 4, 1, "a merge conflict ends here"),
    "a merge conflict of classes": ("x,class\n1,a\n2,b\n=======\n", 4, 1, "and below it the other side"),
    "a merge conflict above all": ("<<<<<<< HEAD\nx,y\n1,2\n2,3\n", 1, 1, "a merge conflict begins here"),
    "underscores": ("x,y\n1,2\n1_000,2\n", 3, 1, "'1_000' is text"),
    "digits of another script": ("x,y\n1,2\n٣,2\n", 3, 1, "'٣' is text"),
    "hexadecimal": ("x,y\n1,2\n3,0x10\n", 3, 3, "'0x10' is text"),
    "not a number": (
        "x,y\n1,2\n3,nan\n",
        3,
        3,
        "'nan' cannot be learned from; write a finite number",
    ),
    "not a number first": ("x,y\n1,NaN\n3,2\n", 2, 3, "'NaN' cannot be learned from"),
    "infinite": ("x,y\n1,2\n-Infinity,2\n", 3, 1, "'-Infinity' cannot be learned from"),
    "a class that is none": ("x,class\n1,2\n2,3\n3,nan\n", 4, 3, "'nan' is no class"),
    "too large": ("x,y\n1,2\n3,-1.1e15\n", 3, 3, "'-1.1e15' is too large; no number may be beyond 1e+15"),
    "beyond floats": ("x,y\n1,2\n1e999,3\n", 3, 1, "'1e999' is too large"),
    "one class": ("x,kind\n 1, red\n2,red\n", 2, 5, "every row is of the class 'red'; at least two classes are needed"),
    "one class of numbers": ("x,class\n1,1\n2,1\n", 2, 3, "every row is of the class '1'"),
    "a class name of control characters": ("x,class\n1,a\n2,\x1b[2J\n", 3, 3, "'\\x1b[2J' holds a character"),
    "quote without end": ('x,class\n1,"a\n2,b"\n', 2, 3, "this quote does not close before the value ends"),
    "text after a quote": ('x,class\n1,a\n2,"b"c\n', 3, 3, "a quote inside of quotes is written twice"),
    "NUL": ("x,y\n1,2\n3,\x004\n", 3, 3, "a NUL byte"),
    "UTF-16": ("x,y\n1,2\n3,4\n".encode("utf-16"), 1, 1, "not UTF-8; save the file as UTF-8"),
    "Latin-1": ("x,kind\n1,a\né,b\n".encode("latin-1"), 3, 1, "not UTF-8"),
    "Latin-1 behind UTF-8": ("x,kind\n1,a\n2,éé".encode() + b"\xe9\n", 3, 5, "not UTF-8"),
    "long value": (f"x,y\n1,2\n3,{LONG}\n", 3, 3, "this value has 201 characters; it may have 200"),
    "long name": (f"x,{'y' * 201}\n1,2\n3,4\n", 1, 3, "this value has 201 characters"),
    "long line": ("x,y\n1,2\n" + " " * 70_000 + "3,4\n", 3, 1, "this line has more than 65,536 bytes"),
    "endless line": ("x,y\n1,2\n" + "3" * 3 * BLOCK, 3, 1, "this line has more than 65,536 bytes"),
    "many values": ("x,y\n1,2\n" + "3," * 30_000, 3, 5, "this row has 30,001 values"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_place_of_a_problem_is_exact_and_it_is_said_what_would_be_right(name):
    content, line, column, message = PROBLEMS[name]
    found = problem(content)
    assert found[:2] == (line, column)
    assert message in found[2]


FARTHER = {
    name: (content, line, column)
    for name, (content, line, column, message) in PROBLEMS.items()
    if isinstance(content, str) and line > 2 and "ends after" not in message and "among" not in name
}


@pytest.mark.parametrize("name", FARTHER)
def test_a_problem_is_found_at_the_same_place_far_down_in_a_file(monkeypatch, name):
    content, line, column = FARTHER[name]
    header, first, rest = content.split("\n", 2)
    monkeypatch.setattr(lines_module, "BLOCK", 64)
    assert problem("\n".join([header, *[first] * 100, rest]))[:2] == (line + 99, column)


def test_a_byte_order_mark_is_one_only_at_the_start_of_a_file(monkeypatch):
    monkeypatch.setattr(lines_module, "BLOCK", 1)
    assert problem("\ufeffx,y\n1,2\n\ufeff3,4\n")[:2] == (3, 1)


def test_the_first_of_several_problems_is_the_one_reported():
    assert problem("x,y\n1,2\n3,\nfour,5\n\xe9\x00")[:2] == (3, 3)


def test_there_are_at_most_a_hundred_classes():
    hundred = "x,class\n" + "\n".join(f"1,n{n}" for n in range(100))
    assert len(read(hundred).class_names) == 100
    assert problem(hundred + "\n2,n5\n 2, new\n3,newer\n") == (
        *(103, 5),
        "'new' would be class number 101; at most 100 fit",
    )
    numbers = "x,label\n" + "\n".join(f"1,{n}.5" for n in range(101))
    line, column, message = problem(numbers)
    assert (line, column) == (102, 3)
    assert message.endswith("to learn numbers, give the column another name")


def test_a_problem_says_its_place_and_survives_a_journey_between_processes():
    with pytest.raises(TableProblem) as caught:
        read("x,y\n1,2\n3,four\n")
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert str(again).startswith("line 3, column 3: 'four' is text where 'y' needs a number")


def test_what_is_shown_of_a_long_text_is_short():
    message = problem(f"x,y\n1,2\n3,{'four ' * 30}\n")[2]
    assert message.startswith("'four four four four four four…' is text")


# ---------------------------------------------------------------- large files


class Endless(io.RawIOBase):
    """Rows without end, and how many bytes of them were read."""

    def __init__(self, row):
        self.row, self.taken = row, 0

    def read(self, size):
        chunk = b"x,y\n" * (not self.taken) + self.row * (size // len(self.row))
        self.taken += len(chunk)
        return chunk


@pytest.fixture(params=[20_000, pytest.param(tables.MOST_ROWS, marks=pytest.mark.soak)])
def most(request, monkeypatch):
    """How many rows are read: fewer than are allowed, which takes less time, and in the soak those."""
    monkeypatch.setattr(tables, "MOST_ROWS", request.param)
    return request.param


def test_a_million_rows_are_allowed():
    assert tables.MOST_ROWS == 1_000_000


def test_the_last_row_that_is_allowed_is_read_and_one_more_is_refused_at_its_line(most):
    rows = b"x,y\n" + b"1,2\n" * most
    assert len(read(rows).points) == most
    line, column, message = problem(rows + b"\n3,4\n")
    assert (line, column) == (most + 3, 1)
    assert message.startswith(f"more than {most:,} rows")


def test_a_file_without_end_is_refused_without_being_read_to_its_end(most):
    file = Endless(b"0.123456,-7.654321\n")
    with pytest.raises(TableProblem, match=f"more than {most:,} rows"):
        read_table(file)
    assert file.taken < 19 * most + 2 * BLOCK


@pytest.mark.parametrize(("text", "advice"), [("1,000", "write 1000 or 1.0"), ("1,5", "write 1.5")])
def test_a_column_of_numbers_with_commas_is_not_taken_for_classes(text, advice):
    rows = "".join(f'{number},"{text}"\n' for number in range(5)).encode()
    line, column, message = problem(b"x,y\n" + rows)
    assert (line, column) == (2, 3)
    assert message.startswith(f"{text!r} is text where 'y' needs a number; {advice}")
    assert len(read(b"x,class\n" + rows + b'6,"2"\n').class_names) == 2


def test_the_margin_around_the_largest_numbers_stays_within_what_a_domain_takes(tmp_path):
    (tmp_path / "huge.csv").write_text("x,y\n1e15,-1e15\n-1e15,1e15\n")
    (tmp_path / "huge.yaml").write_text("target: {csv: huge.csv}\nmodel: {layer_sizes: [1, 2, 1]}\n")
    loaded = config.load(tmp_path / "huge.yaml")
    assert loaded.target.domain == (-1e15, 1e15)
    assert config.loads(config.dump(loaded), tables={"huge.csv": (tmp_path / "huge.csv").read_bytes()})
